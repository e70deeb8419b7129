"""The places of a sweep that were tried, a line each in a file: a run that is cut off goes on where it was."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .sweep import Point


@dataclass
class Tried:
    """What a file says was tried, and the pen that goes on with it; without a file nothing is kept."""

    file: Path | None = None
    counts: Mapping[str, int] = field(
        default_factory=dict
    )  # of the run that began the file: the same places again
    clean: set[Point] = field(default_factory=set)

    @classmethod
    def read(cls, file: Path | None) -> "Tried":
        """What is known of an earlier run; a torn last line and whatever was broken are tried again."""
        tried = cls(file)
        if file is not None and file.exists():
            whole, _, torn = file.read_bytes().rpartition(b"\n")
            for line in whole.splitlines():
                tried._take(json.loads(line))
            if torn:
                file.write_bytes(whole + b"\n" if whole else b"")
        return tried

    def _take(self, line: Mapping[str, object]) -> None:
        match line:
            case {"counts": dict(counts)}:
                self.counts = counts
            case {"folder": str(folder), "nth": int(nth), "mode": str(mode), "broken": broken}:
                point = Point(folder, nth, mode)
                (self.clean.discard if broken else self.clean.add)(point)

    def begin(self, counts: Mapping[str, int]) -> None:
        """Note how many calls there are, before the first place."""
        self.counts = counts
        self._write({"counts": counts})

    def note(self, point: Point, broken: list[str], seconds: float) -> None:
        """A place was tried."""
        self._write(
            {"folder": point.folder, "nth": point.nth, "mode": point.mode, "broken": broken,
             "seconds": round(seconds, 2)}
        )  # fmt: skip
        if not broken:
            self.clean.add(point)

    def _write(self, line: Mapping[str, object]) -> None:
        if self.file is not None:
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
