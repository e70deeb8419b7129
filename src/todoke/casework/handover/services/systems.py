"""Registering core systems, and stopping what goes to them（引渡し停止）."""

import json
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from todoke.casework.handover import queries
from todoke.casework.handover.errors import CoreSystemUnknown
from todoke.casework.handover.models import CoreSystem
from todoke.casework.handover.values import AdapterKind, CoreSettings, CoreSystemRef
from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.fence import current_organisation


@transaction.atomic
def register_core_system(
    name: str, *, profile: str, adapter: AdapterKind, settings: CoreSettings, actor: Actor, at: datetime
) -> CoreSystemRef:
    """Register a core system of the body in scope, or change it. Raises ProfileInvalid."""
    queries.core_profile(profile)
    row, _ = CoreSystem.objects.update_or_create(
        organisation_id=current_organisation(), name=name,
        defaults={
            "profile": profile, "adapter": adapter.value, "is_active": True, "due_at": at,
            "settings": json.dumps(asdict(settings), ensure_ascii=False, sort_keys=True),
        },
    )  # fmt: skip
    audit.record(
        "core_system.registered", object_kind="core_system", object_id=name, actor=actor, at=at,
        facts={"adapter": adapter.value},
    )  # fmt: skip
    return queries.core_system_ref(row)


def stop_handover(viewer: Viewer, system: str, *, at: datetime) -> None:
    """Send nothing more to a core system until it is resumed. Raises RightMissing, CoreSystemUnknown."""
    _set_stop(viewer, system, is_stopped=True, at=at)


def resume_handover(viewer: Viewer, system: str, *, at: datetime) -> None:
    """Send again. Raises RightMissing, CoreSystemUnknown."""
    _set_stop(viewer, system, is_stopped=False, at=at)


@transaction.atomic
def _set_stop(viewer: Viewer, system: str, *, is_stopped: bool, at: datetime) -> None:
    require(viewer, Right.HAND_OVER)
    if not CoreSystem.objects.filter(name=system).exists():
        raise CoreSystemUnknown(system=system)
    if CoreSystem.objects.filter(name=system, is_stopped=not is_stopped).update(is_stopped=is_stopped):
        action = "core_system.stopped" if is_stopped else "core_system.resumed"
        audit.record(action, object_kind="core_system", object_id=system, actor=viewer.actor(), at=at)
