"""What the later stages report of a case: the worklist shows it, and a hand-over moves the case with it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from todoke.casework.cases.models import Case, CaseEvent
from todoke.casework.cases.rules import progress, transitions
from todoke.casework.cases.values import (
    CaseStatus,
    EventKind,
    HandoverNote,
    HandoverProgress,
    NoticeNote,
    NoticeProgress,
)
from todoke.casework.identify.values import PartyChange, PartyRole
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, Entry
from todoke.foundation.fence import BY_ID, create_rows, update_rows

from .held import Happening, timeline_row
from .protecting import look_at_cases

_MIRRORED = ("status", "version", "handover_state", "hold_code")


@transaction.atomic
def note_handover(notes: Sequence[HandoverNote], *, actor: Actor, at: datetime) -> int:
    """Note where these cases stand in the hand-over; returns how many changed. Noting the same twice changes nothing.

    WAITING, RECEIPTED and REFUSED move the case when the table of transitions has that move from where it stands;
    a case that a clerk has taken elsewhere keeps its status.
    """
    by_case = {note.case_id: note for note in notes}
    rows = Case.objects.filter(pk__in=by_case).only("organisation_id", "uuid", *_MIRRORED).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    changed: list[Case] = []
    events: list[CaseEvent] = []
    for case in rows:
        note = by_case[case.pk]
        found = _found(case, note)
        if (case.handover_state, case.hold_code) != (found.progress.value, found.code):
            events += _note(case, note, found, actor, at)
            changed.append(case)
    update_rows(changed, _MIRRORED)
    create_rows(events)
    audit.record_many([_entry(case, by_case[case.pk], actor, at) for case in changed])
    return len(changed)


def _found(case: Case, note: HandoverNote) -> HandoverNote:
    """What a note means for the case as it stands."""
    before = HandoverProgress(case.handover_state)
    found, code = progress.after_note(CaseStatus(case.status), before, case.hold_code, note)
    return HandoverNote(case.pk, found, code)


def _note(case: Case, note: HandoverNote, found: HandoverNote, actor: Actor, at: datetime) -> list[CaseEvent]:
    """Change one case in memory to what the note was found to mean; its lines for the timeline."""
    before, now = case.handover_state, CaseStatus(case.status)
    to = transitions.after_handover(now, found.progress)
    case.handover_state, case.hold_code = found.progress.value, found.code
    kind = EventKind.HOLD if found.progress is HandoverProgress.HELD else EventKind.HANDOVER
    happening = Happening(kind, before, found.progress.value, note.code or found.code)
    events = [timeline_row(case, happening, actor=actor, at=at)]
    if to is not None:
        case.status, case.version = to.value, case.version + 1
        events.append(timeline_row(case, Happening(EventKind.MOVED, now.value, to.value), actor=actor, at=at))
    return events


def _entry(case: Case, note: HandoverNote, actor: Actor, at: datetime) -> Entry:
    facts: dict[str, str | int] = {
        "progress": note.progress.value, "code": note.code, "status": case.status, "version": case.version,
    }  # fmt: skip
    return Entry("case.handover_noted", "case", str(case.uuid), actor, at, facts)


@transaction.atomic
def note_notice(notes: Sequence[NoticeNote], *, actor: Actor, at: datetime) -> int:
    """Note what became of telling these events; returns how many changed. Noting the same twice changes nothing.

    The case shows the state of its newest told event.
    """
    by_event = {note.event_id: note for note in notes}
    changed = []
    for event in CaseEvent.objects.filter(pk__in=by_event).select_related("case").order_by("pk"):
        note = by_event[event.pk]
        if event.notice_state not in (note.progress.value, NoticeProgress.SILENT.value):
            event.notice_state = note.progress.value
            changed.append(event)
    CaseEvent.objects.bulk_update(changed, ["notice_state"])
    told = CaseEvent.objects.filter(case_id=OuterRef("pk")).exclude(notice_state=NoticeProgress.SILENT.value)
    newest = Subquery(told.order_by("-pk").values("notice_state")[:1])
    Case.objects.filter(pk__in={event.case_id for event in changed}).update(notice_state=newest)
    audit.record_many(
        [
            Entry(
                "case.notice_noted", "case", str(event.case.uuid), actor, at,
                {"event": event.pk, "progress": event.notice_state, "code": by_event[event.pk].code},
            )
            for event in changed
        ]
    )  # fmt: skip
    return len(changed)


@transaction.atomic
def note_identity(changes: Sequence[PartyChange], *, actor: Actor, at: datetime) -> int:
    """Note that later links have answered parties; returns how many cases changed.

    A hold for want of a number ends, and the hand-over judges anew, as after a clerk's decision.
    """
    by_application: dict[int, list[PartyChange]] = {}
    for change in changes:
        by_application.setdefault(change.after.application_id, []).append(change)
    rows = Case.objects.filter(application_id__in=by_application).defer("search").order_by(BY_ID)
    cases = list(rows.select_for_update() if connection.features.has_select_for_update else rows)
    events = [
        event for case in cases for event in _answer(case, by_application[case.application_id], actor, at)
    ]
    Case.objects.bulk_update(cases, (*_MIRRORED, "identity_state"))
    CaseEvent.objects.bulk_create(events)
    audit.record_many(
        [
            Entry("case.identity_found", "case", str(case.uuid), actor, at, {"version": case.version})
            for case in cases
        ]
    )
    look_at_cases(by_application, actor=actor, at=at)
    return len(cases)


def _answer(case: Case, changes: Sequence[PartyChange], actor: Actor, at: datetime) -> list[CaseEvent]:
    """Change one case in memory; one line for the timeline per person."""
    before = HandoverProgress(case.handover_state)
    after, case.hold_code = progress.after_decision(before, case.hold_code)
    case.handover_state, case.version = after.value, case.version + 1
    events = []
    for change in changes:
        if change.after.role is PartyRole.APPLICANT:
            case.identity_state = change.after.result.state.value
        states = (change.before.result.state.value, change.after.result.state.value)
        happening = Happening(EventKind.IDENTITY, *states, note=change.after.role.label)
        events.append(timeline_row(case, happening, actor=actor, at=at))
    return events
