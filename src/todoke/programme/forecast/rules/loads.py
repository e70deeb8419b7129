"""What a schedule asks of roles and vendors, month by month, and its peaks."""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import accumulate

from todoke.programme.forecast.values import MonthLoad, Network, Schedule

from .compiling import MOVING, daily


def month_loads(network: Network, schedule: Schedule) -> tuple[MonthLoad, ...]:
    """Every resource that is asked for or there, every month from the as-of date to the finish.

    A resource without a stated capacity has `available` 0 and `label` equal to its name.
    """
    months = _months(network, schedule.finish_day)
    stated = {one.resource: one for one in network.capacities}
    names = list(dict.fromkeys([*stated, *(d.resource for one in network.activities for d in one.demands)]))
    rows = []
    for name in names:
        asked = daily_use(network, schedule.starts, {name})
        capacity = stated.get(name)
        there = daily(network, capacity) if capacity else 0
        for month, begin, end in months:
            available = there * (end - begin) if isinstance(there, int) else sum(there[begin:end])
            rows.append(MonthLoad(
                name, capacity.label if capacity else name, bool(capacity and capacity.is_vendor), month,
                sum(asked[begin:end]), available, _peak(asked, network.grain, begin, end),
            ))  # fmt: skip
    return tuple(rows)


def peak_load(network: Network, starts: Sequence[int], resources: Collection[str]) -> int:
    """The most that these resources are asked for together in one bucket, in hundredths at one time, rounded up."""
    asked = daily_use(network, starts, resources)
    return _peak(asked, network.grain, 0, len(asked))


def daily_use(network: Network, starts: Sequence[int], resources: Collection[str]) -> list[int]:
    """What is asked on every day from the as-of date to the last finish, in hundredths."""
    steps: dict[int, int] = {}
    end = 0
    for activity, start in zip(network.activities, starts, strict=True):
        if activity.state not in MOVING or not activity.likely:
            continue
        finish = start + activity.likely
        end = max(end, finish)
        much = sum(one.hundredths for one in activity.demands if one.resource in resources)
        if much:
            steps[start] = steps.get(start, 0) + much
            steps[finish] = steps.get(finish, 0) - much
    return list(accumulate(steps.get(day, 0) for day in range(end)))


def _peak(asked: Sequence[int], grain: int, begin: int, end: int) -> int:
    """Buckets count whole, also where a month begins inside one."""
    first = begin // grain * grain
    sums = (sum(asked[at : at + grain]) for at in range(first, min(end, len(asked)), grain))
    return -(-max(sums, default=0) // grain)


def _months(network: Network, finish_day: int) -> list[tuple[date, int, int]]:
    """Months as (first day, begin, end) of day indices."""
    found: list[tuple[date, int, int]] = []
    days = network.calendar.days
    for index in range(min(finish_day, len(days))):
        month = days[index].replace(day=1)
        if found and found[-1][0] == month:
            found[-1] = (month, found[-1][1], index + 1)
        else:
            found.append((month, index, index + 1))
    return found
