"""Placement under capacity: by hand, by exhaustive search, and on a published instance with a known optimum."""

import random
from datetime import date
from itertools import product

import pytest

from todoke.programme.forecast.rules.compiling import compile_network
from todoke.programme.forecast.rules.loads import daily_use, month_loads, peak_load
from todoke.programme.forecast.rules.scheduling import schedule
from todoke.programme.forecast.rules.searching import is_feasible
from todoke.programme.forecast.values import (
    Network,
    PeriodUnits,
    ResourceCapacity,
    StartWindow,
    Verdict,
)

from .instances import INSTANCES, job_shop
from .networks import CALENDAR, act, day, net

# Measured with 100 orders and seed 1, rounded up: how far above the optimum the best of them lies.
GAPS = {"ft06": 1.0, "la01": 1.02, "la02": 1.2, "la03": 1.14, "la04": 1.19, "la05": 1.03}


def test_two_pieces_of_work_for_one_person_lie_behind_each_other() -> None:
    # Late starts without deadline: both 5 − … a lasts 5（late start 0）, b lasts 3（late start 2）: a first.
    found = schedule(net([act("b", 3, takes={"課": 1}), act("a", 5, takes={"課": 1})], there={"課": 1}))
    assert (found.of("a").start, found.of("b").start, found.finish_day) == (day(0), day(5), 8)
    assert found.of("b").early_start == day(0)


def test_what_fits_beside_is_put_beside() -> None:
    # Capacity 3: a(4 days, 2) and b(4, 1) together, c(2, 2) only after a.
    network = net(
        [act("a", 4, takes={"課": 2}), act("b", 4, takes={"課": 1}), act("c", 2, takes={"課": 2})],
        there={"課": 3},
    )
    found = schedule(network)
    assert found.starts == (0, 0, 4)
    assert daily_use(network, found.starts, {"課"}) == [300, 300, 300, 300, 200, 200]


def test_every_resource_of_a_demand_must_be_free() -> None:
    network = net(
        [
            act("a", 3, takes={"課": 1}),
            act("b", 4, takes={"事業者": 1}),
            act("c", 2, takes={"課": 1, "事業者": 1}),
        ],
        there={"課": 1, "事業者": 1},
    )
    assert schedule(network).of("c").start == day(4)


def test_capacity_that_comes_later_is_waited_for() -> None:
    later = ResourceCapacity(
        "課", "課", False, (PeriodUnits(None, day(2), 100), PeriodUnits(day(6), None, 200))
    )
    network = net([act("a", 2, takes={"課": 1}), act("b", 3, takes={"課": 2})])
    network = Network(
        network.title, network.as_of, network.calendar, network.activities, capacities=(later,), grain=1
    )
    found = schedule(network)
    # a(2 days) fits into days 0–2; b needs two people, who are there from day 6.
    assert found.starts == (0, 6)
    compiled = compile_network(network)
    assert is_feasible(compiled, found.starts)
    assert not is_feasible(compiled, (2, 6))  # a would run into day 3, where nobody is there
    assert not is_feasible(compiled, (0, 5))


def test_capacity_per_week_counts_person_days_and_not_days() -> None:
    # One person, counted per five days: a(3) and b(2) share the first week; c(1) waits for the second.
    work = [act("a", 3, takes={"課": 1}), act("b", 2, takes={"課": 1}), act("c", 1, takes={"課": 1})]
    weekly = schedule(net(work, there={"課": 1}, grain=5))
    assert weekly.starts == (0, 0, 5)
    assert schedule(net(work, there={"課": 1}, grain=1)).finish_day == 6


def test_a_demand_above_all_there_is_makes_it_impossible_and_says_whose() -> None:
    found = schedule(net([act("a", 2, takes={"課": 3})], there={"課": 2}, deadline=day(100)))
    assert found.verdict is Verdict.IMPOSSIBLE
    assert [(one.kind.value, one.subject, one.needed, one.available) for one in found.proofs] == [
        ("demand", "a", 300, 200)
    ]


def test_too_much_work_for_the_people_before_a_deadline_is_proved() -> None:
    # Ten pieces of three person-days are 30; two people have 20 until the end of day 9.
    network = net([act(f"a{one}", 3, takes={"課": 1}) for one in range(10)], there={"課": 2}, deadline=day(9))
    found = schedule(network)
    assert found.verdict is Verdict.IMPOSSIBLE
    assert [(one.kind.value, one.subject, one.needed, one.available) for one in found.proofs] == [
        ("work", "課", 3000, 2000)
    ]


