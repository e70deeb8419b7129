"""Opening a sealed original to the desk by two persons, and marking files that show 個人番号."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.casework.intake.values import AttachmentDetail
from todoke.casework.screening import queries
from todoke.casework.screening.errors import NotReleasable, ScreeningUnknown
from todoke.casework.screening.models import AttachmentRelease, Screening
from todoke.casework.screening.values import ScreeningApproval, Standing
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.approvals import queries as approval_queries
from todoke.foundation.approvals import services as approvals
from todoke.foundation.approvals.errors import ProposalClosed
from todoke.foundation.approvals.values import Proposal
from todoke.foundation.audit import services as audit
from todoke.foundation.fence import current_organisation

from .standing import draw_anew

OBJECT = "attachment"


@transaction.atomic
def propose_release(
    viewer: Viewer, detail: AttachmentDetail, *, case: UUID, shown_hash: str, reason: str, at: datetime,
    terminal: str = "",
) -> Proposal:  # fmt: skip
    """Propose to open a sealed original: for what the page showed, until a second person confirms it.

    Raises RightMissing, NotReleasable, and of the approvals ProposalOpen, ReasonMissing.
    """
    accounts.require(viewer, Right.RELEASE_ATTACHMENTS)
    standing = _releasable(detail)
    if standing.shown_hash != shown_hash:
        raise NotReleasable
    return approvals.propose(
        ScreeningApproval.RELEASE, object_kind=OBJECT, object_id=_name(case, detail.id), shown_hash=shown_hash,
        reason=reason, actor=viewer.actor(terminal), at=at,
    )  # fmt: skip


@transaction.atomic
def confirm_release(
    viewer: Viewer, detail: AttachmentDetail, *, case: UUID, shown_hash: str, reason: str, at: datetime,
    terminal: str = "",
) -> None:  # fmt: skip
    """Confirm what another person proposed; from now on the original opens with a reason, each time audited.

    Raises RightMissing, NotReleasable, and of the approvals SamePerson, ShownChanged, ProposalExpired, ProposalClosed.
    """
    accounts.require(viewer, Right.RELEASE_ATTACHMENTS)
    standing = _releasable(detail)
    open_one = open_release(case, detail.id, at=at)
    if open_one is None:
        raise ProposalClosed
    actor = viewer.actor(terminal)
    shown = standing.shown_hash if shown_hash == standing.shown_hash else ""
    done = approvals.confirm(open_one.id, shown_hash=shown, reason=reason, actor=actor, at=at)
    row = Screening.objects.get(attachment_id=detail.id)
    AttachmentRelease.objects.create(
        organisation_id=current_organisation(), screening=row, proposal=str(done.uuid),
        shown_hash=done.shown_hash, codes=" ".join(standing.codes)[:200], released_at=at, released_by=actor.id,
    )  # fmt: skip
    draw_anew([row.content_id], at)
    audit.record(
        "attachment.released", object_kind=OBJECT, object_id=str(detail.id), actor=actor, at=at,
        facts={"proposal": done.id, "sha256": standing.sha256, "codes": " ".join(standing.codes)},
    )  # fmt: skip


def open_release(case: UUID, attachment_id: int, *, at: datetime) -> Proposal | None:
    """The proposal to open this original that waits for a second person; None when there is none."""
    name = _name(case, attachment_id)
    return approval_queries.proposal_for(ScreeningApproval.RELEASE, OBJECT, name, at=at)


def _name(case: UUID, attachment_id: int) -> str:
    """A file as a proposal names it: the arguments of the page that shows it."""
    return f"{case}/{attachment_id}"


def _releasable(detail: AttachmentDetail) -> Standing:
    standing = queries.standings_of([detail])[detail.id]
    if not standing.may_be_released:
        raise NotReleasable
    return standing


@transaction.atomic
def mark_numbers(
    viewer: Viewer, attachment_id: int, *, holds_numbers: bool, at: datetime, terminal: str = ""
) -> None:
    """Mark a file as showing 個人番号, or take the mark back; marking twice changes nothing. Raises ScreeningUnknown."""
    accounts.require(viewer, Right.MOVE_CASES)
    rows = Screening.objects.filter(attachment_id=attachment_id)
    if not rows.exists():
        raise ScreeningUnknown
    actor = viewer.actor(terminal)
    changed = rows.exclude(holds_numbers=holds_numbers).update(
        holds_numbers=holds_numbers, marked_by=actor.id, marked_at=at
    )
    if changed:
        action = "attachment.numbers_marked" if holds_numbers else "attachment.numbers_unmarked"
        audit.record(action, object_kind=OBJECT, object_id=str(attachment_id), actor=actor, at=at)
