"""Indicators: where each stands to its target, its trend as a line and a table, and what else could be kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.procedures import queries as catalogue
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import IndicatorDefinition
from todoke.programme.progress import queries
from todoke.programme.progress.values import Indicator, IndicatorValue, Trend

from .forms.progress import Offered

HEADER = (
    "指標",
    "単位",
    "時点",
    "値",
    "分子",
    "分母",
    "値がない理由",
    "出どころ",
    "公表日",
    "目標値",
    "目標の期日",
)
SHOWN = 12


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator: the newest value, its values newest first, and a line of up to twelve of them（0–100 × 0–30）.

    `since`: what was stated later than `last` and has no value. `last` has none where no statement has.
    """

    trend: Trend
    last: IndicatorValue | None
    since: IndicatorValue | None
    is_fed: bool
    values: tuple[IndicatorValue, ...]
    points: str
    gap: str


@dataclass(frozen=True, slots=True)
class IndicatorsView:
    """The indicators that the body keeps, and what may be done. `asks_paper`: one of them waits for paper counts."""

    lines: tuple[IndicatorLine, ...]
    may_keep: bool
    may_state: bool
    asks_paper: bool

    @property
    def typed(self) -> Sequence[Indicator]:
        """The indicators whose values persons type."""
        return [one.trend.indicator for one in self.lines if not one.is_fed]


def indicators_view(viewer: Viewer) -> IndicatorsView:
    """Every kept indicator."""
    lines = tuple(_line(one) for one in queries.trends())
    asks = any(queries.needs_paper(one.trend.indicator.code) for one in lines)
    return IndicatorsView(lines, viewer.may(Right.EDIT_PLANS), viewer.may(Right.REPORT_PROGRESS), asks)


def _line(trend: Trend) -> IndicatorLine:
    values = trend.values[-SHOWN:]
    gap = "" if trend.gap is None else f"{number(trend.gap)}{trend.indicator.unit}"
    newest = values[-1] if values else None
    last = next((one for one in reversed(trend.values) if one.value is not None), newest)
    return IndicatorLine(
        trend, last, newest if newest is not last else None, queries.is_fed(trend.indicator.code),
        tuple(reversed(values)), _points(values), gap,
    )  # fmt: skip


def number(value: Decimal) -> str:
    """A value without needless zeros."""
    return f"{value.normalize():,f}"


def _points(values: tuple[IndicatorValue, ...]) -> str:
    figures = [float(one.value) for one in values if one.value is not None]
    if len(figures) < 2:
        return ""
    low, high = min(figures), max(figures)
    height = (high - low) or 1.0
    step = 100 / (len(figures) - 1)
    return " ".join(
        f"{place * step:.1f},{28 - 26 * (one - low) / height:.1f}" for place, one in enumerate(figures)
    )


def offered() -> Offered:
    """The indicators of every pack at hand, without those that the body keeps already.

    One that casework feeds stays: it can be kept for each procedure.
    """
    kept = frozenset(one.code for one in queries.kept_indicators())
    found = {one.id: one for pack in packs.packs() for one in packs.edition(pack.newest).indicators}
    fed = frozenset(code for code in found if queries.is_fed(code))
    procedures = [(code, one.name) for code, one in catalogue.catalogue().items()]
    return Offered(
        {code: one for code, one in found.items() if code not in kept or code in fed}, procedures, fed, kept
    )


def meant(definition: IndicatorDefinition, procedure: str) -> IndicatorDefinition:
    """The definition for one procedure, or of all where none is named."""
    if not procedure:
        return definition
    return queries.of_procedure(definition, procedure, catalogue.procedure(procedure).name)


def typed() -> Sequence[Indicator]:
    """The indicators whose values persons type: those that casework does not feed."""
    return [one for one in queries.kept_indicators() if not queries.is_fed(one.code)]


def kept_words(one: Indicator) -> str:
    """What is said when an indicator was added: where its values come from."""
    if queries.needs_paper(one.code):
        return "指標を加えました。月が終わったら、紙の申請の件数を入力してください。"
    if queries.is_fed(one.code):
        return "指標を加えました。値は、申請の記録から自動で入ります。"
    return "指標を加えました。値を入力してください。"


def rows() -> list[list[str]]:
    """Every value of every kept indicator as lines of a table."""
    return [_row(trend, value) for trend in queries.trends() for value in trend.values]


def _row(trend: Trend, value: IndicatorValue) -> list[str]:
    of = trend.indicator
    texts = (of.label, of.unit, value.as_of, value.value, value.numerator, value.denominator, value.missing,
             value.source_text or value.source.label, value.published_on, of.target, of.target_on)  # fmt: skip
    return ["" if one is None else str(one) for one in texts]
