"""Adopting an edition, taking that back, and taking the taking back back. What was stays: rows go absent, never away."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.canonical import bytes_of
from todoke.foundation.fence import current_organisation
from todoke.programme.packs.values import EditionRef
from todoke.programme.plans import queries
from todoke.programme.plans.errors import ChangedSince, SheetChanged
from todoke.programme.plans.models import AdoptionRow, PlanRow, PlanSnapshotRow
from todoke.programme.plans.queries.impact import SHEET, adoption_row
from todoke.programme.plans.queries.snapshots import digest, document_in, opened, snapshot_of
from todoke.programme.plans.values import Adoption, AdoptionAct, Choice, ImpactSheet, Merged, ScheduleEffect

from .writing import Hand, keep_pins, keep_snapshot, locked, write_content, write_parts, write_plan


@transaction.atomic
def adopt_edition(
    viewer: Viewer,
    plan_uuid: UUID,
    new: EditionRef,
    *,
    shown_hash: str,
    choices: Mapping[str, Choice],
    at: datetime,
    effect: ScheduleEffect | None = None,
    terminal: str = "",
) -> Adoption:
    """Take a newer edition over, exactly as the sheet with that hash showed it; adopting it twice is one adoption.

    `choices` answer the questions of the sheet; `effect` is kept with it. The plan is kept as it was before and after.
    Raises RightMissing, PlanUnknown, NoWay, SheetChanged when the plan or the choices are not those of the sheet.
    """
    require(viewer, Right.ADOPT_EDITIONS)
    hand = Hand(viewer, at, terminal)
    row = locked(plan_uuid)
    already = _standing_adoption(row, new)
    if already is not None:
        return already
    return _adopted(row, queries.impact(row.uuid, new, choices=choices), shown_hash, effect, hand)


@transaction.atomic
def adopt_overlays(
    viewer: Viewer,
    plan_uuid: UUID,
    overlays: Sequence[EditionRef],
    *,
    shown_hash: str,
    choices: Mapping[str, Choice],
    at: datetime,
    effect: ScheduleEffect | None = None,
    terminal: str = "",
) -> Adoption:
    """Lay overlays over the edition of a plan, exactly as the sheet with that hash showed it; it is undone as an adoption.

    Doing it twice is doing it once. Raises RightMissing, PlanUnknown, NoWay, OverlayMisfit, SheetChanged.
    """
    require(viewer, Right.ADOPT_EDITIONS)
    hand = Hand(viewer, at, terminal)
    row = locked(plan_uuid)
    last = next(iter(queries.adoptions(row.uuid)), None)
    if queries.plan(row.uuid).overlays == tuple(overlays) and last and last.act is AdoptionAct.ADOPTED:
        return last
    return _adopted(
        row, queries.overlay_impact(row.uuid, overlays, choices=choices), shown_hash, effect, hand
    )


def _adopted(
    row: PlanRow,
    impact: tuple[ImpactSheet, Merged],
    shown_hash: str,
    effect: ScheduleEffect | None,
    hand: Hand,
) -> Adoption:
    """The plan as a sheet says, if that is the sheet that was shown; its effect is kept with it."""
    sheet, merged = impact
    if sheet.hash != shown_hash:
        raise SheetChanged
    before = keep_snapshot(row, hand.at)
    keep_pins(merged.content.plan, hand)
    write_content(row, merged.content)
    after = keep_snapshot(row, hand.at)
    return _record(row, AdoptionAct.ADOPTED, before, after, hand, sheet=replace(sheet, effect=effect))


def _standing_adoption(row: PlanRow, new: EditionRef) -> Adoption | None:
    if EditionRef(row.pack, row.edition, row.release) != new:
        return None
    found = queries.adoptions(row.uuid)
    return next((one for one in found if one.act is AdoptionAct.ADOPTED and one.new == new), None)


@transaction.atomic
def undo_adoption(viewer: Viewer, uuid: UUID, *, at: datetime, terminal: str = "") -> Adoption:
    """Take an adoption（or its redo）back: the plan is again byte for byte what it was before.

    Raises RightMissing, AdoptionUnknown, and ChangedSince when the plan is no longer as that act left it. Undoing twice
    is one undo.
    """
    return _turn_back(viewer, uuid, AdoptionAct.UNDONE, at, terminal)


@transaction.atomic
def redo_adoption(viewer: Viewer, uuid: UUID, *, at: datetime, terminal: str = "") -> Adoption:
    """Take the undo of an adoption back: the plan is again byte for byte what the adoption had made of it. Raises as undo."""
    return _turn_back(viewer, uuid, AdoptionAct.REDONE, at, terminal)


def _turn_back(viewer: Viewer, uuid: UUID, act: AdoptionAct, at: datetime, terminal: str) -> Adoption:
    require(viewer, Right.ADOPT_EDITIONS)
    hand = Hand(viewer, at, terminal)
    turned = adoption_row(uuid)
    row = locked(turned.plan.uuid)
    repeated = AdoptionRow.objects.filter(of=turned, act=act.value).order_by("-number").first()
    if repeated is not None and digest(snapshot_of(row)) == turned.before.sha256:
        return queries.adoption(repeated.uuid)
    if digest(snapshot_of(row)) != turned.after.sha256:
        raise ChangedSince(count=_changes_since(row, turned))
    restore(row, turned.before)
    return _record(row, act, turned.after, turned.before, hand, of=turned)


def _changes_since(row: PlanRow, turned: AdoptionRow) -> int:
    edits = row.changes - turned.changes
    acts = AdoptionRow.objects.filter(plan=row, number__gt=turned.number).count()
    return max(1, edits + acts)


def restore(row: PlanRow, snapshot: PlanSnapshotRow) -> None:
    """Make a plan that is locked exactly what a snapshot says."""
    document = document_in(opened(snapshot))
    write_plan(row, document["plan"])
    parts = ("items", "links", "windows", "capacities")
    write_parts(
        row, {part: {UUID(key): columns for key, columns in document[part].items()} for part in parts}
    )


def _record(
    row: PlanRow, act: AdoptionAct, before: PlanSnapshotRow, after: PlanSnapshotRow, hand: Hand, *,
    sheet: ImpactSheet | None = None, of: AdoptionRow | None = None,
) -> Adoption:  # fmt: skip
    row.acts += 1
    PlanRow.objects.filter(pk=row.pk).update(acts=row.acts)
    base, new = (_pinned(one) for one in (before, after))
    kept = AdoptionRow.objects.create(
        organisation_id=current_organisation(), plan=row, number=row.acts, changes=row.changes, act=act.value, pack=row.pack,
        base_edition=base.edition, base_release=base.release, new_edition=new.edition, new_release=new.release,
        at=hand.at, by=hand.name, before=before, after=after, of=of, **_sheet_columns(sheet),
    )  # fmt: skip
    hand.record(
        f"plan.edition_{act.value}", row.uuid,
        {"adoption": str(kept.uuid), "base": str(base), "new": str(new), "before": before.sha256, "after": after.sha256,
         "sheet": kept.sheet_sha256},
    )  # fmt: skip
    return queries.adoption(kept.uuid)


def _pinned(snapshot: PlanSnapshotRow) -> EditionRef:
    plan = document_in(opened(snapshot))["plan"]
    return EditionRef(plan["pack"], plan["edition"], plan["release"])


def _sheet_columns(sheet: ImpactSheet | None) -> dict[str, object]:
    if sheet is None:
        return {}
    content = bytes_of(SHEET.dump_python(sheet, mode="json"))
    return {
        "sheet": zlib.compress(content), "sheet_sha256": digest(content),
        "counts": {case.value: count for case, count in sheet.counts.items()},
        "decisions": {one.id: one.choice.value for one in sheet.questions},
    }  # fmt: skip
