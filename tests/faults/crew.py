"""Workers that are forked, frozen, told to end and killed; the parent has imported everything once（fork server）."""

import mmap
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.town import Process
from todoke.cli import lines, work
from todoke.foundation.claims import Job

NAMES = ("between jobs", *(job.name for job in lines.jobs()))
IDLE_SECONDS = 0.005


class _Noting(work.Worker):
    """A worker that writes into shared memory which job it is in, so that one knows where a blow fell."""

    def __init__(self, place: mmap.mmap) -> None:
        super().__init__()
        self._place = place

    def _run(self, job: Job, organisation: str) -> int:
        self._place[0] = NAMES.index(job.name)
        moved = super()._run(job, organisation)
        self._place[0] = 0
        return moved


@dataclass
class Hand:
    """One place in the crew: whoever works there now, and which job it is in."""

    before: Callable[[], None] = lambda: None
    place: mmap.mmap = field(default_factory=lambda: mmap.mmap(-1, 1))
    process: Process = field(init=False)
    is_frozen: bool = False
    confined: set[int] = field(default_factory=set)  # the confined workers of whoever was killed here

    def __post_init__(self) -> None:
        self.process = Process(self._work)

    def _work(self) -> None:
        self.before()
        worker = _Noting(self.place)
        worker.stop_when_told()
        while not worker.is_told_to_stop:
            if not worker.round():
                time.sleep(IDLE_SECONDS)

    @property
    def job(self) -> str:
        """The name of the job it is in."""
        return NAMES[self.place[0]]

    def start(self) -> None:
        """Set somebody to work here."""
        self.place[0] = 0
        self.process.start()
        self.is_frozen = False

    def kill(self) -> None:
        """kill -9, frozen or not; its confined workers must end by themselves."""
        self.confined |= set(self._family())
        self.process.kill()
        self.is_frozen = False

    def freeze(self) -> None:
        """Stop the clock for it（F10）: its leases run out while it sleeps."""
        os.kill(self.process.pid, signal.SIGSTOP)
        self.is_frozen = True

    def thaw(self) -> None:
        """Let it go on where it was."""
        os.kill(self.process.pid, signal.SIGCONT)
        self.is_frozen = False

    def end(self, seconds: float = 90.0) -> bool:
        """SIGTERM; whether it ended by itself with code 0（F27）, or had not yet begun. Later than that it is killed."""
        self.thaw()
        os.kill(self.process.pid, signal.SIGTERM)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pid, status = os.waitpid(self.process.pid, os.WNOHANG)
            if pid:
                self.process.pid = 0
                is_well = status in (0, signal.SIGTERM)
                if not is_well:
                    print(f"told to end in {self.job}, a worker ended with status {status}", file=sys.stderr)
                return is_well
            time.sleep(0.002)
        print(f"told to end, a worker was still in {self.job} after {seconds:.0f} s", file=sys.stderr)
        self.kill()
        return False

    def kill_confined(self, rng: random.Random) -> bool:
        """kill -9 of its spawner, or of a child that reads packages for it; False when there is none."""
        family = self._family()
        if not family:
            return False
        try:
            os.kill(rng.choice(family), signal.SIGKILL)
        except ProcessLookupError:
            return False  # it had just ended
        return True

    def _family(self) -> list[int]:
        """Its spawner, and the children that read packages for it."""
        if not self.process.pid:
            return []
        return [child for parent in children(self.process.pid) for child in (parent, *children(parent))]


def children(parent: int) -> list[int]:
    """The processes that a process has started."""
    try:
        return [int(one) for one in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except OSError:
        return []  # it has just ended


def confined_orphans(confined: Iterable[int]) -> list[int]:
    """Which of these confined workers outlived the workers that were killed over them."""
    found = []
    for pid in confined:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if b"todoke.foundation.spawner" in command:
            found.append(pid)
    return found
