"""Changing items in place, with their log and its undo. Nothing is deleted, and nothing that was typed is lost."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.fence import current_organisation
from todoke.foundation.organisations import queries as organisations
from todoke.programme.packs.values import NodeKind
from todoke.programme.plans import queries
from todoke.programme.plans.errors import FieldInvalid, ItemUnknown, TextMissing
from todoke.programme.plans.models import PlanEvidenceRow, PlanItemRow, PlanRow
from todoke.programme.plans.queries.plans import item_row
from todoke.programme.plans.queries.reading import evidence_of
from todoke.programme.plans.rules import editing
from todoke.programme.plans.rules.columns import MARK, item_columns
from todoke.programme.plans.values import (
    EditConflict,
    Edited,
    EditResult,
    EvidenceRef,
    Item,
    ItemField,
    ItemState,
    TargetKind,
    Typed,
)

from .writing import Change, Hand, locked, log, put, write_one


@transaction.atomic
def edit_item(
    viewer: Viewer,
    uuid: UUID,
    *,
    version: int,
    typed: Typed,
    at: datetime,
    seen: Typed | None = None,
    terminal: str = "",
) -> EditResult:
    """Change fields of an item by what a person typed; only what differs is written, with one line in the log.

    `seen` is what the page showed in these fields. If the item's version has moved on, fields that nobody else touched
    are written all the same; otherwise nothing is, and the answer shows both values. Raises RightMissing, ItemUnknown,
    ItemRetired, FieldInvalid, FieldFixed, ReasonNeeded.
    """
    require(viewer, Right.EDIT_PLANS)
    plan = locked(queries.plan_of_item(uuid).uuid)
    item = queries.item(uuid)
    shown = seen or {}
    if item.version != version:
        found = editing.clashes(item, typed, shown)
        if found:
            return EditConflict(item, found, dict(typed))
    wanted = editing.touched(typed, shown)
    made = queries.item_by_edition(queries.plan(plan.uuid), item)
    result = editing.with_typed(item, wanted, made)
    _check_names(plan, result)
    number = _write(plan, item, result, Hand(viewer, at, terminal))
    return Edited(queries.item(uuid), number)


def _check_names(plan: PlanRow, item: Item) -> None:
    """Section, person and parent are of this body and plan. Raises FieldInvalid."""
    if item.section_id is not None and item.section_id not in {one.id for one in organisations.sections()}:
        raise FieldInvalid(field=ItemField.SECTION.label, example="一覧にある課")
    if item.person_id is not None and accounts.staff(item.person_id) is None:
        raise FieldInvalid(field=ItemField.PERSON.label, example="一覧にある職員")
    if item.parent is None or not item.is_local:
        return
    parent = PlanItemRow.objects.filter(plan=plan, uuid=item.parent, is_present=True).first()
    if parent is None or parent.uuid == item.uuid or parent.state == ItemState.RETIRED.value:
        raise FieldInvalid(field=ItemField.PARENT.label, example="終了していない取組")


def _write(plan: PlanRow, before: Item, after: Item, hand: Hand) -> int | None:
    row = item_row(before.uuid)
    old, new = write_one(row, item_columns(after, PlanItemRow.CONTENT))
    if not new:
        return None
    number = log(plan, Change(TargetKind.ITEM, row.uuid, after.label, old, new), hand)
    hand.record(
        "plan.item_edited",
        plan.uuid,
        {"item": str(row.uuid), "fields": ",".join(sorted(new)), "change": number},
    )
    return number


@transaction.atomic
def add_item(
    viewer: Viewer,
    plan_uuid: UUID,
    *,
    typed: Typed,
    at: datetime,
    parent: UUID | None = None,
    terminal: str = "",
) -> Item:
    """Add an item of the body's own（団体独自）, below another one or at the top.

    Raises RightMissing, PlanUnknown, FieldInvalid, TextMissing.
    """
    require(viewer, Right.EDIT_PLANS)
    return add_local_item(plan_uuid, typed=typed, parent=parent, hand=Hand(viewer, at, terminal))


def add_local_item(plan_uuid: UUID, *, typed: Typed, parent: UUID | None, hand: Hand) -> Item:
    """The same, for services that have asked for the right themselves."""
    plan = locked(plan_uuid)
    if not typed.get(ItemField.LABEL, "").strip():
        raise TextMissing(field=ItemField.LABEL.label)
    uuid = uuid4()
    blank = Item(0, uuid, f"local:{uuid}@", "", "", "", NodeKind.MEASURE, ItemState.LOCAL, parent=parent)
    above = queries.item(parent) if parent else None
    if above is not None:
        blank = replace(
            blank, concept=above.concept, concept_list=above.concept_list, concept_label=above.concept_label,
            key=f"local:{uuid}@{above.concept}", section_id=above.section_id,
        )  # fmt: skip
    item = editing.with_typed(replace(blank, position=_last_position(plan) + 1), typed, None)
    _check_names(plan, item)
    row = PlanItemRow(
        organisation_id=current_organisation(), plan=plan, uuid=uuid, version=0, is_present=False
    )
    columns = item_columns(item, PlanItemRow.CONTENT)
    _create(row, columns)
    number = log(plan, Change(TargetKind.ITEM, uuid, item.label, {MARK: False}, {MARK: True}), hand)
    hand.record("plan.item_added", plan.uuid, {"item": str(uuid), "change": number})
    return queries.item(uuid)


def _create(row: PlanItemRow, columns: Mapping[str, object]) -> None:
    put(row, {**columns, MARK: True})
    row.version = 1
    row.save(force_insert=True)


def _last_position(plan: PlanRow) -> int:
    found = (
        PlanItemRow.objects.filter(plan=plan).order_by("-position").values_list("position", flat=True).first()
    )
    return found or 0


@transaction.atomic
def add_evidence(
    viewer: Viewer,
    item_uuid: UUID,
    *,
    label: str,
    place: str,
    at: datetime,
    sha256: str = "",
    terminal: str = "",
) -> EvidenceRef:
    """Note where a proof of an item lies. Whoever reports progress may. A retired item takes none any more.

    Raises RightMissing, ItemUnknown, TextMissing.
    """
    require(viewer, Right.REPORT_PROGRESS)
    hand = Hand(viewer, at, terminal)
    plan = locked(queries.plan_of_item(item_uuid).uuid)
    row = item_row(item_uuid)
    if row.state == ItemState.RETIRED.value:
        raise ItemUnknown
    for name, text in (("資料の名前", label), ("場所", place)):
        if not text.strip():
            raise TextMissing(field=name)
    proof = PlanEvidenceRow.objects.create(
        organisation_id=current_organisation(), plan=plan, label=label.strip()[:200], place=place.strip()[:500],
        sha256=sha256.strip().lower()[:64], added_at=at, added_by=hand.name,
    )  # fmt: skip
    old, new = write_one(row, {"evidence": [*row.evidence, str(proof.uuid)]})
    number = log(plan, Change(TargetKind.ITEM, row.uuid, row.label, old, new), hand)
    hand.record(
        "plan.evidence_added",
        plan.uuid,
        {"item": str(row.uuid), "evidence": str(proof.uuid), "change": number},
    )
    return evidence_of(proof)
