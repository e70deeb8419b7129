"""The 改定影響票 of a plan under a newer edition, and what was adopted."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from pydantic import TypeAdapter

from todoke.programme.packs.values import EditionRef
from todoke.programme.plans.errors import AdoptionUnknown
from todoke.programme.plans.models import AdoptionRow
from todoke.programme.plans.rules.merging import merge_over
from todoke.programme.plans.rules.sheets import sheet_of
from todoke.programme.plans.values import (
    Adoption,
    Choice,
    ImpactSheet,
    Merged,
    PlanContent,
    ScheduleEffect,
)

from .editions import applies, hops_to, overlay_hop
from .plans import PlanName, content, plan_row
from .reading import adoption_of
from .snapshots import digest, snapshot

Effect = Callable[[PlanContent, PlanContent], ScheduleEffect]
SHEET: TypeAdapter[ImpactSheet] = TypeAdapter(ImpactSheet)


def impact_sheet(
    name: PlanName,
    new: EditionRef,
    *,
    choices: Mapping[str, Choice] | None = None,
    effect: Effect | None = None,
) -> ImpactSheet:
    """What a newer edition would do to a plan, with these choices; nothing is written.

    `effect` computes what becomes of dates and load from the plan as it is and as it would be（the forecast does）.
    Raises PlanUnknown, NoWay.
    """
    return impact(name, new, choices=choices, effect=effect)[0]


def impact(
    name: PlanName,
    new: EditionRef,
    *,
    choices: Mapping[str, Choice] | None = None,
    effect: Effect | None = None,
) -> tuple[ImpactSheet, Merged]:
    """The sheet, and the plan as it would be."""
    ours = content(name)
    hops = hops_to(ours.plan, new)
    merged = merge_over(ours, hops, applies(), choices or {})
    return _sheet(ours, merged, [one.new.ref for one in hops], effect), merged


def overlay_impact(
    name: PlanName,
    overlays: Sequence[EditionRef],
    *,
    choices: Mapping[str, Choice] | None = None,
    effect: Effect | None = None,
) -> tuple[ImpactSheet, Merged]:
    """What laying these overlays over the edition of a plan would do to it; nothing is written.

    The sheet names the overlays that come in `hops`. Raises PlanUnknown, NoWay, OverlayMisfit.
    """
    ours = content(name)
    merged = merge_over(ours, [overlay_hop(ours.plan, overlays)], applies(), choices or {})
    return _sheet(ours, merged, [one for one in overlays if one not in ours.plan.overlays], effect), merged


def _sheet(
    ours: PlanContent, merged: Merged, hops: Sequence[EditionRef], effect: Effect | None
) -> ImpactSheet:
    return sheet_of(
        ours, merged, hops, snapshot_sha256=digest(snapshot(ours.plan)),
        effect=effect(ours, merged.content) if effect else None,
    )  # fmt: skip


def adoptions(name: PlanName) -> Sequence[Adoption]:
    """What was done with editions in a plan, the latest first. The latest stands: it can be undone or redone."""
    rows = AdoptionRow.objects.filter(plan=plan_row(name)).order_by("-number")
    found = list(rows.select_related("plan", "before", "after", "of"))
    return [adoption_of(row, stands=number == 0) for number, row in enumerate(found)]


def adoption(uuid: UUID) -> Adoption:
    """One act on an edition. Raises AdoptionUnknown."""
    row = adoption_row(uuid)
    last = AdoptionRow.objects.filter(plan=row.plan).order_by("-number").first()
    return adoption_of(row, stands=last == row)


def adoption_row(uuid: UUID) -> AdoptionRow:
    """The row of an act, with its plan and snapshots. Raises AdoptionUnknown."""
    row = AdoptionRow.objects.select_related("plan", "before", "after", "of").filter(uuid=uuid).first()
    if row is None:
        raise AdoptionUnknown
    return row


def adopted_sheet(uuid: UUID) -> ImpactSheet | None:
    """The sheet as it was when somebody decided on it; None for an undo or redo. Raises AdoptionUnknown."""
    packed = bytes(adoption_row(uuid).sheet)
    return SHEET.validate_json(zlib.decompress(packed)) if packed else None
