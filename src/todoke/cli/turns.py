"""Whose turn it is: which bodies a worker's round visits, and which part of many bodies is this worker's.

Few bodies are all visited every time. Of many, those that have work, and every one wholly once in a while: what is
not work for the queue (a list of protected persons that became newer) is looked after then.
"""

import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from . import lines

MANY = 20
WHOLE_SECONDS = 600.0


class ShareWrong(ValueError):
    """A share that is not written as 2/4."""


@dataclass(frozen=True, slots=True)
class Share:
    """The part of the bodies that is this worker's: number 1 … `of`. The workers of all numbers share all bodies."""

    number: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> "Share":
        """From `2/4`. Raises ShareWrong."""
        number, slash, of = text.partition("/")
        if not (slash and number.isascii() and number.isdigit() and of.isascii() and of.isdigit()):
            raise ShareWrong(text)
        share = cls(int(number), int(of))
        if not 1 <= share.number <= share.of <= 1000:
            raise ShareWrong(text)
        return share

    def has(self, code: str) -> bool:
        """Whether a body is in this part; the same on every machine and in every release."""
        return zlib.crc32(code.encode()) % self.of == self.number - 1


@dataclass
class Turns:
    """The order of a worker's rounds."""

    share: Share = field(default_factory=Share)
    clock: Callable[[], float] = time.monotonic
    _visited: dict[str, float] = field(default_factory=dict)

    def order(self, codes: Sequence[str]) -> list[str]:
        """The bodies of this worker."""
        return [code for code in codes if self.share.has(code)]

    def is_up(self, code: str, among: int) -> bool:
        """Whether a body is visited in this round, `among` so many."""
        if among <= MANY:
            return True
        if self.clock() - self._visited.get(code, -WHOLE_SECONDS) >= WHOLE_SECONDS:
            self._visited[code] = self.clock()
            return True
        return lines.has_work(code)
