"""Two people decide who a party is, where the links could not say, said too much, or led to another name.

The first proposes a number with a reason; nothing is handed over until a second person confirms exactly what was
shown（security.md 6.7）, at once or within 72 hours. Whoever an office has allowed to confirm alone does both at once,
and the audit says so. A refused, withdrawn or expired proposal gives the party back what it had.
"""

import json
from datetime import datetime

from django.db import transaction
from django.db.models import F

from todoke.casework.identify import queries
from todoke.casework.identify.errors import (
    NothingProposed,
    NumberInvalid,
    PartyChanged,
    PartyNotFound,
    ReasonMissing,
)
from todoke.casework.identify.models import DecisionRow, PartyRow
from todoke.casework.identify.rules import kept
from todoke.casework.identify.rules.rows import is_kind, is_number
from todoke.casework.identify.values import (
    ATENA,
    AWAITING,
    DECISION,
    DecisionDraft,
    DecisionPlace,
    IdentityState,
    NumberDecision,
    Party,
)
from todoke.casework.intake import queries as intake
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.approvals import queries as approvals_queries
from todoke.foundation.approvals import services as approvals
from todoke.foundation.approvals.values import hash_of_shown
from todoke.foundation.audit import services as audit
from todoke.foundation.fence import current_organisation

_FORMER = (
    "state", "number", "number_kind", "candidates", "code", "decided_by", "decided_at", "decision_reason",
    "confirmed_by",
)  # fmt: skip


@transaction.atomic
def propose_decision(
    viewer: Viewer,
    party: Party,
    *,
    decision: NumberDecision,
    place: DecisionPlace,
    at: datetime,
    terminal: str = "",
) -> Party:
    """Propose a number for a party; confirmed at once only for somebody who may confirm alone.

    `party` is what the clerk saw: when it has changed since, PartyChanged. `place` names the page on which a second
    person sees the proposal. An older proposal about the party ends. Raises RightMissing, PartyNotFound,
    ReasonMissing, NumberInvalid, ProposalOpen. Whether the application is the clerk's at all is asked by the caller,
    who knows the sections.
    """
    accounts.require(viewer, Right.DECIDE_IDENTITY)
    _check(decision)
    actor = viewer.actor(terminal)
    row = _locked(party)
    former = _close_older(row) or json.dumps({name: _plain(getattr(row, name)) for name in _FORMER})
    shown = queries.shown_hash(party, decision.number, decision.number_kind)
    proposal = approvals.propose(
        DECISION, object_kind="party", object_id=place.object_id(party.id), shown_hash=shown,
        reason=decision.reason.strip()[:200], actor=actor, at=at,
    )  # fmt: skip
    DecisionRow.objects.create(
        organisation_id=current_organisation(), party=row, proposal_id=proposal.id, number=decision.number,
        number_kind=decision.number_kind, former=former,
    )  # fmt: skip
    PartyRow.objects.filter(pk=row.pk).update(
        state=IdentityState.PROPOSED.value, number="", number_kind="", code=AWAITING, version=F("version") + 1,
        decision_reason=decision.reason.strip()[:400], decided_by=str(viewer.staff_id), decided_at=None, confirmed_by="",
    )  # fmt: skip
    _record("party.proposed", party, viewer, at, terminal, kind=decision.number_kind)
    if approvals_queries.may_confirm_alone(DECISION, viewer.staff_id):
        return confirm_decision(
            viewer, _again(party), shown_hash=shown, reason=decision.reason, at=at, terminal=terminal
        )
    return _again(party)


def _check(decision: NumberDecision) -> None:
    if not decision.reason.strip():
        raise ReasonMissing
    if not is_number(decision.number) or not is_kind(decision.number_kind):
        raise NumberInvalid


def _locked(party: Party) -> PartyRow:
    """The party's row, locked, at the version that was seen."""
    rows = PartyRow.objects.select_for_update().filter(pk=party.id, application_id=party.application_id)
    row = rows.first()
    if row is None:
        raise PartyNotFound
    if row.version != party.version:
        raise PartyChanged
    return row


