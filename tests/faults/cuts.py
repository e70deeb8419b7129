"""The whole journey on a disk whose power is cut at random moments（F03）: what was acknowledged is there afterwards."""

import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.db import connections

from tests.support.databases import SqliteDatabases
from tests.support.town import Town
from todoke.casework import journey
from todoke.casework.relay import jobs as relay
from todoke.casework.relay.adapters.base import Source
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import Arrival
from todoke.foundation.errors import TodokeError
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.vault.queries import open_blob

from . import invariants
from .crew import Hand
from .installation import Ground, forget, installation
from .powercut import Disk, disk, small

MEAN_SECONDS = (0.05, 0.2, 0.6, 1.2)
LONGEST = 3.0


@dataclass
class OnDisk(SqliteDatabases):
    """SQLite databases on the disk whose power is cut; their template lies elsewhere."""

    source: Path = Path()

    def copy(self, name: str) -> None:
        """Copy the template over, durably, before anything begins."""
        with sqlite3.connect(self.source) as source, sqlite3.connect(self._file(name)) as target:
            source.backup(target)
        source.close()
        target.close()


@dataclass
class Rig:
    """A town on a disk; `acknowledged` is kept elsewhere: (受付番号, SHA-256), written once the row was committed."""

    town: Town
    disk: Disk
    acknowledged: Path

    def cut_once(self, rng: random.Random) -> tuple[list[str], bool]:
        """Let a worker work, cut, switch on again; what is missing, and whether all the work is done."""
        hand = Hand(before=self._note_acknowledgements)
        connections.close_all()
        hand.start()
        time.sleep(min(rng.expovariate(1 / rng.choice(MEAN_SECONDS)), LONGEST))
        self.disk.cut()
        hand.kill()
        _wait_until_idle(self.disk)
        self.disk.switch_on()
        forget()
        return list(self._missing()), _is_done()

    def _note_acknowledgements(self) -> None:
        """In the worker: after the commit, and before the portal or the folder hears of it, note what is ours now."""
        record = relay._Reading._record

        def recorded(reading: relay._Reading, source: Source, arrivals: list[Arrival]) -> None:
            record(reading, source, arrivals)
            with open(self.acknowledged, "a", encoding="utf-8") as file:
                file.writelines(f"{one.listed.receipt_number} {one.written.sha256}\n" for one in arrivals)

        relay._Reading._record = recorded  # type: ignore[method-assign, assignment]  # in a forked child only

    def _missing(self) -> Iterator[str]:
        if not self.acknowledged.exists():
            return
        known: set[tuple[str, str]] = set()
        for body in organisations():
            with scope(body.code, read_only=True):
                for package in Package.objects.all():
                    known.add((package.receipt_number, package.content_hash))
                    try:
                        open_blob(package.blob_id).read()
                    except TodokeError as trouble:
                        yield f"I2 after a power cut package {package.pk} is {trouble.code}"
        for line in self.acknowledged.read_text(encoding="utf-8").splitlines():
            number, digest = line.split(" ")
            if (number, digest) not in known:
                yield f"I2 acknowledged and gone after a power cut: {number}"


def _wait_until_idle(one: Disk) -> None:
    """Confined workers hold no file of the disk for long; then the disk can be taken off."""
    connections.close_all()
    one.switch_off()


def _is_done() -> bool:
    from todoke.cli import work

    from .kills import HORIZON

    return work.unfinished(HORIZON) is None


@contextmanager
def rig(ground: Ground, folder: Path) -> Iterator[Rig]:
    """A town whose database, vault, keys and seals lie on a disk that can be cut; the neighbours remember elsewhere."""
    assert isinstance(ground.databases, SqliteDatabases)
    folder.mkdir(parents=True)
    with disk(folder / "rig") as one:
        source = ground.databases.folder / f"{ground.databases.template}.sqlite3"
        on_disk = OnDisk(one.mount, ground.databases.live, source=source)
        with _away_from(one, replace(ground, databases=on_disk), folder) as town:
            yield Rig(town, one, folder / "acknowledged")


@contextmanager
def _away_from(one: Disk, ground: Ground, folder: Path) -> Iterator[Town]:
    try:
        with installation(ground, folder / "town", home=one.mount / "var") as town:
            journey.make_ready()
            one.settle()
            yield town
    finally:
        connections.close_all()


@contextmanager
def on_small_disk(ground: Ground, folder: Path, *, megabytes: int) -> Iterator[Town]:
    """A town whose folder, and with SQLite its database, lies on a tmpfs. Raises PermissionError."""
    with small(folder / "small", megabytes=megabytes) as mount:
        if isinstance(ground.databases, SqliteDatabases):
            source = ground.databases.folder / f"{ground.databases.template}.sqlite3"
            ground = replace(ground, databases=OnDisk(mount, ground.databases.live, source=source))
        try:
            with installation(ground, folder / "town", home=mount / "var") as town:
                journey.make_ready()
                yield town
        finally:
            connections.close_all()


def trials(
    ground: Ground,
    folder: Path,
    *,
    cuts: int,
    seed: int,
    truth: Mapping[str, Any] | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> tuple[int, list[str]]:
    """Cut so often, over as many installations as it takes; how often it was cut, and what does not hold."""
    rng, done, wrong = random.Random(seed), 0, list[str]()
    while done < cuts and not wrong:
        here = folder / f"{done}"
        with rig(ground, here) as one:
            one.town.truth = truth or one.town.truth
            is_done = False
            while done < cuts and not is_done and not wrong:
                found, is_done = one.cut_once(rng)
                done += 1
                wrong += found
                tell(done)
            wrong += invariants.broken(one.town)
        shutil.rmtree(here, ignore_errors=True)
    return done, wrong
