"""Monte Carlo: the same plan many times with durations drawn from what was reported, with or without capacity."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import getitem

from todoke.programme.forecast.values import (
    Calibration,
    Chance,
    DatedChance,
    Forecast,
    Likelihood,
    Network,
    Schedule,
)

from . import ENGINE
from .canonical import input_hash
from .compiling import Compiled, Row, compile_network
from .placing import place
from .sampling import common_factors, tables
from .searching import passes, search

RUNS = 1000
NO_CALIBRATION = Calibration()


@dataclass(frozen=True, slots=True)
class Runs:
    """The finishes of all activities of each run that ended within the calendar, which runs these are, and how many did not."""

    finishes: list[list[int]]
    beyond: int
    which: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """All runs."""
        return len(self.finishes) + self.beyond


def simulate(
    network: Network,
    *,
    runs: int = RUNS,
    seed: int = 0,
    with_capacity: bool = True,
    calibration: Calibration = NO_CALIBRATION,
    along: Schedule | None = None,
) -> Forecast:
    """When the plan is likely done: P50, P80, the chance of every deadline. `along`: the schedule whose order is kept.

    Without capacity it is faster and too hopeful. A demand stays as high as it is for as long as the work lasts.
    Raises OrderInCircle, NetworkBroken, NothingToSchedule, BeyondCalendar.
    """
    compiled = compile_network(network)
    order = along.order if along is not None else chosen_order(compiled, seed=seed)
    found = run_all(
        compiled, order, runs=runs, seed=seed, with_capacity=with_capacity, calibration=calibration
    )
    return forecast_of(compiled, found, seed=seed, with_capacity=with_capacity, calibration=calibration)


def chosen_order(compiled: Compiled, *, seed: int, tries: int = 1) -> tuple[int, ...]:
    """The order of the best schedule, which all runs keep."""
    return search(compiled, passes(compiled), seed=seed, tries=tries).order


def run_all(
    compiled: Compiled,
    order: Sequence[int],
    *,
    runs: int,
    seed: int,
    with_capacity: bool = True,
    calibration: Calibration = NO_CALIBRATION,
) -> Runs:
    """Every run with its own durations. The bytes of chance depend on the seed and the number of activities alone.

    So two networks of the same activities meet the same luck, and what differs between them is not chance.
    """
    factors = common_factors(calibration)
    lengths = tables(compiled.network, factors)
    rows = compiled.rows(order, with_capacity=with_capacity)
    shape = (compiled.shelf.grain, compiled.shelf.width)
    chance, count = random.Random(seed), len(compiled.likely)
    finishes: list[list[int]] = []
    which: list[int] = []
    for run in range(runs):
        dice = chance.randbytes(count + 1)
        row = lengths[dice[count] * len(factors) >> 8]
        finish = _one_run(rows, list(map(getitem, row, dice)), compiled.shelf.taken, shape)
        if finish is not None:
            finishes.append(finish)
            which.append(run)
    return Runs(finishes, runs - len(finishes), tuple(which))


def better_of(first: Runs, second: Runs, due: Sequence[int | None]) -> Runs:
    """Run by run the better of two ways to work, with the same luck: deadlines kept first, then the earlier end.

    Sound where what is done in the first way may be done in the second network too（more capacity, later deadlines）.
    """
    known, others = (
        dict(zip(first.which, first.finishes, strict=True)),
        dict(zip(second.which, second.finishes, strict=True)),
    )
    best: dict[int, list[int]] = {}
    for run in sorted({*known, *others}):
        ways = [one[run] for one in (others, known) if run in one]
        best[run] = min(ways, key=lambda one: (not keeps_all(one, due), max(one, default=0)))
    return Runs(list(best.values()), first.count - len(best), tuple(best))


def _one_run(
    rows: Sequence[Row], durations: list[int], taken: int, shape: tuple[int, int]
) -> list[int] | None:
    """The finishes, or None where no opening is left within the calendar."""
    try:
        return place(rows, durations, taken, shape)[1]
    except IndexError:
        return None


def forecast_of(
    compiled: Compiled, found: Runs, *, seed: int, with_capacity: bool, calibration: Calibration
) -> Forecast:
    """All runs in dates and chances; a run beyond the calendar counts as later than all others and as late."""
    network = compiled.network
    far = len(network.calendar.days)
    ends = sorted([*(max(0, *one, 0) for one in found.finishes), *[far] * found.beyond])
    kept = [keeps_all(one, compiled.due) for one in found.finishes]
    has_due = any(one is not None for one in compiled.due)
    return Forecast(
        _shown(network, percentile(ends, 50)), _shown(network, percentile(ends, 80)),
        Chance(sum(kept), found.count) if has_due else None, _by_deadline(compiled, found),
        _likelihoods(compiled, found), _by_month(network, ends), found.count, found.beyond, with_capacity, calibration,
        input_hash(network), seed, ENGINE,
    )  # fmt: skip


def percentile(ascending: Sequence[int], percent: int) -> int:
    """The smallest value that at least so many per cent do not exceed."""
    return ascending[max(-(-len(ascending) * percent // 100) - 1, 0)]


def _shown(network: Network, end: int) -> date:
    return network.calendar.day(max(end - 1, 0))


def keeps_all(finish: Sequence[int], due: Sequence[int | None]) -> bool:
    """Whether every finish keeps its due day."""
    return all(day is None or end <= day for end, day in zip(finish, due, strict=True))


def _likelihoods(compiled: Compiled, found: Runs) -> tuple[Likelihood, ...]:
    network, far = compiled.network, len(compiled.network.calendar.days)
    columns = list(zip(*found.finishes, strict=True)) or [()] * len(compiled.likely)
    rows = []
    for activity, due, column in zip(network.activities, compiled.due, columns, strict=True):
        ends = sorted([*column, *[far] * found.beyond])
        chance = None if due is None else Chance(sum(one <= due for one in column), found.count)
        rows.append(
            Likelihood(
                activity.key,
                _shown(network, percentile(ends, 50)),
                _shown(network, percentile(ends, 80)),
                chance,
            )
        )
    return tuple(rows)


def _by_deadline(compiled: Compiled, found: Runs) -> tuple[DatedChance, ...]:
    """One line per 事務 with deadlines, then one per date."""
    groups: dict[tuple[date | None, str, str], list[int]] = {}
    for one, activity in enumerate(compiled.network.activities):
        if compiled.due[one] is None:
            continue
        day = activity.deadline or compiled.network.deadline or activity.fixed_finish
        if activity.concept:
            groups.setdefault((None, activity.concept, activity.concept_label), []).append(one)
        groups.setdefault((day, "", ""), []).append(one)
    lines = []
    for (day, concept, label), members in groups.items():
        due = [compiled.due[one] for one in members]
        kept = sum(keeps_all([finish[one] for one in members], due) for finish in found.finishes)
        lines.append(DatedChance(day, concept, label, Chance(kept, found.count)))
    return tuple(sorted(lines, key=lambda one: (not one.concept, one.concept, one.deadline or date.min)))


def _by_month(network: Network, ends: Sequence[int]) -> tuple[tuple[date, int], ...]:
    months: dict[date, int] = {}
    for end in ends:
        month = _shown(network, end).replace(day=1)
        months[month] = months.get(month, 0) + 1
    return tuple(months.items())
