"""Counting what happened to cases, and writing the file of a day."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

from todoke.casework.cases import queries as cases
from todoke.casework.cases.values import CaseFacts
from todoke.casework.relay import queries as relay
from todoke.casework.relay.values import ChannelKind
from todoke.foundation.audit.values import Actor
from todoke.foundation.calendars.queries import business_days, japanese_date
from todoke.foundation.exchange import services as exchange
from todoke.foundation.fence import current_organisation
from todoke.foundation.keyring.queries import keys_of
from todoke.foundation.rows import OwnedRow

from . import queries, rules
from .models import CaseFigureRow, FigureDayRow, FiguresMarkRow
from .values import EVENTS_PER_FILE, KIND, CaseFigure

Row = TypeVar("Row", bound=OwnedRow)
SETTLED = timedelta(minutes=10)  # no transaction that writes a timeline lasts longer
LONGEST_GAP = 400  # days without a worker for which quiet days are still told
_COUNTED = (
    "procedure", "received_on", "answered_on", "business_days", "entry", "identities_by_person",
    "handovers_by_person", "typed_entries",
)  # fmt: skip


@transaction.atomic
def look(*, at: datetime, limit: int) -> int:
    """Count the cases to which something happened since the last look, so many entries of timelines at a time.

    Days that now say something else become due. Returns how many cases changed. Killed in between, nothing is kept.
    """
    mark = _locked_mark()
    found = cases.changes_after(mark.seen_event, before=at - SETTLED, limit=limit)
    changed, days = _count(cases.facts_for_figures(found.case_ids))
    mark.seen_event = found.last_event
    if found.is_all:
        today = japanese_date(at)
        days |= _quiet_days(mark.looked_on, today)
        mark.looked_on = today
    _make_due(days)
    mark.save(update_fields=["seen_event", "looked_on"])
    return changed


def _locked_mark() -> FiguresMarkRow:
    row, _ = FiguresMarkRow.objects.get_or_create(organisation_id=current_organisation())
    return _locked(FiguresMarkRow.objects.filter(pk=row.pk)).get()


def _locked(rows: QuerySet[Row]) -> QuerySet[Row]:
    return rows.select_for_update() if connection.features.has_select_for_update else rows


def _count(facts: Iterable[CaseFacts]) -> tuple[int, set[date]]:
    """Count these cases anew; how many came out otherwise than before, and the days that this concerns."""
    by_case = {one.case_id: one for one in facts}
    known = {row.case_id: row for row in CaseFigureRow.objects.filter(case_id__in=by_case)}
    by_hand = frozenset(one.name for one in relay.channels(ChannelKind.HAND))
    key, days = keys_of(current_organisation()).key, set[date]()
    new, changed = list[CaseFigureRow](), list[CaseFigureRow]()
    for one in by_case.values():
        row = known.get(one.case_id)
        event = row.event_id if row else rules.event_id(key, one.uuid)
        now = rules.figure(one, event, by_hand=by_hand, day_of=japanese_date, days_of=business_days)
        concerned = rules.touched(queries.as_figure(row) if row else None, now)
        if concerned:
            (changed if row else new).append(_put(row, one.case_id, now))
            days |= concerned
    CaseFigureRow.objects.bulk_create(new, batch_size=500)
    CaseFigureRow.objects.bulk_update(changed, _COUNTED, batch_size=500)
    return len(new) + len(changed), days


def _put(row: CaseFigureRow | None, case_id: int, now: CaseFigure) -> CaseFigureRow:
    organisation = current_organisation()
    row = row or CaseFigureRow(organisation_id=organisation, case_id=case_id, event_id=now.event_id)
    for name in _COUNTED:
        setattr(row, name, now.entry.value if name == "entry" else getattr(now, name))
    return row


def _quiet_days(looked_on: date | None, today: date) -> set[date]:
    """The days since the last look: also one on which nothing happened has its file, which says so."""
    if looked_on is None:
        return set()
    missed = min((today - looked_on).days, LONGEST_GAP)
    return {today - timedelta(days=back) for back in range(1, missed + 1)}


def _make_due(days: Collection[date]) -> None:
    organisation = current_organisation()
    rows = [FigureDayRow(organisation_id=organisation, day=day, is_due=True) for day in sorted(days)]
    FigureDayRow.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    FigureDayRow.objects.filter(day__in=days).update(is_due=True)


@transaction.atomic
def write_day(day: date, *, actor: Actor, at: datetime) -> int:
    """Write the file of a day that is over, if it says something else than the one before; returns how many files.

    Once in effect: the row, its revision and the letters are one transaction. A correction has the next revision.
    """
    row = _locked(FigureDayRow.objects.filter(day=day, is_due=True)).first()
    if row is None:
        return 0  # another worker has written it
    events = rules.events_of(queries.figures_of(day), day)
    found = rules.digest(events)
    row.is_due = False
    if found == row.sha256:
        row.save(update_fields=["is_due"])
        return 0
    letters = rules.bodies(day, row.revision + 1, events, most=EVENTS_PER_FILE)
    _write(letters, day, actor=actor, at=at)
    row.revision, row.sha256, row.events, row.parts = row.revision + 1, found, len(events), len(letters)
    row.written_at = at
    row.save()
    return len(letters)


def _write(letters: Iterable[Mapping[str, object]], day: date, *, actor: Actor, at: datetime) -> None:
    """From the body to itself: the other line of work takes it as any other file, so it must believe this sender."""
    ours = current_organisation()
    exchange.believe(ours, exchange.own_public_key(), actor=actor, at=at)
    for body in letters:
        exchange.write(KIND, recipient=ours, as_of=day, body=body, actor=actor, at=at)
