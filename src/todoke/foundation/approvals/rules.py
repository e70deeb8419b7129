"""Who may confirm what another proposed（security.md 6.7）: another person, of exactly what was shown, in time."""

from datetime import datetime, timedelta

from .errors import (
    EnabledByMaker,
    PersonNeeded,
    ProposalClosed,
    ProposalExpired,
    ReasonMissing,
    SamePerson,
    ShownChanged,
)
from .values import Confirmer, Proposal, ProposalState

OPEN_FOR = timedelta(hours=72)
ENABLED_WITHIN = timedelta(hours=24)
ENABLING = frozenset({"staff.created", "staff.role_granted", "staff.link_made", "staff.password_set"})


def check_reason(reason: str) -> str:
    """The reason, trimmed to what the audit keeps; raises ReasonMissing."""
    trimmed = reason.strip()[:200]
    if not trimmed:
        raise ReasonMissing
    return trimmed


def check_open(proposal: Proposal, at: datetime) -> None:
    """Raises ProposalClosed or ProposalExpired."""
    if proposal.state is not ProposalState.OPEN:
        raise ProposalClosed
    if at >= proposal.expires_at:
        hours = (proposal.expires_at - proposal.made_at) // timedelta(hours=1)
        raise ProposalExpired(hours=hours)


def check_confirmation(proposal: Proposal, by: Confirmer, *, shown_hash: str, at: datetime) -> None:
    """Raises whatever stands against this person's confirming this proposal now."""
    check_open(proposal, at)
    if proposal.shown_hash != shown_hash:
        raise ShownChanged
    if not by.is_staff:
        raise PersonNeeded
    if by.id == proposal.made_by and not by.may_alone:
        raise SamePerson
    if by.id != proposal.made_by and by.was_enabled_by_maker:
        raise EnabledByMaker
