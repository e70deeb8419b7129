"""What is likely: distributions, chances, the early-start curve, and how right earlier forecasts were."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from .schedules import PlacedActivity
from .words import ForecastKind, Verdict


@dataclass(frozen=True, slots=True)
class Calibration:
    """By how much work took longer than reported: ratios actual ÷ estimated in per cent, ascending; `source` in words.

    Fewer than five ratios are shown and not used.
    """

    ratios: tuple[int, ...] = ()
    source: str = ""

    @property
    def is_used(self) -> bool:
        """Whether there are enough to go by."""
        return len(self.ratios) >= 5


@dataclass(frozen=True, slots=True)
class Chance:
    """In how many of how many runs something held."""

    kept: int
    runs: int

    @property
    def permille(self) -> int:
        """Rounded down, so that "never seen to fail" alone is 1000."""
        return self.kept * 1000 // self.runs if self.runs else 0


@dataclass(frozen=True, slots=True)
class Likelihood:
    """When one activity is likely to be done: in half and in four fifths of the runs; its own chance, if it has a deadline."""

    key: str
    p50: date
    p80: date
    chance: Chance | None


@dataclass(frozen=True, slots=True)
class DatedChance:
    """The chance of all deadlines of one 事務（or of one date）being kept; `concept` empty for the date's."""

    deadline: date | None
    concept: str
    label: str
    chance: Chance


@dataclass(frozen=True, slots=True)
class Forecast:
    """The likely finish of a plan. `months` counts runs by the month（its first day）in which they finish.

    `on_time` is the chance of keeping every deadline at once. `beyond`: runs that do not end within the calendar.
    """

    p50: date
    p80: date
    on_time: Chance | None
    deadlines: tuple[DatedChance, ...]
    activities: tuple[Likelihood, ...]
    months: tuple[tuple[date, int], ...]
    runs: int
    beyond: int
    with_capacity: bool
    calibration: Calibration
    input_hash: str
    seed: int
    engine: str


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What starting in a month means: the smallest peak found that still keeps the deadline, and the chance on time.

    `peak` in hundredths of a person at one time, None when no plan was found; `chance` with the capacities as they are.
    """

    months_later: int
    start: date
    verdict: Verdict
    peak: int | None
    chance: Chance | None
    p50: date | None
    p80: date | None


@dataclass(frozen=True, slots=True)
class StartAdvice:
    """What one month of delay of one node（for all its 事務）costs: working days of the finish, peak, and chance."""

    node: str
    label: str
    keys: tuple[str, ...]
    finish_days: int
    peak_hundredths: int
    chance_permille: int
    is_marked: bool | None


@dataclass(frozen=True, slots=True)
class EarlyStartCurve:
    """Peak staffing and chance against the start month, and what is worth starting now, the best first."""

    points: tuple[CurvePoint, ...]
    advice: tuple[StartAdvice, ...]
    peak_of: tuple[str, ...]
    runs: int
    input_hash: str
    seed: int
    engine: str


@dataclass(frozen=True, slots=True)
class ForecastRef:
    """A kept forecast as others may hold it; with a `failed_code` nothing could be computed that week."""

    uuid: UUID
    plan: UUID
    kind: ForecastKind
    name: str
    as_of: date
    p50: date | None
    p80: date | None
    finish: date | None
    chance_permille: int | None
    input_hash: str
    seed: int
    engine: str
    made_at: datetime
    made_by: str
    failed_code: str = ""


@dataclass(frozen=True, slots=True)
class StoredForecast:
    """A kept forecast with where each activity lay and when it was likely done."""

    ref: ForecastRef
    runs: int
    placed: tuple[PlacedActivity, ...]
    activities: tuple[Likelihood, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How right a kept forecast was: of the activities done since, how many were done by their P50 and P80.

    `median_error` in calendar days, positive when later than P50; None before anything is done.
    """

    ref: ForecastRef
    done: int
    by_p50: int
    by_p80: int
    median_error: int | None
