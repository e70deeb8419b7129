"""Who may confirm alone: for offices with one person, allowed by whoever manages staff or the system, and recorded."""

from datetime import datetime

from django.db import transaction

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right
from todoke.foundation.approvals import rules
from todoke.foundation.approvals.errors import AloneRefused
from todoke.foundation.approvals.models import LoneConfirmer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import current_organisation

MANAGING = (Right.MANAGE_STAFF, Right.MANAGE_SYSTEM)


@transaction.atomic
def allow_alone(kind: str, staff_id: int, *, actor: Actor, at: datetime, reason: str) -> None:
    """Let a person confirm what they proposed themselves; allowing it twice changes nothing.

    The actor manages staff or the system (or is a command on the server). Nobody allows it to oneself while
    another manager is there. Raises RightMissing, AloneRefused, ReasonMissing.
    """
    reason = rules.check_reason(reason)
    _check_manager(actor)
    if actor.kind is ActorKind.STAFF and actor.id == str(staff_id) and _other_managers(staff_id):
        raise AloneRefused
    row, is_new = LoneConfirmer.objects.get_or_create(
        organisation_id=current_organisation(), kind=kind, staff_id=staff_id,
        defaults={"allowed_at": at, "allowed_by": actor.id},
    )  # fmt: skip
    if is_new:
        _record("approval.alone_allowed", row, reason, actor, at)


@transaction.atomic
def disallow_alone(kind: str, staff_id: int, *, actor: Actor, at: datetime, reason: str) -> None:
    """From now on the person needs a second one again. Raises RightMissing, ReasonMissing."""
    reason = rules.check_reason(reason)
    _check_manager(actor)
    row = LoneConfirmer.objects.filter(kind=kind, staff_id=staff_id).first()
    if row is not None:
        row.delete()
        _record("approval.alone_ended", row, reason, actor, at)


def _check_manager(actor: Actor) -> None:
    if actor.kind is ActorKind.COMMAND:
        return  # whoever runs a command on the server manages the system
    viewer = accounts.viewer(int(actor.id)) if actor.kind is ActorKind.STAFF else None
    if viewer is None or not any(viewer.may(right) for right in MANAGING):
        raise RightMissing(right=Right.MANAGE_STAFF.label)


def _other_managers(staff_id: int) -> bool:
    return bool(accounts.holders_of(MANAGING) - {staff_id})


def _record(action: str, row: LoneConfirmer, reason: str, actor: Actor, at: datetime) -> None:
    audit.record(
        action, object_kind="staff", object_id=str(row.staff_id), actor=actor, at=at, purpose=reason,
        facts={"kind": row.kind},
    )  # fmt: skip
