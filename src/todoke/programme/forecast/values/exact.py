"""What an exact solver said of a plan."""

from dataclasses import dataclass
from datetime import date

from .forecasts import ForecastRef
from .schedules import Schedule
from .words import ExactWord


@dataclass(frozen=True, slots=True)
class ExactAnswer:
    """The best schedule that was found, counted day by day, and what was proved of every other one.

    `late_bound` and `finish_bound`: no schedule is less late（working days over the worst deadline）, and none that is no
    later than that ends earlier. `effort` is the solver's own deterministic time; `engine` names solver and version.
    """

    word: ExactWord
    schedule: Schedule
    late_bound: int | None
    finish_bound: date
    effort: float
    input_hash: str
    seed: int
    engine: str


@dataclass(frozen=True, slots=True)
class KeptExact:
    """A kept answer of the exact solver, without its schedule."""

    ref: ForecastRef
    word: ExactWord
    late_days: int | None
    late_bound: int | None
    finish_bound: date
    effort: float
