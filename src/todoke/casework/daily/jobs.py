"""The report of each working morning, kept and, by setting, written as a file for whoever mails or prints it."""

from pathlib import Path

from django.conf import settings

from todoke.foundation import durable
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import JobContext
from todoke.foundation.fence import scope
from todoke.japanese.eras import in_era

from . import queries, rules, services
from .values import DailyReport


def report(context: JobContext) -> int:
    """Make today's report if it is due, deliver it, and note that; killed in between, it is delivered again, the same."""
    with scope(context.organisation):
        day = queries.due_day(now())
        if day is None:
            return 0
        made = services.make_report(day, at=now())
    folder: Path | None = settings.TODOKE_DAILY_REPORT_DIR
    if folder is not None:
        _write(folder, context.organisation, made)
    with scope(context.organisation):
        services.note_delivered(day)
    return 1


def _write(folder: Path, organisation: str, made: DailyReport) -> None:
    """A text file per body and day, whole or not at all. Raises OSError."""
    title = f"日報 {organisation} {in_era(made.day)}"
    text = rules.text_of(title, rules.lines_of(made, moment=lambda one: one.astimezone().isoformat()[:16]))
    path = folder / f"{organisation}-{made.day.isoformat()}.txt"
    durable.put(path, text.encode(), mode=0o640)
