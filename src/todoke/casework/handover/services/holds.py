"""What a clerk does with a row that is held or was refused. Every act stands in the audit."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from todoke.casework.cases import services as cases
from todoke.casework.handover import queries
from todoke.casework.handover.errors import HandoverUnknown, NotHeld, SubstituteUnfit
from todoke.casework.handover.models import Handover, Substitute
from todoke.casework.handover.rules.characters import Repertoire, elements
from todoke.casework.handover.values import HandoverDetail, HandoverState
from todoke.casework.intake import queries as intake
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.fence import current_organisation

from .preparing import judge, new_row, note_of, settle


def release_hold(viewer: Viewer, handover_id: int, *, at: datetime) -> HandoverDetail:
    """Judge a held row anew after a clerk has mended its cause; it is ready, or held with what is still wrong.

    Raises RightMissing, HandoverUnknown, NotHeld.
    """
    return _act(viewer, handover_id, HandoverState.HELD, lambda row: _judge_anew(viewer, row, at))


def choose_substitute(
    viewer: Viewer, handover_id: int, *, element: str, replacement: str, at: datetime
) -> HandoverDetail:
    """Let one character of one row leave as another（代替文字）, then judge the row anew; the original stays.

    The audit keeps who chose and which row, not the character: it may be part of a name. Raises RightMissing,
    HandoverUnknown, NotHeld, SubstituteUnfit.
    """

    def choose(row: Handover) -> Handover:
        profile = queries.core_profile(row.core_system.profile)
        fits = Repertoire(profile.encoding, profile.repertoire).holds(replacement)
        if not fits or not 0 < len(replacement) <= 16 or len(elements(element)) != 1:
            raise SubstituteUnfit
        Substitute.objects.update_or_create(
            organisation_id=current_organisation(), handover=row, element=element,
            defaults={"replacement": replacement, "chosen_by": str(viewer.staff_id), "chosen_at": at},
        )  # fmt: skip
        _record("handover.substituted", viewer, row, at)
        return _judge_anew(viewer, row, at)

    return _act(viewer, handover_id, HandoverState.HELD, choose)


def hand_over_again(viewer: Viewer, handover_id: int, *, at: datetime) -> HandoverDetail:
    """After the core's refusal: a new row with the next version and a key of its own; the refused one stays.

    Raises RightMissing, HandoverUnknown, NotHeld (also when it was handed over again already).
    """

    def again(row: Handover) -> Handover:
        if Handover.objects.filter(case_id=row.case_id, version__gt=row.version).exists():
            raise NotHeld(state="再度引渡し済")
        system = queries.core_system_ref(row.core_system)
        case = queries.as_to_hand_over(row)
        application = intake.applications([case.application_id])[case.application_id]
        fresh = new_row(system, case, application.uuid, row.version + 1, at)
        fresh.save()
        _record("handover.again", viewer, fresh, at)
        return _judge_anew(viewer, fresh, at)

    return _act(viewer, handover_id, HandoverState.REFUSED, again)


@transaction.atomic
def _act(
    viewer: Viewer, handover_id: int, expected: HandoverState, act: Callable[[Handover], Handover]
) -> HandoverDetail:
    rows = Handover.objects.select_for_update(of=("self",)).select_related("case", "core_system")
    row = rows.filter(pk=handover_id).first()
    if row is None or not _is_theirs(viewer, row):
        raise HandoverUnknown
    if row.state != expected.value:
        raise NotHeld(state=HandoverState(row.state).label)
    return queries.handover(act(row).pk)


def _is_theirs(viewer: Viewer, row: Handover) -> bool:
    """The 連携 role acts for the whole body, a clerk for the cases of their sections; others for none."""
    if viewer.may(Right.HAND_OVER):
        return True
    if not viewer.may(Right.MOVE_CASES):
        raise RightMissing(right=Right.HAND_OVER.label)
    return viewer.sections is None or row.case.section_id in viewer.sections


def _judge_anew(viewer: Viewer, row: Handover, at: datetime) -> Handover:
    settle(row, judge([row]).get(row.case_id))
    if row.state == HandoverState.READY.value:
        Handover.objects.filter(pk=row.pk).update(due_at=at)
        _record("handover.released", viewer, row, at)
    cases.note_handover([note_of(row)], actor=viewer.actor(), at=at)
    return row


def _record(action: str, viewer: Viewer, row: Handover, at: datetime) -> None:
    audit.record(
        action, object_kind="handover", object_id=str(row.pk), actor=viewer.actor(), at=at,
        facts={"code": row.hold_code, "version": row.version},
    )  # fmt: skip
