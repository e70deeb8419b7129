"""Keeping forecasts: a baseline whenever one is wanted, one a week by itself, scenarios by name."""

import hashlib
import zlib
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.errors import TodokeError
from todoke.foundation.fence import current_organisation

from . import queries
from .models import ForecastRow
from .rules import ENGINE, keeping
from .rules.branches import apply
from .rules.scheduling import schedule
from .rules.simulating import simulate
from .values import Branch, Calibration, ExactAnswer, ForecastKind, ForecastRef, KeptExact, Network

RUNS, TRIES = 1000, 20
WEEK = timedelta(days=7)


@transaction.atomic
def keep_forecast(
    viewer: Viewer,
    plan: UUID,
    kind: ForecastKind,
    *,
    at: datetime,
    name: str = "",
    seed: int = 0,
    branch: Branch | None = None,
    runs: int = RUNS,
) -> ForecastRef:
    """Compute a plan's forecast as of today and keep it. A SCENARIO carries its branch. There is no limit on baselines.

    Raises RightMissing, PlanUnknown, OrderInCircle, NetworkBroken, NothingToSchedule, BeyondCalendar, BranchEmpty.
    """
    require(viewer, Right.EDIT_PLANS)
    as_of = japanese_date(at)
    network = queries.network_of(plan, as_of=as_of)
    if branch is not None:
        network, name = apply(network, branch), name or branch.name
    row = _row(plan, network, queries.calibration_of(plan, as_of=as_of), seed=seed, runs=runs)
    return _keep(row, kind, name, actor=viewer.actor(), at=at)


def _keep(row: ForecastRow, kind: ForecastKind, name: str, *, actor: Actor, at: datetime) -> ForecastRef:
    row.kind, row.name, row.made_by, row.made_at = kind.value, name, actor.id, at
    row.save()
    audit.record(
        "forecast.kept", object_kind="forecast", object_id=str(row.uuid), actor=actor, at=at,
        facts={"plan": str(row.plan), "kind": kind.value, "sha256": row.sha256, "input": row.input_hash},
    )  # fmt: skip
    return queries.ref_of(row)


def _row(plan: UUID, network: Network, calibration: Calibration, *, seed: int, runs: int) -> ForecastRow:
    placed = schedule(network, seed=seed, tries=TRIES)
    likely = simulate(network, runs=runs, seed=seed, along=placed, calibration=calibration)
    text = keeping.written(placed, likely).encode()
    return ForecastRow(
        organisation_id=current_organisation(), plan=plan, as_of=network.as_of, finish=placed.finish, p50=likely.p50,
        p80=likely.p80, chance_permille=likely.on_time.permille if likely.on_time else None, runs=likely.runs,
        seed=likely.seed, engine=likely.engine, input_hash=likely.input_hash,
        calibration=list(calibration.ratios) if calibration.is_used else [], result=zlib.compress(text, 9),
        sha256=hashlib.sha256(text).hexdigest(),
    )  # fmt: skip


@transaction.atomic
def keep_exact(plan: UUID, answer: ExactAnswer, *, actor: Actor, at: datetime) -> KeptExact:
    """Keep what the exact solver answered about a plan as of today; it was asked before, outside of any transaction."""
    text = keeping.written_exact(answer).encode()
    row = ForecastRow(
        organisation_id=current_organisation(), plan=plan, as_of=japanese_date(at), finish=answer.schedule.finish, runs=0,
        seed=answer.seed, engine=answer.engine, input_hash=answer.input_hash, result=zlib.compress(text, 9),
        sha256=hashlib.sha256(text).hexdigest(),
    )  # fmt: skip
    ref = _keep(row, ForecastKind.EXACT, "", actor=actor, at=at)
    return keeping.read_exact(text.decode(), ref)


def weekly_answer(plan: UUID, *, at: datetime) -> ForecastRow | str | None:
    """The forecast of this week as a row that is not kept yet, the code of why there is none, or None when it is not due.

    Reads only: a large plan takes seconds, and nobody shall wait for the lock meanwhile.
    """
    as_of = japanese_date(at)
    if not is_due(plan, as_of=as_of):
        return None
    try:
        network = queries.network_of(plan, as_of=as_of)
        return _row(plan, network, queries.calibration_of(plan, as_of=as_of), seed=0, runs=RUNS)
    except TodokeError as trouble:
        return trouble.code


@transaction.atomic
def keep_weekly(plan: UUID, answer: ForecastRow | str, *, actor: Actor, at: datetime) -> ForecastRef | None:
    """Keep this week's answer; None if another worker was first. For the worker.

    A plan that cannot be computed leaves a row with the code of the reason, so that it is tried again next week and seen.
    """
    if not is_due(plan, as_of=japanese_date(at)):
        return None
    if isinstance(answer, str):
        return _keep_failure(plan, answer, actor=actor, at=at)
    return _keep(answer, ForecastKind.FORECAST, "", actor=actor, at=at)


def _keep_failure(plan: UUID, code: str, *, actor: Actor, at: datetime) -> ForecastRef:
    row = ForecastRow.objects.create(
        organisation_id=current_organisation(), plan=plan, kind=ForecastKind.FORECAST.value, failed_code=code,
        as_of=japanese_date(at), runs=0, seed=0, engine=ENGINE, input_hash="", result=b"", sha256="", made_by=actor.id,
        made_at=at,
    )  # fmt: skip
    audit.record(
        "forecast.failed", object_kind="forecast", object_id=str(row.uuid), actor=actor, at=at,
        facts={"plan": str(plan), "code": code},
    )  # fmt: skip
    return queries.ref_of(row)


def is_due(plan: UUID, *, as_of: date) -> bool:
    """Whether the weekly forecast of a plan is due: none of the last seven days."""
    last = queries.forecasts(plan, kind=ForecastKind.FORECAST, limit=1)
    return not last or as_of - last[0].as_of >= WEEK
