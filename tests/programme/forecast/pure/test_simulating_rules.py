"""Monte Carlo: known distributions, chances that add up, and a history that counts."""

from datetime import date
from fractions import Fraction

import pytest

from todoke.programme.forecast.rules.calibrating import calibrate
from todoke.programme.forecast.rules.sampling import SIZE, common_factors, quantiles
from todoke.programme.forecast.rules.scheduling import schedule
from todoke.programme.forecast.rules.simulating import percentile, simulate
from todoke.programme.forecast.values import ActivityState, Calibration, Network

from .networks import act, day, net

NORMAL = net(
    [act("a", 20, spread=(10, 40)), act("b", 20, spread=(10, 40)), act("c", 1)],
    [("a", "c"), ("b", "c")],
    deadline=day(27),
)


def test_the_table_of_a_triangle_has_its_mean_its_ends_and_its_half() -> None:
    table = quantiles(100, 200, 600)
    assert len(table) == SIZE
    assert table == sorted(table)
    # The mean of a triangle is (100 + 200 + 600) ÷ 3 = 300.
    assert abs(Fraction(sum(table), SIZE) - 300) < 2
    # Below its top lie (200 − 100) ÷ (600 − 100) = a fifth of the cases.
    assert abs(sum(one <= 200 for one in table) - SIZE / 5) <= 1
    # Its median is 600 − √(0.5 × 500 × 400) = 283.8.
    assert abs(table[SIZE // 2] - 284) <= 2
    assert 100 <= table[0] < 120
    assert 560 < table[-1] <= 600


def test_a_sure_estimate_has_one_value_and_a_milestone_none() -> None:
    assert set(quantiles(7, 7, 7)) == {7}
    assert set(quantiles(0, 0, 0)) == {0}
    assert set(quantiles(7, 7, 7, 150)) == {11}  # 10.5, rounded up


def test_the_percentile_is_the_first_value_that_enough_do_not_exceed() -> None:
    assert [percentile([1, 2, 3, 4, 5], share) for share in (1, 20, 50, 80, 81, 100)] == [1, 1, 3, 4, 5, 5]


def test_two_ways_that_meet_end_later_than_either_alone() -> None:
    """Merge bias: the deterministic finish is day 21, the middle of the runs later; along one way it is not seen."""
    both = simulate(NORMAL, runs=2000, seed=3)
    one = simulate(
        net([act("a", 20, spread=(10, 40)), act("c", 1)], [("a", "c")], deadline=day(27)), runs=2000, seed=3
    )
    assert schedule(NORMAL).finish == day(20)
    assert both.p50 > one.p50 > day(20)


def test_the_chance_is_that_of_the_distribution() -> None:
    # c must end with day 27, so a and b within 27 days. For one: 1 − (40 − 27.5)² ÷ (30 × 20) = 0.7396 with rounding
    # to whole days; for two independent ones its square, 0.547.
    found = simulate(NORMAL, runs=4000, seed=5)
    assert found.on_time is not None
    assert abs(found.on_time.permille - 547) < 25  # three standard errors of 4,000 runs are 24
    assert found.on_time.runs == 4000


def test_months_count_every_run_once() -> None:
    found = simulate(NORMAL, runs=300)
    assert sum(count for _, count in found.months) == 300
    assert [month for month, _ in found.months] == sorted(month for month, _ in found.months)
    assert {month.day for month, _ in found.months} == {1}


def test_capacity_makes_it_later_and_precedence_alone_is_too_hopeful() -> None:
    work = [act(f"a{one}", 10, spread=(5, 20), takes={"課": 1}) for one in range(6)]
    network = net(work, there={"課": 2}, deadline=day(40))
    with_people, alone = simulate(network, runs=400), simulate(network, runs=400, with_capacity=False)
    assert with_people.p50 > alone.p50
    assert with_people.on_time is not None
    assert alone.on_time is not None
    assert with_people.on_time.kept < alone.on_time.kept == 400


def test_chances_are_told_by_business_and_by_date_and_never_exceed_their_parts() -> None:
    work = [
        act(f"w@{concept}", 10, spread=(5, 30), concept=concept, concept_label=concept, deadline=day(limit))
        for concept, limit in (("b01", 14), ("b02", 14), ("b03", 40))
    ]
    found = simulate(net(work), runs=500)
    assert found.on_time is not None
    assert [(one.concept, one.deadline) for one in found.deadlines] == [
        ("b01", None), ("b02", None), ("b03", None), ("", day(14)), ("", day(40))
    ]  # fmt: skip
    chances = {(one.concept, one.deadline): one.chance.kept for one in found.deadlines}
    assert chances["b03", None] == 500
    assert found.on_time.kept == chances["", day(14)] <= min(chances["b01", None], chances["b02", None])


def test_what_is_done_moves_no_more_and_what_runs_keeps_what_remains() -> None:
    network = net(
        [
            act("a", 9, state=ActivityState.DONE, finished_on=date(2025, 1, 3)),
            act("b", 2, spread=(1, 4), state=ActivityState.RUNNING),
        ],
        [("a", "b")],
    )
    found = simulate(network, runs=200)
    assert day(1) <= found.p50 <= found.p80 <= day(3)


def test_a_history_of_overruns_moves_the_forecast_and_few_cases_do_not() -> None:
    slow = calibrate([(10, 15), (20, 30), (10, 14), (8, 16), (30, 45), (10, 10)])
    assert slow.ratios == (100, 140, 150, 150, 150, 200)
    assert slow.source == "自団体の実績（6件）"
    assert common_factors(slow) == (100, 140, 140, 150, 150, 150, 150, 200)
    few = calibrate([(10, 15), (20, 30)])
    assert not few.is_used
    assert common_factors(few) == (100,)
    assert "少ない" in few.source
    plain, stretched = simulate(NORMAL, runs=300), simulate(NORMAL, runs=300, calibration=slow)
    assert stretched.p50 > plain.p50
    assert simulate(NORMAL, runs=300, calibration=few).p50 == plain.p50


def test_peers_are_asked_only_where_the_own_history_is_too_short() -> None:
    peers = [(10, 12)] * 7
    assert calibrate([(10, 20)], peers).source.startswith("ほかの団体の実績")
    assert calibrate([(10, 20)] * 5, peers).source.startswith("自団体の実績")


def test_a_run_beyond_the_calendar_counts_as_late_and_is_told() -> None:
    from todoke.programme.forecast.values import StartWindow

    window = (StartWindow("june", "6月", "assembly", (6, 2), (6, 6)),)
    network = net(
        [act("a", 10, spread=(10, 4000)), act("b", 1, windows=("june",))],
        [("a", "b")],
        windows=window,
        deadline=day(500),
    )
    found = simulate(network, runs=200)
    assert found.beyond > 0
    assert found.on_time is not None
    assert found.on_time.kept + found.beyond <= 200


@pytest.mark.parametrize("with_capacity", [True, False])
def test_the_order_of_a_given_schedule_is_kept(with_capacity: bool) -> None:
    work = [act("a", 5, spread=(4, 8), takes={"課": 1}), act("b", 5, spread=(4, 8), takes={"課": 1})]
    network: Network = net(work, there={"課": 1})
    along = schedule(network)
    found = simulate(network, runs=100, with_capacity=with_capacity, along=along)
    first, second = (one.p50 for one in found.activities)
    assert (first < second) is with_capacity


def test_an_unused_calibration_is_the_default() -> None:
    assert simulate(NORMAL, runs=50).calibration == Calibration()
