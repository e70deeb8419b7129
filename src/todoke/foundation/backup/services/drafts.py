"""A set under way, as those who write parts of it know it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from todoke.foundation.backup.values import Places

from . import streams

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Draft:
    """A set under way: its name, its folder, and for whom it is encrypted."""

    name: str
    folder: Path
    places: Places
    to: streams.Recipients
    tell: Tell


def size_of(path: Path) -> int:
    """Bytes of a file; −1 when it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return -1
