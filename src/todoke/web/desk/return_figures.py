"""How often applicants were asked to correct what, as the page of figures shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.http import HttpRequest

from todoke.casework.cases import queries as cases
from todoke.casework.cases.values import ReasonCount
from todoke.casework.intake import queries as intake
from todoke.foundation.accounts.values import Viewer
from todoke.foundation.calendars.queries import now
from todoke.web.desk.case_view import procedure_name

SPANS = {30: "30日", 90: "90日", 365: "1年"}
USUAL = 90


@dataclass(frozen=True, slots=True)
class Bar:
    """One reason: words, the field, how often, and its share of the longest bar（0–100）."""

    code: str
    words: str
    field: str
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class ProcedureFigures:
    """The reasons of one procedure, the most frequent first, and how many there are in all."""

    procedure: str
    total: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class ReturnFigures:
    """The page: the span that is counted, the others, and the figures by procedure."""

    days: int
    spans: tuple[tuple[int, str], ...]
    procedures: tuple[ProcedureFigures, ...]


def of(request: HttpRequest, viewer: Viewer) -> ReturnFigures:
    """The figures of the viewer's sections over the span in the address."""
    asked = request.GET.get("days", "")
    days = next((span for span in SPANS if str(span) == asked), USUAL)
    counts = cases.counts_by_return_reason(viewer, since=now() - timedelta(days=days))
    words = {one.code: one.label for one in intake.form_checks(viewer.organisation).reasons}
    longest = max((one.count for one in counts), default=1)
    groups = groupby(counts, key=lambda one: one.procedure)
    figures = [_figures(code, list(rows), words, longest) for code, rows in groups]
    return ReturnFigures(days, tuple(SPANS.items()), tuple(figures))


def _figures(
    code: str, counts: Iterable[ReasonCount], words: dict[str, str], longest: int
) -> ProcedureFigures:
    bars = tuple(
        Bar(one.code, words.get(one.code, one.code), one.field, one.count, max(1, 100 * one.count // longest))
        for one in counts
    )
    return ProcedureFigures(procedure_name(code), sum(one.count for one in bars), bars)
