"""A clerk moves a case."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.casework.cases.models import Case, CaseEvent, ReturnReason
from todoke.casework.cases.rules import progress, transitions
from todoke.casework.cases.values import CaseStatus, EventKind, HandoverProgress, ReturnedFor
from todoke.foundation.accounts.values import Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.fence import current_organisation

from .held import Happening, put_back, take


@transaction.atomic
def move_case(
    viewer: Viewer,
    uuid: UUID,
    *,
    to: CaseStatus,
    version: int,
    at: datetime,
    note: str = "",
    reasons: Sequence[ReturnedFor] = (),
    terminal: str = "",
) -> None:
    """Move a case to another status, as the clerk saw it at `version`, and leave a trace of who did it.

    Raises CaseNotFound (also for a case of another section or body), CaseChanged, MoveRefused, RightMissing,
    NoteMissing. An ended or returned case that has not left yet will not be handed over. `reasons` of a 補正依頼 are
    kept with the move, to be counted.
    """
    case = take(viewer, uuid, version)
    now = CaseStatus(case.status)
    transition = transitions.check_move(now, to, rights=viewer.rights, note=note)
    case.status = to.value
    before = HandoverProgress(case.handover_state)
    after = progress.after_move(before, to)
    case.handover_state = after.value
    if after is HandoverProgress.NONE:
        case.hold_code = ""
    case.hold_code = progress.hold_after_move(now, to, before) or case.hold_code
    happening = Happening(EventKind.MOVED, now.value, to.value, note, transition.tells_applicant)
    put_back(case, happening, actor=viewer.actor(terminal), at=at)
    if to is CaseStatus.RETURNED:
        _keep_reasons(case, reasons, at)
    audit.record(
        "case.moved", object_kind="case", object_id=str(uuid), actor=viewer.actor(terminal), at=at,
        facts={
            "from": now.value, "to": to.value, "version": case.version,
            **({"reasons": " ".join(dict.fromkeys(one.code for one in reasons))} if reasons else {}),
        },
    )  # fmt: skip


def _keep_reasons(case: Case, reasons: Sequence[ReturnedFor], at: datetime) -> None:
    if not reasons:
        return
    event = CaseEvent.objects.get(case=case, version=case.version, kind=EventKind.MOVED.value)
    ReturnReason.objects.bulk_create(
        ReturnReason(
            organisation_id=current_organisation(), case=case, event=event, procedure=case.procedure, code=one.code,
            field=one.field[:60], at=at,
        )
        for one in dict.fromkeys(reasons)
    )  # fmt: skip
