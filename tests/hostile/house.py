"""A whole installation for the rows of one module: each row goes through every stage, then all of it is undone.

One town with a channel by hand, a core system that reads a folder, and links that lead to the samples' people. The
database is rolled back after each row, so that no row meets another; the confined workers live on, as in production.
"""

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import time_machine
from django.db import transaction

from samples import pki
from sandbox.core.book import Book
from sandbox.faults import Faults
from tests.casework.intake.packages import (
    ACTOR,
    APPLIED,
    HIYORI,
    MINASE,
    NOW,
    as_person,
    package,
    person,
    write_trust,
)
from tests.hostile.usage import Watch
from tests.support.clock import START, Clock
from todoke.casework import journey
from todoke.casework.handover import services as handover
from todoke.casework.handover.values import AdapterKind, CoreSettings
from todoke.casework.identify import services as identify
from todoke.casework.identify.values import LoadKind
from todoke.casework.intake import jobs as intake
from todoke.casework.relay import services as relay
from todoke.casework.relay.values import ChannelKind, ChannelRef, ChannelSettings, Listed, RecordedCheck
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

CORE = "fukushi"
PEOPLE = 40  # of the samples, whom the links know
MOST_ROUNDS = 12
READING = ("relay.", "intake.")  # the jobs that take in; the others carry on


@cache
def sound(number: int) -> bytes:
    """A good package from one of the samples' people, whoever sends the row."""
    with as_person(0):
        return package("P02", number)


class FolderCore:
    """A core system that imports what lies in its folder and answers in receipts; its own log is the witness."""

    def __init__(self, root: Path) -> None:
        """`root` is the shared folder."""
        self.root = root
        self._turn = 0
        self.empty()

    def empty(self) -> None:
        """Begin a new life with an empty folder."""
        for name in ("in", "receipts", "ledger"):
            folder = self.root / name
            folder.mkdir(parents=True, exist_ok=True)
            for file in folder.iterdir():
                file.unlink()
        self._turn += 1
        self._book = Book(self.root, self.root.parent / f"core-{self._turn}", Faults())
        self._taken: set[str] = set()

    def answer(self) -> None:
        """Take every finished file once and lay its receipts down."""
        for mark in sorted((self.root / "in").glob("*.done")):
            if mark.name not in self._taken:
                content = mark.with_suffix(".csv").read_bytes()
                self._book.take(CORE, mark.stem, content, json.loads(mark.read_text()), NOW.isoformat())
                self._taken.add(mark.name)
        names = ("seq", "batch", "key", "outcome", "code", "message")
        lines = [",".join(names)]
        lines += [",".join(str(line[name]) for name in names) for line in self._book.receipts(CORE, 0)]
        (self.root / "receipts" / "all.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (self.root / "receipts" / "all.done").touch()

    def delivered(self) -> Counter[str]:
        """How often each key came in, however often the core would have taken it."""
        return Counter(line["key"] for line in self._book.log())


@dataclass
class House:
    """The installation; `watch` knows what the confined workers used."""

    channel: ChannelRef
    core: FolderCore
    var: Path
    clock: Clock
    watch: Watch

    def arrive(
        self,
        chunks: bytes | Iterable[bytes],
        number: int = 1,
        *,
        received_at: datetime | None = APPLIED,
        check: RecordedCheck | None = None,
        channel: ChannelRef | None = None,
    ) -> int:
        """A package arrives under a 受付番号; returns its id."""
        pieces = [chunks] if isinstance(chunks, bytes) else chunks
        listed = Listed(f"{260401000000000 + number}", received_at, check=check)
        received = relay.receive_package(
            channel or self.channel, listed=listed, chunks=pieces, actor=ACTOR, at=now()
        )
        return received.package_id

    def open(self) -> None:
        """The worker opens and judges what has arrived."""
        intake.open_packages(self.context())

    def carry_on(self) -> None:
        """Every job behind intake once; the core system answers while it is being spoken to."""
        for job in journey.JOBS:
            if job.name.startswith(READING):
                continue
            job.run(self.context())
            if job.name == "handover.send_batches":
                self.core.answer()
        self.clock.advance(seconds=2)

    def drain(self) -> bool:
        """Carry on while something is due within some minutes; False when that never ends."""
        for _ in range(MOST_ROUNDS):
            self.carry_on()
            if journey.next_due(MINASE, horizon=timedelta(minutes=5)) is None:
                return True
        return False

    def context(self) -> JobContext:
        """What a job of the worker gets."""
        return JobContext(MINASE, Claimant("worker-1", now()), 100)

    def room_taken(self) -> int:
        """Bytes on disk under TODOKE_VAR."""
        return sum(file.stat().st_size for file in self.var.rglob("*") if file.is_file())


@contextmanager
def built(var: Path, folder: Path) -> Iterator[House]:
    """Set everything up inside one transaction, and undo it at the end."""
    with time_machine.travel(START, tick=False) as traveller, transaction.atomic(), Watch() as watch:
        write_trust(var / "trust")
        for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
            organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)
        core = FolderCore(folder / "shared")
        _register_core(core)
        load_links(folder / "links.csv", links(), NOW - timedelta(days=1))
        with scope(MINASE):
            channel = register_channel("hand")
        yield House(channel, core, var, Clock(traveller), watch)
        transaction.set_rollback(True)


def register_channel(name: str, layout: str = "pittari-xml-sample") -> ChannelRef:
    """A channel by hand of this layout, in the open scope."""
    return relay.register_channel(
        name, kind=ChannelKind.HAND, profile="by-hand", layout=layout, settings=ChannelSettings(), actor=ACTOR,
        at=NOW,
    )  # fmt: skip


def _register_core(core: FolderCore) -> None:
    with scope(MINASE):
        handover.register_core_system(
            CORE, profile="sample-core", adapter=AdapterKind.FOLDER,
            settings=CoreSettings(folder=str(core.root), poll_seconds=1.0, resend_seconds=600.0), actor=ACTOR, at=NOW,
        )  # fmt: skip


def links() -> list[str]:
    """The lines that lead to the samples' people."""
    lines = []
    for number in range(PEOPLE):
        card = person(number).card
        assert card is not None
        issuer = pki.issuer_key(authentication=True, generation=card.authentication.generation)
        lines.append(f"{issuer},{card.authentication.serial:x},{7000 + number},atena,2015-01-01,,")
    return lines


def load_links(path: Path, lines: Iterable[str], at: datetime) -> None:
    """Load all links of the town anew."""
    header = "issuer_key,serial,number,number_kind,valid_from,valid_to,reason"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    identify.load_links(MINASE, path, kind=LoadKind.FULL, actor=ACTOR, at=at)


@contextmanager
def undone(house: House) -> Iterator[House]:
    """One row's own life: whatever it wrote is rolled back, and time stands at the beginning again."""
    house.clock.move_to(START)
    with transaction.atomic():
        yield house
        transaction.set_rollback(True)
    house.core.empty()
    shutil.rmtree(house.var / "seals", ignore_errors=True)  # copies of seals that never were


def secrets_of(number: int = 0) -> tuple[str, ...]:
    """What no log may hold of one of the samples' people: the name, its reading, the serial of the certificate."""
    who = person(number)
    assert who.card is not None
    return who.name.written, who.name.kana, f"{who.card.authentication.serial:x}"
