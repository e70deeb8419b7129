"""The report as a workbook for closed networks: one row per item; what comes back is read row by row, all or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from todoke.programme.plans.values import Item
from todoke.programme.progress.errors import WorkbookUnfit
from todoke.programme.progress.values import (
    Remaining,
    ReportDraft,
    ReportState,
    RoundTrip,
    RowTrouble,
    Standing,
)

SHEET = "進捗報告"
HEADER = (
    "識別番号", "番号", "事務・手続", "取組", "担当課", "担当者", "目標時期", "時点", "状態", "割合（%）",
    "残り 少なくて（日）", "残り 見込み（日）", "残り 多くて（日）", "説明",
)  # fmt: skip
FIXED = frozenset(HEADER[:7])
CHOICES = {"状態": tuple(state.label for state in ReportState)}
Value = str | int | float | date | bool | None
Row = tuple[Value, ...]
_BY_LABEL = {state.label: state for state in ReportState} | {
    "未": ReportState.NOT_STARTED
}  # as 総務省's Excel prints it


def rows(items: Iterable[Item], standings: Mapping[UUID, Standing]) -> list[Row]:
    """One row for each item that can be reported, as it stands."""
    return [_row(one, standings[one.uuid]) for one in items if one.counts]


def _row(item: Item, standing: Standing) -> Row:
    left = standing.remaining
    return (
        str(item.uuid), item.number, item.concept_label, item.label, item.section, item.person, item.deadline,
        standing.as_of, standing.state.label, standing.percent, left.low if left else None,
        left.likely if left else None, left.high if left else None, "",
    )  # fmt: skip


def read(
    header: Sequence[str],
    table: Iterable[tuple[int, Mapping[str, Value]]],
    items: Mapping[UUID, Item],
    standings: Mapping[UUID, Standing],
) -> RoundTrip:
    """What a filled-in table says that is new. Raises WorkbookUnfit where columns are missing."""
    missing = [name for name in HEADER if name not in header]
    if missing:
        raise WorkbookUnfit(why=f"列「{missing[0]}」がありません")
    drafts: list[ReportDraft] = []
    troubles: list[RowTrouble] = []
    seen: set[UUID] = set()
    unchanged = 0
    for number, row in table:
        try:
            draft = _draft(row, items, seen)
        except _Unreadable as fault:
            troubles.append(RowTrouble(number, fault.column, fault.sentence))
            continue
        if _says(draft) == _says_now(standings[draft.item]) and not draft.note:
            unchanged += 1
        else:
            drafts.append(draft)
    return RoundTrip(tuple(drafts), unchanged, tuple(troubles))


class _Unreadable(ValueError):
    """One cell that cannot be read: its column, and what to do."""

    def __init__(self, column: str, sentence: str) -> None:
        super().__init__(column)
        self.column, self.sentence = column, sentence


def _draft(row: Mapping[str, Value], items: Mapping[UUID, Item], seen: set[UUID]) -> ReportDraft:
    item = _item(row.get("識別番号"), items, seen)
    state = _BY_LABEL.get(str(row.get("状態") or ""))
    if state is None:
        raise _Unreadable("状態", f"{'・'.join(CHOICES['状態'])}のどれかを選んでください。")
    as_of = _day(row.get("時点"), state)
    percent = _number(row, "割合（%）")
    if percent is None:
        percent = 100 if state is ReportState.DONE else 0
    if percent != int(percent):
        raise _Unreadable("割合（%）", "整数で入力してください。")
    note = str(row.get("説明") or "")
    return ReportDraft(item, as_of, state, int(percent), _remaining(row, state), note)


def _item(value: Value, items: Mapping[UUID, Item], seen: set[UUID]) -> UUID:
    try:
        found = UUID(str(value))
    except ValueError:
        found = None
    if found is None or found not in items:
        raise _Unreadable(
            "識別番号", "この計画にない行です。識別番号は変えず、新しい行は足さないでください。"
        )
    if found in seen:
        raise _Unreadable("識別番号", "同じ取組が二度あります。一行だけ残してください。")
    seen.add(found)
    return found


def _day(value: Value, state: ReportState) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value or "").replace("/", "-"))
    except ValueError as wrong:
        if not value and state is ReportState.NOT_STARTED:
            return date.min  # never reported and still not: as it was
        raise _Unreadable(
            "時点", "いつの時点の状態かを、2026-04-01 のような日付で入力してください。"
        ) from wrong


def _number(row: Mapping[str, Value], column: str) -> float | None:
    value = row.get(column)
    if value in (None, ""):
        return None
    try:
        number = float(str(value).rstrip("%％"))
    except ValueError as wrong:
        raise _Unreadable(column, "数字で入力してください。") from wrong
    if not -1e6 < number < 1e6:  # also no NaN
        raise _Unreadable(column, "数字が大きすぎます。")
    return number


def _remaining(row: Mapping[str, Value], state: ReportState) -> Remaining | None:
    columns = HEADER[10:13]
    numbers = [_number(row, column) for column in columns]
    if all(one is None for one in numbers) or state is ReportState.DONE:
        return None
    low, likely, high = numbers
    if likely is None:
        raise _Unreadable(columns[1], "残りの見込みを入力してください。")
    return Remaining(likely if low is None else low, likely, likely if high is None else high)


def _says(draft: ReportDraft) -> tuple[object, ...]:
    return (draft.as_of, draft.state, draft.percent, draft.remaining)


def _says_now(standing: Standing) -> tuple[object, ...]:
    remaining = None if standing.state is ReportState.DONE else standing.remaining
    return (standing.as_of or date.min, standing.state, standing.percent, remaining)
