"""The report as a workbook for closed networks: one row per item; what comes back is read cell by cell, all or nothing.

People fill it in as they are used to: digits of either width, 和暦, 40% where 40 was asked, titles above, cells merged.
What can only mean one thing is taken; for the rest every cell is named with what to do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from todoke.foundation.errors import TodokeError
from todoke.foundation.workbooks import Table, bare
from todoke.japanese import eras, numbers
from todoke.japanese.errors import DateRefused
from todoke.programme.plans.values import Item
from todoke.programme.progress.errors import ItemNotReported, ReportFromLater, WorkbookUnfit
from todoke.programme.progress.values import (
    Remaining,
    ReportDraft,
    ReportState,
    RoundTrip,
    RowTrouble,
    Standing,
)

from . import reports

SHEET = "進捗報告"
ID, AS_OF, STATE, PERCENT, NOTE = "識別番号", "時点", "状態", "割合（%）", "説明"
LEFT = ("残り 少なくて（日）", "残り 見込み（日）", "残り 多くて（日）")
HEADER = (
    ID, "番号", "事務・手続", "取組", "担当課", "担当者", "目標時期", "前の時点", AS_OF, STATE, PERCENT, *LEFT, NOTE,
)  # fmt: skip
FIXED = frozenset(HEADER[:8])
CHOICES = {STATE: tuple(state.label for state in ReportState)}
MARKS = (ID, STATE)  # by which the header is known
Value = str | int | float | date | bool | None
Row = tuple[Value, ...]
_BY_LABEL = {state.label: state for state in ReportState} | {
    "未": ReportState.NOT_STARTED,  # as 総務省's Excel prints it
    "完了": ReportState.DONE, "完了済": ReportState.DONE, "済": ReportState.DONE,
}  # fmt: skip
_FIRST_DAY = date(1899, 12, 30)  # of Excel's numbers of days
_DAY_NUMBERS = range(36_526, 73_051)  # 2000 to 2099
_MERGED = "セルが結合されています。結合を解き、一行ずつ入力してください。"


def rows(items: Iterable[Item], standings: Mapping[UUID, Standing]) -> list[Row]:
    """One row for each item that can be reported, as it stands; the day is for the person to say."""
    return [_row(one, standings[one.uuid]) for one in items if one.counts]


def _row(item: Item, standing: Standing) -> Row:
    left = None if standing.state is ReportState.DONE else standing.remaining
    return (
        str(item.uuid), item.number, item.concept_label, item.label, item.section, item.person, item.deadline,
        standing.as_of, None, standing.state.label, standing.percent, left.low if left else None,
        left.likely if left else None, left.high if left else None, "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """What a filled-in form is read against: the items, where they stand, and the day on which it is read."""

    items: Mapping[UUID, Item]
    standings: Mapping[UUID, Standing]
    today: date


def read(table: Table, ground: Ground) -> RoundTrip:
    """What a filled-in form says that is new. Raises WorkbookUnfit where columns are missing."""
    names = {bare(name): name for name in table.header}
    missing = [name for name in HEADER if bare(name) not in names]
    if missing:
        raise WorkbookUnfit(why=f"列「{missing[0]}」がありません")
    drafts: list[ReportDraft] = []
    troubles: list[RowTrouble] = []
    seen: set[UUID] = set()
    unchanged = 0
    for number, cells in table.rows:
        row = _Line({name: cells.get(names[bare(name)]) for name in HEADER}, [])
        row.look_below(name for name in HEADER if (number, names[bare(name)]) in table.covered)
        draft = _draft(row, ground, seen)
        if row.faults or draft is None:
            letters = table.letters
            troubles += [
                RowTrouble(number, name, words, f"{letters[names[bare(name)]]}{number}")
                for name, words in sorted(row.faults, key=lambda one: HEADER.index(one[0]))
            ]
        elif _is_new(row, draft, ground):
            drafts.append(draft)
        else:
            unchanged += 1
    return RoundTrip(tuple(drafts), unchanged, tuple(troubles))


@dataclass(slots=True)
class _Line:
    """One row: its cells by our names of the columns, and what is wrong with which."""

    cells: Mapping[str, Value]
    faults: list[tuple[str, str]]

    def look_below(self, covered: Iterable[str]) -> None:
        """A cell under a merged one says nothing; in a column that people fill in that is a fault."""
        self.faults += [(name, _MERGED) for name in covered if name not in FIXED or name == ID]

    def refuse(self, name: str, words: str) -> None:
        """Note what is wrong with a cell, once."""
        if name not in dict(self.faults):
            self.faults.append((name, words))


def _draft(row: _Line, ground: Ground, seen: set[UUID]) -> ReportDraft | None:
    item = _item(row, ground, seen)
    if item is None:
        return None  # whatever else stands in a row that is none of ours
    state = _state(row)
    percent, left = _percent(row), [_number(row, name) for name in LEFT]
    as_of = _day(row, ground.today)
    if state is None or row.faults:
        return None
    standing = ground.standings[item]
    if percent is None or (state is not standing.state and percent == standing.percent):
        percent = (
            100 if state is ReportState.DONE else standing.percent if state is ReportState.WORKING else 0
        )
    remaining = _remaining(row, state, left)
    draft = ReportDraft(item, as_of, state, percent, remaining, str(row.cells[NOTE] or ""))
    if not row.faults and _is_new(row, draft, ground):
        _check(row, draft, ground)
    return draft


def _check(row: _Line, draft: ReportDraft, ground: Ground) -> None:
    """What contradicts itself, at the cell where it is put right."""
    try:
        reports.check(draft, ground.items.get(draft.item), today=ground.today)
    except TodokeError as refusal:
        columns: Mapping[type[TodokeError], str] = {ReportFromLater: AS_OF, ItemNotReported: ID}
        where = columns.get(type(refusal)) or reports.place_of(draft)
        row.refuse(
            {"percent": PERCENT, "remaining": LEFT[1], "note": NOTE}.get(where, where), refusal.for_screen()
        )


def _item(row: _Line, ground: Ground, seen: set[UUID]) -> UUID | None:
    try:
        found = UUID(str(row.cells[ID]))
    except ValueError:
        found = None
    if found is None or found not in ground.items:
        row.refuse(
            ID,
            "この計画の取組ではない行です。識別番号を元に戻すか、足した行（合計・メモなど）を消してください。",
        )
        return None
    if found in seen:
        row.refuse(ID, "同じ取組が二度あります。一行だけ残してください。")
        return None
    seen.add(found)
    return found


def _state(row: _Line) -> ReportState | None:
    found = _BY_LABEL.get(bare(str(row.cells[STATE] or "")))
    if found is None:
        row.refuse(STATE, f"{'・'.join(CHOICES[STATE])}のどれかを選んでください。")
    return found


def _day(row: _Line, today: date) -> date:
    """The day that a cell means; today where it is empty: the day on which the form is read."""
    value = row.cells[AS_OF]
    if value in (None, ""):
        return today
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and value in _DAY_NUMBERS:
        return _FIRST_DAY + timedelta(days=int(value))
    try:
        return eras.read_date(str(value))
    except DateRefused:
        row.refuse(
            AS_OF, "日付として読めません。2026/4/1 や 令和8年4月1日 のように、年から入力してください。"
        )
        return today


def _percent(row: _Line) -> int | None:
    value = _number(row, PERCENT)
    if value is not None and value != int(value):
        row.refuse(PERCENT, "整数で入力してください。40%なら、40 です。")
        return None
    return None if value is None else int(value)


def _number(row: _Line, name: str) -> float | None:
    """What a cell says: either width, with or without ％ and 日. None for an empty cell, and for one at fault."""
    value = row.cells[name]
    if value in (None, ""):
        return None
    words = format(value, "f") if isinstance(value, float) else str(value)
    found = numbers.amount(bare(words).removesuffix("%").removesuffix("日"))
    if found is None or not -(10**6) < found < 10**6:
        row.refuse(name, "数字だけを入力してください（「約」「～」などは付けません）。")
        return None
    return float(found)


def _remaining(row: _Line, state: ReportState, numbers_left: Sequence[float | None]) -> Remaining | None:
    if all(one is None for one in numbers_left) or state is ReportState.DONE:
        return None
    low, likely, high = numbers_left
    if likely is None:
        row.refuse(LEFT[1], "残りの見込みを入力してください。")
        return None
    return Remaining(likely if low is None else low, likely, likely if high is None else high)


def _is_new(row: _Line, draft: ReportDraft, ground: Ground) -> bool:
    """Whether a row says something: another state or figure, a word, or the day on which it was found as it was."""
    now = ground.standings[draft.item]
    remaining = None if now.state is ReportState.DONE else now.remaining
    is_as_it_was = (draft.state, draft.percent, draft.remaining) == (now.state, now.percent, remaining)
    is_seen_again = row.cells[AS_OF] not in (None, "") and draft.as_of != now.as_of
    return not is_as_it_was or is_seen_again or bool(draft.note)
