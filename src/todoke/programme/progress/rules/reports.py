"""Which reports may be kept, and where an item stands by them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from todoke.programme.plans.values import Item, ItemState
from todoke.programme.progress.errors import ItemNotReported, ReportFromLater, ReportUnfit
from todoke.programme.progress.values import (
    STALE_DAYS,
    Remaining,
    Report,
    ReportDraft,
    ReportState,
    Standing,
    Why,
)

MOST_DAYS = 5000  # twenty years of working days
LONGEST_NOTE = 2000
_NOTHING_LEFT = Remaining(0, 0, 0)


def check(draft: ReportDraft, item: Item | None, *, today: date) -> ReportDraft:
    """The draft as it may be kept. Raises ReportUnfit, ReportFromLater, ItemNotReported."""
    if item is None:
        raise ItemNotReported(why="計画にありません")
    if not item.counts:
        raise ItemNotReported(why=item.state.label)
    if draft.as_of > today:
        raise ReportFromLater
    where = _contradiction(draft)
    if where:
        raise ReportUnfit(where=where)
    return draft


def _contradiction(draft: ReportDraft) -> str:
    return next((words for _, words in _contradictions(draft)), "")


def place_of(draft: ReportDraft) -> str:
    """Where the first contradiction of a draft is put right: percent, remaining or note; empty without one."""
    return next((place for place, _ in _contradictions(draft)), "")


def _contradictions(draft: ReportDraft) -> Iterator[tuple[str, str]]:
    remaining, state = draft.remaining, draft.state
    if not 0 <= draft.percent <= 100:
        yield "percent", "割合は0から100までです"
    if remaining and not 0 <= remaining.low <= remaining.likely <= remaining.high <= MOST_DAYS:
        yield "remaining", "残りの日数は、少なくて・見込み・多くての順に、小さい数からです"
    if len(draft.note) > LONGEST_NOTE:
        yield "note", f"説明は{LONGEST_NOTE}字までです"
    if state is ReportState.DONE and (draft.percent != 100 or (remaining and remaining.high > 0)):
        yield "percent", "完了済みなら、割合は100、残りは0です"
    if state is ReportState.OUT_OF_SCOPE and not draft.note.strip():
        yield "note", "対象外にする理由を書いてください"
    if state is ReportState.WORKING and draft.percent > 99:
        yield "percent", "作業中なら、割合は99までです"
    if state in (ReportState.NOT_STARTED, ReportState.OUT_OF_SCOPE) and draft.percent:
        yield "percent", f"{state.label}なら、割合は0です"


def newest(reports: Iterable[Report], *, as_of: date | None = None) -> dict[UUID, Report]:
    """The report of each item that counts as of a day: the one for the latest day, and of those the last one made."""
    found: dict[UUID, Report] = {}
    for one in reports:
        if as_of is not None and one.as_of > as_of:
            continue
        known = found.get(one.item)
        if known is None or (one.as_of, one.id) > (known.as_of, known.id):
            found[one.item] = one
    return found


def standings(
    items: Sequence[Item],
    reports: Mapping[UUID, Report],
    *,
    as_of: date,
    begins: Mapping[UUID, date] | None = None,
) -> dict[UUID, Standing]:
    """Where each item stands. `begins`: when an item should have begun, as planned; without it, from now on.

    Merged items without a report of their own are done only if all their sources were; split ones never by themselves
    （programme.md §1.4）.
    """
    known = {one.uuid: one for one in items}
    return {one.uuid: _standing(one, known, reports, as_of, begins or {}) for one in items}


def _standing(
    item: Item,
    known: Mapping[UUID, Item],
    reports: Mapping[UUID, Report],
    as_of: date,
    begins: Mapping[UUID, date],
) -> Standing:
    report = reports.get(item.uuid)
    if item.state is ItemState.OUT_OF_SCOPE:
        return Standing(item.uuid, ReportState.OUT_OF_SCOPE, 0, None, None, Why.PLAN, is_stale=False)
    if report is None:
        return _unreported(item, reports, as_of, begins)
    is_open = report.state in {ReportState.WORKING, ReportState.NOT_STARTED}
    is_old = report.as_of < as_of - timedelta(days=STALE_DAYS)
    is_due = report.state is ReportState.WORKING or begins.get(item.uuid, as_of) <= as_of
    remaining = _NOTHING_LEFT if report.state is ReportState.DONE else report.remaining
    return Standing(
        item.uuid, report.state, report.percent, remaining, report.as_of, Why.REPORTED,
        is_stale=item.counts and is_open and is_old and is_due,
    )  # fmt: skip


def _unreported(
    item: Item, reports: Mapping[UUID, Report], as_of: date, begins: Mapping[UUID, date]
) -> Standing:
    sources = [reports.get(one) for one in item.sources]
    is_merged = len(sources) > 1
    if is_merged and all(one is not None and one.state is ReportState.DONE for one in sources):
        latest = max(one.as_of for one in sources if one is not None)
        return Standing(item.uuid, ReportState.DONE, 100, _NOTHING_LEFT, latest, Why.SOURCES, is_stale=False)
    is_due = begins.get(item.uuid, as_of) <= as_of
    return Standing(
        item.uuid, ReportState.NOT_STARTED, 0, None, None, Why.NOTHING, is_stale=item.counts and is_due
    )
