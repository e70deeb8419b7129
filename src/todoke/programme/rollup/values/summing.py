"""What many bodies say together, without any day of reading: whether a submission is late is told when it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .submissions import Counts


@dataclass(frozen=True, slots=True)
class Pile:
    """One figure of some bodies: lowest, quartiles and highest; of how many bodies as of which day; steps known and in all."""

    five: tuple[Fraction, Fraction, Fraction, Fraction, Fraction] | None
    days: Mapping[date, int]
    known: int
    steps: int


@dataclass(frozen=True, slots=True)
class SummedConcept:
    """One 事務: its steps pooled, and the rates of the bodies."""

    counts: Counts
    rate: Pile


@dataclass(frozen=True, slots=True)
class SummedArea:
    """The bodies of one prefecture: how many submissions are as of which day, and their rates."""

    days: Mapping[date, int]
    rate: Pile


@dataclass(frozen=True, slots=True)
class Summed:
    """All current submissions in one edition; `comparable` of them compare wholly. Concepts and areas by their codes."""

    days: Mapping[date, int]
    comparable: int
    rate: Pile
    weighted: Pile
    concepts: Mapping[str, SummedConcept]
    areas: Mapping[str, SummedArea]

    @property
    def submitted(self) -> int:
        """How many bodies have submitted."""
        return sum(self.days.values())
