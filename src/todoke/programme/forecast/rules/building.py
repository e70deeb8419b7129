"""A plan and its reports turned into a network: what remains, who is needed, what waits for what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from uuid import UUID

from todoke.programme.forecast.values import (
    Activity,
    ActivityState,
    Demand,
    Dependency,
    Network,
    PeriodUnits,
    ResourceCapacity,
    StartWindow,
    WorkingDays,
)
from todoke.programme.packs.values import LinkType
from todoke.programme.plans.values import BodyWindow, Capacity, CapacityKind, Item, ItemLink, PlanContent
from todoke.programme.progress.values import ReportState, Standing

from .carrying import Carried, Carrying

EVERYTHING = "*"
VENDOR = "vendor:"  # before the name of a vendor, so that a role of the same name stays another resource
STATES = {
    ReportState.DONE: ActivityState.DONE, ReportState.WORKING: ActivityState.RUNNING,
    ReportState.NOT_STARTED: ActivityState.OPEN, ReportState.OUT_OF_SCOPE: ActivityState.LEFT_OUT,
}  # fmt: skip
Days = tuple[int, int, int]


def build(
    content: PlanContent, standings: Mapping[UUID, Standing], *, as_of: date, calendar: WorkingDays
) -> Network:
    """The network of a plan as of a day. Keys are uuids of items; an item that gathers others is a hidden milestone.

    What is out of scope or retired keeps its place in the order and takes no time. Relaxed links do not bind. What a new
    edition cut or joined has what remained of its sources until it is reported itself.
    """
    carrying = Carrying(content.items, standings)
    tree = _Tree.of(content.items)
    leaves = [one for one in content.items if one.uuid not in tree.parents]
    ordering = _Ordering(tree)
    for link in content.links:
        if link.binds:
            ordering.add(link)
    known = [(one, standings.get(one.uuid), carrying.of(one) if one.counts else None) for one in leaves]
    activities = [_activity(content, tree, *one, as_of=as_of) for one in known]
    return Network(
        content.plan.title, as_of, calendar, (*activities, *ordering.milestones.values()),
        tuple(dict.fromkeys(ordering.links)), tuple(_window(one) for one in content.windows),
        tuple(_capacities(content.capacities)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Tree:
    """Which item gathers which."""

    items: dict[UUID, Item]
    parents: dict[UUID, list[Item]]

    @classmethod
    def of(cls, items: Sequence[Item]) -> "_Tree":
        known = {one.uuid: one for one in items}
        parents: dict[UUID, list[Item]] = {}
        for one in items:
            if one.parent in known:
                parents.setdefault(known[one.parent].uuid, []).append(one)
        return cls(known, parents)

    def above(self, item: Item) -> Iterable[Item]:
        """The item and all that gather it, the nearest first."""
        seen: set[UUID] = set()
        one: Item | None = item
        while one is not None and one.uuid not in seen:
            seen.add(one.uuid)
            yield one
            one = self.items.get(one.parent) if one.parent else None

    def leaves(self, item: Item) -> list[Item]:
        """The work below an item, itself if it gathers none."""
        found, waiting = [], [item]
        while waiting:
            one = waiting.pop()
            below = self.parents.get(one.uuid)
            if below:
                waiting += reversed(below)
            else:
                found.append(one)
        return found


@dataclass(slots=True)
class _Ordering:
    """Links between work; a link to or from what gathers others goes through a milestone that stands for all of them."""

    tree: _Tree
    links: list[Dependency] = field(default_factory=list)
    milestones: dict[str, Activity] = field(default_factory=dict)

    def add(self, link: ItemLink) -> None:
        before, after = self.tree.items.get(link.before), self.tree.items.get(link.after)
        if before is None or after is None:
            return
        first = self._gathered(before, "end" if link.type in {LinkType.FS, LinkType.FF} else "begun")
        second = self._gathered(after, "begin" if link.type in {LinkType.FS, LinkType.SS} else "until")
        self.links.append(Dependency(first, second, link.type, link.lag, link.strength))

    def _gathered(self, item: Item, side: str) -> str:
        """The key that stands for an item on one side of a link; its milestone is made when it is first needed."""
        if item.uuid not in self.tree.parents:
            return str(item.uuid)
        key = f"{item.uuid}:{side}"
        if key not in self.milestones:
            self.milestones[key] = Activity(key, item.label, 0, 0, 0, node=item.node, is_hidden=True)
            for leaf in self.tree.leaves(item):
                self.links.append(_SIDES[side](key, str(leaf.uuid)))
        return key


_SIDES = {
    "end": lambda key, leaf: Dependency(leaf, key, LinkType.FS),
    "begun": lambda key, leaf: Dependency(leaf, key, LinkType.SS),
    "begin": lambda key, leaf: Dependency(key, leaf, LinkType.FS),
    "until": lambda key, leaf: Dependency(key, leaf, LinkType.FF),
}


def _activity(
    content: PlanContent,
    tree: _Tree,
    item: Item,
    standing: Standing | None,
    carried: Carried | None,
    *,
    as_of: date,
) -> Activity:
    is_done = carried is not None and carried.done_on is not None
    state = ActivityState.DONE if is_done else _state(item, standing)
    low, likely, high = _whole(*carried.days) if carried else _remaining(item, standing, state)
    above = list(tree.above(item))
    return Activity(
        str(item.uuid), item.label, low, likely, high, state, _demands(item), _windows(content.windows, above),
        not_before=content.plan.starts_on if content.plan.starts_on > as_of else None,
        fixed_start=item.fixed_start, fixed_finish=item.fixed_finish,
        deadline=next((one.deadline for one in above if one.deadline), None),
        finished_on=_finished_on(standing, carried) if state is ActivityState.DONE else None,
        node=item.node, concept=item.concept, concept_label=item.concept_label, owner=item.section or item.person,
        tags=item.tags, early_startable=item.early_startable, has_estimate=item.estimate is not None,
        estimated=_days(item)[1], reported_on=standing.as_of if standing else None,
        deliverables=len(item.deliverables), evidence=len(item.evidence), is_carried=carried is not None,
    )  # fmt: skip


def _finished_on(standing: Standing | None, carried: Carried | None) -> date | None:
    return carried.done_on if carried else standing.as_of if standing else None


def _state(item: Item, standing: Standing | None) -> ActivityState:
    if not item.counts:
        return ActivityState.LEFT_OUT
    return STATES[standing.state] if standing else ActivityState.OPEN


def _days(item: Item) -> Days:
    """An estimate in whole working days; a part of a day is a day. Nothing stated: no time, and the lint says so."""
    if item.estimate is None:
        return 0, 0, 0
    return _whole(item.estimate.low, item.estimate.likely, item.estimate.high)


def _whole(low: float, likely: float, high: float) -> Days:
    middle = max(ceil(likely), 0)
    return min(max(int(low), 1 if middle else 0), middle), middle, max(ceil(high), middle)


def _remaining(item: Item, standing: Standing | None, state: ActivityState) -> Days:
    """What was reported to remain; else the estimate, less the reported per cent of what is under way."""
    if standing is not None and standing.remaining is not None:
        left = standing.remaining
        low, likely, high = _whole(left.low, left.likely, left.high)
        return (1, 1, max(high, 1)) if state is ActivityState.RUNNING and not likely else (low, likely, high)
    low, likely, high = _days(item)
    if state is not ActivityState.RUNNING or standing is None:
        return low, likely, high
    share = 100 - standing.percent
    return _whole(max(low * share / 100, 1), max(likely * share / 100, 1), max(high * share / 100, 1))


def _demands(item: Item) -> tuple[Demand, ...]:
    """Person-days spread evenly over the likely duration, rounded up to a hundredth; one slot of the named vendor."""
    likely = _days(item)[1]
    found = [
        Demand(role, max(ceil(round(100 * effort / likely, 6)), 1))
        for role, effort in sorted(item.effort.items()) if effort > 0 and likely
    ]  # fmt: skip
    if item.vendor:
        found.append(Demand(VENDOR + item.vendor, 100))
    return tuple(found)


def _windows(windows: Sequence[BodyWindow], above: Sequence[Item]) -> tuple[str, ...]:
    nodes = {one.node for one in above if one.node} | {EVERYTHING}
    return tuple(str(one.uuid) for one in windows if nodes & set(one.applies_to))


def _window(one: BodyWindow) -> StartWindow:
    return StartWindow(str(one.uuid), one.label, one.kind.value, one.begins, one.ends, one.is_freeze)


def _capacities(capacities: Sequence[Capacity]) -> Iterable[ResourceCapacity]:
    """One per role and vendor, its periods together."""
    periods: dict[tuple[CapacityKind, str], list[PeriodUnits]] = {}
    for one in capacities:
        span = PeriodUnits(one.begins, one.ends, max(round(one.units * 100), 0))
        periods.setdefault((one.kind, one.name), []).append(span)
    for (kind, name), spans in periods.items():
        is_vendor = kind is CapacityKind.VENDOR
        yield ResourceCapacity(f"{VENDOR}{name}" if is_vendor else name, name, is_vendor, tuple(spans))
