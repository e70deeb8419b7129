"""早期着手: how the peak of work and the chance of being on time depend on the month in which one starts（FD 標準化の特徴）."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from todoke.programme.forecast.values import (
    Activity,
    ActivityState,
    Branch,
    Calibration,
    Chance,
    CurvePoint,
    Demand,
    EarlyStartCurve,
    Network,
    PeriodUnits,
    ResourceCapacity,
    Schedule,
    ShiftStart,
    StartAdvice,
    Verdict,
)

from . import ENGINE
from .branches import apply, outcome
from .canonical import input_hash
from .compiling import Compiled, compile_network, with_capacities
from .loads import peak_load
from .scheduling import schedule
from .searching import Found, best_of, orders, passes
from .simulating import NO_CALIBRATION

MONTHS = (0, 3, 6, 9, 12, 15, 18, 21, 24)
RUNS = 200
POOL = "職員計"
MONTH_OF_WORK = 21  # working days
STEP = 50  # hundredths: half a person


def early_start_curve(
    network: Network,
    *,
    months: Sequence[int] = MONTHS,
    runs: int = RUNS,
    seed: int = 0,
    tries: int = 4,
    calibration: Calibration = NO_CALIBRATION,
    with_advice: bool = True,
) -> EarlyStartCurve:
    """Both curves, and the work whose delay by a month costs most. The staff are all resources that are no vendor's.

    The advice takes most of the time: one schedule, one set of runs and a peak for each node that may be delayed.

    The peak is the smallest that was found when any person may do any staff's work, vendors as they are: heuristic, and
    a missing one is no proof. The chance counts with the capacities as they are. Raises as `schedule` does.
    """
    staff = tuple(one.resource for one in network.capacities if not one.is_vendor)
    points = tuple(
        _point(network, staff, later, runs=runs, seed=seed, tries=tries, calibration=calibration)
        for later in months
    )
    advice = (
        start_advice(network, staff, runs=runs, seed=seed, calibration=calibration) if with_advice else ()
    )
    points = tuple(_never_worse_than_waiting(points))
    return EarlyStartCurve(points, advice, staff, runs, input_hash(network), seed, ENGINE)


def _point(
    network: Network,
    staff: Sequence[str],
    later: int,
    *,
    runs: int,
    seed: int,
    tries: int,
    calibration: Calibration,
) -> CurvePoint:
    start = _months_later(network.calendar.days[0], later)
    shifted = apply(network, Branch("", (ShiftStart(start),))) if later else network
    placed = schedule(shifted, seed=seed, tries=tries)
    likely = outcome(shifted, placed, runs=runs, seed=seed, calibration=calibration)
    peak = smallest_peak(shifted, staff, seed=seed, tries=tries)
    verdict = placed.verdict
    if peak is not None and verdict is Verdict.NOT_FOUND:
        verdict = Verdict.FOUND
    return CurvePoint(later, start, verdict, peak, likely.on_time, likely.p50, likely.p80)


def _never_worse_than_waiting(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    """Who may begin now may also wait: what was found for a later month is a plan for every earlier one.

    Without this a heuristic would now and then say that a late start needs fewer people.
    """
    found: list[CurvePoint] = []
    for one in reversed(points):
        later = found[0] if found else one
        if later.peak is not None and (one.peak is None or later.peak < one.peak):
            verdict = Verdict.FOUND if one.verdict is Verdict.NOT_FOUND else one.verdict
            one = replace(one, peak=later.peak, verdict=verdict)
        if _rank(later) > _rank(one):
            one = replace(one, chance=later.chance, p50=later.p50, p80=later.p80)
        found.insert(0, one)
    return found


def _rank(point: CurvePoint) -> tuple[int, int]:
    """The better chance first, then the earlier P80."""
    return _permille(point.chance), -(point.p80 or date.max).toordinal()


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28)) if months else day


def smallest_peak(network: Network, staff: Sequence[str], *, seed: int = 0, tries: int = 4) -> int | None:
    """The fewest staff at one time（hundredths）with whom all deadlines were kept in a schedule; None: none was found.

    By halving between what one piece of work needs and what unlimited staff would use, then by reading the real peak.
    """
    return _smallest(_pooled(network, staff), seed=seed, tries=tries)


def _smallest(pooled: Network, *, seed: int, tries: int, enough: int | None = None) -> int | None:
    """Of a network whose staff are one pool. `enough`: if so many do, no smaller number is looked for."""
    pool = _Pool.of(pooled, seed=seed, tries=tries)
    if enough is not None and pool.on_time(enough) is not None:
        return enough
    demands = [
        one.hundredths for each in pool.network.activities for one in each.demands if one.resource == POOL
    ]
    best = pool.on_time(sum(demands))
    if best is None:
        return None
    peak, low = peak_load(pool.network, best.start, {POOL}), max(demands, default=0)
    while peak - low > STEP:
        middle = (peak + low) // 2
        found = pool.on_time(middle)
        if found is None:
            low = middle
        else:
            peak = min(middle, peak_load(pool.network, found.start, {POOL}))
    return peak


@dataclass(frozen=True, slots=True)
class _Pool:
    """A network with one pool of staff, compiled once, and the orders that are tried with every size of the pool."""

    network: Network
    compiled: Compiled
    tried: list[list[int]]

    @classmethod
    def of(cls, network: Network, *, seed: int, tries: int) -> "_Pool":
        compiled = compile_network(network)
        return cls(network, compiled, orders(compiled, passes(compiled), seed=seed, tries=tries))

    def on_time(self, hundredths: int) -> Found | None:
        """The schedule with a pool of this size, if it keeps all deadlines."""
        capacity = ResourceCapacity(POOL, POOL, False, (PeriodUnits(None, None, max(hundredths, 1)),))
        found = best_of(with_capacities(self.compiled, (*self.network.capacities, capacity)), self.tried)
        return found if found.late is None or found.late <= 0 else None


def _pooled(network: Network, staff: Sequence[str]) -> Network:
    """All staff as one pool; vendors stay."""
    capacities = tuple(one for one in network.capacities if one.resource not in staff)
    activities = tuple(replace(one, demands=_pool(one, staff)) for one in network.activities)
    return replace(network, activities=activities, capacities=capacities)


def _pool(activity: Activity, staff: Sequence[str]) -> tuple[Demand, ...]:
    much = sum(one.hundredths for one in activity.demands if one.resource in staff)
    others = tuple(one for one in activity.demands if one.resource not in staff)
    return (*others, Demand(POOL, much)) if much else others


def start_advice(
    network: Network, staff: Sequence[str], *, runs: int, seed: int, calibration: Calibration = NO_CALIBRATION
) -> tuple[StartAdvice, ...]:
    """What a month of delay costs, node by node, the costliest first; three are worth a slide, all are in the table.

    Asked of what the guideline marks as early startable; where it marks nothing, of all that the source leaves open.
    """
    placed = schedule(network, seed=seed)
    before = outcome(network, placed, runs=runs, seed=seed, calibration=calibration)
    pooled = _pooled(network, staff)
    peak = _smallest(pooled, seed=seed, tries=2)
    groups = _candidates(network)
    found = []
    for members in groups.values():
        delayed = _delayed(network, placed, members)
        after = schedule(delayed, seed=seed)
        likely = outcome(delayed, after, runs=runs, seed=seed, calibration=calibration)
        more = _smallest(_delayed(pooled, placed, members), seed=seed, tries=2, enough=peak)
        found.append((after.finish_day, _permille(likely.on_time), more))
    # who may begin now may also wait, so nothing is better for being delayed
    finish = min([placed.finish_day, *(one[0] for one in found)])
    chance = max([_permille(before.on_time), *(one[1] for one in found)])
    lines = [
        StartAdvice(
            node, network.activities[members[0]].label, tuple(network.activities[one].key for one in members),
            end - finish, more - peak if more is not None and peak is not None else 0, permille - chance,
            network.activities[members[0]].early_startable,
        )
        for (node, members), (end, permille, more) in zip(groups.items(), found, strict=True)
    ]  # fmt: skip
    return tuple(
        sorted(lines, key=lambda one: (one.chance_permille, -one.peak_hundredths, -one.finish_days, one.node))
    )


def _permille(chance: Chance | None) -> int:
    return chance.permille if chance else 0


def _candidates(network: Network) -> dict[str, list[int]]:
    open_ones = [
        (index, one) for index, one in enumerate(network.activities)
        if one.state is ActivityState.OPEN and one.likely and not one.is_hidden
    ]  # fmt: skip
    is_marked = any(one.early_startable for _, one in open_ones)
    found: dict[str, list[int]] = {}
    for index, one in open_ones:
        if one.early_startable or (not is_marked and one.early_startable is None):
            found.setdefault(one.node or one.key, []).append(index)
    return found


def _delayed(network: Network, placed: Schedule, members: Sequence[int]) -> Network:
    """These begin a month of work later than they would."""
    day, wanted = network.calendar.day, set(members)
    return replace(network, activities=tuple(
        replace(one, not_before=day(placed.starts[index] + MONTH_OF_WORK)) if index in wanted else one
        for index, one in enumerate(network.activities)
    ))  # fmt: skip
