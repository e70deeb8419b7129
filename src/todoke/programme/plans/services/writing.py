"""Writing a plan: the lock, its rows from columns, its log, its snapshots."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from todoke.foundation.accounts.values import Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.fence import current_organisation, update_rows
from todoke.programme.packs import queries as pack_queries
from todoke.programme.packs import services as packs
from todoke.programme.packs.values import EditionOrigin
from todoke.programme.plans.errors import PlanUnknown
from todoke.programme.plans.models import PlanChangeRow, PlanPartRow, PlanRow, PlanSnapshotRow
from todoke.programme.plans.queries.snapshots import PARTS, columns_of, content_of, digest, snapshot_of
from todoke.programme.plans.rules.columns import (
    MARK,
    Columns,
    item_columns,
    part_columns,
    plan_columns,
)
from todoke.programme.plans.values import ChangeAct, Plan, PlanContent, TargetKind


@dataclass(frozen=True, slots=True)
class Hand:
    """Who writes, when, and from which terminal."""

    viewer: Viewer
    at: datetime
    terminal: str = ""

    @property
    def name(self) -> str:
        """As rows keep it: the id of the member of staff."""
        return str(self.viewer.staff_id)

    def record(
        self, action: str, uuid: object, facts: Mapping[str, str | int] | None = None, *, kind: str = "plan"
    ) -> None:
        """One entry in the audit about a plan, or something of another kind; facts are ids, codes and counts."""
        audit.record(
            action, object_kind=kind, object_id=str(uuid), actor=self.viewer.actor(self.terminal), at=self.at,
            facts=facts or {},
        )  # fmt: skip


def locked(plan: UUID) -> PlanRow:
    """The row of a plan, locked: whoever writes into a plan takes it first. Raises PlanUnknown."""
    row = PlanRow.objects.select_for_update().filter(uuid=plan).first()
    if row is None:
        raise PlanUnknown
    return row


def put(row: models.Model, columns: Columns) -> list[str]:
    """Set columns of a row from JSON; returns the names of the fields that differ now. Nothing is saved."""
    changed = []
    for name, value in columns.items():
        field = _field(row, name)
        python = field.to_python(value) if value is not None else None
        if getattr(row, name) != python:
            setattr(row, name, python)
            changed.append(field.name)
    return changed


def _field(row: models.Model, name: str) -> "models.Field[object, object]":
    plain = name.removesuffix("_id") if name in {"section_id", "person_id"} else name
    field: models.Field[object, object] = row._meta.get_field(plain)  # type: ignore[assignment]  # columns, no relations back
    return field


def write_parts(row: PlanRow, wanted: Mapping[str, Mapping[UUID, Columns]]) -> None:
    """Make the parts of a plan exactly these; what is not among them is kept, absent. Versions rise where a row changes."""
    for part, model in PARTS.items():
        _write_part(row, model, wanted[part])


def _write_part(plan: PlanRow, model: type[PlanPartRow], wanted: Mapping[UUID, Columns]) -> None:
    names = content_of(model)
    rows = {one.uuid: one for one in model._default_manager.filter(plan=plan)}
    changed: list[PlanPartRow] = []
    for uuid, row in rows.items():
        columns: Columns = {**wanted[uuid], MARK: True} if uuid in wanted else {MARK: False}
        if put(row, columns):
            row.version += 1
            changed.append(row)
    new = [(uuid, columns) for uuid, columns in wanted.items() if uuid not in rows]
    made = [model(organisation_id=current_organisation(), plan=plan, uuid=uuid) for uuid, _ in new]
    for row, (_, columns) in zip(made, new, strict=True):
        put(row, columns)
    model._default_manager.bulk_create(made, batch_size=200)
    update_rows(changed, [*(_plain(name) for name in names), MARK, "version"])


def _plain(name: str) -> str:
    return name.removesuffix("_id") if name in {"section_id", "person_id"} else name


def write_plan(row: PlanRow, columns: Columns) -> None:
    """Make the plan itself this; its version rises if it changes."""
    changed = put(row, columns)
    if changed:
        row.version += 1
        row.save(update_fields=[*changed, "version"])


def columns_in(content: PlanContent) -> dict[str, Mapping[UUID, Columns]]:
    """The parts of a plan as columns."""
    found: dict[str, Mapping[UUID, Columns]] = {
        "items": {one.uuid: item_columns(one, content_of(PARTS["items"])) for one in content.items}
    }
    for part, values in (
        ("links", content.links),
        ("windows", content.windows),
        ("capacities", content.capacities),
    ):
        found[part] = {one.uuid: part_columns(one, content_of(PARTS[part])) for one in values}
    return found


def write_content(row: PlanRow, content: PlanContent) -> None:
    """Make a plan exactly this."""
    write_plan(row, plan_columns(content.plan))
    write_parts(row, columns_in(content))


def keep_pins(plan: Plan, hand: Hand) -> None:
    """Keep every edition that a plan pins, so that no update of the product changes it."""
    for ref in (plan.edition, *plan.overlays):
        edition = pack_queries.edition(ref)
        packs.keep(edition, actor=hand.viewer.actor(hand.terminal), at=hand.at, origin=EditionOrigin.SHIPPED)


@transaction.atomic
def keep_plan(uuid: UUID, *, at: datetime) -> str:
    """Keep a plan as it stands, the same content once; returns the SHA-256 of the snapshot. Raises PlanUnknown."""
    return keep_snapshot(locked(uuid), at).sha256


def keep_snapshot(row: PlanRow, at: datetime) -> PlanSnapshotRow:
    """Keep the plan as it stands; the same content is kept once."""
    content = snapshot_of(row)
    sha256 = digest(content)
    known = PlanSnapshotRow.objects.filter(plan=row, sha256=sha256).first()
    if known is not None:
        return known
    return PlanSnapshotRow.objects.create(
        organisation_id=current_organisation(), plan=row, sha256=sha256, content=zlib.compress(content), at=at
    )


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one thing: its columns before and after; only those that differ."""

    target: TargetKind
    uuid: UUID
    label: str
    before: Columns
    after: Columns


def log(row: PlanRow, change: Change, hand: Hand, *, undoes: int | None = None) -> int:
    """Write one line of the log of a plan that is locked; returns its number."""
    row.changes += 1
    PlanRow.objects.filter(pk=row.pk).update(changes=row.changes)
    act = ChangeAct.EDITED if undoes is None else ChangeAct.UNDONE
    PlanChangeRow.objects.create(
        organisation_id=current_organisation(), plan=row, number=row.changes, act=act.value, target=change.target.value,
        uuid=change.uuid, label=change.label, before=dict(change.before), after=dict(change.after), at=hand.at,
        by=hand.name, undoes=undoes,
    )  # fmt: skip
    return row.changes


def write_one(part: PlanPartRow | PlanRow, columns: Columns) -> tuple[Columns, Columns]:
    """Write columns of one row and raise its version; returns those that differ, before and after. Unchanged: empty."""
    before = columns_of(part, tuple(columns))
    put(part, columns)
    after = columns_of(part, tuple(columns))
    names = [name for name in columns if before[name] != after[name]]
    if names:
        part.version += 1
        part.save(update_fields=[*(_plain(name) for name in names), "version"])
    return {name: before[name] for name in names}, {name: after[name] for name in names}
