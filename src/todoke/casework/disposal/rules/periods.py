"""From when on something may go: fiscal years, periods by the Civil Code, and the bound for asking the database.

民法140条: the first day is not counted unless the period begins at midnight. 143条2項: a period ends on the day before
the one that corresponds to its first day; where the last month has no such day, on the last day of that month.
"""

from calendar import monthrange
from datetime import date, timedelta

from todoke.casework.disposal.values import Period, Rule, Start
from todoke.foundation.calendars.values import FISCAL_YEAR_BEGINS, fiscal_year


def counted_from(ended_on: date, start: Start) -> date:
    """The first day of the period: 1 April after the fiscal year of completion, or the day after."""
    if start is Start.FISCAL_YEAR:
        return date(fiscal_year(ended_on) + 1, FISCAL_YEAR_BEGINS, 1)
    return ended_on + timedelta(days=1)


def day_after(first: date, period: Period) -> date:
    """The day after the last day of a period that begins with `first`."""
    months = first.year * 12 + first.month - 1 + period.years * 12 + period.months
    year, month = divmod(months, 12)
    days = monthrange(year, month + 1)[1]
    if first.day <= days:
        return date(year, month + 1, first.day)
    return date(year, month + 1, days) + timedelta(days=1)


def disposable_from(ended_on: date, rule: Rule) -> date:
    """The first day on which what ended then may be disposed of."""
    return day_after(counted_from(ended_on, rule.start), rule.period)


def earliest_end(as_of: date, rule: Rule) -> date:
    """A day so that nothing which ended on it or later can be due: it bounds what is asked of the database."""
    months = as_of.year * 12 + as_of.month - 1 - rule.period.years * 12 - rule.period.months
    year, month = divmod(months, 12)
    return date(year, month + 1, min(as_of.day, monthrange(year, month + 1)[1]))