def test_a_plan_that_is_not_found_is_not_called_impossible() -> None:
    # Three pieces of 4 + 4 + 4 days for two people in 7 days: 12 person-days of 14, no chain is too long, and yet it
    # cannot be done. Neither proof reaches that, so nothing is claimed.
    network = net([act(f"a{one}", 4, takes={"課": 1}) for one in range(3)], there={"課": 2}, deadline=day(6))
    found = schedule(network, tries=20)
    assert (found.late_days, found.verdict, found.proofs) == (1, Verdict.NOT_FOUND, ())
    assert "証明ではありません" in found.verdict.label


@pytest.mark.parametrize("name", sorted(INSTANCES))
def test_a_published_job_shop_is_never_beaten_and_nearly_reached(name: str) -> None:
    network, optimum = job_shop(name), INSTANCES[name].optimum
    one, many = schedule(network), schedule(network, tries=100, seed=1)
    assert optimum <= many.finish_day <= one.finish_day
    assert many.finish_day <= optimum * GAPS[name]
    assert is_feasible(compile_network(network), many.starts)


def exact(network: Network, at_most: int) -> int:
    """The shortest makespan by trying every start of every activity: slow, simple, and independent of the engine."""
    lasts = [one.likely for one in network.activities]
    place = {one.key: index for index, one in enumerate(network.activities)}
    links = [(place[one.before], place[one.after]) for one in network.dependencies]
    for end in range(max(lasts), at_most + 1):
        for starts in product(*(range(end - one + 1) for one in lasts)):
            if all(starts[a] + lasts[a] <= starts[b] for a, b in links) and _fits(network, starts, end):
                return end
    return at_most


def _fits(network: Network, starts: tuple[int, ...], end: int) -> bool:
    for capacity in network.capacities:
        for at in range(end):
            taken = sum(
                demand.hundredths
                for one, start in zip(network.activities, starts, strict=True)
                for demand in one.demands
                if demand.resource == capacity.resource and start <= at < start + one.likely
            )
            if taken > capacity.periods[0].hundredths:
                return False
    return True


@pytest.mark.parametrize("seed", range(12))
def test_the_exhaustive_optimum_of_small_networks_is_reached_and_never_beaten(seed: int) -> None:
    chance = random.Random(seed)
    names = "abcde"
    work = [
        act(name, chance.randint(1, 3), takes={"課": chance.randint(1, 2), "事業者": chance.randint(0, 1)})
        for name in names
    ]
    links = [(a, b) for a in names for b in names if a < b and chance.random() < 0.2]
    network = net(work, links, there={"課": 2, "事業者": 1})
    found = schedule(network, tries=60, seed=seed)
    assert found.finish_day == exact(network, found.finish_day)


def test_windows_and_capacity_hold_together() -> None:
    june = StartWindow("june", "6月定例会", "assembly", (6, 2), (6, 6))
    work = [act(name, 5, takes={"課": 1}, windows=("june",)) for name in "abc"]
    found = schedule(net(work, there={"課": 2}, windows=(june,)))
    # Two in the first week of June 2025; the third finds nobody before Monday 9 June, when the window has closed.
    assert sorted(CALENDAR.days[one] for one in found.starts) == [
        date(2025, 6, 2),
        date(2025, 6, 2),
        date(2026, 6, 2),
    ]


def test_loads_by_month_add_up_to_all_person_days() -> None:
    network = net(
        [act("a", 30, takes={"課": 1}), act("b", 10, takes={"課": 2})], [("a", "b")], there={"課": 2}
    )
    found = schedule(network)
    loads = month_loads(network, found)
    assert sum(one.asked for one in loads) == 100 * (30 * 1 + 10 * 2)
    january, february = loads[0], loads[1]
    # January 2025 has 20 weekdays from the 6th, February 20; a takes the first 30, b ten with two people.
    assert (january.month, january.asked, january.available, january.peak) == (
        date(2025, 1, 1),
        2000,
        4000,
        100,
    )
    assert (february.asked, february.available, february.peak) == (1000 + 10 * 200, 4000, 200)
    assert peak_load(network, found.starts, {"課"}) == 200
