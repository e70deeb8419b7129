"""A network turned into lists of integers, once, so that placing it a thousand times touches nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from todoke.programme.forecast.errors import NetworkBroken, NothingToSchedule
from todoke.programme.forecast.values import (
    Activity,
    ActivityState,
    Demand,
    Dependency,
    Network,
    ResourceCapacity,
)
from todoke.programme.packs.values import LinkType

from .opening import Openings, openings
from .ordering import refuse_circles, topological
from .packing import Patterns, Shelf

FS, SS, FF, SF, ENDS = range(5)  # ENDS: must not end before a fixed day
_KIND = {LinkType.FS: FS, LinkType.SS: SS, LinkType.FF: FF, LinkType.SF: SF}
Bond = tuple[int, int, int]  # kind, the other activity（or -1）, lag
Row = tuple[int, int, tuple[int, ...], tuple[Bond, ...], list[int] | None, Patterns | None]


@dataclass(slots=True)
class Compiled:
    """The same network by index: durations, first days, due days, bonds, openings, demands. Treated as frozen.

    `due`: the index at which the deadline is missed, None without one. `latest`: fixed starts. `preds`: plain
    finish-to-start without lag; `bonds`: all other bonds of an activity to what comes before; `after`: every bond of an
    activity to what comes behind it.
    """

    network: Network
    likely: list[int]
    release: list[int]
    due: list[int | None]
    latest: list[int | None]
    preds: list[tuple[int, ...]]
    bonds: list[tuple[Bond, ...]]
    after: list[tuple[Bond, ...]]
    successors: list[tuple[int, ...]]
    openings: list[Openings | None]
    patterns: list[Patterns | None]
    shelf: Shelf
    resources: tuple[ResourceCapacity, ...]
    oversized: tuple[tuple[int, int], ...]
    order: list[int]

    def rows(self, order: Iterable[int], *, with_capacity: bool = True) -> list[Row]:
        """What placing needs, in an order."""
        return [
            (
                one, self.release[one], self.preds[one], self.bonds[one],
                None if (opening := self.openings[one]) is None else opening.next,
                self.patterns[one] if with_capacity else None,
            )
            for one in order
        ]  # fmt: skip


@lru_cache(maxsize=32)
def compile_network(network: Network) -> Compiled:
    """Lists in the order of the activities; kept, since a page asks several questions of one network.

    Raises OrderInCircle, NetworkBroken, NothingToSchedule.
    """
    if not network.activities:
        raise NothingToSchedule
    place = {one.key: index for index, one in enumerate(network.activities)}
    if len(place) < len(network.activities):
        raise NetworkBroken(where="同じ記号の取組")
    preds, bonds, after = _bonds(network, place)
    successors = [tuple(dict.fromkeys(other for _, other, _ in ends)) for ends in after]
    order = topological(successors, range(len(place)))
    if len(order) < len(place):
        refuse_circles(network)
    resources = network.capacities
    shelf = _shelf(network)
    patterns, oversized = _patterns(network, shelf)
    return Compiled(
        network, [_likely(one) for one in network.activities], [_release(network, one) for one in network.activities],
        _due_days(network), [_latest(network, one) for one in network.activities],
        preds, bonds, after, successors, _openings(network), patterns, shelf, resources, oversized, order,
    )  # fmt: skip


def with_capacities(compiled: Compiled, capacities: tuple[ResourceCapacity, ...]) -> Compiled:
    """The same network with other capacities: order, dates and windows need not be read again."""
    network = replace(compiled.network, capacities=capacities)
    shelf = _shelf(network)
    patterns, oversized = _patterns(network, shelf)
    return replace(
        compiled, network=network, shelf=shelf, patterns=patterns, oversized=oversized, resources=capacities
    )


def _likely(activity: Activity) -> int:
    if not 0 <= activity.low <= activity.likely <= activity.high:
        raise NetworkBroken(where=activity.label)
    return activity.likely if activity.state in MOVING else 0


MOVING = (ActivityState.OPEN, ActivityState.RUNNING)


def _release(network: Network, activity: Activity) -> int:
    """The first day index: today for what runs, the day after its end for what is done."""
    calendar = network.calendar
    if activity.state is ActivityState.DONE:
        return min(calendar.count_through(activity.finished_on), 0) if activity.finished_on else 0
    if activity.state is not ActivityState.OPEN or (activity.not_before is activity.fixed_start is None):
        return 0
    days = [one for one in (activity.not_before, activity.fixed_start) if one is not None]
    return max([0, *(calendar.index_from(one) for one in days)])


def _due_days(network: Network) -> list[int | None]:
    """The due day of each activity; plans have few dates and many activities, so each date is looked up once."""
    known: dict[date | None, int | None] = {None: None}
    found = []
    for one in network.activities:
        day = one.deadline or network.deadline if one.state in MOVING else None
        if one.fixed_finish is not None and one.state in MOVING:
            day = one.fixed_finish if day is None else min(day, one.fixed_finish)
        if day not in known:
            known[day] = network.calendar.count_through(day) if day is not None else None
        found.append(known[day])
    return found


def _latest(network: Network, activity: Activity) -> int | None:
    if activity.state is not ActivityState.OPEN or activity.fixed_start is None:
        return None
    return network.calendar.index_from(activity.fixed_start)


Bonds = tuple[list[tuple[int, ...]], list[tuple[Bond, ...]], list[tuple[Bond, ...]]]


def _bonds(network: Network, place: dict[str, int]) -> Bonds:
    """What comes before（plain and other）and what comes behind; what has begun waits for nobody's finish any more."""
    count = len(place)
    plain: list[list[int]] = [[] for _ in range(count)]
    other: list[list[Bond]] = [[] for _ in range(count)]
    behind: list[list[Bond]] = [[] for _ in range(count)]
    is_open = [one.state is ActivityState.OPEN for one in network.activities]
    for link in network.dependencies:
        if link.before not in place or link.after not in place or link.before == link.after:
            raise NetworkBroken(where=f"{link.before} → {link.after}")
        before, after, kind = place[link.before], place[link.after], _KIND[link.type]
        if not (is_open[before] and is_open[after]) and not _binds(
            network.activities[before], network.activities[after], kind, link
        ):
            continue
        behind[before].append((kind, after, link.lag))
        if kind == FS and not link.lag:
            plain[after].append(before)
        else:
            other[after].append((kind, before, link.lag))
    for index, one in enumerate(network.activities):
        if one.fixed_finish is not None and one.state is ActivityState.OPEN:
            other[index].append((ENDS, -1, network.calendar.count_through(one.fixed_finish)))
    return (
        [tuple(dict.fromkeys(one)) for one in plain],
        [tuple(one) for one in other],
        [tuple(one) for one in behind],
    )


