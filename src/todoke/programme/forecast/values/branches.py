"""What if: named changes to a network, and what they would change."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from .forecasts import Chance
from .words import ChangeWord, Verdict


@dataclass(frozen=True, slots=True)
class AddCapacity:
    """So much more of a resource（hundredths）from one date to another."""

    word: ClassVar[ChangeWord]
    resource: str
    hundredths: int = 100
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class AddPerson(AddCapacity):
    """人を増やす: 100 hundredths are one person."""

    word: ClassVar[ChangeWord] = ChangeWord.ADD_PERSON


@dataclass(frozen=True, slots=True)
class BoughtSlots(AddCapacity):
    """事業者の枠を買い足す: 100 hundredths are one item at a time."""

    word: ClassVar[ChangeWord] = ChangeWord.BUY_SLOTS


@dataclass(frozen=True, slots=True)
class DropScope:
    """業務を外す: the unfinished work of these 事務 is left out."""

    word: ClassVar[ChangeWord] = ChangeWord.DROP_SCOPE
    concepts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AcceptLater:
    """特定移行支援システム: the deadlines of these 事務 become a later date; nothing else changes."""

    word: ClassVar[ChangeWord] = ChangeWord.ACCEPT_LATER
    concepts: tuple[str, ...]
    deadline: date


@dataclass(frozen=True, slots=True)
class SharedProcurement:
    """共同調達: the work of these nodes takes only a part（per cent）of our people, and not before a common date."""

    word: ClassVar[ChangeWord] = ChangeWord.SHARE_PROCUREMENT
    nodes: tuple[str, ...]
    effort_percent: int = 50
    not_before: date | None = None


@dataclass(frozen=True, slots=True)
class ShiftStart:
    """開始を遅らせる: nothing that is not running begins before this date."""

    word: ClassVar[ChangeWord] = ChangeWord.SHIFT_START
    to: date


BranchChange = AddPerson | BoughtSlots | DropScope | AcceptLater | SharedProcurement | ShiftStart


@dataclass(frozen=True, slots=True)
class Branch:
    """A named set of changes, applied in their order."""

    name: str
    changes: tuple[BranchChange, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a network leads: the levelled finish, the likely finish, and the chance of keeping every deadline."""

    finish: date
    late_days: int | None
    verdict: Verdict
    p50: date
    p80: date
    on_time: Chance | None


@dataclass(frozen=True, slots=True)
class DateDifference:
    """One activity that ends on another day; positive: later. None: only one of the two has it."""

    key: str
    label: str
    before: date | None
    after: date | None
    working_days: int


@dataclass(frozen=True, slots=True)
class LoadDifference:
    """The highest load of a resource at one time, in hundredths, before and after."""

    resource: str
    label: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a branch changes: outcomes, dates（the largest move first）, loads, working days of the finish, permille of chance.

    Both sides were simulated with the same seed, so that what differs is the branch and not the luck.
    """

    branch: Branch
    before: Outcome
    after: Outcome
    dates: tuple[DateDifference, ...]
    loads: tuple[LoadDifference, ...]
    finish_days: int
    p80_days: int
    chance_permille: int
    runs: int
    input_hash: str
    seed: int
    engine: str
