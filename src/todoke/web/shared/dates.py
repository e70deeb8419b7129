"""Moments and days as the desk reads them: 和暦, Japanese time."""

from datetime import date, datetime

from todoke.foundation.calendars.queries import JAPAN, japanese_date


def day_words(value: date | datetime) -> str:
    """「令和8年4月6日」 of a day or of the Japanese day of an aware moment."""
    day = japanese_date(value) if isinstance(value, datetime) else value
    year = day.year - 2018
    return f"令和{'元' if year == 1 else year}年{day.month}月{day.day}日"


def moment_words(value: datetime) -> str:
    """「令和8年4月6日 18:00」 of an aware moment, in Japanese time."""
    return f"{day_words(value)} {value.astimezone(JAPAN):%H:%M}"


def machine_moment(value: datetime) -> str:
    """The same moment for `<time datetime>`."""
    return value.astimezone(JAPAN).isoformat(timespec="seconds")
