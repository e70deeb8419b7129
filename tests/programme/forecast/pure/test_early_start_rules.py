"""「早期着手により令和7年度までの事務負担の平準化が重要」（FD 標準化・共通化の特徴）as figures on the synthetic town."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

from bench.town_plan import STAFF, town_plan
from todoke.programme.forecast.rules.early_start import early_start_curve, smallest_peak
from todoke.programme.forecast.values import Verdict

from .networks import act, day, net


def test_starting_later_costs_people_and_chances_until_no_plan_is_found() -> None:
    found = early_start_curve(town_plan(vendor=60), months=(0, 12, 18, 24), runs=60, tries=2)
    now, year, late, too_late = found.points
    assert now.peak is not None
    assert year.peak is not None
    assert late.peak is not None
    # The later, the steeper: a year costs a third more people, half a year more as much again.
    assert now.peak * 1.2 < year.peak < late.peak
    assert too_late.peak is None
    assert too_late.verdict in {Verdict.NOT_FOUND, Verdict.IMPOSSIBLE}
    chances = [one.chance.permille for one in found.points if one.chance]
    assert all(earlier >= later for earlier, later in pairwise(chances))
    assert chances[0] > 950
    assert chances[-1] == 0
    assert [one.start for one in found.points] == [
        date(2021, 9, 6),
        date(2022, 9, 6),
        date(2023, 3, 6),
        date(2023, 9, 6),
    ]
    assert found.peak_of == STAFF


def test_what_is_worth_starting_now_is_what_the_guideline_marks_and_costs_most() -> None:
    found = early_start_curve(town_plan(vendor=60, deadline=date(2025, 3, 31)), months=(0,), runs=60, tries=2)
    assert {one.node for one in found.advice} == {"w1", "w2", "w3", "w4"}
    assert all(one.is_marked for one in found.advice)
    assert all(one.finish_days > 0 for one in found.advice)
    assert found.advice[0].chance_permille < 0
    assert [len(one.keys) for one in sorted(found.advice, key=lambda one: one.node)] == [1, 17, 17, 1]


def test_where_the_guideline_marks_nothing_all_that_it_leaves_open_is_asked() -> None:
    network = town_plan(2)
    unmarked = replace(
        network, activities=tuple(replace(one, early_startable=None) for one in network.activities)
    )
    found = early_start_curve(unmarked, months=(0,), runs=10, tries=1)
    assert len(found.advice) == 17
    assert {one.is_marked for one in found.advice} == {None}


def test_the_smallest_peak_by_hand() -> None:
    # Four pieces of 5 days for one person each by the end of day 9: 20 person-days in 10 days are two people.
    work = [act(f"a{one}", 5, takes={"課": 1}) for one in range(4)]
    assert smallest_peak(net(work, there={"課": 9}, deadline=day(9)), ("課",)) == 200
    assert (
        smallest_peak(net(work, there={"課": 1}, deadline=day(4)), ("課",)) == 400
    )  # its own capacity does not count
    assert smallest_peak(net(work, there={"課": 9}, deadline=day(3)), ("課",)) is None
