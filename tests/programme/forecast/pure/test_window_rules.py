"""Windows make slack stepwise: a few days late can cost months."""

from dataclasses import replace
from datetime import date

import pytest

from todoke.programme.forecast.errors import NetworkBroken
from todoke.programme.forecast.rules.opening import openings
from todoke.programme.forecast.rules.safe_dates import last_safe_dates
from todoke.programme.forecast.rules.scheduling import schedule
from todoke.programme.forecast.values import LossKind, StartWindow

from .networks import CALENDAR, MONDAY, act, both_passes, day, net

BUDGET = StartWindow("budget", "予算要求", "budget", (10, 1), (11, 30))
COUNCILS = (
    StartWindow("june", "6月定例会", "assembly", (6, 2), (6, 20)),
    StartWindow("september", "9月定例会", "assembly", (9, 1), (9, 19)),
)
BUSY = StartWindow("busy", "繁忙期", "busy", (3, 15), (4, 15), is_freeze=True)
WINTER = StartWindow("winter", "冬", "winter", (12, 1), (1, 31))


def starts(days: int, *windows: StartWindow) -> date:
    """When work behind `days` of other work begins under these windows."""
    network = net(
        [act("a", days), act("b", 5, windows=tuple(one.id for one in windows))], [("a", "b")], windows=windows
    )
    return schedule(network).of("b").start


def test_work_waits_for_its_window_and_begins_at_once_inside_it() -> None:
    assert starts(10, BUDGET) == date(2025, 10, 1)
    inside = CALENDAR.index_from(date(2025, 10, 20))
    assert starts(inside, BUDGET) == date(2025, 10, 20)


def test_a_day_after_the_window_costs_ten_months() -> None:
    last = CALENDAR.index_from(date(2025, 11, 28))  # 30 November is a Sunday
    assert starts(last, BUDGET) == date(2025, 11, 28)
    assert starts(last + 1, BUDGET) == date(2026, 10, 1)


def test_windows_of_one_kind_are_alternatives_and_kinds_hold_together() -> None:
    assert starts(1, *COUNCILS) == date(2025, 6, 2)
    july = CALENDAR.index_from(date(2025, 7, 1))
    assert starts(july, *COUNCILS) == date(2025, 9, 1)
    autumn = StartWindow("autumn", "秋", "season", (9, 10), (12, 31))
    assert starts(1, *COUNCILS, autumn) == date(2025, 9, 10)


def test_a_freeze_pushes_out_of_itself() -> None:
    inside = CALENDAR.index_from(date(2025, 3, 20))
    assert starts(inside, BUSY) == date(2025, 4, 16)
    assert starts(3, BUSY) == day(3)


def test_a_window_over_the_new_year_is_one_window() -> None:
    assert starts(1, WINTER) == day(1)  # January
    assert starts(CALENDAR.index_from(date(2025, 2, 3)), WINTER) == date(2025, 12, 1)
    assert starts(CALENDAR.index_from(date(2025, 12, 31)), WINTER) == date(2025, 12, 31)


def test_the_last_day_of_february_is_the_last_of_its_month() -> None:
    february = StartWindow("february", "2月", "month", (2, 29), (2, 29))
    runs = openings((february,), CALENDAR).runs
    assert [CALENDAR.days[begin] for begin, _ in runs][:2] == [date(2025, 2, 28), date(2028, 2, 29)]


def test_windows_that_never_meet_are_refused() -> None:
    with pytest.raises(NetworkBroken):
        starts(1, BUDGET, WINTER, replace(BUSY, begins=(12, 1), ends=(1, 31)))


def test_a_last_start_falls_back_to_the_last_day_of_a_window() -> None:
    # b(5) by 31 March 2026; by order alone it could begin on 25 March, its window closed on 28 November.
    network = net(
        [act("a", 10), act("b", 5, windows=("budget",))],
        [("a", "b")],
        windows=(BUDGET,),
        deadline=date(2026, 3, 31),
    )
    _, both = both_passes(network)
    assert CALENDAR.days[both.late_start[1]] == date(2025, 11, 28)
    assert CALENDAR.days[both.late_start[0]] == date(2025, 11, 14)  # ten working days before
    assert both.late_start[0] - both.start[0] == CALENDAR.index_from(date(2025, 11, 14))


def test_the_last_safe_date_says_what_is_lost_after_it() -> None:
    network = net([act("a", 10), act("b", 5, windows=("budget",))], [("a", "b")], windows=(BUDGET,))
    found = {one.key: one for one in last_safe_dates(network, schedule(network))}
    assert found["a"].kind is LossKind.WINDOW
    assert found["a"].by == date(2025, 11, 14)
    assert (found["a"].target, found["a"].window) == ("b", "予算要求")
    assert found["a"].next_chance == date(2026, 10, 1)
    # From 1 October 2025 to 1 October 2026 there are 261 weekdays.
    assert found["a"].lost_days == 261
    # Prove it: a day later really costs that.
    late = replace(
        network,
        activities=(replace(network.activities[0], not_before=date(2025, 11, 17)), network.activities[1]),
    )
    assert schedule(late).of("b").start == date(2026, 10, 1)
    kept = replace(
        network,
        activities=(replace(network.activities[0], not_before=date(2025, 11, 14)), network.activities[1]),
    )
    assert schedule(kept).of("b").start == date(2025, 11, 28)


def test_a_missed_deadline_is_the_heaviest_loss_and_stands_first() -> None:
    network = net(
        [act("a", 10), act("b", 5, windows=("budget",)), act("c", 3, deadline=day(30))],
        [("a", "b"), ("a", "c")], windows=(BUDGET,),
    )  # fmt: skip
    lines = last_safe_dates(network, schedule(network))
    assert [(one.key, one.kind) for one in lines] == [
        ("a", LossKind.DEADLINE), ("c", LossKind.DEADLINE), ("a", LossKind.WINDOW), ("b", LossKind.WINDOW)
    ]  # fmt: skip
    # c(3) must end with day 30（31 days）: it begins by day 28; a(10) by day 18.
    assert [one.by for one in lines[:2]] == [day(18), day(28)]
    assert lines[0].by > MONDAY
