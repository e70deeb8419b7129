"""What a row costs: the worker's and its confined children's memory and CPU time, read from /proc."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from todoke.foundation import spawning
from todoke.foundation.spawning import Child, Spawner

_TICKS = os.sysconf("SC_CLK_TCK")
_RESET_PEAK = "5"  # proc(5), clear_refs: the high-water mark begins again


@dataclass(frozen=True, slots=True)
class Used:
    """KiB of memory at the most, and CPU seconds. `grown` is what the worker needed beyond what it held before."""

    grown_kib: int
    worker_seconds: float
    confined_kib: int
    confined_seconds: float
    children: int


class Watch:
    """Notes of every confined child, when it is let go, what it used; begin and end frame one row."""

    def __init__(self) -> None:
        """Nothing is noted yet."""
        self._hang_up, self._kill, self._fork = Child.hang_up, Child.kill, Spawner.fork
        self._peak, self._seconds, self._children = 0, 0.0, 0
        self._before, self._cpu = 0, 0.0

    def __enter__(self) -> Self:
        spawning.Child.hang_up = self._noting(self._hang_up)  # type: ignore[method-assign, assignment]  # measured, then called
        spawning.Child.kill = self._noting(self._kill)  # type: ignore[method-assign, assignment]  # the same
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        spawning.Child.hang_up = self._hang_up  # type: ignore[method-assign]  # as it was
        spawning.Child.kill = self._kill  # type: ignore[method-assign]  # as it was

    def _noting(self, original: Callable[[Child], None]) -> Callable[[Child], None]:
        def note(child: Child) -> None:
            self._children += 1
            self._peak = max(self._peak, _status(child.pid, "VmHWM"))
            self._seconds += _cpu_seconds(child.pid)
            original(child)

        return note

    def begin(self) -> None:
        """From here on the row's own usage counts."""
        Path("/proc/self/clear_refs").write_text(_RESET_PEAK)
        self._before, self._cpu = _status(os.getpid(), "VmRSS"), time.process_time()
        self._peak, self._seconds, self._children = 0, 0.0, 0

    def used(self) -> Used:
        """What was used since the beginning."""
        return Used(
            max(0, _status(os.getpid(), "VmHWM") - self._before), time.process_time() - self._cpu, self._peak,
            self._seconds, self._children,
        )  # fmt: skip


def _status(pid: int, name: str) -> int:
    """A line of /proc/<pid>/status, in KiB; 0 for a process that is dead: its limits have ended it."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS
