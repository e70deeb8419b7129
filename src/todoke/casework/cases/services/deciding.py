"""A clerk answers what holds a case: who somebody is, or that it may go on all the same."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.casework.cases.errors import CaseProtected, NoteMissing, NotHeld
from todoke.casework.cases.rules import masking, progress
from todoke.casework.cases.values import EventKind, HandoverProgress
from todoke.casework.identify import queries as identify_queries
from todoke.casework.identify import services as identify
from todoke.casework.identify.errors import PartyNotFound
from todoke.casework.identify.values import NumberDecision, PartyRole
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit

from .held import Happening, put_back, take
from .protecting import look_at_cases


@transaction.atomic
def decide_identity(
    viewer: Viewer,
    uuid: UUID,
    *,
    party_id: int,
    decision: NumberDecision,
    version: int,
    at: datetime,
    terminal: str = "",
) -> None:
    """Decide who a party of the case is; a hold for want of a number then ends, and the hand-over judges anew.

    Raises CaseNotFound, CaseChanged, CaseProtected, RightMissing, PartyNotFound, ReasonMissing, NumberInvalid.
    """
    case = take(viewer, uuid, version)
    if masking.is_masked(case.protection, viewer.rights):
        raise CaseProtected
    party = identify_queries.party(case.application_id, party_id)
    if party is None:
        raise PartyNotFound
    decided = identify.decide_party(viewer, party, decision=decision, at=at, terminal=terminal)
    if party.role is PartyRole.APPLICANT:
        case.identity_state = decided.result.state.value
    before = HandoverProgress(case.handover_state)
    after, case.hold_code = progress.after_decision(before, case.hold_code)
    case.handover_state = after.value
    states = (party.result.state.value, decided.result.state.value)
    happening = Happening(EventKind.IDENTITY, *states, note=f"{party.role.label}: {decision.reason}")
    put_back(case, happening, actor=viewer.actor(terminal), at=at)
    audit.record(
        "case.identity_decided", object_kind="case", object_id=str(uuid), actor=viewer.actor(terminal), at=at,
        facts={"party": party_id, "role": party.role.value, "version": case.version},
    )  # fmt: skip
    look_at_cases([case.application_id], actor=viewer.actor(terminal), at=at)


@transaction.atomic
def release_hold(
    viewer: Viewer,
    uuid: UUID,
    *,
    version: int,
    note: str,
    at: datetime,
    terminal: str = "",
) -> None:
    """Let a held or refused case be judged anew by the hand-over, because the clerk has looked into the reason.

    What the hand-over itself asks for (a number, characters that the core can write) is asked for again. Raises
    CaseNotFound, CaseChanged, RightMissing, NotHeld, NoteMissing.
    """
    case = take(viewer, uuid, version)
    accounts.require(viewer, Right.MOVE_CASES)
    if not case.hold_code:
        raise NotHeld
    if not note.strip():
        raise NoteMissing(to=EventKind.RELEASED.label)
    released, case.hold_code = case.hold_code, ""
    case.handover_state = HandoverProgress.UNDECIDED.value
    happening = Happening(EventKind.RELEASED, released, note=note)
    put_back(case, happening, actor=viewer.actor(terminal), at=at)
    audit.record(
        "case.hold_released", object_kind="case", object_id=str(uuid), actor=viewer.actor(terminal), at=at,
        facts={"code": released, "version": case.version},
    )  # fmt: skip
