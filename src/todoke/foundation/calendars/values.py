"""Months and 年度 of a day; pure."""

from datetime import date, timedelta

FISCAL_YEAR_BEGINS = 4


def fiscal_year(day: date) -> int:
    """The 年度 in which a day lies: 1 April to 31 March, named after the year of its April."""
    return day.year if day.month >= FISCAL_YEAR_BEGINS else day.year - 1


def next_month(day: date) -> date:
    """The first day of the month after."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def last_day(month: date) -> date:
    """The last day of the month of a day."""
    return next_month(month) - timedelta(days=1)
