"""What a schedule is made of: activities, dependencies, windows, capacities and the calendar."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta

from todoke.programme.packs.values import LinkType, Strength

from .words import ActivityState


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days（執務日）that a computation may use, ascending; index 0 is the first on or after the as-of date."""

    days: tuple[date, ...] = field(repr=False)

    def __hash__(self) -> int:
        """By its ends: tables are kept per calendar, and thousands of dates need not be read to find them."""
        return hash((self.days[0], self.days[-1], len(self.days)))

    def index_from(self, day: date) -> int:
        """The index of the first working day on or after a date; before the calendar it is negative（weekdays counted）."""
        if day < self.days[0]:
            return -_weekdays(day, self.days[0])
        return bisect_left(self.days, day)

    def count_through(self, day: date) -> int:
        """How many working days there are up to and with a date: the first index at which a deadline is missed."""
        if day < self.days[0]:
            return -_weekdays(day + timedelta(days=1), self.days[0])
        return bisect_right(self.days, day)

    def day(self, index: int) -> date:
        """The date of an index; what lies outside the calendar is shown as its nearest weekday."""
        if index < 0:
            return _weekdays_before(self.days[0], -index)
        return self.days[min(index, len(self.days) - 1)]


def _weekdays(first: date, last: date) -> int:
    """Weekdays from `first` up to and without `last`; holidays before the calendar are not known here."""
    weeks, rest = divmod((last - first).days, 7)
    begin = first.weekday()
    return weeks * 5 + sum((begin + one) % 7 < 5 for one in range(rest))


def _weekdays_before(day: date, count: int) -> date:
    """The weekday that lies so many weekdays before a weekday."""
    weeks, rest = divmod(count, 5)
    return day - timedelta(days=7 * weeks + rest + (2 if rest > day.weekday() else 0))


@dataclass(frozen=True, slots=True)
class Demand:
    """How much of a resource an activity takes on each of its days, in hundredths of a person or of a vendor's slot."""

    resource: str
    hundredths: int


@dataclass(frozen=True, slots=True)
class PeriodUnits:
    """How much there is from one date to another（None: open on that side）, in hundredths."""

    first: date | None
    last: date | None
    hundredths: int


@dataclass(frozen=True, slots=True)
class ResourceCapacity:
    """A role or a vendor and how much of it there is; where periods overlap they add up, outside all there is nothing."""

    resource: str
    label: str
    is_vendor: bool
    periods: tuple[PeriodUnits, ...]


@dataclass(frozen=True, slots=True)
class StartWindow:
    """A span of every year in which only something may begin, or（is_freeze）may not: (month, day) to (month, day).

    Windows of one `kind` on an activity are alternatives; kinds, and every freeze, hold together.
    """

    id: str
    label: str
    kind: str
    begins: tuple[int, int]
    ends: tuple[int, int]
    is_freeze: bool = False


@dataclass(frozen=True, slots=True)
class Activity:
    """One piece of work. `low`, `likely` and `high` are what remains in working days; 0 for a milestone and what is done.

    `windows` are ids of StartWindow. `deadline` is the last day; `not_before` the first. `finished_on` of DONE, and
    `started_on` of RUNNING, if known. `node` and `concept` tell which activities are the same work for another 事務.
    `estimated` is the likely duration at the start of the work. `is_hidden`: stands for a group in the order.
    `is_carried`: what remains is a share of what was reported of the work that it was cut from or joined of.
    """

    key: str
    label: str
    low: int
    likely: int
    high: int
    state: ActivityState = ActivityState.OPEN
    demands: tuple[Demand, ...] = ()
    windows: tuple[str, ...] = ()
    not_before: date | None = None
    fixed_start: date | None = None
    fixed_finish: date | None = None
    deadline: date | None = None
    started_on: date | None = None
    finished_on: date | None = None
    node: str = ""
    concept: str = ""
    concept_label: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    early_startable: bool | None = None
    has_estimate: bool = True
    estimated: int = 0
    reported_on: date | None = None
    deliverables: int = 0
    evidence: int = 0
    is_hidden: bool = False
    is_carried: bool = False

    @property
    def words(self) -> str:
        """Its label with its 事務, so that it is known by itself."""
        return f"{self.label}（{self.concept_label}）" if self.concept_label else self.label

    @property
    def is_to_do(self) -> bool:
        """Whether it is work that is not finished."""
        return self.state in {ActivityState.OPEN, ActivityState.RUNNING}


@dataclass(frozen=True, slots=True)
class Dependency:
    """`after` depends on `before`（keys）; lag in working days."""

    before: str
    after: str
    type: LinkType = LinkType.FS
    lag: int = 0
    strength: Strength = Strength.PRACTICE


@dataclass(frozen=True, slots=True)
class Network:
    """All that a forecast is computed from. `grain`: capacity is counted per so many working days（1: day by day）.

    The same network, seed and engine give the same answer on every machine.
    """

    title: str
    as_of: date
    calendar: WorkingDays
    activities: tuple[Activity, ...]
    dependencies: tuple[Dependency, ...] = ()
    windows: tuple[StartWindow, ...] = ()
    capacities: tuple[ResourceCapacity, ...] = ()
    deadline: date | None = None
    grain: int = 5

    def __hash__(self) -> int:
        """By its ends and its durations: what is computed of a network is kept, and finding it must cost less than that."""
        first, last = self.activities[:1], self.activities[-1:]
        spread = tuple([(one.likely, one.high, one.not_before, one.deadline) for one in self.activities])
        return hash(
            (
                self.title,
                self.as_of,
                self.deadline,
                first,
                last,
                spread,
                self.dependencies[-1:],
                self.capacities,
            )
        )

    def activity(self, key: str) -> Activity | None:
        """The activity with this key, or None."""
        return next((one for one in self.activities if one.key == key), None)
