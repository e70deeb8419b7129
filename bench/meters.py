"""What one piece of work costs: CPU, wall clock, fsync calls, memory and what the neighbours took meanwhile."""

import gc
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from todoke.foundation import confined

_MACHINE = Path("/proc/stat")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU and of wall clock, and `os.fsync` calls."""

    cpu: float
    wall: float
    fsyncs: int = 0


def measure(work: Callable[[], object]) -> Cost:
    """Run `work` once, with an empty garbage collector, and say what it cost."""
    gc.collect()
    with _counted_fsyncs() as count:
        cpu, wall = _cpu_seconds(), time.perf_counter()
        work()
        wall = time.perf_counter() - wall
        cost = Cost(_cpu_seconds() - cpu, wall)
    return Cost(cost.cpu, cost.wall, len(count))


def _cpu_seconds() -> float:
    """CPU seconds of this process and of its confined workers."""
    return time.process_time() + confined.cpu_seconds()


@contextmanager
def _counted_fsyncs() -> Iterator[list[int]]:
    """Count what goes through `os.fsync`; what SQLite syncs inside C is not seen here (it commits: see commits)."""
    seen: list[int] = []
    real = os.fsync

    def counted(descriptor: int) -> None:
        seen.append(1)
        real(descriptor)

    os.fsync = counted  # type: ignore[assignment]  # the same call, for the time of one measurement
    try:
        yield seen
    finally:
        os.fsync = real


def peak_memory() -> int:
    """The most memory that this process has held so far (bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Neighbours:
    """How much of one core others used since this was made."""

    def __init__(self) -> None:
        """Start counting."""
        self._start = (time.perf_counter(), _busy(), _own())

    def share(self) -> float | None:
        """The others' CPU seconds per second of wall clock (1.0 = one whole core); None where it cannot be known."""
        wall, busy, own = self._start
        if not _MACHINE.exists():
            return None
        others = (_busy() - busy) - (_own() - own)
        return max(0.0, others / (time.perf_counter() - wall))


def _busy() -> float:
    """Seconds that all cores have worked since the machine started (proc(5): user nice system … irq softirq steal)."""
    if not _MACHINE.exists():
        return 0.0
    ticks = [int(word) for word in _MACHINE.read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def _own() -> float:
    return sum(os.times()[:4])
