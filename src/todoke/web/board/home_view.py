"""What needs the DX officer today, and what the head of the body has to know: read off every open plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from todoke.foundation.errors import TodokeError
from todoke.programme.forecast import queries as forecasts
from todoke.programme.forecast.values import ForecastRef, SafeDate, Verdict
from todoke.programme.plans import queries as plans
from todoke.programme.plans.values import Plan, PlanContent
from todoke.programme.progress import queries as progress
from todoke.programme.progress.values import PlanProgress, Report
from todoke.programme.review import queries as review
from todoke.programme.review.values import Card, CardState
from todoke.web.shared.templatetags.todoke import chance as chance_words

from .drawn import Drawn, drawn_of
from .forecast_view import verdict_tone

MOST_PLANS, NEXT = 12, 5
SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan: how far it is, what is likely by the last kept forecast, and what asks for somebody."""

    plan: Plan
    official: str
    weighted: str
    stale: int
    undated: int
    last: ForecastRef | None
    verdict: Verdict | None
    tone: str
    trouble: str
    soon: Sequence[SafeDate]
    late: int
    overdue: Sequence[Card]
    open_cards: int

    @property
    def chance(self) -> str:
        """The chance of the last kept forecast."""
        return chance_words(self.last.chance_permille if self.last else None)


@dataclass(frozen=True, slots=True)
class Home:
    """The whole page."""

    lines: Sequence[PlanLine]
    as_of: date
    needs: int
    more: int


def home(*, as_of: date) -> Home:
    """What needs somebody today, plan by plan, the oldest plan first. As many questions for twelve plans as for one."""
    known = plans.plans()
    shown = known[:MOST_PLANS]
    uuids = [one.uuid for one in shown]
    said = _Said(
        progress.latest_of(uuids, as_of=as_of),
        forecasts.last_forecasts(uuids),
        review.cards_of(uuids, today=as_of),
    )
    lines = [_line(one, said, as_of) for one in plans.contents(shown)]
    needs = sum(bool(one.stale) + bool(one.overdue) + bool(one.soon) for one in lines)
    return Home(lines, as_of, needs, max(len(known) - MOST_PLANS, 0))


@dataclass(frozen=True, slots=True)
class _Said:
    """What was reported, forecast and decided, over all the plans that are shown."""

    reports: Mapping[UUID, Report]
    forecasts: Mapping[UUID, ForecastRef]
    cards: Mapping[UUID, Sequence[Card]]


def _line(content: PlanContent, said: _Said, as_of: date) -> PlanLine:
    plan = content.plan
    found, trouble = _drawn(content, said.reports, as_of)
    begins = forecasts.begins(found.placed) if found else None
    standing = progress.progress(content, as_of=as_of, begins=begins, known=said.reports)
    cards = said.cards.get(plan.uuid, ())
    return PlanLine(
        plan, _percent(standing.official.rate), _percent(standing.weighted.rate), len(standing.stale), _undated(standing),
        said.forecasts.get(plan.uuid), found.placed.verdict if found else None,
        verdict_tone(found.placed.verdict) if found else "none", trouble, _soon(found, as_of),
        sum(one.is_late for one in found.works) if found else 0, [one for one in cards if one.is_overdue],
        sum(one.state is CardState.OPEN for one in cards),
    )  # fmt: skip


def _drawn(content: PlanContent, reports: Mapping[UUID, Report], as_of: date) -> tuple[Drawn | None, str]:
    """The schedule of a plan, or the sentence that says why there is none: other plans go on."""
    try:
        return drawn_of(content, as_of=as_of, known=reports), ""
    except TodokeError as trouble:
        return None, trouble.for_screen()


def _soon(found: Drawn | None, as_of: date) -> Sequence[SafeDate]:
    """The work that must begin within sixty days, one line each, the nearest first."""
    if found is None:
        return ()
    labels = found.labels()
    lines = forecasts.last_safe_dates(found.network, found.placed)
    near = [one for one in forecasts.next_to_lose(lines, len(lines)) if as_of <= one.by <= as_of + SOON]
    seen: dict[str, SafeDate] = {}
    for one in near:
        if one.key in labels:
            seen.setdefault(one.key, one)
    return list(seen.values())[:NEXT]


def _undated(standing: PlanProgress) -> int:
    return len(standing.undated)


def _percent(rate: Fraction | None) -> str:
    return "－" if rate is None else f"{float(rate) * 100:.1f}％"
