"""One line of the catalogue of bad inputs: what comes in, and what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass

OPENED = "opened"
CANARY = "届野秘子"


@dataclass(frozen=True, slots=True)
class Row:
    """`expected` is the code of the finding, or OPENED; the bytes are built when the test runs, never kept."""

    number: str
    condition: str
    build: Callable[[], bytes]
    expected: str

    def __str__(self) -> str:
        return f"{self.number}-{self.condition.replace(' ', '-')}"
