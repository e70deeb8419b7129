"""What the pages of plans show: the list, the items of one plan under its filters, one item, windows and capacities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import QueryDict
from django.utils.http import urlencode

from todoke.foundation.accounts.values import Right, Viewer
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import Basis, EditionRef, Node, PackSummary
from todoke.programme.plans import queries
from todoke.programme.plans.values import (
    BodyWindow,
    Capacity,
    ChangeEntry,
    Item,
    ItemState,
    Plan,
    PlanContent,
    PlanKind,
    SetupDraft,
)
from todoke.programme.progress import queries as progress
from todoke.programme.progress.values import Report
from todoke.web.shared.paging import Page, page_of

from .narrowing import Choice, Filters, asked_in, choices_for, filters_in
from .undoing import Undo, offered

PAGE = 100
HEADER = (
    "番号", "取組", "事務・手続", "担当課", "担当者", "事業者", "扱い", "理由", "所要日数 短い", "所要日数 見込み",
    "所要日数 長い",
    "開始日（固定）", "終了日（固定）", "目標時期", "備考",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan of the list, with the name of its edition and the editions that it could adopt."""

    plan: Plan
    edition: str
    newer: tuple[EditionRef, ...]


@dataclass(frozen=True, slots=True)
class PlansView:
    """The list of plans, those being set up, and what may be done."""

    plans: tuple[PlanLine, ...]
    closed: tuple[Plan, ...]
    drafts: tuple[SetupDraft, ...]
    may_edit: bool


def plans_view(viewer: Viewer) -> PlansView:
    """Every plan of the body."""
    found = queries.plans(with_closed=True)
    pinned = {one.edition for one in found if one.closed_on is None}
    names = {ref: packs.edition(ref).title for ref in pinned}
    newer = {ref: _newer(ref) for ref in pinned}
    lines = [PlanLine(one, names[one.edition], newer[one.edition]) for one in found if one.closed_on is None]
    return PlansView(
        tuple(lines), tuple(one for one in found if one.closed_on), tuple(queries.drafts()),
        viewer.may(Right.EDIT_PLANS),
    )  # fmt: skip


def _newer(pinned: EditionRef) -> tuple[EditionRef, ...]:
    return tuple(one for one in packs.editions(pinned.pack) if one != pinned and packs.chain(pinned, one))


def packs_by_kind() -> dict[PlanKind, Sequence[PackSummary]]:
    """What a plan of each kind can be made from; kinds without a pack are left out."""
    found = {kind: queries.packs_for(kind) for kind in PlanKind}
    return {kind: some for kind, some in found.items() if some}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The filters of the items of a plan, as they stand in the address."""

    filters: Filters
    state: str = ""
    text: str = ""

    @property
    def concept(self) -> str:
        """The 事務 or 手続 that is chosen."""
        return self.filters.concept

    @property
    def query(self) -> str:
        """As it stands in the address."""
        pairs = {**self.filters.pairs, "state": self.state, "text": self.text}
        return urlencode({name: value for name, value in pairs.items() if value})

    def fits(self, item: Item) -> bool:
        """Whether an item is among what is asked for."""
        return self.filters.fits(item) and self.state in ("", item.state.value) and self.text in item.label


def narrowing(asked: QueryDict) -> Narrowing:
    """The filters of an address; what is not printable is left out."""
    known = asked_in(asked)
    return Narrowing(filters_in(asked), known.get("state", ""), known.get("text", ""))


@dataclass(frozen=True, slots=True)
class PlanView:
    """One plan: its items under the filters, a page of them, and what may be done."""

    plan: Plan
    page: Page[Item]
    found: int
    total: int
    counts: tuple[tuple[ItemState, int], ...]
    narrowing: Narrowing
    choices: tuple[Choice, ...]
    states: tuple[ItemState, ...]
    newer: tuple[EditionRef, ...]
    overlays: int
    undo: Undo | None
    may_edit: bool


def plan_view(viewer: Viewer, uuid: UUID, wanted: Narrowing, after: int) -> PlanView:
    """A plan with those of its items that the filters ask for, a page from a place on. Raises PlanUnknown."""
    plan = queries.plan(uuid)
    items = queries.items(plan)
    found = [one for one in items if wanted.fits(one)]
    places = {one.uuid: place for place, one in enumerate(found, start=1)}
    page = page_of(
        found[after : after + PAGE + 1], PAGE, lambda one: str(places[one.uuid]), is_first=after == 0
    )
    counts = tuple((state, sum(one.state is state for one in items)) for state in ItemState)
    return PlanView(
        plan, page, len(found), len(items), counts, wanted, choices_for(items, wanted.filters),
        tuple(ItemState), _newer(plan.edition), len(queries.open_overlays(plan)),
        offered(viewer, uuid, "plan", query=wanted.query), viewer.may(Right.EDIT_PLANS),
    )  # fmt: skip


def concepts_of(items: Sequence[Item]) -> tuple[tuple[str, str], ...]:
    """The 事務 and 手続 of items in their order, those of none last."""
    found = {one.concept: one.concept_label for one in items if one.concept}
    return (*found.items(), ("-", "事務・手続ごとでない取組"))


def item_rows(uuid: UUID, wanted: Narrowing) -> list[list[str]]:
    """The items under the filters as lines of a table for spreadsheets. Raises PlanUnknown."""
    return [_row(one) for one in queries.items(queries.plan(uuid)) if wanted.fits(one)]


def _row(item: Item) -> list[str]:
    guess = item.estimate
    days = [str(one) for one in (guess.low, guess.likely, guess.high)] if guess else ["", "", ""]
    return [
        item.number, item.label, item.concept_label, item.section, item.person, item.vendor, item.state.label, item.reason,
        *days, _iso(item.fixed_start), _iso(item.fixed_finish), _iso(item.deadline), item.note,
    ]  # fmt: skip


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item: its plan, the item above it, what it waits for, what was reported and changed."""

    plan: Plan
    item: Item
    above: Item | None
    before: tuple[Item, ...]
    after: tuple[Item, ...]
    reports: tuple[Report, ...]
    changes: tuple[ChangeEntry, ...]
    undo: Undo | None
    may_edit: bool
    may_report: bool


