"""Questions about the figures of cases: what is due, what was written, and which case an event's id leads to."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import Q

from todoke.casework.cases import queries as cases
from todoke.casework.cases.errors import CaseNotFound
from todoke.casework.cases.values import WorklistRow
from todoke.foundation.accounts.values import Viewer
from todoke.foundation.calendars.queries import JAPAN, japanese_date

from . import rules
from .models import CaseFigureRow, FigureDayRow, FiguresMarkRow
from .values import CaseFigure, Entry, ToldDay


def is_time_to_look(at: datetime) -> bool:
    """Whether the timelines of the body in scope are to be read now; never for a body that has had no case."""
    mark = FiguresMarkRow.objects.first()
    if mark is None:
        return cases.has_any()
    return rules.is_time_to_look(at, mark.looked_on, zone=JAPAN)


def due_days(at: datetime, *, limit: int) -> list[date]:
    """Days that are over and whose file is to be written, oldest first."""
    rows = FigureDayRow.objects.filter(is_due=True, day__lt=japanese_date(at)).order_by("day")
    return list(rows.values_list("day", flat=True)[:limit])


def next_due(at: datetime) -> datetime | None:
    """Now, when timelines are to be read or a day is to be written."""
    return at if is_time_to_look(at) or due_days(at, limit=1) else None


def figures_of(day: date) -> list[CaseFigure]:
    """What is counted of the cases that came or were answered on a day."""
    rows = CaseFigureRow.objects.filter(Q(received_on=day) | Q(answered_on=day)).order_by("event_id")
    return [as_figure(row) for row in rows]


def as_figure(row: CaseFigureRow) -> CaseFigure:
    """A row as others may hold it."""
    return CaseFigure(
        row.event_id, row.procedure, row.received_on, row.answered_on, row.business_days, Entry(row.entry),
        row.identities_by_person, row.handovers_by_person, row.typed_entries,
    )  # fmt: skip


def told_days(*, limit: int = 60) -> Sequence[ToldDay]:
    """The days of the body in scope and what was written of each, the newest first."""
    rows = FigureDayRow.objects.order_by("-day")[:limit]
    return [ToldDay(row.day, row.revision, row.events, row.parts, row.is_due) for row in rows]


def case_of(viewer: Viewer, event_id: str) -> WorklistRow:
    """The case that an event of a file is about, as the worklist shows it to this person.

    Raises CaseNotFound, also for a case of another section or body and for one that was disposed of; RightMissing.
    Whoever shows it to a person records that it was seen, as for any case.
    """
    row = CaseFigureRow.objects.filter(event_id=event_id).select_related("case").first()
    if row is None:
        raise CaseNotFound
    return cases.find(viewer, row.case.uuid)


def cases_of(viewer: Viewer, event_ids: Sequence[str]) -> Mapping[str, WorklistRow]:
    """The same for many, by event id: those that the person may see; two queries. Raises RightMissing."""
    rows = CaseFigureRow.objects.filter(event_id__in=list(event_ids))
    applications = dict(rows.values_list("event_id", "case__application_id"))
    found = cases.rows_of(viewer, applications.values())
    return {event: found[one] for event, one in applications.items() if one in found}
