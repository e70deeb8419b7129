"""Small networks on a calendar that one can count in one's head: Monday 6 January 2025 is day 0, five days a week."""

from collections.abc import Sequence
from datetime import date, timedelta

from todoke.programme.forecast.rules.compiling import Compiled, compile_network
from todoke.programme.forecast.rules.searching import Passes, passes
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

MONDAY = date(2025, 1, 6)
CALENDAR = WorkingDays(
    tuple(day for day in (MONDAY + timedelta(days=one) for one in range(365 * 12)) if day.weekday() < 5)
)
Link = tuple[str, str] | tuple[str, str, str, int]


def act(
    key: str,
    days: int,
    *,
    takes: dict[str, int] | None = None,
    spread: tuple[int, int] | None = None,
    windows: tuple[str, ...] = (),
    state: ActivityState = ActivityState.OPEN,
    deadline: date | None = None,
    fixed_start: date | None = None,
    fixed_finish: date | None = None,
    not_before: date | None = None,
    **more: object,
) -> Activity:
    """An activity of `days`; `takes` in whole persons; `spread` its low and high."""
    low, high = spread or (days, days)
    demands = tuple(Demand(name, 100 * much) for name, much in (takes or {}).items())
    made = Activity(
        key, key, low, days, high, state, demands, windows, not_before, fixed_start, fixed_finish, deadline
    )
    for name, value in more.items():
        object.__setattr__(made, name, value)
    return made


def net(
    activities: list[Activity],
    links: Sequence[Link] = (),
    *,
    there: dict[str, int] | None = None,
    windows: tuple[StartWindow, ...] = (),
    deadline: date | None = None,
    grain: int = 1,
) -> Network:
    """A network of these; `there` in whole persons for all time; capacity day by day unless said otherwise."""
    capacities = tuple(
        ResourceCapacity(name, name, name.startswith("事業者"), (PeriodUnits(None, None, 100 * much),))
        for name, much in (there or {}).items()
    )
    dependencies = tuple(_link(one) for one in links)
    return Network(
        "試験", MONDAY, CALENDAR, tuple(activities), dependencies, windows, capacities, deadline, grain
    )


def _link(link: Link) -> Dependency:
    if len(link) == 2:
        return Dependency(link[0], link[1])
    return Dependency(link[0], link[1], LinkType(link[2]), link[3])


def day(index: int) -> date:
    """The date of a day index."""
    return CALENDAR.days[index]


def both_passes(network: Network) -> tuple[Compiled, Passes]:
    """The lists and the two passes."""
    compiled = compile_network(network)
    return compiled, passes(compiled)
