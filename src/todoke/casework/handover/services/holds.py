"""What a clerk does with a row that is held or was refused. Every act stands in the audit."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from todoke.casework.cases import services as cases
from todoke.casework.cases.values import CaseStatus
from todoke.casework.handover import queries
from todoke.casework.handover.errors import HandoverUnknown, NotHeld, SubstituteUnfit
from todoke.casework.handover.models import Handover, Substitute
from todoke.casework.handover.rules.characters import Repertoire, elements
from todoke.casework.handover.values import HandoverDetail, HandoverKind, HandoverState
from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.fence import current_organisation

from .preparing import judge_rows, new_rows, note_of

LONGEST = 16


def release_hold(viewer: Viewer, handover_id: int, *, at: datetime) -> HandoverDetail:
    """Judge a held row anew after a clerk has mended its cause; it is ready, or held with what is still wrong.

    What the stage before holds（DUP-51x, 署名）has no row yet and is released there. Raises RightMissing,
    HandoverUnknown, NotHeld.
    """
    return _act(viewer, handover_id, HandoverState.HELD, lambda row: _judge_anew(viewer, row, at))


def choose_substitute(
    viewer: Viewer, handover_id: int, *, element: str, replacement: str, at: datetime
) -> HandoverDetail:
    """Let one character of one row leave as another（代替文字）, then judge the row anew; the original stays.

    The audit keeps who chose and for which row, not the character: it may be part of a name. Raises RightMissing,
    HandoverUnknown, NotHeld, SubstituteUnfit.
    """

    def choose(row: Handover) -> Handover:
        profile = queries.core_profile(row.core_system.profile)
        fits = Repertoire(profile.encoding, profile.repertoire).holds(replacement)
        if not fits or not 0 < len(replacement) <= LONGEST or not _is_one(element):
            raise SubstituteUnfit
        Substitute.objects.update_or_create(
            organisation_id=current_organisation(), handover=row, element=element,
            defaults={"replacement": replacement, "chosen_by": str(viewer.staff_id), "chosen_at": at},
        )  # fmt: skip
        _record("handover.substituted", viewer, row, at)
        return _judge_anew(viewer, row, at)

    return _act(viewer, handover_id, HandoverState.HELD, choose)


def _is_one(element: str) -> bool:
    return len(element) <= LONGEST and len(elements(element)) == 1


def hand_over_again(viewer: Viewer, handover_id: int, *, at: datetime) -> HandoverDetail:
    """After the core's refusal: a new row with the next version and a key of its own; the refused one stays.

    Raises RightMissing, HandoverUnknown, NotHeld (also when it was handed over again already, or withdrawn). A refused
    cancellation is answered anew（answer_withdrawal）.
    """

    def again(row: Handover) -> Handover:
        later = Handover.objects.filter(case_id=row.case_id, kind=row.kind, version__gt=row.version)
        if later.exists():
            raise NotHeld(state="再引渡し済")
        if row.case.status == CaseStatus.WITHDRAWN.value or row.kind != HandoverKind.NEW.value:
            raise NotHeld(state=CaseStatus.WITHDRAWN.label)
        wish = (queries.core_system_ref(row.core_system), queries.as_to_hand_over(row))
        (fresh,) = new_rows([wish], at=at)
        _record("handover.again", viewer, fresh, at)
        return _judge_anew(viewer, fresh, at)

    return _act(viewer, handover_id, HandoverState.REFUSED, again)


@transaction.atomic
def _act(
    viewer: Viewer, handover_id: int, expected: HandoverState, act: Callable[[Handover], Handover]
) -> HandoverDetail:
    row = (
        Handover.objects.select_for_update(of=("self",))
        .select_related("case", "core_system")
        .filter(pk=handover_id)
    )
    found = row.first()
    if found is None or not _is_theirs(viewer, found):
        raise HandoverUnknown
    if found.state != expected.value:
        raise NotHeld(state=HandoverState(found.state).label)
    return queries.handover(act(found).pk)


def _is_theirs(viewer: Viewer, row: Handover) -> bool:
    """The 連携 role acts for the whole body, a clerk for the cases of their sections; others for none."""
    if viewer.may(Right.HAND_OVER):
        return True
    require(viewer, Right.MOVE_CASES)
    return viewer.sections is None or row.case.section_id in viewer.sections


def _judge_anew(viewer: Viewer, row: Handover, at: datetime) -> Handover:
    judge_rows([row], actor=viewer.actor(), at=at)
    cases.note_handover([note_of(row)], actor=viewer.actor(), at=at)
    return row


def _record(action: str, viewer: Viewer, row: Handover, at: datetime) -> None:
    audit.record(
        action, object_kind="handover", object_id=str(row.pk), actor=viewer.actor(), at=at,
        facts={"code": row.hold_code, "version": row.version},
    )  # fmt: skip
