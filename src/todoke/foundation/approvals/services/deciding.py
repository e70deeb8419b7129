"""A proposal's way: made by one person, ended by another's confirmation or refusal, or by the maker's withdrawal.

The caller applies the effect in the same transaction, after `confirm()` has returned.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.approvals import queries, rules
from todoke.foundation.approvals.errors import ProposalClosed, ProposalOpen, SamePerson
from todoke.foundation.approvals.models import ProposalRow
from todoke.foundation.approvals.values import Confirmer, Proposal, ProposalState
from todoke.foundation.audit import queries as entries
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import current_organisation


@transaction.atomic
def propose(
    kind: str, *, object_kind: str, object_id: str, shown_hash: str, reason: str, actor: Actor, at: datetime,
    expires_at: datetime | None = None,
) -> Proposal:  # fmt: skip
    """Note a decision that counts once another person confirms it; open for 72 hours unless said otherwise.

    An older proposal about the same thing ends when it has expired or when other content was shown（any change
    voids an approval）; while one with the same content waits, raises ProposalOpen. Raises ReasonMissing.
    """
    reason = rules.check_reason(reason)
    _end_older(kind, object_kind, object_id, shown_hash, actor=actor, at=at)
    try:
        with transaction.atomic():
            row = ProposalRow.objects.create(
                organisation_id=current_organisation(), kind=kind, object_kind=object_kind, object_id=object_id,
                shown_hash=shown_hash, reason=reason, made_by=actor.id, made_at=at,
                expires_at=expires_at or at + rules.OPEN_FOR,
            )  # fmt: skip
    except IntegrityError as faster:
        raise ProposalOpen from faster
    proposal = queries.proposal_of(row)
    _record("approval.proposed", proposal, reason, actor, at)
    return proposal


def _end_older(
    kind: str, object_kind: str, object_id: str, shown_hash: str, *, actor: Actor, at: datetime
) -> None:
    rows = ProposalRow.objects.select_for_update().filter(
        kind=kind, object_kind=object_kind, object_id=object_id, state=ProposalState.OPEN
    )
    row = rows.first()
    if row is None:
        return
    older = queries.proposal_of(row)
    if older.is_open_at(at) and older.shown_hash == shown_hash:
        raise ProposalOpen
    state = ProposalState.OVERTAKEN if older.is_open_at(at) else ProposalState.EXPIRED
    _end(older, state, "", actor, at)


@transaction.atomic
def confirm(proposal_id: int, *, shown_hash: str, reason: str, actor: Actor, at: datetime) -> Proposal:
    """Confirm what another proposed; of two who press at once, one succeeds and the other gets ProposalClosed.

    Raises SamePerson, EnabledByMaker, PersonNeeded, ShownChanged, ProposalExpired, ProposalClosed, ReasonMissing.
    """
    reason = rules.check_reason(reason)
    proposal = _locked(proposal_id)
    rules.check_confirmation(proposal, _confirmer(proposal, actor, at), shown_hash=shown_hash, at=at)
    return _end(proposal, ProposalState.CONFIRMED, reason, actor, at)


@transaction.atomic
def refuse(proposal_id: int, *, reason: str, actor: Actor, at: datetime) -> Proposal:
    """Send a proposal back. Raises SamePerson (the maker withdraws), ProposalClosed, ProposalExpired, ReasonMissing."""
    reason = rules.check_reason(reason)
    proposal = _locked(proposal_id)
    rules.check_open(proposal, at)
    if proposal.made_by == actor.id:
        raise SamePerson
    return _end(proposal, ProposalState.REFUSED, reason, actor, at)


@transaction.atomic
def withdraw(proposal_id: int, *, reason: str, actor: Actor, at: datetime) -> Proposal:
    """Take one's own proposal back. Raises ProposalClosed for another person's, too; ProposalExpired, ReasonMissing."""
    reason = rules.check_reason(reason)
    proposal = _locked(proposal_id)
    rules.check_open(proposal, at)
    if proposal.made_by != actor.id:
        raise ProposalClosed
    return _end(proposal, ProposalState.WITHDRAWN, reason, actor, at)


@transaction.atomic
def forget_reasons(object_id: str) -> None:
    """Remove what two persons wrote about a thing that was disposed of; that they decided stays."""
    about = Q(object_id=object_id) | Q(object_id__startswith=f"{object_id}/")
    ProposalRow.objects.filter(about).exclude(reason="").update(reason="")


def _locked(proposal_id: int) -> Proposal:
    row = ProposalRow.objects.select_for_update().filter(pk=proposal_id).first()
    if row is None:
        raise ProposalClosed
    return queries.proposal_of(row)


def _confirmer(proposal: Proposal, actor: Actor, at: datetime) -> Confirmer:
    is_staff = actor.kind is ActorKind.STAFF and accounts.viewer(int(actor.id)) is not None
    enabled = entries.was_done_by(
        proposal.made_by, rules.ENABLING, object_kind="staff", object_id=actor.id, since=at - rules.ENABLED_WITHIN
    )  # fmt: skip
    may_alone = is_staff and queries.may_confirm_alone(proposal.kind, int(actor.id))
    return Confirmer(actor.id, is_staff, may_alone, enabled)


def _end(proposal: Proposal, state: ProposalState, reason: str, actor: Actor, at: datetime) -> Proposal:
    ended = ProposalRow.objects.filter(pk=proposal.id, state=ProposalState.OPEN).update(
        state=state, ended_by=actor.id, ended_at=at
    )
    if not ended:
        raise ProposalClosed
    _record(f"approval.{state}", proposal, reason, actor, at)
    return queries.proposal_of(ProposalRow.objects.get(pk=proposal.id))


def _record(action: str, proposal: Proposal, reason: str, actor: Actor, at: datetime) -> None:
    audit.record(
        action, object_kind=proposal.object_kind, object_id=proposal.object_id, actor=actor, at=at, purpose=reason,
        facts={
            "proposal": proposal.id, "kind": proposal.kind, "shown": proposal.shown_hash, "maker": proposal.made_by,
            "alone": int(action == "approval.confirmed" and proposal.made_by == actor.id),
        },
    )  # fmt: skip
