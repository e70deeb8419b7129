"""A plan as one canonical document: what is compared, kept before and after an adoption, and restored."""

import json
import zlib
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models

from todoke.foundation.canonical import bytes_of, sha256
from todoke.programme.plans.models import (
    PlanCapacityRow,
    PlanItemRow,
    PlanLinkRow,
    PlanPartRow,
    PlanRow,
    PlanSnapshotRow,
    PlanWindowRow,
)
from todoke.programme.plans.rules.columns import FORMAT

from .plans import PlanName, plan_row

PARTS: dict[str, type[PlanPartRow]] = {
    "items": PlanItemRow,
    "links": PlanLinkRow,
    "windows": PlanWindowRow,
    "capacities": PlanCapacityRow,
}


def snapshot(name: PlanName) -> bytes:
    """The canonical bytes of a plan as it stands: everything in it, but neither versions nor its log."""
    return snapshot_of(plan_row(name))


def snapshot_of(row: PlanRow) -> bytes:
    """The same, of its row."""
    document: dict[str, object] = {
        "format": FORMAT,
        "uuid": str(row.uuid),
        "plan": columns_of(row, PlanRow.CONTENT),
    }
    for part, model in PARTS.items():
        rows = model._default_manager.filter(plan=row, is_present=True)
        found = {str(one.uuid): columns_of(one, content_of(model)) for one in rows}
        document[part] = found
    return bytes_of(document)


def content_of(model: type[PlanPartRow]) -> tuple[str, ...]:
    """The columns of a part that are its content."""
    names: tuple[str, ...] = model.CONTENT  # type: ignore[attr-defined]  # every part that PARTS names has it
    return names


def digest(content: bytes) -> str:
    """SHA-256 (hex) of the bytes of a snapshot."""
    return sha256(content)


def kept_snapshot(name: PlanName, sha256: str) -> bytes | None:
    """The bytes of a snapshot that was kept, or None."""
    row = PlanSnapshotRow.objects.filter(plan=plan_row(name), sha256=sha256).first()
    return opened(row) if row else None


def opened(row: PlanSnapshotRow) -> bytes:
    """The bytes that a row keeps."""
    return zlib.decompress(bytes(row.content))


def document_in(content: bytes) -> dict[str, Any]:  # JSON of our own making
    """The document of a snapshot."""
    found: dict[str, Any] = json.loads(content)
    return found


def columns_of(row: models.Model, names: tuple[str, ...]) -> dict[str, object]:
    """Columns of a row in JSON, by the names of its content."""
    return {name: _spelt(getattr(row, name)) for name in names}


def _spelt(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
