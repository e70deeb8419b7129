"""改定影響票 at the screen: looked at, decided on, adopted as it was shown, and taken back byte for byte."""

import re
from datetime import date
from http import HTTPStatus

import pytest
from django.test import Client

from tests.casework.identify.conftest import MINASE
from tests.programme.plans.conftest import Body
from todoke.foundation.fence import scope
from todoke.programme.plans import queries
from todoke.programme.plans.values import Plan
from todoke.web.board import editions_view

NEW = {"edition": "2026-01", "release": "1"}


def shown(page: str) -> str:
    found = re.search(r'name="shown" value="([0-9a-f]+)"', page)
    assert found is not None
    return found.group(1)


def test_an_edition_is_adopted_as_its_sheet_shows_it_and_taken_back_byte_for_byte(
    body: Body, plan: Plan, officer: Client
) -> None:
    before = body.snapshot(plan)
    sheet = officer.get(f"/board/plans/{plan.uuid}/impact/", NEW).content.decode()
    assert "取組の行き先" in sheet
    assert "失うもの 0件" in sheet
    adopted = officer.post(f"/board/plans/{plan.uuid}/adopt/", {**NEW, "shown": shown(sheet), "act": "adopt"})
    assert adopted.status_code == HTTPStatus.FOUND
    with scope(MINASE, read_only=True):
        assert queries.plan(plan).edition.edition == "2026-01"
    page = officer.get(adopted["Location"]).content.decode()
    assert "採用を取り消し" in page
    officer.post(f"{adopted['Location']}turn-back/")
    assert body.snapshot(plan) == before
    assert "採用の取消し" in officer.get(f"/board/plans/{plan.uuid}/editions/").content.decode()


def test_adopting_keeps_the_effect_that_was_shown_and_a_forged_one_counts_for_nothing(
    plan: Plan, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = officer.get(f"/board/plans/{plan.uuid}/impact/", NEW).content.decode()
    assert "終わる時期が変わる理由" in sheet
    told = re.search(r'name="told" value="([^"]+)"', sheet)
    assert told is not None
    asked: list[date] = []
    monkeypatch.setattr(editions_view, "careful_effect", asked.append)
    given = {**NEW, "shown": shown(sheet), "act": "adopt"}
    adopted = officer.post(f"/board/plans/{plan.uuid}/adopt/", {**given, "told": told.group(1)})
    assert asked == []
    assert "終わる時期が変わる理由" in officer.get(adopted["Location"]).content.decode()
    assert editions_view._told(told.group(1)[:-1] + "x") is None


def test_a_sheet_that_is_no_longer_true_is_not_adopted(body: Body, plan: Plan, officer: Client) -> None:
    sheet = officer.get(f"/board/plans/{plan.uuid}/impact/", NEW).content.decode()
    with scope(MINASE, read_only=True):
        item = next(one for one in queries.items(plan) if one.estimate)
    body.edit(item, vendor="青空システム")
    answer = officer.post(f"/board/plans/{plan.uuid}/adopt/", {**NEW, "shown": shown(sheet), "act": "adopt"})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "作り直した票" in answer.content.decode()
    assert edition_of(plan) == "1.0"


def edition_of(plan: Plan) -> str:
    with scope(MINASE, read_only=True):
        return queries.plan(plan).edition.edition


def test_an_edition_that_does_not_follow_has_no_sheet(body: Body, plan: Plan, officer: Client) -> None:
    answer = officer.get(f"/board/plans/{plan.uuid}/impact/", {"edition": "9.9", "release": "1"})
    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_who_only_reports_reads_the_sheet_and_adopts_nothing(
    body: Body, plan: Plan, reporter: Client
) -> None:
    sheet = reporter.get(f"/board/plans/{plan.uuid}/impact/", NEW).content.decode()
    assert "この票のとおりに採用する" not in sheet
    answer = reporter.post(f"/board/plans/{plan.uuid}/adopt/", {**NEW, "act": "adopt"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
