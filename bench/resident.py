"""How much memory a piece of work takes beyond what the process holds already."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")
_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_during(work: Callable[[], Result]) -> tuple[Result, int]:
    """The result, and by how many bytes the resident memory rose meanwhile at most（proc(5): VmHWM, reset before）."""
    _RESET.write_text("5")
    before = _kilobytes("VmRSS")
    result = work()
    return result, max(0, _kilobytes("VmHWM") - before) * 1024


def _kilobytes(name: str) -> int:
    line = next(one for one in _STATUS.read_text().splitlines() if one.startswith(f"{name}:"))
    return int(line.split()[1])
