"""What the pages of progress show: both figures with their differences, the matrix 事務 × step, what is not reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from todoke.foundation.accounts.values import Right, Viewer
from todoke.programme.plans.values import Item, ItemState, Plan, PlanContent
from todoke.programme.progress import queries
from todoke.programme.progress.values import (
    ConceptProgress,
    Difference,
    OfficialRate,
    PlanProgress,
    ReportState,
    Spread,
    Standing,
    WeightedProgress,
)

MOST_LISTED = 50
SIGNS = {
    ReportState.DONE: "●", ReportState.WORKING: "◐", ReportState.NOT_STARTED: "○", ReportState.OUT_OF_SCOPE: "－",
}  # fmt: skip
RATES_HEADER = (
    "事務・手続", "完了済み", "対象外", "作業中", "未着手", "ステップ数", "完了率（国の算式）", "進み（作業量の重み）", "差",
    *(one.label for one in Difference),
)  # fmt: skip


def percent(rate: Fraction | None) -> str:
    """A rate as people read it, to one decimal; a dash for none."""
    return "－" if rate is None else f"{float(rate * 100):.1f}%"


def points(difference: Fraction | None) -> str:
    """A difference of rates in points, with its sign."""
    return "－" if difference is None else f"{float(difference * 100):+.1f}"


@dataclass(frozen=True, slots=True)
class RateLine:
    """One 事務, or the whole: counts, both rates, their difference and its four parts; bars are of 100."""

    label: str
    official: OfficialRate
    weighted: WeightedProgress
    rate: str
    weighted_rate: str
    difference: str
    parts: tuple[tuple[str, str], ...]
    official_bar: int
    weighted_bar: int


def rate_line(
    label: str, official: OfficialRate, weighted: WeightedProgress, differences: Mapping[Difference, Fraction]
) -> RateLine:
    """One line of both figures."""
    parts = tuple((one.label, points(differences.get(one))) for one in Difference)
    whole = sum(differences.values(), Fraction(0)) if differences else None
    return RateLine(
        label, official, weighted, percent(official.rate), percent(weighted.rate), points(whole), parts,
        round((official.rate or 0) * 100), round((weighted.rate or 0) * 100),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """Quartiles in words, and where they lie on a line of 100."""

    count: int
    words: tuple[tuple[str, str], ...]
    lowest: float
    first: float
    median: float
    third: float
    highest: float

    @property
    def width(self) -> float:
        """Of the box, never too thin to see."""
        return max(0.5, self.third - self.first)


def box(spread: Spread | None) -> Box | None:
    """The distribution of the 事務; None for none."""
    if spread is None:
        return None
    figures = (spread.lowest, spread.first, spread.median, spread.third, spread.highest)
    names = ("最も低い", "第1四分位", "中央値", "第3四分位", "最も高い")
    words = tuple((name, percent(one)) for name, one in zip(names, figures, strict=True))
    places = [round(float(one * 100), 1) for one in figures]
    return Box(spread.count, words, *places)


@dataclass(frozen=True, slots=True)
class StateShare:
    """How many items stand in one state, beside the others（0–100）."""

    state: ReportState
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class ProgressView:
    """A plan as of a day: the whole, each 事務, the distribution, and what is not reported or has no date."""

    plan: Plan
    as_of: date
    whole: RateLine
    lines: tuple[RateLine, ...]
    box: Box | None
    states: tuple[StateShare, ...]
    stale: tuple[Item, ...]
    stale_count: int
    stale_share: str
    undated: tuple[Item, ...]
    undated_count: int
    may_report: bool


def progress_view(viewer: Viewer, plan: UUID, *, as_of: date) -> ProgressView:
    """Where a plan stands. Raises PlanUnknown."""
    content = queries.content_of(plan)
    found = queries.progress(content, as_of=as_of)
    items = {one.uuid: one for one in content.items}
    return ProgressView(
        content.plan, as_of, rate_line("全体", found.official, found.weighted, found.differences),
        tuple(_line(one) for one in found.concepts), box(found.spread), _shares(found),
        _listed(found.stale, items), len(found.stale), percent(found.weighted.stale_share),
        _listed(found.undated, items), len(found.undated), viewer.may(Right.REPORT_PROGRESS),
    )  # fmt: skip


def _line(one: ConceptProgress) -> RateLine:
    return rate_line(one.official.label, one.official, one.weighted, one.differences)


def _shares(found: PlanProgress) -> tuple[StateShare, ...]:
    total = sum(found.states.values()) or 1
    return tuple(
        StateShare(state, count, round(100 * count / total)) for state, count in found.states.items()
    )


def _listed(uuids: Sequence[UUID], items: Mapping[UUID, Item]) -> tuple[Item, ...]:
    return tuple(items[one] for one in uuids[:MOST_LISTED])


def rate_rows(plan: UUID, *, as_of: date) -> list[list[str]]:
    """Both figures of every 事務 as lines of a table, the whole last. Raises PlanUnknown."""
    found = queries.progress(queries.content_of(plan), as_of=as_of)
    whole = rate_line("全体", found.official, found.weighted, found.differences)
    return [_row(one) for one in (*(_line(one) for one in found.concepts), whole)]


def _row(line: RateLine) -> list[str]:
    of = line.official
    counts = [str(one) for one in (of.done, of.out_of_scope, of.working, of.not_started, of.steps)]
    return [
        line.label,
        *counts,
        line.rate,
        line.weighted_rate,
        line.difference,
        *(words for _, words in line.parts),
    ]


@dataclass(frozen=True, slots=True)
class Step:
    """One column of the matrix: the number as printed, and what is done."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One 事務 at one step: its item and state; None where there is none."""

    item: Item | None
    state: ReportState | None
    sign: str


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """One 事務 with all its steps and its official rate."""

    label: str
    cells: tuple[MatrixCell, ...]
    rate: str


