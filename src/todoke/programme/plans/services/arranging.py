"""Changing what lies around the items of a plan: links, windows, capacities. One line in the log each, with its undo."""

from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar, cast
from uuid import UUID, uuid4

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.fence import current_organisation
from todoke.programme.packs.values import Basis, LinkType, Strength
from todoke.programme.plans import queries
from todoke.programme.plans.errors import (
    FieldFixed,
    FieldInvalid,
    ItemUnknown,
    ReasonNeeded,
    TextMissing,
    VersionConflict,
)
from todoke.programme.plans.models import (
    PlanCapacityRow,
    PlanItemRow,
    PlanLinkRow,
    PlanPartRow,
    PlanRow,
    PlanWindowRow,
)
from todoke.programme.plans.queries.reading import capacity_of, link_of, window_of
from todoke.programme.plans.queries.snapshots import content_of
from todoke.programme.plans.rules.columns import MARK, Columns, part_columns
from todoke.programme.plans.rules.editing import check_link
from todoke.programme.plans.values import (
    BodyWindow,
    Capacity,
    ItemLink,
    ItemState,
    TargetKind,
)

from .writing import Change, Hand, locked, log, put, write_one

Row = TypeVar("Row", bound=PlanPartRow)
MOST_UNITS = 10_000.0


@transaction.atomic
def relax_link(
    viewer: Viewer, uuid: UUID, *, version: int, reason: str, at: datetime, terminal: str = ""
) -> ItemLink:
    """Let a link bind nothing: one of practice or the body's own freely, one of the guideline with a written reason.

    Raises RightMissing, ItemUnknown, VersionConflict, ReasonNeeded.
    """
    row = _found(viewer, PlanLinkRow, uuid, version)
    if row.strength == Strength.GUIDELINE.value and not reason.strip():
        raise ReasonNeeded
    columns: Columns = {"is_relaxed": True, "reason": reason.strip()[:1000]}
    return _link_changed(row, columns, Hand(viewer, at, terminal))


@transaction.atomic
def tighten_link(viewer: Viewer, uuid: UUID, *, version: int, at: datetime, terminal: str = "") -> ItemLink:
    """Let a relaxed link bind again. Raises RightMissing, ItemUnknown, VersionConflict, LinkCircle."""
    row = _found(viewer, PlanLinkRow, uuid, version)
    check_link(link_of(row), {one.uuid: one for one in queries.links(row.plan.uuid)})
    return _link_changed(row, {"is_relaxed": False, "reason": ""}, Hand(viewer, at, terminal))


@transaction.atomic
def add_link(
    viewer: Viewer, before: UUID, after: UUID, *, at: datetime, kind: LinkType = LinkType.FS, lag: int = 0,
    terminal: str = "",
) -> ItemLink:  # fmt: skip
    """Add a link of the body's own between two items of one plan; the same one twice is one.

    Raises RightMissing, ItemUnknown, LinkCircle.
    """
    require(viewer, Right.EDIT_PLANS)
    plan = locked(queries.plan_of_item(before).uuid)
    ends = PlanItemRow.objects.filter(plan=plan, uuid__in=[before, after], is_present=True)
    if ends.exclude(state=ItemState.RETIRED.value).count() != 2:
        raise ItemUnknown
    known = queries.links(plan.uuid)
    same = next((one for one in known if (one.before, one.after, one.type) == (before, after, kind)), None)
    if same is not None:
        return same
    link = ItemLink(uuid4(), before, after, kind, lag, Strength.LOCAL)
    check_link(link, {one.uuid: one for one in known})
    _add(plan, PlanLinkRow, link, TargetKind.LINK, Hand(viewer, at, terminal))
    return link


@transaction.atomic
def remove_link(viewer: Viewer, uuid: UUID, *, version: int, at: datetime, terminal: str = "") -> None:
    """Take a link of the body's own out; what others claim is relaxed, not taken out.

    Raises RightMissing, ItemUnknown, VersionConflict, FieldFixed.
    """
    row = _found(viewer, PlanLinkRow, uuid, version)
    if row.strength != Strength.LOCAL.value:
        raise FieldFixed(field="前後関係")
    _link_changed(row, {MARK: False}, Hand(viewer, at, terminal))


def _link_changed(row: PlanLinkRow, columns: Columns, hand: Hand) -> ItemLink:
    labels = dict(PlanItemRow.objects.filter(uuid__in=[row.before, row.after]).values_list("uuid", "label"))
    label = f"{labels.get(row.before, '－')} → {labels.get(row.after, '－')}"
    _changed(row, columns, TargetKind.LINK, label, hand)
    return link_of(row)


@transaction.atomic
def set_window(
    viewer: Viewer, plan_uuid: UUID, window: BodyWindow, *, at: datetime, terminal: str = ""
) -> BodyWindow:
    """Set a window of the body: one that exists（by uuid and version）, or a new one. What the body says counts as its own.

    Raises RightMissing, PlanUnknown, ItemUnknown, VersionConflict, TextMissing, FieldInvalid.
    """
    hand, mine = Hand(viewer, at, terminal), replace(window, basis=Basis.BODY)
    _check_window(mine)
    row = _set(plan_uuid, PlanWindowRow, mine, TargetKind.WINDOW, hand)
    return window_of(row)