def item_view(viewer: Viewer, uuid: UUID) -> ItemView:
    """An item with what lies around it. Raises ItemUnknown."""
    plan = queries.plan_of_item(uuid)
    content = queries.content(plan)
    by_uuid = {one.uuid: one for one in content.items}
    item = by_uuid[uuid]
    before, after = _neighbours(content, uuid)
    return ItemView(
        plan, item, by_uuid.get(item.parent) if item.parent else None,
        tuple(by_uuid[one] for one in before if one in by_uuid), tuple(by_uuid[one] for one in after if one in by_uuid),
        tuple(progress.history(uuid))[:20], tuple(queries.changes(plan, about=uuid, most=20)),
        _undo(viewer, plan, uuid), viewer.may(Right.EDIT_PLANS), viewer.may(Right.REPORT_PROGRESS),
    )  # fmt: skip


def _undo(viewer: Viewer, plan: Plan, item: UUID) -> Undo | None:
    found = offered(viewer, plan.uuid, "plan-item", about=item)
    return found if found and found.entry.uuid == item else None


def _neighbours(content: PlanContent, uuid: UUID) -> tuple[list[UUID], list[UUID]]:
    binding = [one for one in content.links if one.binds]
    return [one.before for one in binding if one.after == uuid], [
        one.after for one in binding if one.before == uuid
    ]


@dataclass(frozen=True, slots=True)
class WindowLine:
    """One window, its span and its work in words."""

    window: BodyWindow
    span: str
    work: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArrangementsView:
    """The windows and capacities of a plan, and the work that windows can be about."""

    plan: Plan
    nodes: tuple[Node, ...]
    windows: tuple[WindowLine, ...]
    capacities: tuple[Capacity, ...]
    proposed: int
    may_edit: bool


def arrangements_view(viewer: Viewer, uuid: UUID) -> ArrangementsView:
    """What limits when and how much can be done. Raises PlanUnknown."""
    plan = queries.plan(uuid)
    nodes = queries.edition_of(plan).nodes
    labels = {one.id: one.label for one in nodes} | {"*": "すべての作業"}
    windows = tuple(_window(one, labels) for one in queries.windows(plan))
    proposed = sum(one.window.basis is not Basis.BODY for one in windows)
    return ArrangementsView(
        plan, nodes, windows, tuple(queries.capacities(plan)), proposed, viewer.may(Right.EDIT_PLANS)
    )


def _window(window: BodyWindow, labels: Mapping[str, str]) -> WindowLine:
    (first, begins), (last, ends) = window.begins, window.ends
    span = f"{first}月{begins}日から{'翌年の' if window.ends < window.begins else ''}{last}月{ends}日まで"
    return WindowLine(window, span, tuple(labels.get(one, one) for one in window.applies_to))