def _binds(before: Activity, after: Activity, kind: int, link: Dependency) -> bool:
    """Whether a dependency still says something, given how far both ends are."""
    if after.state is ActivityState.DONE or (after.state is ActivityState.RUNNING and kind in {FS, SS}):
        return False
    if before.state is ActivityState.DONE:  # its finish counts only with a lag, and only if it is known
        return bool(link.lag > 0 and kind in {FS, FF} and before.finished_on)
    return not (before.state is ActivityState.RUNNING and kind in {SS, SF})


def _openings(network: Network) -> list[Openings | None]:
    """One table per set of windows; what has begun needs none."""
    windows = {one.id: one for one in network.windows}
    tables: dict[tuple[str, ...], Openings] = {}
    found: list[Openings | None] = []
    for one in network.activities:
        if not one.windows or one.state is not ActivityState.OPEN:
            found.append(None)
            continue
        if one.windows not in tables:
            if not all(name in windows for name in one.windows):
                raise NetworkBroken(where=one.label)
            tables[one.windows] = openings(tuple(windows[name] for name in one.windows), network.calendar)
        found.append(tables[one.windows])
    return found


def _shelf(network: Network) -> Shelf:
    """The fields of all resources, with what is missing where a capacity changes with time."""
    there = [daily(network, one) for one in network.capacities]
    shelf = Shelf([one if isinstance(one, int) else max(one) for one in there], network.grain)
    for resource, one in enumerate(there):
        if not isinstance(one, int):
            shelf.withhold(resource, _in_buckets(one, network.grain))
    return shelf


def _in_buckets(days: Sequence[int], grain: int) -> list[int]:
    """What there is in each bucket; the last day goes on to the end of its bucket."""
    padded = [*days, *[days[-1]] * (-len(days) % grain)]
    return padded if grain == 1 else [sum(padded[at : at + grain]) for at in range(0, len(padded), grain)]


def daily(network: Network, capacity: ResourceCapacity) -> int | list[int]:
    """What there is on each day of the calendar; one number where it never changes."""
    calendar, size = network.calendar, len(network.calendar.days)
    spans = []
    for period in capacity.periods:
        first = 0 if period.first is None else max(calendar.index_from(period.first), 0)
        end = size if period.last is None else max(calendar.count_through(period.last), 0)
        spans.append((first, end, period.hundredths))
    if all(first == 0 and end == size for first, end, _ in spans):
        return sum(hundredths for _, _, hundredths in spans)
    days = [0] * size
    for first, end, hundredths in spans:
        days[first:end] = [one + hundredths for one in days[first:end]]
    return days


def _patterns(network: Network, shelf: Shelf) -> tuple[list[Patterns | None], tuple[tuple[int, int], ...]]:
    """One table of patterns per distinct demand. A demand above all that there ever is is noted, and cut to it."""
    place = {one.resource: index for index, one in enumerate(network.capacities)}
    read: dict[tuple[tuple[str, int], ...], tuple[Patterns | None, tuple[int, ...]]] = {}
    found: list[Patterns | None] = []
    oversized: list[tuple[int, int]] = []
    for index, one in enumerate(network.activities):
        demands = one.demands if one.state in MOVING else ()
        key = tuple([(each.resource, each.hundredths) for each in demands])
        if key not in read:
            read[key] = _pattern(demands, place, shelf)
        patterns, above = read[key]
        found.append(patterns)
        oversized += [(index, at) for at in above]
    return found, tuple(oversized)


def _pattern(
    demands: Sequence[Demand], place: dict[str, int], shelf: Shelf
) -> tuple[Patterns | None, tuple[int, ...]]:
    """The patterns of one demand, and of which resources it asks for more than there ever is."""
    wanted: dict[int, int] = {}
    for demand in demands:
        if demand.resource in place and demand.hundredths > 0:
            at = place[demand.resource]
            wanted[at] = wanted.get(at, 0) + demand.hundredths
    above = tuple(at for at, much in wanted.items() if much > shelf.most[at])
    key = tuple((at, min(much, shelf.most[at])) for at, much in sorted(wanted.items()) if shelf.most[at])
    return (Patterns(shelf, key) if key else None), above
