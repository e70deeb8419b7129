"""A clerk answers what holds a case: who somebody is, or that it may go on all the same."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.casework.cases.errors import CaseProtected, NoteMissing, NotHeld, WithdrawalUnanswered
from todoke.casework.cases.rules import masking, progress
from todoke.casework.cases.values import CaseStatus, EventKind, HandoverProgress
from todoke.casework.identify import queries as identify_queries
from todoke.casework.identify import services as identify
from todoke.casework.identify.errors import PartyNotFound
from todoke.casework.identify.values import DecisionPlace, IdentityState, NumberDecision, Party, PartyRole
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
) -> bool:
    """Propose who a party of the case is; nothing leaves until a second person confirms. Whether it counts already.

    It does for somebody who may confirm alone. Raises CaseNotFound, CaseChanged, CaseProtected, RightMissing,
    PartyNotFound, ReasonMissing, NumberInvalid, ProposalOpen.
    """

    def propose(party: Party) -> Party:
        place = DecisionPlace(uuid)
        return identify.propose_decision(
            viewer, party, decision=decision, place=place, at=at, terminal=terminal
        )

    wanted = _Act(uuid, party_id, version, decision.reason)
    return _act(viewer, wanted, propose, at=at, terminal=terminal).result.state is IdentityState.DECIDED


@transaction.atomic
def confirm_identity(
    viewer: Viewer,
    uuid: UUID,
    *,
    party_id: int,
    shown_hash: str,
    reason: str,
    version: int,
    at: datetime,
    terminal: str = "",
) -> None:
    """Confirm, as the second person, who a party is; a hold for want of it ends, and the hand-over judges anew.

    `shown_hash` is of what this person saw. Raises what decide_identity raises, NothingProposed, SamePerson,
    EnabledByMaker, ShownChanged, ProposalExpired, ProposalClosed.
    """

    def confirm(party: Party) -> Party:
        return identify.confirm_decision(
            viewer, party, shown_hash=shown_hash, reason=reason, at=at, terminal=terminal
        )

    _act(viewer, _Act(uuid, party_id, version, reason), confirm, at=at, terminal=terminal)


@transaction.atomic
def drop_identity(
    viewer: Viewer, uuid: UUID, *, party_id: int, reason: str, version: int, at: datetime, terminal: str = ""
) -> None:
    """Refuse what another proposed, or withdraw what one proposed oneself; the party gets back what it had.

    Raises CaseNotFound, CaseChanged, CaseProtected, RightMissing, PartyNotFound, NothingProposed, ReasonMissing.
    """

    def drop(party: Party) -> Party:
        return identify.drop_decision(viewer, party, reason=reason, at=at, terminal=terminal)

    _act(viewer, _Act(uuid, party_id, version, reason), drop, at=at, terminal=terminal)


@dataclass(frozen=True, slots=True)
class _Act:
    """What is decided about: a party of a case as it was seen, and the words for its timeline."""

    uuid: UUID
    party_id: int
    version: int
    reason: str


def _act(
    viewer: Viewer, wanted: _Act, decide: Callable[[Party], Party], *, at: datetime, terminal: str
) -> Party:
    """Take the case, decide, and write what it means for the worklist and for the hand-over."""
    case = take(viewer, wanted.uuid, wanted.version)
    if masking.is_masked(case.protection, viewer.rights):
        raise CaseProtected
    party = identify_queries.party(case.application_id, wanted.party_id)
    if party is None:
        raise PartyNotFound
    decided = decide(party)
    if party.role is PartyRole.APPLICANT:
        case.identity_state = decided.result.state.value
    before = HandoverProgress(case.handover_state)
    is_open = decided.result.state is IdentityState.PROPOSED
    means = progress.after_proposal if is_open else progress.after_decision
    after, case.hold_code = means(before, case.hold_code)
    case.handover_state = after.value
    states = (party.result.state.value, decided.result.state.value)
    happening = Happening(EventKind.IDENTITY, *states, note=f"{party.role.label}: {wanted.reason}")
    put_back(case, happening, actor=viewer.actor(terminal), at=at)
    audit.record(
        "case.identity_decided", object_kind="case", object_id=str(wanted.uuid), actor=viewer.actor(terminal), at=at,
        facts={
            "party": party.id, "role": party.role.value, "state": decided.result.state.value,
            "version": case.version,
        },
    )  # fmt: skip
    look_at_cases([case.application_id], actor=viewer.actor(terminal), at=at)
    return decided


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
    CaseNotFound, CaseChanged, RightMissing, NotHeld (a late withdrawal is answered instead), NoteMissing.
    """
    case = take(viewer, uuid, version)
    accounts.require(viewer, Right.MOVE_CASES)
    if not case.hold_code:
        raise NotHeld
    if progress.awaits_answer(CaseStatus(case.status), case.hold_code):
        raise WithdrawalUnanswered
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
