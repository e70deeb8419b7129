"""What if: a branch applied to a network, and both sides compared with the same luck."""

from dataclasses import replace
from datetime import date
from functools import lru_cache

from todoke.programme.forecast.errors import BranchEmpty
from todoke.programme.forecast.values import (
    AcceptLater,
    Activity,
    ActivityState,
    AddPerson,
    BoughtSlots,
    Branch,
    BranchChange,
    Calibration,
    Chance,
    Comparison,
    DateDifference,
    Demand,
    DropScope,
    LoadDifference,
    Network,
    Outcome,
    PeriodUnits,
    ResourceCapacity,
    Schedule,
    SharedProcurement,
    ShiftStart,
)

from . import ENGINE
from .canonical import input_hash
from .compiling import compile_network
from .loads import peak_load
from .scheduling import schedule
from .simulating import NO_CALIBRATION, Runs, better_of, keeps_all, percentile, run_all

RUNS = 100  # of each side while somebody waits: a chance is then right to about ± 5 points


def apply(network: Network, branch: Branch) -> Network:
    """The network with all changes in their order. Raises BranchEmpty for one that changes nothing."""
    for change in branch.changes:
        changed = _apply(network, change)
        if changed == network:
            raise BranchEmpty(what=change.word.label)
        network = changed
    if not branch.changes:
        raise BranchEmpty(what="変更なし")
    return network


def _apply(network: Network, change: BranchChange) -> Network:
    if isinstance(change, AddPerson | BoughtSlots):
        return _with_more(network, change)
    activities = tuple(_changed(one, change) for one in network.activities)
    if isinstance(change, SharedProcurement):
        vendors = {one.resource for one in network.capacities if one.is_vendor}
        activities = tuple(_shared(one, change, vendors) for one in network.activities)
    return replace(network, activities=activities)


def _with_more(network: Network, change: AddPerson | BoughtSlots) -> Network:
    """A capacity that is not stated cannot grow: what is asked of it is not limited yet."""
    more = PeriodUnits(change.first, change.last, change.hundredths)
    return replace(network, capacities=tuple(
        _grown(one, more) if one.resource == change.resource and change.hundredths else one
        for one in network.capacities
    ))  # fmt: skip


def _grown(capacity: ResourceCapacity, more: PeriodUnits) -> ResourceCapacity:
    return replace(capacity, periods=(*capacity.periods, more))


def _changed(one: Activity, change: BranchChange) -> Activity:
    unfinished = one.state is not ActivityState.DONE
    if isinstance(change, DropScope) and one.concept in change.concepts and unfinished:
        return replace(one, state=ActivityState.LEFT_OUT)
    if isinstance(change, AcceptLater) and one.concept in change.concepts and unfinished:
        return replace(one, deadline=change.deadline)
    if isinstance(change, ShiftStart) and one.state is ActivityState.OPEN:
        return replace(one, not_before=max(change.to, one.not_before or date.min))
    return one


