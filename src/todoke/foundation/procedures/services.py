"""Deciding who answers for a procedure."""

from datetime import datetime

from django.db import transaction

from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.fence import current_organisation

from . import queries
from .models import ProcedureDesk


@transaction.atomic
def assign_procedure(
    code: str, *, section_id: int | None, actor: Actor, at: datetime, is_active: bool = True,
    needs_signature: bool | None = None,
) -> None:  # fmt: skip
    """Let a section of the body in scope answer for a procedure; raises ProcedureUnknown.

    `needs_signature` None keeps the catalogue's rule.
    """
    queries.procedure(code)
    ProcedureDesk.objects.update_or_create(
        organisation_id=current_organisation(), procedure=code,
        defaults={"section_id": section_id, "is_active": is_active, "needs_signature": needs_signature},
    )  # fmt: skip
    audit.record(
        "procedure.assigned", object_kind="procedure", object_id=code, actor=actor, at=at,
        facts={"section": section_id or 0, "active": int(is_active)},
    )  # fmt: skip


@transaction.atomic
def open_or_close(
    code: str, *, is_active: bool, closes_at: datetime | None, actor: Actor, at: datetime, reason: str
) -> None:
    """Switch a procedure of the body in scope on or off, and set its 締切（None: none）. Raises ProcedureUnknown.

    Its section and signature rule stay. Packages that wait are woken by the intake stage: call it through that.
    """
    queries.procedure(code)
    row, _ = ProcedureDesk.objects.get_or_create(organisation_id=current_organisation(), procedure=code)
    ProcedureDesk.objects.filter(pk=row.pk).update(is_active=is_active, closes_at=closes_at)
    audit.record(
        "procedure.opened" if is_active else "procedure.closed", object_kind="procedure", object_id=code, actor=actor,
        at=at, purpose=reason, facts={"closes": closes_at.isoformat() if closes_at else ""},
    )  # fmt: skip
