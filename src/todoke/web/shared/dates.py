"""Moments and days as the desk reads them: 和暦, Japanese time."""

from datetime import date, datetime

from todoke.foundation.calendars.queries import JAPAN, japanese_date

ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1873, 1, 1), "明治"),
)


def day_words(value: date | datetime) -> str:
    """「令和8年4月6日」 of a day or of the Japanese day of an aware moment."""
    day = japanese_date(value) if isinstance(value, datetime) else value
    for start, era in ERAS:
        if day >= start:
            year = day.year - (1868 if era == "明治" else start.year) + 1
            return f"{era}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return f"{day.year}年{day.month}月{day.day}日"


def moment_words(value: datetime) -> str:
    """「令和8年4月6日 18:00」 of an aware moment, in Japanese time."""
    return f"{day_words(value)} {value.astimezone(JAPAN):%H:%M}"


def written_day_words(value: str) -> str:
    """A date as somebody wrote it: 和暦 where it is YYYY-MM-DD, else unchanged."""
    try:
        return day_words(date.fromisoformat(value))
    except ValueError:
        return value


def machine_moment(value: datetime) -> str:
    """The same moment for `<time datetime>`."""
    return value.astimezone(JAPAN).isoformat(timespec="seconds")
