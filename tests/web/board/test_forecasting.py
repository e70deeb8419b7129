"""Forecast, reasons, last safe dates, loads, network, early start and what-if on screen."""

import re
from http import HTTPStatus

import pytest
from django.test import Client

from bench.town_plan import town_plan
from tests.casework.identify.conftest import MINASE
from tests.programme.forecast.kept.test_keeping_forecasts import exact_answer
from tests.programme.plans.conftest import Body
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import scope
from todoke.programme.forecast import queries as forecasts
from todoke.programme.forecast import services
from todoke.programme.forecast.values import ExactWord, ForecastKind, Verdict
from todoke.programme.plans import queries
from todoke.programme.plans.values import Plan
from todoke.web.board import forecast_view
from todoke.web.board.drawn import scheduled

from .test_roadmap import address, dated, text_of

__all__ = ["dated"]


def test_a_forecast_tells_both_dates_the_chance_and_how_they_are_spread(officer: Client, dated: Plan) -> None:
    page = text_of(officer.get(address(dated, "forecast")))
    for words in (
        "半々の確かさで終わる日",
        "8割の確かさで終わる日",
        "回のうち",
        "完了時期の分布",
        "表で見る",
    ):
        assert words in page


def test_what_was_only_not_found_is_never_called_impossible(officer: Client, dated: Plan) -> None:
    page = text_of(officer.get(address(dated, "early-start")))
    assert "不可能" not in page
    assert "できないことの証明ではありません" in page


def test_a_deadline_that_is_proved_lost_says_by_what(officer: Client, body: Body, plan: Plan) -> None:
    with scope(MINASE, read_only=True):
        root = next(one for one in queries.items(plan) if one.parent is None)
    body.edit(root, deadline="2026-06-30")
    page = text_of(officer.get(address(plan, "forecast")))
    assert "間に合わないことが計算で確かです" in page
    assert "執務日しかありません" in page


def test_that_no_plan_is_in_time_is_said_only_after_many_orders() -> None:
    tight, easy = town_plan(5, vendor=6, staff=14, with_windows=True), town_plan(2)
    assert (scheduled(tight).verdict, scheduled(tight).tries) == (Verdict.NOT_FOUND, 20)
    assert (scheduled(easy).verdict, scheduled(easy).tries) == (Verdict.FOUND, 1)


def test_only_what_the_exact_solver_proved_is_called_proved(officer: Client, body: Body, plan: Plan) -> None:
    assert "厳密解法で確かめた" not in text_of(officer.get(address(plan, "forecast")))
    for word, is_proof in (
        (ExactWord.OPEN, False),
        (ExactWord.IMPOSSIBLE, True),
        (ExactWord.POLISHED, False),
    ):
        answer = exact_answer(body, plan, word)
        with scope(MINASE):
            actor = Actor(ActorKind.COMMAND, "forecast exact")
            services.keep_exact(plan.uuid, answer, actor=actor, at=body.clock.now)
        page = text_of(officer.get(address(plan, "forecast")))
        assert ("厳密解法で確かめた" in page) is is_proof
        assert ("証明ではありません" in page) is not is_proof
        assert "その後、計画か報告か日付が変わっています" not in page
    body.edit(body.item(plan, "w01@01"), estimate="5/30/60")
    assert "その後、計画か報告か日付が変わっています" in text_of(officer.get(address(plan, "forecast")))


def test_the_reason_of_a_date_names_what_came_before(officer: Client, dated: Plan) -> None:
    with scope(MINASE, read_only=True):
        item = next(one for one in queries.items(dated) if one.label == "移行計画作成")
    page = text_of(officer.get(address(dated, "why"), {"item": str(item.uuid)}))
    assert "標準仕様との比較分析" in page
    assert "前の作業" in page
    assert officer.get(address(dated, "why"), {"item": "nobody"}).status_code == HTTPStatus.NOT_FOUND
    assert officer.get(address(dated, "why")).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize("page", ["safe-dates", "loads", "network"])
def test_each_page_has_its_table_and_its_file(officer: Client, dated: Plan, page: str) -> None:
    assert "<table>" in text_of(officer.get(address(dated, page)))
    lines = text_of(officer.get(f"/board/plans/{dated.uuid}/figures/{page}.csv")).splitlines()
    assert len(lines) > 10
    assert officer.get(f"/board/plans/{dated.uuid}/figures/nothing.csv").status_code == HTTPStatus.NOT_FOUND


def test_the_network_of_one_business_is_drawn_in_layers(officer: Client, dated: Plan) -> None:
    page = text_of(officer.get(address(dated, "network"), {"concept": "01"}))
    assert page.count('height="44"') == 19
    assert 'class="bond' in page


def test_boxes_of_several_businesses_name_theirs_and_stand_by_it(officer: Client, dated: Plan) -> None:
    page = text_of(officer.get(address(dated, "network")))
    second_lines = re.findall(r' dy="36">([^<]*)<', page)
    assert {"住民基本台帳", "固定資産税"} <= set(second_lines)


def test_a_branch_shows_its_differences_and_changes_nothing(officer: Client, body: Body, dated: Plan) -> None:
    before = body.snapshot(dated)
    page = text_of(officer.get(address(dated, "what-if"), {"start": "2027-04-01", "name": "一年待つ"}))
    assert "「一年待つ」の結果" in page
    assert "動く日付（0件）" not in page
    assert body.snapshot(dated) == before


@pytest.mark.parametrize(
    ("asked", "mistake"),
    [
        ({"resource": "情報担当"}, "両方を入力してください"),
        ({"later": "01"}, "両方を入力してください"),
        ({"name": "何もない案"}, "一つ以上入力してください"),
        ({"start": "2020-04-01"}, "この案は計画を変えません"),
    ],
)
def test_half_a_branch_is_told_and_not_computed(
    officer: Client, dated: Plan, asked: dict[str, str], mistake: str
) -> None:
    response = officer.get(address(dated, "what-if"), asked)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert mistake in text_of(response)


def test_a_branch_is_kept_as_a_scenario_by_who_may_edit(
    officer: Client, reporter: Client, dated: Plan
) -> None:
    asked = {"start": "2027-04-01", "name": "一年待つ"}
    assert reporter.post(address(dated, "what-if/keep"), asked).status_code == HTTPStatus.FORBIDDEN
    assert officer.post(address(dated, "what-if/keep"), asked).status_code == HTTPStatus.FOUND
    with scope(MINASE, read_only=True):
        kept = forecasts.forecasts(dated.uuid, kind=ForecastKind.SCENARIO)
    assert [one.name for one in kept] == ["一年待つ"]


def test_a_forecast_is_kept_as_a_baseline_and_stands_in_the_list(officer: Client, dated: Plan) -> None:
    officer.post(address(dated, "forecast/keep"), {"kind": "baseline"})
    assert "基準" in text_of(officer.get(address(dated, "forecast")))


def test_of_a_large_plan_the_advice_waits_until_it_is_asked_for(
    officer: Client, dated: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast_view, "AT_ONCE", 1)
    first = text_of(officer.get(address(dated, "early-start")))
    assert "計算する（数秒かかります）" in first
    assert "完了の遅れ" not in first
    assert "完了の遅れ" in text_of(officer.get(address(dated, "early-start"), {"advice": "1"}))