@transaction.atomic
def confirm_windows(viewer: Viewer, plan_uuid: UUID, *, at: datetime, terminal: str = "") -> int:
    """Confirm every proposed window as it stands; returns how many there were. Raises RightMissing, PlanUnknown."""
    proposed = [one for one in queries.windows(plan_uuid) if one.basis is not Basis.BODY]
    for window in proposed:
        set_window(viewer, plan_uuid, window, at=at, terminal=terminal)
    return len(proposed)


@transaction.atomic
def remove_window(viewer: Viewer, uuid: UUID, *, version: int, at: datetime, terminal: str = "") -> None:
    """Take a window out of the plan. Raises RightMissing, ItemUnknown, VersionConflict."""
    row = _found(viewer, PlanWindowRow, uuid, version)
    _changed(row, {MARK: False}, TargetKind.WINDOW, row.label, Hand(viewer, at, terminal))


def _check_window(window: BodyWindow) -> None:
    if not window.label.strip():
        raise TextMissing(field="時期の名前")
    try:
        for month, day in (window.begins, window.ends):
            date(2024, month, day)  # a leap year: 02-29 is a day of the year
    except ValueError as wrong:
        raise FieldInvalid(field=window.label, example="「10-01」") from wrong
    if not window.applies_to:
        raise TextMissing(field="対象の作業")


@transaction.atomic
def set_capacity(
    viewer: Viewer, plan_uuid: UUID, capacity: Capacity, *, at: datetime, terminal: str = ""
) -> Capacity:
    """Set what a role or a vendor can do at one time: one that exists（by uuid and version）, or a new one.

    Raises RightMissing, PlanUnknown, ItemUnknown, VersionConflict, TextMissing, FieldInvalid.
    """
    if not capacity.name.strip():
        raise TextMissing(field="役割または事業者")
    if not 0 <= capacity.units <= MOST_UNITS:
        raise FieldInvalid(field="同時にできる量", example="「1.5」")
    if capacity.begins and capacity.ends and capacity.begins > capacity.ends:
        raise FieldInvalid(field="期間の終わり", example="始まりより後の日付")
    row = _set(plan_uuid, PlanCapacityRow, capacity, TargetKind.CAPACITY, Hand(viewer, at, terminal))
    return capacity_of(row)


@transaction.atomic
def remove_capacity(viewer: Viewer, uuid: UUID, *, version: int, at: datetime, terminal: str = "") -> None:
    """Take a capacity out of the plan. Raises RightMissing, ItemUnknown, VersionConflict."""
    row = _found(viewer, PlanCapacityRow, uuid, version)
    _changed(row, {MARK: False}, TargetKind.CAPACITY, row.name, Hand(viewer, at, terminal))


def _set(
    plan_uuid: UUID, model: type[Row], part: BodyWindow | Capacity, target: TargetKind, hand: Hand
) -> Row:
    require(hand.viewer, Right.EDIT_PLANS)
    plan = locked(plan_uuid)
    row = model._default_manager.filter(plan=plan, uuid=part.uuid, is_present=True).first()
    if row is None:
        return _add(plan, model, part, target, hand)
    if row.version != part.version:
        raise VersionConflict
    row.plan = plan
    _changed(row, part_columns(part, content_of(model)), target, _label(part), hand)
    return cast("Row", row)


def _label(part: ItemLink | BodyWindow | Capacity) -> str:
    if isinstance(part, BodyWindow):
        return part.label
    return part.name if isinstance(part, Capacity) else f"{part.before} → {part.after}"


def _found(viewer: Viewer, model: type[Row], uuid: UUID, version: int) -> Row:
    require(viewer, Right.EDIT_PLANS)
    row = model._default_manager.select_related("plan").filter(uuid=uuid, is_present=True).first()
    if row is None:
        raise ItemUnknown
    plan = locked(row.plan.uuid)
    row.refresh_from_db()
    row.plan = plan
    if not row.is_present:
        raise ItemUnknown
    if row.version != version:
        raise VersionConflict
    return cast("Row", row)


def _changed(row: PlanPartRow, columns: Columns, target: TargetKind, label: str, hand: Hand) -> None:
    old, new = write_one(row, columns)
    if new:
        number = log(row.plan, Change(target, row.uuid, label, old, new), hand)
        hand.record(f"plan.{target.value}_changed", row.plan.uuid, {"about": str(row.uuid), "change": number})


def _add(
    plan: PlanRow, model: type[Row], part: ItemLink | BodyWindow | Capacity, target: TargetKind, hand: Hand
) -> Row:
    row = model(organisation_id=current_organisation(), plan=plan, uuid=part.uuid)
    put(row, part_columns(part, content_of(model)))
    row.save(force_insert=True)
    change = Change(target, row.uuid, _label(part), {MARK: False}, {MARK: True})
    number = log(plan, change, hand)
    hand.record(f"plan.{target.value}_added", plan.uuid, {"about": str(row.uuid), "change": number})
    return row
