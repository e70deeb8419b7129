"""Each working morning has one report: counts, no names, red where ledgers disagree."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.support import desk
from tests.support.clock import Clock
from tests.support.rows import make
from todoke.casework.daily import jobs, queries
from todoke.casework.models import CoreLedgerRow, CoreSystem
from todoke.foundation.accounts.values import Role
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope

from .conftest import HIYORI, MINASE, Towns

PAGE = reverse("desk:daily")


def report(organisation: str = MINASE) -> int:
    return jobs.report(JobContext(organisation, Claimant("test", now()), 100))


def test_a_report_is_made_once_written_once_and_names_nobody(
    towns: Towns, settings: Settings, tmp_path: Path, clock: Clock
) -> None:
    settings.TODOKE_DAILY_REPORT_DIR = tmp_path / "reports"
    clock.advance(minutes=5)
    assert (report(), report()) == (1, 0)
    (file,) = settings.TODOKE_DAILY_REPORT_DIR.iterdir()
    text = file.read_text()
    assert "届いた申請: " in text
    assert f"届いた申請: {len(towns.files(MINASE))}件" in text
    for one in towns.truth:
        assert str(one["receipt_number"]) not in text
    clerk = desk.browser(MINASE, desk.appoint(MINASE, [Role.DECISION], name="head"))
    assert "令和8年4月6日</time>の日報" in clerk.get(PAGE).content.decode()


def test_ledgers_that_disagree_make_it_red_and_change_nothing(towns: Towns) -> None:
    with scope(MINASE):
        system = CoreSystem.objects.first() or make(CoreSystem, profile="sample-core")
        make(CoreLedgerRow, core_system=system, outcome="accepted")
    report()
    clerk = desk.browser(MINASE, desk.appoint(MINASE, [Role.SYSTEM_ADMINISTRATION], name="admin"))
    page = clerk.get(PAGE).content.decode()
    assert "要対応" in page
    assert "基幹の台帳との不一致" in page
    with scope(MINASE):
        assert CoreLedgerRow.objects.count() == 1
        (made,) = queries.reports()
    assert made.figures.differing == 1


def test_the_report_of_a_body_is_seen_by_its_own_people_with_the_right(towns: Towns, clerk: Client) -> None:
    report(HIYORI)
    assert "まだありません" in clerk.get(PAGE).content.decode()
    reception = desk.browser(HIYORI, desk.appoint(HIYORI, [Role.RECEPTION], name="reception"))
    assert reception.get(PAGE).status_code == 403


@pytest.mark.parametrize("typed", ["2026-04-06", "nonsense", "9999-99-99"])
def test_any_day_in_the_address_is_answered(towns: Towns, clerk: Client, typed: str) -> None:
    report()
    assert clerk.get(PAGE, {"day": typed}).status_code == 200
