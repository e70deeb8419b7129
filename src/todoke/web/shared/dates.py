"""Moments and days as the desk reads them: 和暦, Japanese time."""

import re
from datetime import date, datetime

from todoke.foundation.calendars.queries import JAPAN, japanese_date
from todoke.japanese import eras

_SENT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))?", re.ASCII)


def day_words(value: date | datetime) -> str:
    """「令和8年4月6日」 of a day or of the Japanese day of an aware moment; the Western date before 明治6年."""
    return eras.written(japanese_date(value) if isinstance(value, datetime) else value)


def moment_words(value: datetime) -> str:
    """「令和8年4月6日 18:00」 of an aware moment, in Japanese time."""
    local = value.astimezone(JAPAN)  # once: lists and files of lists have thousands of moments
    return f"{eras.written(local.date())} {local.hour:02}:{local.minute:02}"


def written_day_words(value: str) -> str:
    """A date as somebody wrote it: 和暦 where it is YYYY-MM-DD, else unchanged."""
    try:
        return day_words(date.fromisoformat(value))
    except ValueError:
        return value


def era_beside(value: str) -> str:
    """和暦 to stand beside what somebody sent as YYYY-MM-DD, with or without a moment of the day; empty for anything else."""
    if not _SENT.fullmatch(value):
        return ""
    try:
        return (
            moment_words(datetime.fromisoformat(value))
            if "T" in value
            else day_words(date.fromisoformat(value))
        )
    except ValueError:
        return ""


def machine_moment(value: datetime) -> str:
    """The same moment for `<time datetime>`."""
    return value.astimezone(JAPAN).isoformat(timespec="seconds")
