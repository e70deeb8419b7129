"""The one way in which a clerk's act takes a case: found, locked, unchanged since the clerk saw it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from todoke.casework.cases import queries
from todoke.casework.cases.errors import CaseChanged, CaseNotFound
from todoke.casework.cases.models import Case, CaseEvent
from todoke.casework.cases.rules import masking, numbers
from todoke.casework.cases.values import EventKind, NoticeProgress
from todoke.casework.protection.values import CaseProtection
from todoke.foundation.accounts.values import Viewer
from todoke.foundation.audit.values import Actor
from todoke.foundation.fence import current_organisation


@dataclass(frozen=True, slots=True)
class Happening:
    """One line for the timeline of a case, before it has a case."""

    kind: EventKind
    from_word: str = ""
    to_word: str = ""
    note: str = ""
    tells_applicant: bool = False


def take(viewer: Viewer, uuid: UUID, version: int) -> Case:
    """The case, locked, at the version that the clerk saw; raises CaseNotFound, CaseChanged with what happened since."""
    rows = queries.visible(viewer).filter(uuid=uuid)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    case = rows.first()
    if case is None:
        raise CaseNotFound
    if case.version != version:
        changes = tuple(queries.timeline(case.pk, since_version=version))
        changes = numbers.hidden_timeline(changes)
        if masking.is_masked(case.protection, viewer.rights):
            changes = masking.masked_timeline(changes)
        raise CaseChanged(changes, seen=version, now=case.version)
    return case


def put_back(case: Case, happening: Happening, *, actor: Actor, at: datetime) -> None:
    """Write a taken case with its next version, and the line in its timeline."""
    seen = case.version
    case.version += 1
    if happening.tells_applicant:
        case.notice_state = NoticeProgress.DUE.value
    written = Case.objects.filter(pk=case.pk, version=seen).update(
        version=case.version, status=case.status, handover_state=case.handover_state, hold_code=case.hold_code,
        notice_state=case.notice_state, identity_state=case.identity_state,
    )  # fmt: skip
    if not written:
        changes = numbers.hidden_timeline(queries.timeline(case.pk, since_version=seen))
        hides = case.protection != CaseProtection.NONE.value
        raise CaseChanged(masking.masked_timeline(changes) if hides else changes, seen=seen)
    timeline_row(case, happening, actor=actor, at=at).save()


def timeline_row(case: Case, happening: Happening, *, actor: Actor, at: datetime) -> CaseEvent:
    """The line in the timeline of a case as it stands now, not yet written."""
    return CaseEvent(
        organisation_id=current_organisation(), case=case, version=case.version, at=at,
        actor_kind=actor.kind.value, actor_id=actor.id, kind=happening.kind.value,
        from_word=happening.from_word, to_word=happening.to_word, note=happening.note.strip()[:1000],
        notice_state=(NoticeProgress.DUE if happening.tells_applicant else NoticeProgress.SILENT).value,
    )  # fmt: skip
