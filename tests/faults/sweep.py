"""The n-th durable call fails, for every n: write, fsync, rename, link, unlink, truncate, mkdir, open（F05, F06）.

The same few applications are carried through by the same worker again and again, from the same state on disk. In run
n the n-th call below a folder fails with EIO or ENOSPC, once or from then on; then the fault is over, another worker
drains what is left, and nothing may be missing, doubled or torn. A failure is repeated by its n.

Nobody waits here: every run begins at the same moment, and where a worker would wait for a lease or a retry the clock
is moved instead. The disk may be memory（/dev/shm）: what is failed is the call, and what a failed fsync loses the shim
takes away by itself.
"""

import errno
import gc
import hashlib
import mmap
import os
import shutil
import struct
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections

from tests.support.town import Process, Town
from todoke.casework.intake import queries as intake
from todoke.casework.intake.rules.opening import Opened
from todoke.casework.intake.values import LayoutProfile
from todoke.cli import work
from todoke.foundation.confined import Death
from todoke.foundation.vault.queries import OpenBlob

from . import invariants, shim
from .installation import Ground, forget, installation

PATIENCE_SECONDS = 20.0  # by the clock that is moved, for a whole drain
ROUNDS_AT_MOST = 300  # of one drain; a row that fails for ever would keep it busy for ever
ROUNDS_FOR_EVER = 4
COUNTED_TIMES = 3  # a run does not always make the same calls: the longest of some tells how far to go
MODES = {
    "EIO once": (errno.EIO, False),
    "EIO for ever": (errno.EIO, True),
    "ENOSPC once": (errno.ENOSPC, False),
    "ENOSPC for ever": (errno.ENOSPC, True),
    "kill -9": (shim.KILL, False),
}


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """One run: below which folder the n-th call fails, and how."""

    folder: str
    nth: int
    mode: str

    def __str__(self) -> str:
        return f"{self.folder} n={self.nth} {self.mode}"


class Sweep:
    """One installation that is put back to its beginning before every run."""

    def __init__(self, town: Town, folder: Path, database: Path) -> None:
        """`folder` holds everything of the town; `database` is its SQLite file."""
        self._town, self._folder, self._database = town, folder, database
        self._kept = folder.with_name(f"{folder.name}-kept")
        self._seen: dict[str, Opened | Death] = {}
        self._told = mmap.mmap(-1, struct.calcsize(_TOLD))
        self._began = _now()
        self.below = {"var": (folder / "var").resolve(), "database": database.parent}
        self._stop_neighbours()
        connections.close_all()
        shutil.copytree(folder, self._kept)
        shutil.copy(database, self._kept / "kept.sqlite3")
        intake.read_confined = self._read  # type: ignore[assignment]  # one opening per content serves every run
        gc.collect()
        gc.freeze()  # what is imported is the same in every child: not looked through, not copied

    def _read(
        self,
        originals: Iterable[tuple[str, OpenBlob]],
        layouts: Mapping[str, LayoutProfile],
        *,
        organisation: str = "",
    ) -> list[Opened | Death]:
        return [self._read_once(layout, lent, layouts) for layout, lent in originals]

    def _read_once(self, layout: str, lent: OpenBlob, layouts: Mapping[str, LayoutProfile]) -> Opened | Death:
        known = layout + hashlib.sha256(lent.read()).hexdigest()
        if known not in self._seen:
            (self._seen[known],) = _read_confined([(layout, lent)], layouts)
        return self._seen[known]

    def learn(self) -> list[str]:
        """One run without any failure: its summary is what every other run must come to."""
        self._put_back()
        invariants.learn(self._town)
        return invariants.broken(self._town)

    def count(self, folder: str) -> int:
        """How many durable calls a whole run makes below a folder, at most."""
        return max(self._count(folder) for _ in range(COUNTED_TIMES))

    def _count(self, folder: str) -> int:
        self._put_back()
        self._carry(self.below[folder], 0, shim.COUNT_ONLY, for_ever=False)
        return int(struct.unpack(_TOLD, self._told[:])[0])

    def run(self, point: Point) -> list[str]:
        """What does not hold after this failure."""
        error, for_ever = MODES[point.mode]
        self._put_back()
        status = self._carry(self.below[point.folder], point.nth, error, for_ever=for_ever)
        forget()
        settings.TODOKE_CLOCK_OFFSET_SECONDS += struct.unpack(_TOLD, self._told[:])[1]
        wrong = [] if status in (0, 9) else [f"the worker ended with status {status}"]
        return [f"{point}: {sentence}" for sentence in (*wrong, *invariants.broken(self._town, drain=drain))]

    def close(self) -> None:
        """Forget everything."""
        intake.read_confined = _read_confined
        gc.unfreeze()
        shutil.rmtree(self._kept, ignore_errors=True)

    def _carry(self, below: Path, nth: int, error: int, *, for_ever: bool) -> int:
        """Let a forked worker carry everything as far as it gets; returns its exit status."""

        def work_over_failure() -> None:
            begin = settings.TODOKE_CLOCK_OFFSET_SECONDS
            is_ours = (
                below == self.below["var"]
            )  # SQLite does not append: what it loses cannot be told from outside
            shim.arm(below, nth, error, for_ever=for_ever, loses=is_ours)
            if for_ever:
                worker = work.Worker()
                for _ in range(ROUNDS_FOR_EVER):
                    worker.round()
            else:
                drain()
            moved = settings.TODOKE_CLOCK_OFFSET_SECONDS - begin
            self._told[:] = struct.pack(_TOLD, shim.count(), moved)

        self._told[:] = struct.pack(_TOLD, 0, 0.0)
        process = Process(work_over_failure)
        process.start()
        _, status = os.waitpid(process.pid, 0)
        return status

    def _stop_neighbours(self) -> None:
        for neighbour in (self._town.portal, self._town.core):
            neighbour.kill()

    def _put_back(self) -> None:
        """The disk as it was before the first run; nobody remembers anything."""
        self._stop_neighbours()
        connections.close_all()
        forget()
        for name in ("var", "samples/folder", "neighbours"):
            shutil.rmtree(self._folder / name, ignore_errors=True)
            shutil.copytree(self._kept / name, self._folder / name)
        for suffix in ("-wal", "-shm"):
            self._database.with_name(self._database.name + suffix).unlink(missing_ok=True)
        shutil.copy(self._kept / "kept.sqlite3", self._database)
        settings.TODOKE_CLOCK_OFFSET_SECONDS += (self._began - _now()).total_seconds()
        for neighbour in (self._town.portal, self._town.core):
            neighbour.start()
        self._wait_for_neighbours()

    def _wait_for_neighbours(self) -> None:
        import socket

        for port in self._town.ports.values():
            for _ in range(1000):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.001)


