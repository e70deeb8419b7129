"""The form in which many items are reported at once: what stands, what was typed, and what is wrong with it."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import QueryDict

from todoke.programme.plans.values import Item, Plan
from todoke.programme.progress import queries
from todoke.programme.progress.values import Remaining, ReportDraft, ReportState, Standing
from todoke.web.board.narrowing import Filters
from todoke.web.board.plans_view import Narrowing, concepts_of
from todoke.web.shared.requests import typed_text

MOST_ROWS = 60
COLUMNS = ("percent", "low", "likely", "high")
OFFERED = tuple(ReportState)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One item of the form: where it stands, the texts in its fields, and what is wrong."""

    item: Item
    standing: Standing
    state: str
    percent: str
    low: str
    likely: str
    high: str
    note: str
    is_same: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ReportView:
    """The form of a plan for one 事務 or 課, a page of it."""

    plan: Plan
    as_of: date
    lines: tuple[ReportLine, ...]
    found: int
    narrowing: Narrowing
    concepts: tuple[tuple[str, str], ...]
    states: tuple[ReportState, ...] = OFFERED

    @property
    def is_cut(self) -> bool:
        """Whether there are more items than one page has."""
        return self.found > len(self.lines)

    @property
    def has_problems(self) -> bool:
        """Whether something has to be corrected."""
        return any(one.problem for one in self.lines)


def report_view(plan: UUID, wanted: Narrowing, *, as_of: date, posted: QueryDict | None = None) -> ReportView:
    """The form as things stand, or with what was typed into it. Raises PlanUnknown."""
    content = queries.content_of(plan)
    standings = queries.standings(content, as_of=as_of)
    items = queries.reportable(content)
    wanted = wanted if wanted.query else Narrowing(Filters(concept=_first_concept(items)))
    found = [one for one in items if wanted.fits(one)]
    lines = [_as_it_stands(one, standings[one.uuid]) for one in found[:MOST_ROWS]]
    if posted is not None:
        lines = [_as_typed(one, posted) for one in lines]
    return ReportView(content.plan, as_of, tuple(lines), len(found), wanted, concepts_of(items))


def _first_concept(items: list[Item]) -> str:
    return next((one.concept for one in items if one.concept), "")


def _as_it_stands(item: Item, standing: Standing) -> ReportLine:
    left = standing.remaining
    low, likely, high = (_plain(one) for one in (left.low, left.likely, left.high)) if left else ("", "", "")
    return ReportLine(item, standing, standing.state.value, str(standing.percent), low, likely, high, "")


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)


def _as_typed(line: ReportLine, posted: QueryDict) -> ReportLine:
    name = str(line.item.uuid)
    typed = {
        field: unicodedata.normalize(
            "NFKC", typed_text(posted.get(f"{field}-{name}", getattr(line, field)), 12)
        )
        for field in COLUMNS
    }
    state = posted.get(f"state-{name}", line.state)
    typed_line = ReportLine(
        line.item, line.standing, state, typed["percent"], typed["low"], typed["likely"], typed["high"],
        typed_text(posted.get(f"note-{name}", ""), 500), posted.get(f"same-{name}") == "on",
    )  # fmt: skip
    return _with_problem(typed_line)


def _with_problem(line: ReportLine) -> ReportLine:
    if not has_news(line):
        return line
    problem = _problem(line)
    return ReportLine(
        line.item, line.standing, line.state, line.percent, line.low, line.likely, line.high, line.note, line.is_same, problem
    )  # fmt: skip


def _problem(line: ReportLine) -> str:
    days = [line.low, line.likely, line.high]
    if line.state not in {one.value for one in ReportState}:
        return "状態を選んでください。"
    if line.percent and not (line.percent.isdecimal() and int(line.percent) <= 100):
        return "割合は0から100までの整数です。"
    if any(days) and not all(_is_number(one) for one in days):
        return "残りの日数は、短い・見込み・長いの三つとも数字で入力してください。"
    if all(days) and not float(line.low) <= float(line.likely) <= float(line.high):
        return "残りの日数は、短い≦見込み≦長い の順にしてください。"
    if line.state == ReportState.OUT_OF_SCOPE.value and not line.note:
        return "対象外にする理由を、説明に入力してください。"
    return ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.replace(".", "", 1).isdigit()


def has_news(line: ReportLine) -> bool:
    """Whether a line says something: another value, a note, or that nothing has changed."""
    stands = _as_it_stands(line.item, line.standing)
    fields = ("state", *COLUMNS)
    return (
        line.is_same or bool(line.note) or any(getattr(line, one) != getattr(stands, one) for one in fields)
    )


def drafts_of(view: ReportView) -> list[ReportDraft]:
    """The reports of the lines that say something; only of a view without problems."""
    return [_draft(one, view.as_of) for one in view.lines if has_news(one)]


def _draft(line: ReportLine, as_of: date) -> ReportDraft:
    state = ReportState(line.state)
    percent = _PERCENT.get(state, int(line.percent or 0))
    left = Remaining(float(line.low), float(line.likely), float(line.high)) if line.likely else None
    keeps = state is ReportState.WORKING or state is ReportState.NOT_STARTED
    return ReportDraft(line.item.uuid, as_of, state, percent, left if keeps else None, line.note)


_PERCENT: Mapping[ReportState, int] = {
    ReportState.DONE: 100, ReportState.NOT_STARTED: 0, ReportState.OUT_OF_SCOPE: 0,
}  # fmt: skip