def _shared(one: Activity, change: SharedProcurement, vendors: set[str]) -> Activity:
    if one.node not in change.nodes or one.state is not ActivityState.OPEN:
        return one
    demands = tuple(
        demand if demand.resource in vendors
        else Demand(demand.resource, -(-demand.hundredths * change.effort_percent // 100))
        for demand in one.demands
    )  # fmt: skip
    first = max(change.not_before or date.min, one.not_before or date.min)
    return replace(one, demands=demands, not_before=None if first == date.min else first)


def compare(
    network: Network,
    branch: Branch,
    *,
    seed: int = 0,
    runs: int = RUNS,
    calibration: Calibration = NO_CALIBRATION,
    base: Schedule | None = None,
) -> Comparison:
    """What a branch changes. `base`: the schedule of the network as it is, if it is known already.

    Raises BranchEmpty, OrderInCircle, NetworkBroken, NothingToSchedule, BeyondCalendar.
    """
    other = apply(network, branch)
    before = base if base is not None else schedule(network, seed=seed)
    after = schedule(other, seed=seed, previous=before)
    was = tried(network, before, runs=runs, seed=seed, calibration=calibration)
    now = tried(other, after, runs=runs, seed=seed, calibration=calibration)
    if only_relaxes(network, branch):
        now = better_of(was, now, compile_network(other).due)
    first, second = outcome_of(network, before, was), outcome_of(other, after, now)
    days = network.calendar.index_from
    chance = [0 if one.on_time is None else one.on_time.permille for one in (first, second)]
    return Comparison(
        branch, first, second, _dates(network, other, before, after), _loads(network, other, before, after),
        after.finish_day - before.finish_day, days(second.p80) - days(first.p80), chance[1] - chance[0], runs,
        input_hash(other), seed, ENGINE,
    )  # fmt: skip


def only_relaxes(network: Network, branch: Branch) -> bool:
    """Whether whatever can be done without a branch can be done with it: then it is never said to make anything worse.

    More capacity, later deadlines, less work of our own people; not where a demand is cut to what there is.
    """
    return not compile_network(network).oversized and all(_relaxes(network, one) for one in branch.changes)


def _relaxes(network: Network, change: BranchChange) -> bool:
    if isinstance(change, AcceptLater):
        mine = [
            one.deadline or network.deadline for one in network.activities if one.concept in change.concepts
        ]
        return all(one is not None and one <= change.deadline for one in mine)
    if isinstance(change, SharedProcurement):
        return change.not_before is None and change.effort_percent <= 100
    return isinstance(change, AddPerson | BoughtSlots) and change.hundredths >= 0


def outcome(
    network: Network, placed: Schedule, *, runs: int, seed: int, calibration: Calibration = NO_CALIBRATION
) -> Outcome:
    """Where a schedule leads, in dates and chances."""
    found = tried(network, placed, runs=runs, seed=seed, calibration=calibration)
    return outcome_of(network, placed, found)


@lru_cache(maxsize=8)
def tried(
    network: Network, placed: Schedule, *, runs: int, seed: int, calibration: Calibration = NO_CALIBRATION
) -> Runs:
    """The runs of a schedule. Kept: whoever tries one branch after another asks of the same plan."""
    return run_all(compile_network(network), placed.order, runs=runs, seed=seed, calibration=calibration)


def outcome_of(network: Network, placed: Schedule, found: Runs) -> Outcome:
    """What some runs say."""
    compiled = compile_network(network)
    ends = sorted(
        [*(max(0, *one, 0) for one in found.finishes), *[len(network.calendar.days)] * found.beyond]
    )
    kept = sum(keeps_all(one, compiled.due) for one in found.finishes)
    has_due = any(one is not None for one in compiled.due)
    p50, p80 = (network.calendar.day(max(percentile(ends, share) - 1, 0)) for share in (50, 80))
    on_time = Chance(kept, found.count) if has_due else None
    return Outcome(placed.finish, placed.late_days, placed.verdict, p50, p80, on_time)


def _dates(before: Network, after: Network, old: Schedule, new: Schedule) -> tuple[DateDifference, ...]:
    """Activities that end on another day, the largest move first; what is left out has no day."""
    lines = []
    for one, other, was, now in zip(before.activities, after.activities, old.placed, new.placed, strict=True):
        if one.is_hidden:
            continue
        first = None if one.state is ActivityState.LEFT_OUT else was.finish
        second = None if other.state is ActivityState.LEFT_OUT else now.finish
        if first != second:
            index = before.calendar.index_from
            moved = index(second) - index(first) if first and second else 0
            lines.append(DateDifference(one.key, one.label, first, second, moved))
    return tuple(sorted(lines, key=lambda one: (-abs(one.working_days), one.key)))


def _loads(before: Network, after: Network, old: Schedule, new: Schedule) -> tuple[LoadDifference, ...]:
    return tuple(
        LoadDifference(
            one.resource, one.label, peak_load(before, old.starts, {one.resource}),
            peak_load(after, new.starts, {one.resource}),
        )
        for one in before.capacities
    )  # fmt: skip
