"""Taking a long list away as a file: asked by one person with a reason, agreed to by another, open for some hours（W23）.

What is agreed to is the list under its filters as asked, by that person: the hash covers both.
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from todoke.casework.cases import queries
from todoke.casework.cases.errors import ExportClosed
from todoke.casework.cases.models import ExportRequest
from todoke.casework.cases.values import EXPORT, ExportRequestDetail
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.approvals import queries as approvals
from todoke.foundation.approvals import services as deciding
from todoke.foundation.approvals.errors import ProposalClosed
from todoke.foundation.approvals.values import Proposal, hash_of_shown
from todoke.foundation.fence import current_organisation


@transaction.atomic
def ask_to_export(
    viewer: Viewer, *, query: str, found: int, reason: str, at: datetime, terminal: str = ""
) -> uuid.UUID:
    """Ask for a list; returns the request that a second person may agree to. Raises RightMissing, ReasonMissing."""
    accounts.require(viewer, Right.VIEW_CASES)
    row = ExportRequest.objects.create(
        organisation_id=current_organisation(), uuid=uuid.uuid4(), query=query, found=found, reason=reason.strip()[:200],
        asked_by=viewer.staff_id, asked_at=at,
    )  # fmt: skip
    detail = queries.export_request(row.uuid)
    assert detail is not None  # it was made in this transaction
    deciding.propose(
        EXPORT, object_kind="export", object_id=str(row.uuid), shown_hash=shown_hash(detail), reason=reason,
        actor=viewer.actor(terminal), at=at,
    )  # fmt: skip
    return row.uuid


def shown_hash(detail: ExportRequestDetail) -> str:
    """The hash of what the page of a request shows."""
    return hash_of_shown({"list": detail.query, "found": detail.found, "by": detail.asked_by})


@transaction.atomic
def agree_to_export(
    viewer: Viewer, detail: ExportRequestDetail, *, reason: str, at: datetime, terminal: str = ""
) -> None:
    """Agree: from now on who asked may take the file for the hours of the setting.

    The second person sees at least the same sections. Raises RightMissing, ExportClosed and what confirming raises.
    """
    accounts.require(viewer, Right.APPROVE_EXPORTS)
    asker = accounts.viewer(detail.asked_by)
    if asker is None or not _sees_as_much(viewer, asker):
        raise ExportClosed
    deciding.confirm(
        _proposal(detail, at).id, shown_hash=shown_hash(detail), reason=reason, actor=viewer.actor(terminal), at=at
    )  # fmt: skip
    until = at + timedelta(hours=settings.TODOKE_EXPORT_OPEN_HOURS)
    ExportRequest.objects.filter(uuid=detail.uuid).update(open_until=until)


def _sees_as_much(viewer: Viewer, asker: Viewer) -> bool:
    if viewer.sections is None:
        return True
    return asker.sections is not None and asker.sections <= viewer.sections


def _proposal(detail: ExportRequestDetail, at: datetime) -> Proposal:
    found = approvals.proposal_for(EXPORT, "export", str(detail.uuid), at=at)
    if found is None:
        raise ProposalClosed
    return found


@transaction.atomic
def refuse_export(
    viewer: Viewer, detail: ExportRequestDetail, *, reason: str, at: datetime, terminal: str = ""
) -> None:
    """Send a request back, or take one's own back. Raises RightMissing and what ending a proposal raises."""
    proposal, actor = _proposal(detail, at), viewer.actor(terminal)
    if detail.asked_by == viewer.staff_id:
        deciding.withdraw(proposal.id, reason=reason, actor=actor, at=at)
        return
    accounts.require(viewer, Right.APPROVE_EXPORTS)
    deciding.refuse(proposal.id, reason=reason, actor=actor, at=at)


def note_taken(viewer: Viewer, detail: ExportRequestDetail, *, at: datetime) -> None:
    """Count that the file begins to leave. Raises ExportClosed unless this person may take it now."""
    if not detail.is_open_to(viewer.staff_id, at=at):
        raise ExportClosed
    ExportRequest.objects.filter(uuid=detail.uuid).update(taken=F("taken") + 1)
