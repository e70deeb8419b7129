"""Holds（廃棄の停止）: they win over every rule and every approval, from the moment they are set."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.casework.cases import queries as cases
from todoke.casework.disposal import queries
from todoke.casework.disposal.errors import GroundMissing, HoldTargetUnknown, HoldUnknown
from todoke.casework.disposal.models import LegalHoldRow
from todoke.casework.disposal.values import Ground, HoldTarget, LegalHold
from todoke.casework.relay import queries as relay
from todoke.casework.relay.errors import PackageUnknown
from todoke.foundation import fence
from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.fence import current_organisation
from todoke.foundation.procedures import queries as procedures

LOCK = 7_405_012  # advisory lock number on PostgreSQL; combined with the organisation's code


def one_at_a_time() -> None:
    """Until the end of the transaction, nothing of the body in scope is disposed of while a hold is set, or reversely."""
    fence.one_at_a_time(LOCK)


@transaction.atomic
def place_hold(
    viewer: Viewer, target: HoldTarget, meant: str, *, ground: Ground, reason: str, at: datetime, terminal: str = ""
) -> LegalHold:  # fmt: skip
    """Let nothing of this target go until the hold is lifted. Raises RightMissing, GroundMissing, HoldTargetUnknown.

    Once this has returned and is committed, nothing it means is destroyed any more, approved or not.
    """
    require(viewer, Right.HOLD_DISPOSAL)
    one_at_a_time()
    row = LegalHoldRow.objects.create(
        organisation_id=current_organisation(), target=target.value, meant=_checked(target, meant.strip()),
        ground=ground.value, reason=_reason(reason), set_at=at, set_by=str(viewer.staff_id),
    )  # fmt: skip
    audit.record(
        "disposal.held", object_kind="hold", object_id=str(row.uuid), actor=viewer.actor(terminal), at=at,
        purpose=row.reason, facts={"target": row.target, "meant": row.meant, "ground": row.ground},
    )  # fmt: skip
    return queries.hold_of(row)


@transaction.atomic
def lift_hold(viewer: Viewer, uuid: UUID, *, reason: str, at: datetime, terminal: str = "") -> None:
    """From now on the rules count again. Raises RightMissing, GroundMissing, HoldUnknown（also the second time）."""
    require(viewer, Right.HOLD_DISPOSAL)
    reason = _reason(reason)
    open_rows = LegalHoldRow.objects.filter(uuid=uuid, lifted_at=None)
    if not open_rows.update(lifted_at=at, lifted_by=str(viewer.staff_id), lifted_reason=reason):
        raise HoldUnknown
    audit.record(
        "disposal.hold_lifted", object_kind="hold", object_id=str(uuid), actor=viewer.actor(terminal), at=at,
        purpose=reason,
    )  # fmt: skip


def _reason(reason: str) -> str:
    trimmed = reason.strip()[:200]
    if not trimmed:
        raise GroundMissing
    return trimmed


def _checked(target: HoldTarget, meant: str) -> str:
    """What is meant, in one spelling; raises HoldTargetUnknown."""
    if target is HoldTarget.EVERYTHING:
        return ""
    if target is HoldTarget.PROCEDURE:
        if meant.upper() not in procedures.catalogue():
            raise HoldTargetUnknown
        return meant.upper()
    try:
        uuid = UUID(meant)
    except ValueError as wrong:
        raise HoldTargetUnknown from wrong
    if not cases.stands_for(uuid) and not _is_package(uuid):
        raise HoldTargetUnknown
    return str(uuid)


def _is_package(uuid: UUID) -> bool:
    try:
        relay.package_by_uuid(uuid)
    except PackageUnknown:
        return False
    return True
