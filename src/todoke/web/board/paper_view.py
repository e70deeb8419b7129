"""Paper applications of a month: what the files say came online, what persons stated, and what was typed now."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from todoke.foundation.accounts.values import Viewer
from todoke.foundation.organisations import queries as organisations
from todoke.foundation.procedures import queries as catalogue
from todoke.japanese import numbers
from todoke.programme.progress import queries
from todoke.programme.progress.values import PaperCount

from .review_view import staff_names

MONTHS = 13
MOST = 10_000_000  # as the service has it
_NO_NUMBER = "件数を、0以上の整数で入力してください。"
_NOT_BLANK = "入力した件数は空欄に戻せません。紙の申請がなければ0と入力してください。"


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One procedure: its name, who answers for it, both counts, what stands in the field, and what is wrong with that."""

    paper: PaperCount
    name: str
    section: str
    is_own: bool
    by: str
    typed: str
    problem: str

    @property
    def share(self) -> str:
        """The online share in per cent; empty while the paper applications are not known, or where nothing came."""
        total = self.paper.online + (self.paper.count or 0)
        if self.paper.count is None or not total:
            return ""
        return f"{(Decimal(self.paper.online) * 100 / total).quantize(Decimal('0.1'), 'ROUND_HALF_UP')}%"


@dataclass(frozen=True, slots=True)
class PaperView:
    """The whole page. `missing_days` have no file of casework, so that the online counts are too low."""

    month: date
    months: Sequence[date]
    lines: Sequence[PaperLine]
    missing_days: int

    @property
    def open_lines(self) -> int:
        """How many of the lines that are the person's own have no count yet."""
        return sum(one.is_own and one.paper.count is None for one in self.lines)

    @property
    def has_problems(self) -> bool:
        """Whether something typed cannot be taken."""
        return any(one.problem for one in self.lines)

    @property
    def counts(self) -> Mapping[str, int]:
        """What was typed, by procedure; what was left blank is not there."""
        found = {one.paper.procedure: numbers.amount(one.typed) for one in self.lines if one.is_own}
        return {procedure: int(count) for procedure, count in found.items() if count is not None}


def months_before(today: date) -> list[date]:
    """The months that are over, as their first days, the newest first."""
    last = today.year * 12 + today.month - 2
    return [date(number // 12, number % 12 + 1, 1) for number in range(last, last - MONTHS, -1)]


def month_in(text: str, today: date) -> date:
    """The month that is asked for（2026-03）, the last one that is over for nonsense."""
    months = months_before(today)
    return next((one for one in months if f"{one:%Y-%m}" == text), months[0])


def paper_view(
    viewer: Viewer, month: date, *, today: date, posted: Mapping[str, str] | None = None
) -> PaperView:
    """The procedures that somebody answers for, and those of which something came; one's own first."""
    own, desks = queries.procedures_of(viewer), catalogue.desks()
    sections, names = {one.id: one.name for one in organisations.sections()}, staff_names()
    active = [code for code, desk in desks.items() if desk.is_active]
    lines = []
    for paper in queries.paper_counts(month, also=active):
        desk = desks.get(paper.procedure)
        is_own = own is None or paper.procedure in own
        typed = _typed(paper, posted)
        lines.append(PaperLine(
            paper, _name(paper.procedure), sections.get(desk.section_id or 0, "") if desk else "", is_own,
            names.get(paper.by, ""), typed, _problem(paper, typed) if posted is not None and is_own else "",
        ))  # fmt: skip
    lines.sort(key=lambda one: not one.is_own)
    missing = monthrange(month.year, month.month)[1] - len(queries.case_days(month))
    return PaperView(month, months_before(today), lines, missing)


def _name(procedure: str) -> str:
    known = catalogue.catalogue().get(procedure)
    return known.name if known else procedure


def _typed(paper: PaperCount, posted: Mapping[str, str] | None) -> str:
    if posted is None:
        return "" if paper.count is None else str(paper.count)
    return posted.get(f"paper-{paper.procedure}", "").strip()[:20]


def _problem(paper: PaperCount, typed: str) -> str:
    if not typed:
        return _NOT_BLANK if paper.count is not None else ""
    count = numbers.amount(typed)
    return "" if count is not None and count == int(count) and 0 <= count <= MOST else _NO_NUMBER
