"""改定影響票 as a page: what a newer edition does to a plan, what a person decides, and what was adopted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.core import signing
from django.http import Http404, QueryDict
from pydantic import TypeAdapter

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.errors import TodokeError
from todoke.programme.forecast import queries as forecasts
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import Edition, EditionRef
from todoke.programme.plans import queries
from todoke.programme.plans.values import (
    Adoption,
    Choice,
    ImpactLine,
    ImpactSheet,
    MergeCase,
    MergeQuestion,
    Plan,
    PlanContent,
    ScheduleEffect,
)

MOST_LINES = 300
SALT = "board.impact"
EFFECT: TypeAdapter[ScheduleEffect] = TypeAdapter(ScheduleEffect)
HEADER = ("扱い", "取組", "行き先", "変わるところ", "証拠の数", "説明")
ORDER = (
    MergeCase.QUESTION, MergeCase.RETIRED, MergeCase.SPLIT, MergeCase.MERGED, MergeCase.ADDED, MergeCase.PROPOSED,
    MergeCase.REWORDED, MergeCase.MOVED, MergeCase.TO_SORT, MergeCase.KEPT, MergeCase.UNCHANGED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AdoptionLine:
    """One act on an edition, and who did it."""

    act: Adoption
    by: str


@dataclass(frozen=True, slots=True)
class EditionsView:
    """The edition that a plan uses, the newer ones, and what was done with them."""

    plan: Plan
    edition: Edition
    newer: tuple[Edition, ...]
    acts: tuple[AdoptionLine, ...]
    overlays: tuple[Edition, ...]
    waiting: tuple[Edition, ...]
    may_adopt: bool


def editions_view(viewer: Viewer, uuid: UUID) -> EditionsView:
    """The editions around a plan. Raises PlanUnknown."""
    plan = queries.plan(uuid)
    newer = tuple(packs.edition(one) for one in queries.newer_editions(plan))
    names = {str(one.pk): one.display_name for one in accounts.all_staff()}
    acts = tuple(AdoptionLine(one, names.get(one.by, one.by)) for one in queries.adoptions(plan))
    overlays, waiting = (
        [packs.edition(one) for one in some] for some in (plan.overlays, queries.open_overlays(plan))
    )
    return EditionsView(
        plan,
        queries.edition_of(plan),
        newer,
        acts,
        tuple(overlays),
        tuple(waiting),
        viewer.may(Right.ADOPT_EDITIONS),
    )


def wanted_edition(uuid: UUID, asked: QueryDict) -> EditionRef:
    """The newer edition that an address or a form names（edition, release）; the newest for none. Raises PlanUnknown, Http404."""
    newer = queries.newer_editions(uuid)
    if newer and "edition" not in asked:
        return newer[-1]
    for one in newer:
        if (one.edition, str(one.release)) == (asked.get("edition", ""), asked.get("release", "")):
            return one
    raise Http404


def wanted_overlay(uuid: UUID, asked: QueryDict) -> EditionRef:
    """The overlay that an address or a form names（pack, edition, release）. Raises PlanUnknown, Http404."""
    name = (asked.get("pack", ""), asked.get("edition", ""), asked.get("release", ""))
    for one in queries.open_overlays(queries.plan(uuid)):
        if (one.pack, one.edition, str(one.release)) == name:
            return one
    raise Http404


def choices_in(posted: QueryDict) -> Mapping[str, Choice]:
    """What was decided: one choice for each question that was answered."""
    known = {one.value: one for one in Choice}
    found = {}
    for name, value in posted.items():
        if name.startswith("choice-") and value in known:
            found[name.removeprefix("choice-")] = known[str(value)]
    return found


@dataclass(frozen=True, slots=True)
class Fate:
    """One line, with the names of what it goes into."""

    line: ImpactLine
    into: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """All lines of one case."""

    case: MergeCase
    count: int
    lines: tuple[Fate, ...]


@dataclass(frozen=True, slots=True)
class ImpactView:
    """A sheet: the counts, questions（those to decide first）, lines by case, and the effect on dates and load."""

    plan: Plan
    edition: Edition
    sheet: ImpactSheet
    asked: tuple[MergeQuestion, ...]
    settled: tuple[MergeQuestion, ...]
    groups: tuple[Group, ...]
    counts: tuple[tuple[MergeCase, int], ...]
    finish: str
    peak: str
    deadlines: tuple[tuple[str, int, tuple[str, ...]], ...]
    overlays: tuple[Edition, ...]
    may_adopt: bool
    told: str


def impact_view(
    viewer: Viewer, uuid: UUID, new: EditionRef, choices: Mapping[str, Choice], *, as_of: date, told: str = ""
) -> ImpactView:
    """The sheet with these choices. `told`: the effect as the page carried it; it is that of the sheet with the same hash.

    Raises PlanUnknown, NoWay.
    """
    known = _told(told)
    if known:
        sheet = queries.impact_sheet(uuid, new, choices=choices)
        if sheet.hash == known[0]:
            sheet = replace(sheet, effect=known[1])
            return _view(queries.plan(uuid), sheet, may_adopt=viewer.may(Right.ADOPT_EDITIONS))
    sheet = queries.impact_sheet(uuid, new, choices=choices, effect=careful_effect(as_of))
    return _view(queries.plan(uuid), sheet, may_adopt=viewer.may(Right.ADOPT_EDITIONS))


def overlay_view(
    viewer: Viewer,
    uuid: UUID,
    overlay: EditionRef,
    choices: Mapping[str, Choice],
    *,
    as_of: date,
    told: str = "",
) -> ImpactView:
    """The sheet of laying one more overlay over the edition of a plan; `told` as for `impact_view`.

    Raises PlanUnknown, OverlayMisfit.
    """
    plan = queries.plan(uuid)
    wanted = queries.with_overlay(plan, overlay)
    sheet, _ = queries.overlay_impact(uuid, wanted, choices=choices)
    known = _told(told)
    if known and sheet.hash == known[0]:
        sheet = replace(sheet, effect=known[1])
    else:
        sheet, _ = queries.overlay_impact(uuid, wanted, choices=choices, effect=careful_effect(as_of))
    return _view(plan, sheet, may_adopt=viewer.may(Right.ADOPT_EDITIONS))


def _carried(sheet: ImpactSheet) -> str:
    """The effect for the form of the page, signed, so that adopting keeps what was shown and computes nothing again."""
    if sheet.effect is None:
        return ""
    effect = EFFECT.dump_python(sheet.effect, mode="json")
    return signing.dumps([sheet.hash, effect], salt=SALT, compress=True)


def _told(text: str) -> tuple[str, ScheduleEffect] | None:
    """The hash of a sheet and its effect, if the page had it from us."""
    try:
        name, effect = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return name, EFFECT.validate_python(effect)


def adopted_view(uuid: UUID) -> ImpactView | None:
    """The sheet as it was when somebody decided; None for an undo or redo. Raises AdoptionUnknown."""
    sheet = queries.adopted_sheet(uuid)
    return _view(queries.plan(sheet.plan), sheet, may_adopt=False) if sheet else None


def _view(plan: Plan, sheet: ImpactSheet, *, may_adopt: bool) -> ImpactView:
    counts = tuple((case, sheet.counts.get(case, 0)) for case in ORDER)
    shown = [case for case in ORDER if case is not MergeCase.UNCHANGED and sheet.counts.get(case)]
    coming = sheet.hops if sheet.base == sheet.new else ()
    edition = packs.edition(sheet.new, coming)
    names = {one.id: f"{one.number} {one.label}".strip() for one in edition.nodes}
    groups = tuple(_group(case, sheet, names) for case in shown)
    finish, peak = effect_words(sheet.effect)
    return ImpactView(
        plan, edition, sheet, sheet.open_questions,
        tuple(one for one in sheet.questions if not one.is_open), groups, counts, finish, peak,
        deadlines(sheet.effect), tuple(packs.edition(one) for one in coming), may_adopt, _carried(sheet),
    )  # fmt: skip


def _group(case: MergeCase, sheet: ImpactSheet, names: Mapping[str, str]) -> Group:
    lines = [one for one in sheet.lines if one.case is case]
    fates = tuple(Fate(one, _names_of(one.into, names)) for one in lines[:MOST_LINES])
    return Group(case, len(lines), fates)


def _names_of(keys: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(key.partition("@")[0], key) for key in keys)


def careful_effect(as_of: date) -> Callable[[PlanContent, PlanContent], ScheduleEffect]:
    """The effect on dates and load; where no schedule can be made, the note says why, and the sheet stands."""
    compute = forecasts.effect_as_of(as_of)

    def effect(before: PlanContent, after: PlanContent) -> ScheduleEffect:
        try:
            return compute(before, after)
        except TodokeError as refusal:
            return ScheduleEffect(note=refusal.for_screen())

    return effect


def effect_words(effect: ScheduleEffect | None) -> tuple[str, str]:
    """By how much the likely finish（P80）and the peak load move, in words."""
    days = effect.finish_days if effect else None
    peak = effect.peak if effect else None
    return _days_words(days), "－" if peak is None else f"{peak:+.1f}人"


def deadlines(effect: ScheduleEffect | None) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
    """What gains or loses its external date: how many items, and each label once."""
    if effect is None:
        return ()
    both = (("期日が付くもの", effect.deadlines_gained), ("期日がなくなるもの", effect.deadlines_lost))
    return tuple((words, len(labels), tuple(dict.fromkeys(labels))) for words, labels in both if labels)


def _days_words(days: int | None) -> str:
    if days is None:
        return "－"
    return "変わりません" if days == 0 else f"{abs(days)}日{'遅く' if days > 0 else '早く'}なります"


def sheet_rows(sheet: ImpactSheet) -> list[list[str]]:
    """Every line of a sheet for a spreadsheet."""
    return [
        [
            one.case.label, one.label, "、".join(one.into),
            "　".join(f"{of.field.label}: {of.ours or '（空）'} → {of.theirs or '（空）'}" for of in one.changes),
            str(one.evidence), one.why,
        ]
        for one in sheet.lines
    ]  # fmt: skip
