"""A clerk answers a withdrawal that came after the application had left, or had been decided（SEQ-503）."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.casework.cases.errors import NoteMissing, NotHeld
from todoke.casework.cases.rules import progress
from todoke.casework.cases.values import CaseStatus, EventKind, HandoverProgress, WithdrawalAnswer
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit

from .held import Happening, put_back, take


@transaction.atomic
def answer_withdrawal(
    viewer: Viewer,
    uuid: UUID,
    *,
    answer: WithdrawalAnswer,
    version: int,
    note: str,
    at: datetime,
    terminal: str = "",
) -> None:
    """End the hold of a late withdrawal with what the clerk says of it.

    The hand-over stage asks for it, and sends the cancellation or keeps that the core was told by hand. Raises
    CaseNotFound, CaseChanged, RightMissing, NotHeld, NoteMissing.
    """
    case = take(viewer, uuid, version)
    accounts.require(viewer, Right.MOVE_CASES)
    if not progress.awaits_answer(CaseStatus(case.status), case.hold_code):
        raise NotHeld
    if not note.strip():
        raise NoteMissing(to=answer.label)
    released, case.hold_code = case.hold_code, ""
    case.handover_state = progress.after_answer(HandoverProgress(case.handover_state), answer).value
    happening = Happening(EventKind.RELEASED, released, case.handover_state, note=note)
    put_back(case, happening, actor=viewer.actor(terminal), at=at)
    audit.record(
        "case.withdrawal_answered", object_kind="case", object_id=str(uuid), actor=viewer.actor(terminal), at=at,
        facts={"code": released, "answer": answer.value, "version": case.version},
    )  # fmt: skip