_TOLD = "qd"  # what a worker tells before it ends: its calls, and by how many seconds it moved the clock
_read_confined = intake.read_confined


def drain() -> bool:
    """`work.drain`, but what is to be waited for comes at once, because the clock is moved there.

    True when nothing is due within the patience; False when it took more than that in all, or rounds without end.
    """
    worker, moved, patience = work.Worker(), 0.0, timedelta(seconds=PATIENCE_SECONDS)
    for _ in range(ROUNDS_AT_MOST):
        if worker.round():
            continue
        wait = worker.unfinished(patience)
        if wait is None and not worker.is_without_database:
            return True
        moved += max(wait or 0.0, 0.0)
        if moved > PATIENCE_SECONDS:
            return False
        settings.TODOKE_CLOCK_OFFSET_SECONDS += max(wait or 0.0, 0.0)
        time.sleep(0.001)
    return False


def _now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=settings.TODOKE_CLOCK_OFFSET_SECONDS)


@contextmanager
def sweep(ground: Ground, folder: Path) -> Iterator[Sweep]:
    """An installation on SQLite, to be swept. Only over the shim."""
    with installation(ground, folder) as town:
        one = Sweep(town, folder, Path(str(connections["default"].settings_dict["NAME"])).resolve())
        try:
            yield one
        finally:
            one.close()


def points(counts: Mapping[str, int], *, most: int) -> list[Point]:
    """Every call in every mode when that is at most `most` runs, else evenly spread ones, first and last included."""
    every = [
        Point(folder, nth, mode)
        for folder, total in counts.items()
        for nth in range(1, total + 1)
        for mode in MODES
    ]
    if len(every) <= most:
        return every
    step = (len(every) - 1) / (most - 1)
    return [every[round(place * step)] for place in range(most)]


def share(every: Sequence[Point], which: str, *, seed: int) -> list[Point]:
    """The points of one of several runs（"1/3"）, shuffled by the seed: one that is cut off has tried a fair sample.

    What fails for ever takes longest and comes last. To whom a point belongs depends on nothing but the point: runs
    that count differently still have each in one share.
    """
    place, of = (int(number) for number in which.split("/"))
    lots = {point: hashlib.sha256(f"{seed} {point}".encode()).digest() for point in every}
    drawn = sorted(lots, key=lambda point: (MODES[point.mode][1], lots[point]))
    return [point for point in drawn if int.from_bytes(lots[point]) % of == place - 1]