def _close_older(row: PartyRow) -> str | None:
    """End a draft that is overtaken; what the party had before it is what it had before ours."""
    older = DecisionRow.objects.filter(party=row, is_open=True).first()
    if older is None:
        return None
    DecisionRow.objects.filter(pk=older.pk).update(is_open=False)
    return older.former


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


@transaction.atomic
def confirm_decision(
    viewer: Viewer, party: Party, *, shown_hash: str, reason: str, at: datetime, terminal: str = ""
) -> Party:
    """Confirm what another person proposed: from now on the number counts.

    `shown_hash` is of what this person saw; when the party, the number's record or the proposal is another by now,
    ShownChanged. Raises RightMissing, NothingProposed, and what approvals.services.confirm raises（SamePerson …）.
    """
    accounts.require(viewer, Right.DECIDE_IDENTITY)
    row = _locked(party)
    draft = _draft(party)
    seen_now = queries.shown_hash(party, draft.number, draft.number_kind)
    seen = shown_hash if shown_hash == seen_now else hash_of_shown({"changed": seen_now})
    approvals.confirm(
        draft.proposal_id, shown_hash=seen, reason=reason, actor=viewer.actor(terminal), at=at
    )  # fmt: skip
    PartyRow.objects.filter(pk=row.pk).update(
        state=IdentityState.DECIDED.value,
        number=draft.number,
        number_kind=draft.number_kind,
        code="",
        version=F("version") + 1,
        decided_at=at,
        confirmed_by=str(viewer.staff_id),
        **_rested_on(party, draft),
    )
    DecisionRow.objects.filter(pk=draft.id).update(is_open=False)
    _record("party.decided", party, viewer, at, terminal, kind=draft.number_kind)
    return _again(party)


def _rested_on(party: Party, draft: DecisionDraft) -> dict[str, str | bool]:
    """What the decision rested on: the record of the number beside the statements, with both spellings."""
    if draft.number_kind != ATENA:
        return {}
    application = intake.application(party.application_id)
    found = queries.candidates_for(party, application, proposed=draft.number)
    same = next((one for one in found if (one.number, one.number_kind) == (draft.number, ATENA)), None)
    if same is None or same.resident is None:
        return {"comparison": "", "is_restricted": False}
    return {"comparison": kept.text_of(same.comparisons), "is_restricted": same.resident.is_restricted}


@transaction.atomic
def drop_decision(viewer: Viewer, party: Party, *, reason: str, at: datetime, terminal: str = "") -> Party:
    """Withdraw one's own proposal, or refuse another's; an expired one just ends. The party gets back what it had.

    Raises RightMissing, NothingProposed, ReasonMissing (of approvals).
    """
    accounts.require(viewer, Right.DECIDE_IDENTITY)
    row = _locked(party)
    draft = _draft(party)
    proposal = approvals_queries.proposal(draft.proposal_id)
    if proposal is not None and proposal.is_open_at(at):
        is_own = proposal.made_by == str(viewer.staff_id)
        end = approvals.withdraw if is_own else approvals.refuse
        end(draft.proposal_id, reason=reason, actor=viewer.actor(terminal), at=at)
    former = json.loads(DecisionRow.objects.get(pk=draft.id).former)
    decided_at = former.pop("decided_at")
    PartyRow.objects.filter(pk=row.pk).update(
        **former,
        decided_at=datetime.fromisoformat(decided_at) if decided_at else None,
        version=F("version") + 1,
    )
    DecisionRow.objects.filter(pk=draft.id).update(is_open=False)
    _record("party.decision_dropped", party, viewer, at, terminal, kind=draft.number_kind)
    return _again(party)


def _draft(party: Party) -> DecisionDraft:
    draft = queries.decision_draft(party.id)
    if draft is None:
        raise NothingProposed
    return draft


def _again(party: Party) -> Party:
    now = queries.party(party.application_id, party.id)
    if now is None:
        raise PartyNotFound
    return now


def _record(action: str, party: Party, viewer: Viewer, at: datetime, terminal: str, *, kind: str) -> None:
    audit.record(
        action, object_kind="party", object_id=str(party.id), actor=viewer.actor(terminal), at=at,
        facts={
            "application": party.application_id, "role": party.role.value, "before": party.result.state.value,
            "kind": kind, "version": party.version + 1,
        },
    )  # fmt: skip