@dataclass(frozen=True, slots=True)
class MatrixView:
    """The matrix 事務 × step as of a day."""

    plan: Plan
    as_of: date
    steps: tuple[Step, ...]
    lines: tuple[MatrixLine, ...]
    signs: tuple[tuple[str, str], ...]
    is_official: bool


def matrix_view(plan: UUID, *, as_of: date) -> MatrixView:
    """Every step of every 事務. Raises PlanUnknown."""
    content = queries.content_of(plan)
    standings = queries.standings(content, as_of=as_of)
    rates = {one.official.concept: one.official for one in queries.progress(content, as_of=as_of).concepts}
    counted = _steps_of_concepts(content)
    nodes = {one.node: Step(_code(one), one.label) for one in counted}
    by_place = {(one.concept, one.node): one for one in counted}
    lines = tuple(
        MatrixLine(
            rate.label, tuple(_cell(by_place.get((concept, node)), standings) for node in nodes), percent(rate.rate)
        )
        for concept, rate in rates.items()
    )  # fmt: skip
    signs = tuple((sign, state.label) for state, sign in SIGNS.items())
    return MatrixView(
        content.plan, as_of, tuple(nodes.values()), lines, signs,
        bool(rates) and all(one.is_official for one in rates.values()),
    )  # fmt: skip


def _steps_of_concepts(content: PlanContent) -> list[Item]:
    living = [one for one in content.items if one.state is not ItemState.RETIRED]
    above = {one.parent for one in living}
    return [one for one in living if one.concept and one.node and one.uuid not in above]


def _code(item: Item) -> str:
    return item.number or f"{item.label[:3]}…"


def _cell(item: Item | None, standings: Mapping[UUID, Standing]) -> MatrixCell:
    if item is None:
        return MatrixCell(None, None, "")
    state = standings[item.uuid].state
    return MatrixCell(item, state, SIGNS[state])


def matrix_rows(view: MatrixView) -> tuple[list[str], list[list[str]]]:
    """The matrix as header and lines of a table."""
    header = ["事務", *(f"{one.code} {one.label}" for one in view.steps), "完了率（国の算式）"]
    rows = [
        [line.label, *(one.state.label if one.state else "" for one in line.cells), line.rate]
        for line in view.lines
    ]
    return header, rows
