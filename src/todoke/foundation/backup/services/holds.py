"""After a restore nothing leaves: what core systems and portals have taken since the set is not known here any more.

Sending begins again for each destination by a person's act, once its ledger was fetched and compared. Nothing else
lifts a hold.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import RESTORED, Actor
from todoke.foundation.backup import queries
from todoke.foundation.backup.errors import NotReconciled
from todoke.foundation.backup.models import Release, Restoration
from todoke.foundation.backup.values import NOTICES, Gap, Manifest
from todoke.foundation.fence import current_organisation


@transaction.atomic
def hold(manifest: Manifest, gap: Gap, *, actor: Actor, at: datetime) -> None:
    """Write into the restored rows of the body in scope that they were restored, and hold what would go outside.

    The audit entry says up to which sealed entry the chain was kept, and which later ones the seals outside know:
    the verifiers read it as the explanation of that gap, and of no other.
    """
    until = datetime.fromisoformat(gap.lost_until) if gap.lost_until else None
    Restoration.objects.filter(closed_at=None).update(closed_at=at)  # the set was taken while one was open
    Restoration.objects.create(
        organisation_id=current_organisation(), set_name=manifest.name, taken_at=manifest.taken_at, restored_at=at,
        lost_entries=max(0, gap.lost - gap.kept), lost_until=until,
    )  # fmt: skip
    audit.record(
        RESTORED, object_kind="backup", object_id=manifest.name, actor=actor, at=at,
        facts={"kept": gap.kept, "lost": gap.lost, "lost_until": gap.lost_until},
    )  # fmt: skip


@transaction.atomic
def note_compared(destination: str, *, at: datetime) -> None:
    """Note that the ledger of a destination was fetched; of use only while a restore holds."""
    found = queries.open_restoration()
    if found is not None:
        Release.objects.update_or_create(
            organisation_id=current_organisation(), restoration_id=found.id, destination=destination,
            defaults={"compared_at": at},
        )  # fmt: skip


@transaction.atomic
def release(viewer: Viewer, destination: str, *, reason: str, at: datetime, terminal: str = "") -> bool:
    """Let sending to one destination begin again; False when nothing held it. Raises RightMissing, NotReconciled."""
    require(viewer, Right.RECONCILE)
    found = queries.open_restoration()
    if found is None or not queries.is_held(destination):
        return False
    row = Release.objects.filter(restoration_id=found.id, destination=destination).first()
    if row is None or row.compared_at is None:
        raise NotReconciled(where=destination)
    row.released_at, row.released_by, row.reason = at, str(viewer.staff_id), reason[:200]
    row.save(update_fields=["released_at", "released_by", "reason"])
    audit.record(
        "backup.released", object_kind="destination", object_id=destination[:64], actor=viewer.actor(terminal), at=at,
        purpose=reason, facts={"set": found.set_name},
    )  # fmt: skip
    return True


@transaction.atomic
def release_notices(
    viewer: Viewer, destinations: Collection[str], *, at: datetime, terminal: str = ""
) -> bool:
    """Let applicants be told again, last of all: every other destination has to be released. Closes the restore.

    Raises RightMissing, NotReconciled.
    """
    require(viewer, Right.RECONCILE)
    still = sorted(queries.held(list(destinations)))
    if still:
        raise NotReconciled(where=still[0])
    note_compared(NOTICES, at=at)
    done = release(viewer, NOTICES, reason="", at=at, terminal=terminal)
    Restoration.objects.filter(closed_at=None).update(closed_at=at)
    return done
