"""Both passes, against answers worked out by hand: order, lags, dates, floats."""

from datetime import date

import pytest

from todoke.programme.forecast.errors import (
    BeyondCalendar,
    NetworkBroken,
    NothingToSchedule,
    OrderInCircle,
)
from todoke.programme.forecast.rules.ordering import circles
from todoke.programme.forecast.rules.scheduling import schedule
from todoke.programme.forecast.values import ActivityState, Network, Verdict

from .networks import act, both_passes, day, net

DONE, RUNNING, LEFT_OUT = ActivityState.DONE, ActivityState.RUNNING, ActivityState.LEFT_OUT


def times(network: Network) -> dict[str, tuple[int, int, int, int]]:
    """(early start, early finish, late start, late finish) by key."""
    _, both = both_passes(network)
    columns = zip(both.start, both.finish, both.late_start, both.late_finish, strict=True)
    return {one.key: row for one, row in zip(network.activities, columns, strict=True)}


def test_a_diamond_has_the_floats_of_the_textbook() -> None:
    # a(3) before b(2) and c(4), both before d(1).
    # Forward: a 0–3, b 3–5, c 3–7, d 7–8.  Backward from 8: d 7–8, c 3–7, b 5–7, a 0–3.  Float of b: 5 − 3 = 2.
    network = net(
        [act("a", 3), act("b", 2), act("c", 4), act("d", 1)],
        [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")],
    )
    assert times(network) == {"a": (0, 3, 0, 3), "b": (3, 5, 5, 7), "c": (3, 7, 3, 7), "d": (7, 8, 7, 8)}
    found = schedule(network)
    assert [(one.key, one.float_days, one.free_days, one.is_critical) for one in found.placed] == [
        ("a", 0, 0, True), ("b", 2, 2, False), ("c", 0, 0, True), ("d", 0, 0, True)
    ]  # fmt: skip
    # Day 7, the eighth working day from Monday 6 January, is Wednesday 15 January.
    assert found.finish == date(2025, 1, 15)
    assert found.verdict is Verdict.NO_DEADLINE


@pytest.mark.parametrize(
    ("link", "lag", "start", "why"),
    [
        ("FS", 0, 5, "a ends after day 4, so b begins on day 5"),
        ("FS", 2, 7, "5 + 2"),
        ("FS", -2, 3, "a lead of two days: 5 − 2"),
        ("SS", 0, 0, "both may begin at once"),
        ("SS", 3, 3, "0 + 3"),
        ("FF", 0, 2, "b lasts 3 and must not end before 5: 5 − 3"),
        ("FF", 4, 6, "5 + 4 − 3"),
        ("SF", 6, 3, "b must not end before 0 + 6: 6 − 3"),
        ("SF", 0, 0, "0 + 0 − 3 is before today"),
    ],
)
def test_each_kind_of_link_with_its_lag(link: str, lag: int, start: int, why: str) -> None:
    network = net([act("a", 5), act("b", 3)], [("a", "b", link, lag)])
    assert times(network)["b"][0] == start, why


@pytest.mark.parametrize(
    ("link", "lag", "late"),
    [
        # Everything must end by day 20. b(3): latest 17–20. a(5):
        ("FS", 2, 10),  # finish ≤ 17 − 2 = 15, start ≤ 10
        ("SS", 3, 14),  # start ≤ 17 − 3
        ("FF", 4, 11),  # finish ≤ 20 − 4 = 16
        ("SF", 6, 14),  # start ≤ 20 − 6
    ],
)
def test_last_starts_count_back_over_each_kind_of_link(link: str, lag: int, late: int) -> None:
    network = net([act("a", 5), act("b", 3)], [("a", "b", link, lag)], deadline=day(19))
    assert times(network)["a"][2] == late


def test_float_against_a_deadline_that_is_too_early_is_negative() -> None:
    # a(3) → b(4) ends with day 6; the deadline is day 4（five days）: both have 5 − 7 = −2.
    network = net([act("a", 3), act("b", 4, deadline=day(4))], [("a", "b")])
    found = schedule(network)
    assert [one.float_days for one in found.placed] == [-2, -2]
    assert found.late_days == 2
    assert found.verdict is Verdict.IMPOSSIBLE
    assert [(one.kind.value, one.subject, one.needed, one.available) for one in found.proofs] == [
        ("chain", "b", 7, 5)
    ]


def test_a_deadline_that_has_passed_is_negative_by_all_the_days_since() -> None:
    # Friday 27 December 2024 is 6 weekdays before day 0: work up to its end has −5 … the count through it is −5.
    network = net([act("a", 2, deadline=date(2024, 12, 27))])
    assert schedule(network).placed[0].float_days == -5 - 2


def test_a_fixed_start_holds_and_limits_both_sides() -> None:
    network = net([act("a", 2), act("b", 3, fixed_start=day(10)), act("c", 1)], [("a", "b"), ("b", "c")])
    assert times(network)["b"][:2] == (10, 13)
    assert times(network)["a"][2] == 8  # 10 − 2
    pushed = net([act("a", 12), act("b", 3, fixed_start=day(10))], [("a", "b")])
    assert times(pushed)["b"][0] == 12
    assert schedule(pushed).of("b").float_days == -2  # it was to begin on day 10


def test_a_fixed_finish_is_neither_earlier_nor_later() -> None:
    network = net([act("a", 3, fixed_finish=day(9))])
    assert times(network)["a"] == (7, 10, 7, 10)


def test_nothing_begins_before_its_first_day() -> None:
    assert (
        times(net([act("a", 3, not_before=date(2025, 1, 18))]))["a"][0] == 10
    )  # Saturday → Monday 20 January


def test_what_runs_waits_for_nobody_and_what_is_done_takes_no_time() -> None:
    network = net(
        [
            act("a", 5),
            act("b", 4, state=RUNNING),
            act("c", 9, state=DONE, finished_on=date(2025, 1, 2)),
            act("d", 1),
        ],
        [("a", "b"), ("b", "d"), ("c", "d", "FS", 6)],
    )
    found = times(network)
    assert found["b"][:2] == (0, 4)
    # c ended on Thursday 2 January; Friday 3 January is one working day later, so index −1 + lag 6 = 5 > b's 4.
    assert found["d"][0] == 5


def test_what_is_left_out_keeps_its_place_in_the_order() -> None:
    network = net([act("a", 3), act("b", 8, state=LEFT_OUT), act("c", 1)], [("a", "b"), ("b", "c")])
    assert times(network)["c"][0] == 3


def test_a_milestone_lies_at_the_end_of_the_day_before() -> None:
    found = schedule(net([act("a", 5), act("m", 0)], [("a", "m")]))
    assert (found.of("a").finish, found.of("m").start, found.of("m").finish) == (day(4), day(4), day(4))


def test_circles_are_told_by_their_labels() -> None:
    network = net(
        [act("a", 1), act("b", 1), act("c", 1), act("d", 1), act("e", 1)],
        [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"), ("d", "e"), ("e", "d")],
    )
    assert circles(network) == (("b", "c"), ("d", "e"))
    with pytest.raises(OrderInCircle) as refused:
        schedule(network)
    assert "b → c → b" in refused.value.for_screen()


def test_a_network_that_names_what_is_not_there_is_refused() -> None:
    with pytest.raises(NetworkBroken):
        schedule(net([act("a", 1)], [("a", "x")]))
    with pytest.raises(NetworkBroken):
        schedule(net([act("a", 1, windows=("x",))]))
    with pytest.raises(NetworkBroken):
        schedule(net([act("a", 3, spread=(4, 5))]))
    with pytest.raises(NothingToSchedule):
        schedule(net([]))


def test_what_does_not_end_within_the_calendar_is_not_given_a_wrong_day() -> None:
    with pytest.raises(BeyondCalendar):
        schedule(net([act("a", 3000), act("b", 3000)], [("a", "b")]))


def test_days_before_the_calendar_are_weekdays_and_count_back_the_same_way() -> None:
    calendar = net([act("a", 1)]).calendar
    monday = calendar.days[0]
    assert [calendar.day(-one) for one in (1, 2, 5, 6)] == [
        date(2025, 1, 3), date(2025, 1, 2), date(2024, 12, 30), date(2024, 12, 27)
    ]  # fmt: skip
    assert all(calendar.index_from(calendar.day(-one)) == -one for one in range(1, 700))
    assert monday.weekday() == 0
