"""Forecasts are kept with what reproduces them, once a week by themselves, and held against what came true."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests.casework.identify.conftest import HIYORI, MINASE
from tests.programme.plans.conftest import Body
from todoke.__main__ import main
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.audit import services as audit_services
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope
from todoke.programme.forecast import jobs, queries, services
from todoke.programme.forecast.errors import ForecastUnknown
from todoke.programme.forecast.models import ForecastRow
from todoke.programme.forecast.rules import exact
from todoke.programme.forecast.values import (
    Branch,
    DropScope,
    ExactAnswer,
    ExactWord,
    ForecastKind,
    ForecastRef,
)
from todoke.programme.plans import queries as plans
from todoke.programme.plans.errors import PlanUnknown
from todoke.programme.plans.models import PlanLinkRow
from todoke.programme.plans.values import Plan
from todoke.programme.progress import services as progress
from todoke.programme.progress.values import Remaining, ReportDraft, ReportState


def keep(body: Body, plan: Plan, kind: ForecastKind = ForecastKind.BASELINE, **more: object) -> ForecastRef:
    with scope(MINASE):
        return services.keep_forecast(
            body.officer, plan.uuid, kind, at=body.clock.now, runs=40,
            **more,  # type: ignore[arg-type]  # by name
        )  # fmt: skip


def weekly(body: Body) -> int:
    jobs._LOOKED.clear()
    return jobs.forecast_weekly(JobContext(MINASE, Claimant("worker", body.clock.now), 10))


def test_a_kept_forecast_says_what_it_rests_on_and_is_read_back_whole(body: Body, plan: Plan) -> None:
    kept = keep(body, plan, name="当初", seed=5)
    with scope(MINASE, read_only=True):
        found = queries.forecast(kept.uuid)
        network = queries.network_of(plan, as_of=kept.as_of)
    again = queries.schedule(network, seed=5, tries=services.TRIES)
    likely = queries.simulate(network, runs=40, seed=5, along=again)
    assert (found.placed, found.activities) == (again.placed, likely.activities)
    assert (kept.input_hash, kept.engine, kept.seed) == (again.input_hash, again.engine, 5)
    assert (kept.p50, kept.p80, kept.finish) == (likely.p50, likely.p80, again.finish)
    assert found.ref == kept


def test_baselines_are_as_many_as_one_likes_and_each_is_audited(body: Body, plan: Plan) -> None:
    names = [keep(body, plan, name=f"基準{number}").name for number in range(3)]
    with scope(MINASE, read_only=True):
        listed = queries.forecasts(plan.uuid, kind=ForecastKind.BASELINE)
        entries = AuditEntry.objects.filter(action="forecast.kept")
        assert [one.name for one in listed] == names[::-1]
        assert {one.object_id for one in entries} == {str(one.uuid) for one in listed}


def test_a_scenario_carries_its_branch_and_leaves_the_plan_alone(body: Body, plan: Plan) -> None:
    with scope(MINASE, read_only=True):
        before = plans.snapshot(plan)
    kept = keep(body, plan, ForecastKind.SCENARIO, branch=Branch("税を外す", (DropScope(("03",)),)))
    assert kept.name == "税を外す"
    assert kept.finish is not None
    with scope(MINASE, read_only=True):
        assert plans.snapshot(plan) == before
        assert queries.accuracy(plan.uuid, as_of=kept.as_of + timedelta(days=1)) == []


def test_a_plan_of_another_body_is_not_forecast(body: Body, plan: Plan) -> None:
    kept = keep(body, plan)
    with scope(HIYORI):
        with pytest.raises(PlanUnknown):
            services.keep_forecast(body.officer, plan.uuid, ForecastKind.BASELINE, at=body.clock.now)
        with pytest.raises(ForecastUnknown):
            queries.forecast(kept.uuid)
        assert queries.forecasts(plan.uuid) == []


def test_only_who_edits_plans_keeps_a_forecast(body: Body, plan: Plan) -> None:
    with scope(MINASE), pytest.raises(RightMissing):
        services.keep_forecast(body.reporter, plan.uuid, ForecastKind.BASELINE, at=body.clock.now)


def later(body: Body, days: int) -> None:
    """Let days pass; the audit is sealed on the way."""
    body.clock.advance(days=days)
    with scope(MINASE):
        audit_services.seal(at=body.clock.now)


def test_the_worker_keeps_one_forecast_a_week(body: Body, plan: Plan) -> None:
    assert weekly(body) == 1
    assert weekly(body) == 0
    later(body, 6)
    assert weekly(body) == 0
    later(body, 1)
    assert weekly(body) == 1
    with scope(MINASE, read_only=True):
        first, second = queries.forecasts(plan.uuid, kind=ForecastKind.FORECAST)
        assert first.as_of - second.as_of == timedelta(days=7)
        last = queries.last_forecast(plan.uuid)
        assert last is not None
        assert last.ref == first


def test_a_plan_in_a_circle_leaves_the_reason_and_does_not_stop_the_worker(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        link = PlanLinkRow.objects.filter(is_present=True).first()
        assert link is not None
        link.pk, link.uuid, link.before, link.after = None, uuid4(), link.after, link.before
        link._state.adding = True
        link.save()
    assert weekly(body) == 1
    assert weekly(body) == 0
    with scope(MINASE, read_only=True):
        (kept,) = queries.forecasts(plan.uuid)
        assert kept.failed_code == "FCT-101"
        assert queries.last_forecast(plan.uuid) is None
        with pytest.raises(ForecastUnknown):
            queries.forecast(kept.uuid)
        assert AuditEntry.objects.filter(action="forecast.failed").count() == 1


def test_a_forecast_is_held_against_what_came_true(body: Body, plan: Plan) -> None:
    kept = keep(body, plan)
    with scope(MINASE, read_only=True):
        stored = queries.forecast(kept.uuid)
        items = {str(one.uuid): one for one in plans.items(plan)}
    early, late = [one for one in stored.activities if one.key in items][:2]
    later(body, 400)
    today = body.clock.now.date()
    with scope(MINASE):
        progress.report_many(
            body.officer, plan.uuid,
            [
                ReportDraft(items[early.key].uuid, early.p50 - timedelta(days=3), ReportState.DONE, 100),
                ReportDraft(items[late.key].uuid, late.p80 + timedelta(days=9), ReportState.DONE, 100),
            ],
            at=body.clock.now,
        )  # fmt: skip
        (found,) = queries.accuracy(plan.uuid, as_of=today)
    assert (found.done, found.by_p50, found.by_p80, found.median_error) == (2, 1, 1, -3)


def test_the_own_history_of_overruns_is_learned(body: Body, plan: Plan) -> None:
    with scope(MINASE, read_only=True):
        chosen = [one for one in plans.items(plan) if one.estimate][:6]
    start = body.clock.now.date()
    later(body, 60)
    drafts = [ReportDraft(one.uuid, start, ReportState.WORKING, 0, Remaining(5, 10, 20)) for one in chosen]
    # Monday or not: four weeks later at least 18 working days have passed for 10 estimated.
    drafts += [ReportDraft(one.uuid, start + timedelta(days=28), ReportState.DONE, 100) for one in chosen]
    with scope(MINASE):
        progress.report_many(body.officer, plan.uuid, drafts, at=body.clock.now)
        found = queries.calibration_of(plan, as_of=body.clock.now.date())
    assert found.is_used
    assert len(found.ratios) == 6
    assert min(found.ratios) >= 150
    assert found.source == "自団体の実績（6件）"


def test_rows_are_fenced(body: Body, plan: Plan) -> None:
    keep(body, plan)
    with scope(HIYORI, read_only=True):
        assert ForecastRow.objects.count() == 0
    with scope(MINASE, read_only=True):
        assert ForecastRow.objects.count() == 1
        assert date(2000, 1, 1) < ForecastRow.objects.get().as_of
    assert replace(plan).uuid == plan.uuid


def exact_answer(body: Body, plan: Plan, word: ExactWord) -> ExactAnswer:
    """An answer as the solver would give it, with the schedule of the heuristic."""
    with scope(MINASE, read_only=True):
        network = replace(queries.network_of(plan, as_of=body.clock.now.date()), grain=1)
    placed = queries.schedule(network)
    return ExactAnswer(word, placed, 5, placed.finish, 1.5, placed.input_hash, 0, "ortools 9")


def test_an_exact_answer_is_kept_and_known_to_be_about_the_plan_as_it_was(body: Body, plan: Plan) -> None:
    answer = exact_answer(body, plan, ExactWord.IMPOSSIBLE)
    actor = Actor(ActorKind.COMMAND, "forecast exact")
    with scope(MINASE):
        kept = services.keep_exact(plan.uuid, answer, actor=actor, at=body.clock.now)
    with scope(MINASE, read_only=True):
        assert queries.last_exact(plan.uuid) == kept
        assert (kept.word, kept.late_bound, kept.ref.kind) == (ExactWord.IMPOSSIBLE, 5, ForecastKind.EXACT)
        assert queries.forecasts(plan.uuid) == []
        assert queries.accuracy(plan.uuid, as_of=body.clock.now.date() + timedelta(days=9)) == []
        network = queries.network_of(plan, as_of=body.clock.now.date())
        assert queries.is_as_asked(kept, network)
        assert not queries.is_as_asked(kept, replace(network, title="別の計画"))
        assert AuditEntry.objects.filter(action="forecast.kept", actor_id="forecast exact").count() == 1
    with scope(HIYORI, read_only=True):
        assert queries.last_exact(plan.uuid) is None


def test_the_command_says_how_to_install_the_solver_where_it_is_missing(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(exact, "_version", lambda: "")
    assert main(["forecast", "exact", MINASE]) != 0
    told = capsys.readouterr()
    assert "pip install 'todoke[exact]'" in told.out + told.err
