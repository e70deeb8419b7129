"""Business days（執務日）: not Saturday, Sunday, a national holiday, nor 12-29 … 01-03（行政機関の休日に関する法律 第1条）."""

from collections.abc import Callable
from datetime import date, timedelta


def is_business_day(day: date, is_holiday: Callable[[date], bool]) -> bool:
    """Whether the counter is open on that day; `is_holiday` answers for 国民の祝日."""
    year_end = (day.month, day.day) in {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}
    return day.weekday() < 5 and not year_end and not is_holiday(day)


def after_business_days(start: date, days: int, is_holiday: Callable[[date], bool]) -> date:
    """The business day that comes `days` business days after `start` (0: that day or the next open one)."""
    day = start
    while not is_business_day(day, is_holiday):
        day += timedelta(days=1)
    for _ in range(days):
        day += timedelta(days=1)
        while not is_business_day(day, is_holiday):
            day += timedelta(days=1)
    return day
