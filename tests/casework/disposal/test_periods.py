"""Periods are counted as a 文書管理規程 and the Civil Code say, over fiscal years, leap days and 令和."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.casework.cases.values import CaseStatus
from todoke.casework.disposal.rules import periods
from todoke.casework.disposal.values import Period, RecordKind, Rule, Start
from todoke.japanese import eras

DAYS = st.dates(date(2019, 5, 1), date(2060, 12, 31))
PERIODS = st.builds(Period, st.integers(0, 30), st.integers(0, 11)).filter(lambda one: one != Period(0))


def rule(years: int, start: Start = Start.FISCAL_YEAR, months: int = 0) -> Rule:
    return Rule("r", "r", RecordKind.CASE, Period(years, months), start, frozenset({CaseStatus.COMPLETED}))


@pytest.mark.parametrize(
    ("ended_on", "years", "due_on"),
    [
        (date(2026, 4, 1), 5, date(2032, 4, 1)),
        (date(2027, 3, 31), 5, date(2032, 4, 1)),
        (date(2027, 4, 1), 5, date(2033, 4, 1)),
        (date(2027, 1, 1), 1, date(2028, 4, 1)),
        (date(2028, 2, 29), 1, date(2029, 4, 1)),
        (date(2026, 12, 31), 30, date(2057, 4, 1)),
    ],
    ids=["first day", "last day", "next year", "new year", "leap day", "30 years"],
)
def test_a_fiscal_year_begins_on_the_first_of_april_and_the_period_after_it(
    ended_on: date, years: int, due_on: date
) -> None:
    assert periods.disposable_from(ended_on, rule(years)) == due_on


@pytest.mark.parametrize(
    ("ended_on", "years", "months", "due_on"),
    [
        (date(2026, 4, 5), 1, 0, date(2027, 4, 6)),
        (date(2028, 2, 28), 1, 0, date(2029, 3, 1)),  # counted from 29 February, which 2029 has not
        (date(2028, 2, 29), 1, 0, date(2029, 3, 1)),
        (date(2027, 2, 28), 1, 0, date(2028, 3, 1)),
        (date(2028, 2, 28), 4, 0, date(2032, 2, 29)),
        (date(2026, 8, 30), 0, 6, date(2027, 3, 1)),  # from 31 August; February has no such day
        (date(2026, 12, 31), 0, 1, date(2027, 2, 1)),
    ],
)
def test_a_period_from_a_day_ends_as_the_civil_code_says(
    ended_on: date, years: int, months: int, due_on: date
) -> None:
    assert periods.disposable_from(ended_on, rule(years, Start.DATE, months)) == due_on


def test_an_era_that_ends_within_a_fiscal_year_changes_nothing() -> None:
    """平成31年4月30日 and 令和元年5月1日 lie in one fiscal year: 2019."""
    last, first = date(2019, 4, 30), date(2019, 5, 1)
    assert (eras.written(last), eras.written(first)) == ("平成31年4月30日", "令和元年5月1日")
    assert (
        periods.disposable_from(last, rule(5)) == periods.disposable_from(first, rule(5)) == date(2025, 4, 1)
    )


@given(ended_on=DAYS, period=PERIODS, start=st.sampled_from(Start))
def test_nothing_is_due_before_its_whole_period_is_over(ended_on: date, period: Period, start: Start) -> None:
    one = rule(period.years, start, period.months)
    due_on = periods.disposable_from(ended_on, one)
    assert due_on > ended_on
    months = (due_on.year - ended_on.year) * 12 + due_on.month - ended_on.month
    assert months >= period.years * 12 + period.months
    if start is Start.FISCAL_YEAR and not period.months:
        assert (due_on.month, due_on.day) == (4, 1)


@given(ended_on=DAYS, period=PERIODS, start=st.sampled_from(Start), as_of=DAYS)
def test_what_is_due_ended_before_the_bound_that_the_database_is_asked_with(
    ended_on: date, period: Period, start: Start, as_of: date
) -> None:
    one = rule(period.years, start, period.months)
    if periods.disposable_from(ended_on, one) <= as_of:
        assert ended_on < periods.earliest_end(as_of, one)
