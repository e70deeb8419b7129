"""Questions about what will be done when: the door to the engine, and what was kept of its answers."""

import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from todoke.foundation.calendars.queries import business_days
from todoke.programme.plans import queries as plans
from todoke.programme.plans.values import PlanContent, ScheduleEffect
from todoke.programme.progress import queries as progress
from todoke.programme.progress.values import Report

from .errors import ForecastUnknown
from .models import ForecastRow
from .rules import effects, history, keeping
from .rules.branches import apply, compare
from .rules.building import build
from .rules.calibrating import calibrate
from .rules.canonical import input_hash
from .rules.early_start import early_start_curve, smallest_peak
from .rules.exact import EFFORT, is_installed, solve_exactly
from .rules.explaining import drivers, explain
from .rules.lint import lint
from .rules.loads import month_loads, peak_load
from .rules.safe_dates import last_safe_dates, next_to_lose
from .rules.scheduling import schedule
from .rules.simulating import simulate
from .values import (
    Accuracy,
    Calibration,
    ForecastKind,
    ForecastRef,
    KeptExact,
    Network,
    Schedule,
    StoredForecast,
    WorkingDays,
)

YEARS = 10  # how far ahead anything is placed
BACK = date(2000, 1, 1)

__all__ = [
    "EFFORT", "accuracy", "apply", "begins", "calibration_of", "compare", "drivers", "early_start_curve",
    "effect_as_of", "explain", "forecast", "forecasts", "is_as_asked", "is_installed", "last_exact", "last_forecast",
    "last_forecasts",
    "last_safe_dates", "lint", "month_loads", "network_of", "network_of_content", "next_to_lose", "peak_load",
    "schedule", "simulate", "smallest_peak", "solve_exactly", "working_days",
]  # fmt: skip


@lru_cache(maxsize=32)
def working_days(first: date) -> WorkingDays:
    """The 執務日 of the ten years from a day on."""
    years = (business_days(year) for year in range(first.year, first.year + YEARS + 1))
    return WorkingDays(tuple(day for days in years for day in days if day >= first))


def network_of(plan: plans.PlanName, *, as_of: date) -> Network:
    """The network of a plan as it stands, with what was reported up to a day. Raises PlanUnknown."""
    return network_of_content(plans.content(plan), as_of=as_of)


def network_of_content(
    content: PlanContent, *, as_of: date, known: Mapping[UUID, Report] | None = None
) -> Network:
    """The same for a plan that is only proposed; what it shares with the stored one has its reports（or `known`）."""
    standings = progress.standings(content, as_of=as_of, known=known)
    return build(content, standings, as_of=as_of, calendar=working_days(as_of))


def calibration_of(plan: plans.PlanName, *, as_of: date) -> Calibration:
    """What the finished work of this plan says of its estimates."""
    content = plans.content(plan)
    reports = progress.reports_between(content.plan.uuid, BACK, as_of)
    first = min((one.as_of for one in reports), default=as_of)
    return calibrate(history.estimated_and_actual(content.items, reports, working_days(first)))


def begins(placed: Schedule) -> Mapping[UUID, date]:
    """When each item begins by a schedule, as progress asks for it."""
    return {UUID(one.key): one.start for one in placed.placed if ":" not in one.key}


def effect_as_of(as_of: date) -> Callable[[PlanContent, PlanContent], ScheduleEffect]:
    """For a 改定影響票: what the change of a plan does to its likely finish, its peak and its work, and what comes from what."""

    def effect(before: PlanContent, after: PlanContent) -> ScheduleEffect:
        known = {**progress.standings(before, as_of=as_of), **progress.standings(after, as_of=as_of)}
        calendar = working_days(as_of)
        return effects.effect(before, after, lambda one: build(one, known, as_of=as_of, calendar=calendar))

    return effect


def forecasts(plan: UUID, *, kind: ForecastKind | None = None, limit: int = 200) -> Sequence[ForecastRef]:
    """The kept forecasts of a plan, the newest first, without their rows; exact answers only if asked for."""
    rows = ForecastRow.objects.filter(plan=plan).defer("result").order_by("-as_of", "-pk")
    rows = rows.exclude(kind=ForecastKind.EXACT.value) if kind is None else rows.filter(kind=kind.value)
    return [ref_of(row) for row in rows[:limit]]


def last_forecast(plan: UUID, *, kind: ForecastKind = ForecastKind.FORECAST) -> StoredForecast | None:
    """The newest kept forecast of one kind."""
    row = (
        ForecastRow.objects.filter(plan=plan, kind=kind.value, failed_code="")
        .order_by("-as_of", "-pk")
        .first()
    )
    return _stored(row) if row else None


def last_forecasts(plans_asked: Collection[UUID]) -> Mapping[UUID, ForecastRef]:
    """The newest kept forecast of each plan, without its rows; one question, however many plans there are."""
    newest = Window(RowNumber(), partition_by="plan", order_by=[F("as_of").desc(), F("pk").desc()])
    rows = ForecastRow.objects.filter(plan__in=plans_asked, kind=ForecastKind.FORECAST.value, failed_code="")
    return {row.plan: ref_of(row) for row in rows.annotate(place=newest).filter(place=1).defer("result")}


def last_exact(plan: UUID) -> KeptExact | None:
    """The newest answer of the exact solver."""
    rows = ForecastRow.objects.filter(plan=plan, kind=ForecastKind.EXACT.value)
    row = rows.order_by("-as_of", "-pk").first()
    return keeping.read_exact(zlib.decompress(bytes(row.result)).decode(), ref_of(row)) if row else None


def is_as_asked(kept: KeptExact, network: Network) -> bool:
    """Whether an exact answer is about this network: the same plan and reports, as of the same day."""
    return kept.ref.input_hash == input_hash(replace(network, grain=1))


def forecast(uuid: UUID) -> StoredForecast:
    """One kept forecast with what it said. Raises ForecastUnknown."""
    row = ForecastRow.objects.filter(uuid=uuid, failed_code="").first()
    if row is None:
        raise ForecastUnknown
    return _stored(row)


def accuracy(plan: UUID, *, as_of: date) -> Sequence[Accuracy]:
    """How right the kept forecasts and baselines of a plan were, by what was reported up to a day; the newest first."""
    ends = history.finished_on(progress.reports_between(plan, BACK, as_of))
    rows = ForecastRow.objects.filter(plan=plan, as_of__lt=as_of, failed_code="").exclude(
        kind__in=[ForecastKind.SCENARIO.value, ForecastKind.EXACT.value]
    )
    return [history.accuracy(_stored(row), ends) for row in rows.order_by("-as_of", "-pk")[:60]]


def ref_of(row: ForecastRow) -> ForecastRef:
    """The value that others hold of a row."""
    return ForecastRef(
        row.uuid, row.plan, ForecastKind(row.kind), row.name, row.as_of, row.p50, row.p80, row.finish,
        row.chance_permille, row.input_hash, row.seed, row.engine, row.made_at, row.made_by,
        row.failed_code,
    )  # fmt: skip


def _stored(row: ForecastRow) -> StoredForecast:
    placed, likely = keeping.read(zlib.decompress(bytes(row.result)).decode())
    return StoredForecast(ref_of(row), row.runs, placed, likely, row.sha256)
