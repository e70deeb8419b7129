"""The product's own way: received durably in batches, judged and stored until nothing waits, in a fresh installation."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from todoke.casework.intake import jobs
from todoke.casework.intake.models import Application
from todoke.casework.intake.values import SignatureState
from todoke.casework.relay import services as relay
from todoke.casework.relay.models import Package
from todoke.casework.relay.services import CHUNK
from todoke.casework.relay.values import Arrival, ChannelKind, ChannelRef, ChannelSettings, PackageState
from todoke.casework.relay.values import Listed as Announced
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.first_tables import made_quickly
from todoke.foundation.leases import Claimant, JobContext
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.vault import services as vault

from .meters import Cost, measure
from .packages import TOWN, Bundle, Listed

BATCH = 100
ACTOR = Actor(ActorKind.COMMAND, "bench")


class ChecksDropped(AssertionError):
    """The product did not judge the packages as it must: its figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What one round cost: receiving, then judging and storing."""

    relay: Cost
    intake: Cost


class Product:
    """An installation that is set up anew for every round from a migrated template."""

    def __init__(self, bundle: Bundle, work: Path, *, signed: int, loaded: int = 0) -> None:
        """Migrate the template; `signed` says how many signatures must come out valid, `loaded` what lies in it already."""
        self._bundle = bundle
        self._work = work
        self._signed = signed
        self._place = work
        self._loaded = loaded
        self.template = work / (f"template-{loaded}.sqlite3" if loaded else "template.sqlite3")
        if not self.template.exists():
            _connect(self.template)
            with made_quickly(connection):
                call_command("migrate", verbosity=0, interactive=False)
            connection.close()

    def measure(self, *, batch: int = BATCH) -> Passed:
        """Receive, judge and store every package once. Raises ChecksDropped when one is judged otherwise."""
        channel = self.set_up()
        passed = Passed(
            measure(lambda: receive(channel, self._bundle.listed, batch=batch)),
            measure(lambda: open_until_drained(batch=batch)),
        )
        self._check()
        self.tear_down()
        return passed

    def one_by_one(self) -> Cost:
        """As `measure`, every package received, judged and stored before the next one is."""
        channel = self.set_up()
        cost = measure(lambda: self._each(channel))
        self._check()
        self.tear_down()
        return cost

    def _each(self, channel: ChannelRef) -> None:
        for one in self._bundle.listed:
            receive(channel, [one], batch=1)
            jobs.open_packages(JobContext(TOWN, Claimant("bench", now()), 1))

    def commits(self, *, batch: int = BATCH) -> int:
        """How many transactions the database commits for the whole bundle; each is one sync under WAL and FULL."""
        channel = self.set_up()
        statements: list[str] = []
        connection.ensure_connection()
        connection.connection.set_trace_callback(statements.append)
        if batch == 1:
            self._each(channel)
        else:
            receive(channel, self._bundle.listed, batch=batch)
            open_until_drained(batch=batch)
        connection.connection.set_trace_callback(None)
        self._check()
        self.tear_down()
        return sum(one.strip().upper() == "COMMIT" for one in statements)

    def set_up(self) -> ChannelRef:
        """A fresh database and vault, the town, its trust and its channel; the vault has held something before."""
        self._place = place = Path(tempfile.mkdtemp(prefix="installation-", dir=self._work))
        shutil.copyfile(self.template, place / "todoke.sqlite3")
        _connect(place / "todoke.sqlite3")
        settings.TODOKE_VAULT_DIR = place / "vault"
        settings.TODOKE_MASTER_KEY_FILE = place / "keys" / "master.key"
        settings.TODOKE_TRUST_DIR = self._bundle.folder / "trust"
        return found_town()

    def tear_down(self) -> None:
        """Throw the installation away."""
        connection.close()
        shutil.rmtree(self._place)

    def _check(self) -> None:
        with scope(TOWN, read_only=True):
            accepted = Package.objects.filter(state=PackageState.ACCEPTED.value).count()
            valid = Application.objects.filter(signature_state=SignatureState.VALID.value).count()
            opened = Application.objects.count()
        before, ours = self._loaded, len(self._bundle.listed)
        wanted = (before + ours, before + ours, self._signed)
        if (accepted, opened, valid) != wanted:
            raise ChecksDropped(f"受理・格納・署名有効 {(accepted, opened, valid)}、正しくは {wanted}")


def _connect(database: Path) -> None:
    connection.close()
    connection.settings_dict["NAME"] = str(database)


def found_town() -> ChannelRef:
    """Register the town and its channel; its keys, its folder and its first segment are made, as they are once in years."""
    organisations.register_organisation(TOWN, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=now())
    vault.write(TOWN, [b"before the first package"])
    with scope(TOWN):
        return relay.register_channel(
            "hand", kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample",
            settings=ChannelSettings(), actor=ACTOR, at=now(),
        )  # fmt: skip


def receive(channel: ChannelRef, listed: Sequence[Listed], *, batch: int = BATCH) -> None:
    """Store packages durably, a batch at a time: bytes and one fsync first, then the rows in one transaction."""
    for start in range(0, len(listed), batch):
        part = listed[start : start + batch]
        with vault.batch(TOWN) as store:
            written = [store.add(_chunks(one.path), limit=settings.TODOKE_PACKAGE_BYTES) for one in part]
        arrivals = [
            Arrival(Announced(one.receipt_number, one.received_at), bytes_)
            for one, bytes_ in zip(part, written, strict=True)
        ]
        with scope(TOWN):
            relay.receive_packages(channel, arrivals, actor=ACTOR, at=now())


def _chunks(path: Path) -> Iterator[bytes]:
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def open_until_drained(owner: str = "bench", *, batch: int = BATCH) -> None:
    """Let one worker judge and store until nothing is due."""
    while jobs.open_packages(JobContext(TOWN, Claimant(owner, now()), batch)):
        pass
