"""What waits for a second person, and who needs none."""

from collections.abc import Collection, Sequence
from datetime import datetime

from todoke.foundation.calendars.queries import now

from .models import LoneConfirmer, ProposalRow
from .values import LoneConfirmation, Proposal, ProposalState

LONGEST_LIST = 500


def open_proposals(
    kind: str | None = None, *, kinds: Collection[str] | None = None, at: datetime | None = None
) -> Sequence[Proposal]:
    """What may still be confirmed, oldest first, at most 500; of one kind, of several, or of all."""
    rows = ProposalRow.objects.filter(state=ProposalState.OPEN, expires_at__gt=at or now())
    if kind is not None:
        rows = rows.filter(kind=kind)
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    return [proposal_of(row) for row in rows.order_by("made_at", "pk")[:LONGEST_LIST]]


def proposal_for(
    kind: str, object_kind: str, object_id: str, *, at: datetime | None = None
) -> Proposal | None:
    """The proposal of that kind about that thing which may still be confirmed; None when there is none."""
    rows = ProposalRow.objects.filter(kind=kind, object_kind=object_kind, object_id=object_id)
    row = rows.filter(state=ProposalState.OPEN, expires_at__gt=at or now()).first()
    return proposal_of(row) if row else None


def proposal(proposal_id: int) -> Proposal | None:
    """One proposal of the body in scope, open or ended."""
    row = ProposalRow.objects.filter(pk=proposal_id).first()
    return proposal_of(row) if row else None


def may_confirm_alone(kind: str, staff_id: int) -> bool:
    """Whether the person may confirm what they proposed themselves."""
    return LoneConfirmer.objects.filter(kind=kind, staff_id=staff_id).exists()


def lone_confirmations() -> Sequence[LoneConfirmation]:
    """Who may confirm what alone, in the body in scope."""
    rows = LoneConfirmer.objects.order_by("staff_id", "kind")
    return [LoneConfirmation(row.kind, row.staff_id, row.allowed_at, row.allowed_by) for row in rows]


def proposal_of(row: ProposalRow) -> Proposal:
    """The value that others hold of a row."""
    return Proposal(
        id=row.pk, uuid=row.uuid, kind=row.kind, object_kind=row.object_kind, object_id=row.object_id,
        shown_hash=row.shown_hash, reason=row.reason, state=ProposalState(row.state), made_by=row.made_by,
        made_at=row.made_at, expires_at=row.expires_at, ended_by=row.ended_by, ended_at=row.ended_at,
    )  # fmt: skip
