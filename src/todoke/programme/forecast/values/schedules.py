"""A computed schedule, and the answers that are read off it."""

from dataclasses import dataclass
from datetime import date

from .words import DriverKind, LintRule, LossKind, ProofKind, Verdict


@dataclass(frozen=True, slots=True)
class PlacedActivity:
    """Where one activity lies. Dates are the first and the last day of work; a milestone has the same for both.

    `early_*` and `late_*` count order, windows and dates only（CPM）; `start` and `finish` also what people and vendors
    can do. `float_days`: by how many working days it may slip before a deadline is missed; negative: it is missed
    already. `free_days`: by how many without moving anything else. `slack_days` is the float of the levelled start.
    """

    key: str
    start: date
    finish: date
    early_start: date
    early_finish: date
    late_start: date
    late_finish: date
    float_days: int
    free_days: int
    slack_days: int
    is_critical: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a deadline cannot be kept in any order: what is needed and what there is, in working days or person-days."""

    kind: ProofKind
    subject: str
    deadline: date | None
    needed: int
    available: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """One feasible schedule, found in `tries` orders; the best by lateness, then by finish.

    `starts` are day indices in the order of the network's activities. `input_hash`, `seed` and `engine` reproduce it.
    `late_days`: the worst lateness in working days over all deadlines（≤ 0: all kept）; None without deadlines.
    """

    placed: tuple[PlacedActivity, ...]
    starts: tuple[int, ...]
    order: tuple[int, ...]
    finish: date
    finish_day: int
    late_days: int | None
    verdict: Verdict
    proofs: tuple[Proof, ...]
    input_hash: str
    seed: int
    tries: int
    engine: str

    def of(self, key: str) -> PlacedActivity:
        """Where this activity lies. Raises KeyError for a stranger."""
        found = next((one for one in self.placed if one.key == key), None)
        if found is None:
            raise KeyError(key)
        return found


@dataclass(frozen=True, slots=True)
class Driver:
    """What holds a start: another activity（`key`）, a window or a resource（`name`）; `waited` working days for it."""

    kind: DriverKind
    key: str = ""
    name: str = ""
    link: str = ""
    waited: int = 0
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One link of a chain: an activity, when it lies, and what holds it there."""

    key: str
    label: str
    start: date
    finish: date
    driver: Driver


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why this date. `chain`: back to the start, the asked activity last; `onward`: on to the deadline, the asked first.

    `deadline` is the one that binds, `deadline_key` whose it is; `why_not_critical` says in a sentence what gives room,
    and is empty for a critical activity. `sentence` is the answer in words.
    """

    key: str
    sentence: str
    chain: tuple[Step, ...]
    onward: tuple[str, ...]
    deadline: date | None
    deadline_key: str
    float_days: int
    why_not_critical: str


@dataclass(frozen=True, slots=True)
class SafeDate:
    """Start by this day, or lose so much. `target` is what loses: whose deadline, or whose window（`window` its label）.

    `lost_days` working days later is the target's next chance; for a deadline it is None: it is missed.
    """

    key: str
    label: str
    by: date
    kind: LossKind
    target: str
    target_label: str
    window: str
    next_chance: date | None
    lost_days: int | None
    slack_days: int


@dataclass(frozen=True, slots=True)
class MonthLoad:
    """What a month asks of a resource and what there is, in person-days（slot-days）of hundredths; `month` is its first day.

    `peak` is the most that is asked in one bucket of the grain, in hundredths at one time.
    """

    resource: str
    label: str
    is_vendor: bool
    month: date
    asked: int
    available: int
    peak: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is odd about a plan: which rule, which activity, and a sentence that says what to do."""

    rule: LintRule
    key: str
    sentence: str
