"""What a new edition does to dates and load, and how much of it comes from what.

Three steps on the way are forecast too: what goes on with other values, what was cut, joined or ended, what was added to the
事務 that the plan had. The parts add up to the whole, because each is the difference between two neighbours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from uuid import UUID

from todoke.programme.forecast.values import Network, Schedule
from todoke.programme.packs.values import Relation
from todoke.programme.plans.values import EffectPart, Item, ItemState, PlanContent, ScheduleEffect

from . import ENGINE
from .branches import outcome
from .loads import peak_load
from .scheduling import schedule

RUNS = 60  # of each step; P80 then moves by about a week from seed to seed on the sample plan
CHANGED, CUT = "内容・前後関係・時期の変更", "分割・統合・終了"
ADDED, NEW = "いまの対象に加わる取組", "新しく対象になる事務・手続"
Build = Callable[[PlanContent], Network]


@dataclass(frozen=True, slots=True)
class Step:
    """The plan on the way: what the step is about, how many items it touches, and the plan after it."""

    label: str
    items: int
    content: PlanContent


def steps(before: PlanContent, after: PlanContent) -> tuple[Step, ...]:
    """From the plan as it is to the plan as it would be; steps that touch nothing are left out, the last one never."""
    old = {one.uuid: one for one in before.items}
    kept = {one.uuid: one for one in after.items if one.uuid in old and one.state is not ItemState.RETIRED}
    changed = _with(before, after, [kept.get(one.uuid, one) for one in before.items], kept)
    new = [one for one in _leaves(after.items) if one.uuid not in old and one.counts]
    added = [one for one in new if one.relation not in {Relation.SPLIT, Relation.MERGED}]
    known = {one.concept for one in before.items}
    strangers = [one for one in added if one.concept not in known]
    ended = [
        one
        for one in after.items
        if one.uuid in old and one.state is ItemState.RETIRED and old[one.uuid].counts
    ]
    found = (
        Step(CHANGED, sum(_differs(old[key], one) for key, one in kept.items()), changed),
        Step(CUT, len(ended), _without(after, added)),
        Step(ADDED, len(added) - len(strangers), _without(after, strangers)),
        Step(NEW, len(strangers), after),
    )
    return tuple(one for one in found[:-1] if one.items or one.label == CHANGED) + found[-1:]


def _leaves(items: Sequence[Item]) -> list[Item]:
    parents = {one.parent for one in items}
    return [one for one in items if one.uuid not in parents]


def _differs(old: Item, new: Item) -> bool:
    return (old.estimate, old.effort, old.deadline, old.fixed_start, old.fixed_finish, old.state) != (
        new.estimate, new.effort, new.deadline, new.fixed_start, new.fixed_finish, new.state,
    )  # fmt: skip


def _with(
    before: PlanContent, after: PlanContent, items: Sequence[Item], kept: dict[UUID, Item]
) -> PlanContent:
    """The items of the plan as it is, with what is new about those that go on, and links and windows between those."""
    same = [one for one in after.links if one.before in kept and one.after in kept]
    others = [one for one in before.links if not (one.before in kept and one.after in kept)]
    above = {one.uuid: one.parent for one in before.items}
    placed = [one if one.parent in above else replace(one, parent=above[one.uuid]) for one in items]
    return PlanContent(before.plan, tuple(placed), (*same, *others), after.windows, after.capacities)


def _without(content: PlanContent, gone: Sequence[Item]) -> PlanContent:
    left_out = {one.uuid for one in gone}
    return replace(
        content, items=tuple(one for one in content.items if one.uuid not in left_out),
        links=tuple(one for one in content.links if one.before not in left_out and one.after not in left_out),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One plan on the way, reckoned: its network and schedule, the likely finish, the work of our own people."""

    network: Network
    placed: Schedule
    p50: int
    p80: int
    work: int


def effect(
    before: PlanContent, after: PlanContent, build: Build, *, runs: int = RUNS, seed: int = 0
) -> ScheduleEffect:
    """Dates, peak and work before and after, and what each step adds. Raises as `schedule` does."""
    way = steps(before, after)
    networks = [build(one) for one in (before, *(step.content for step in way))]
    reckoned = [_reckon(one, runs=runs, seed=seed) for one in networks]
    first, last = reckoned[0], reckoned[-1]
    day = last.network.calendar.day
    gained, lost = _deadlines(before, after)
    return ScheduleEffect(
        day(first.p50), day(last.p50), day(first.p80), day(last.p80), _peak(first), _peak(last), gained, lost,
        f"同じ条件の試行{runs}回の比較です（乱数の種{seed}、{ENGINE}）。",
        tuple(
            EffectPart(step.label, step.items, (now.work - was.work) / 100, (day(now.p80) - day(was.p80)).days)
            for step, was, now in zip(way, reckoned, reckoned[1:], strict=False)
        ),
        first.work / 100, last.work / 100, _tightest(last),
    )  # fmt: skip


@lru_cache(maxsize=16)
def _reckon(network: Network, *, runs: int, seed: int) -> Reckoned:
    """Kept: a sheet is looked at again, and with other decisions most steps stay what they were."""
    placed = schedule(network, seed=seed)
    likely = outcome(network, placed, runs=runs, seed=seed)
    index = network.calendar.index_from
    staff = _staff(network)
    work = sum(
        demand.hundredths * one.likely for one in network.activities for demand in one.demands
        if demand.resource in staff and one.is_to_do
    )  # fmt: skip
    return Reckoned(network, placed, index(likely.p50), index(likely.p80), work)


def _staff(network: Network) -> frozenset[str]:
    """The roles whose capacity is stated; all that are asked for where none is."""
    stated = {one.resource for one in network.capacities if not one.is_vendor}
    asked = {one.resource for activity in network.activities for one in activity.demands}
    return frozenset(stated or asked)


def _peak(reckoned: Reckoned) -> float:
    return peak_load(reckoned.network, reckoned.placed.starts, _staff(reckoned.network)) / 100


def _tightest(reckoned: Reckoned) -> str:
    """The role whose remaining work takes longest for the people there are, as a sentence; empty without capacities."""
    found: list[tuple[float, str]] = []
    for one in reckoned.network.capacities:
        there = max((each.hundredths for each in one.periods), default=0)
        work = sum(
            demand.hundredths * each.likely for each in reckoned.network.activities if each.is_to_do
            for demand in each.demands if demand.resource == one.resource
        )  # fmt: skip
        if there and work:
            unit = ("枠", "枠・日") if one.is_vendor else ("人", "人日")
            words = f"{one.label}（いま{there / 100:g}{unit[0]}）です。残りは{work / 100:,.0f}{unit[1]}"
            found.append(
                (work / there, f"{words}で、休みなく当たっても{work / there:,.0f}執務日かかります。")
            )
    return max(found)[1] if found else ""


def _deadlines(before: PlanContent, after: PlanContent) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels of what gains or loses an external date. A piece that has the date of its whole gains nothing."""
    old = {one.uuid: one for one in before.items}
    gained, lost = [], []
    for one in after.items:
        mine = [old[key] for key in (one.uuid, *one.sources) if key in old]
        if not one.counts:
            continue
        if one.deadline and not any(each.deadline for each in mine):
            gained.append(one.label)
        if not one.deadline and any(each.deadline for each in mine):
            lost.append(one.label)
    return tuple(gained), tuple(lost)
