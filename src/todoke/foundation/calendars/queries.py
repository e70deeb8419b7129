"""What day it is, and when something is due."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import jpholiday
from django.conf import settings

from . import rules

JAPAN = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    """The time now, aware, UTC. The demonstration shifts it by TODOKE_CLOCK_OFFSET_SECONDS to its samples' clock."""
    return datetime.now(UTC) + timedelta(seconds=settings.TODOKE_CLOCK_OFFSET_SECONDS)


def japanese_date(moment: datetime) -> date:
    """The calendar day in Japan of an aware moment: 受付日 is always this one."""
    return moment.astimezone(JAPAN).date()


def due_date(start: datetime, business_days: int) -> date:
    """The day by which something is due, counted in 執務日 from the Japanese day of `start`."""
    return rules.after_business_days(japanese_date(start), business_days, jpholiday.is_holiday)


def is_business_day(day: date) -> bool:
    """Whether the counter is open on that day（執務日）."""
    return rules.is_business_day(day, jpholiday.is_holiday)


@lru_cache(maxsize=64)
def business_days(year: int) -> tuple[date, ...]:
    """All 執務日 of a calendar year, ascending; kept, because the law of holidays changes less often than we start."""
    day, found = date(year, 1, 1), []
    while day.year == year:
        if rules.is_business_day(day, jpholiday.is_holiday):
            found.append(day)
        day += timedelta(days=1)
    return tuple(found)
