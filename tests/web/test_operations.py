"""The page 運用状況 shows the administrator of a town its own figures, and marks what asks for somebody."""

import re
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.support import desk
from tests.support.clock import START, Clock
from tests.support.rows import make
from todoke.casework.intake.values import ListStatus
from todoke.casework.models import Channel, CoreSystem, Package, Quarantine, RelayRun, ScreenedContent
from todoke.casework.relay import queries as relay
from todoke.casework.relay.values import PackageState
from todoke.casework.screening.values import ScannerStatus
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.vault.values import RereadStanding
from todoke.web.desk.operations import OperationsView
from todoke.web.desk.standing import TrustView

from .conftest import HIYORI, MINASE, Towns


def shown(body: str = MINASE, role: Role = Role.SYSTEM_ADMINISTRATION) -> str:
    client = desk.browser(body, desk.appoint(body, [role], name=f"admin-{body}"))
    response = client.get(reverse("desk:operations"))
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def test_an_idle_town_is_well(empty_towns: Towns) -> None:
    with scope(MINASE):
        audit.seal(at=now())
    page = shown()
    assert "異常なし" in page
    assert "遅れ</span>" not in page


def test_what_waits_too_long_is_marked(empty_towns: Towns, clock: Clock) -> None:
    with scope(MINASE):
        make(Package, state="pending", due_at=now() - timedelta(minutes=11))
    page = shown()
    assert "確かめてください" in page
    assert "11分" in page


def test_files_that_wait_for_a_scanner_that_is_away_are_marked(
    empty_towns: Towns, settings: Settings
) -> None:
    settings.TODOKE_CLAMD = "tcp://127.0.0.1:9"
    with scope(MINASE):
        made = now() - timedelta(minutes=11)
        make(ScreenedContent, state="waiting", noted_at=made, due_at=now() + timedelta(minutes=5))
    page = shown()
    assert "確かめてください" in page
    assert "10分を超過" in page


def test_a_list_past_its_period_or_an_outdated_scanner_is_not_well() -> None:
    def state(**changes: object) -> OperationsView:
        none = ScannerStatus(True, False, None, 0, None, 0, 0, is_overdue=False, is_outdated=False)
        view = OperationsView(
            START, (), {}, (), (), {}, 0, "0秒", is_seal_late=False, reread=RereadStanding(None, None, 0), is_reread_late=False,
            free=50, is_room_short=False, trust=TrustView(), scanner=none,
        )  # fmt: skip
        return replace(view, **changes)  # type: ignore[arg-type]  # fields of the view

    def listed(*, is_stale: bool) -> TrustView:
        return TrustView(lists=(ListStatus("a", START, START, is_stale, 1, timedelta(), is_future=False),))

    assert state().is_well
    assert state(trust=listed(is_stale=False)).is_well
    assert not state(trust=listed(is_stale=True)).is_well
    assert not state(trust=TrustView(refused=("x.crl",))).is_well
    for fault in ("is_outdated", "is_overdue", "is_late"):
        worse: dict[str, Any] = {fault: True}
        assert not state(scanner=replace(state().scanner, **worse)).is_well


def test_held_packages_are_counted_with_the_sentence_of_their_code(empty_towns: Towns) -> None:
    with scope(MINASE):
        package = make(Package, state="quarantined", code="PKG-110")
        make(Quarantine, package=package, code="PKG-110", released_at=None)
    page = shown()
    assert "PKG-110" in page
    assert "不正なファイル名が含まれています" in page


def test_what_became_of_the_last_day_is_counted(empty_towns: Towns) -> None:
    with scope(MINASE):
        for state, hours in (("accepted", 1), ("accepted", 23), ("accepted", 25), ("quarantined", 2)):
            code = "PKG-110" if state == "quarantined" else ""
            make(Package, state=state, code=code, received_at=now() - timedelta(hours=hours))
        assert relay.arrived_lately(now() - timedelta(days=1), most=1) == {PackageState.QUARANTINED: 1}
    words = " ".join(re.sub(r"<[^>]+>", " ", shown()).split())
    assert "処理待ち 0 件、 受理 2 件、 隔離 1 件" in words


def test_a_silent_channel_and_a_silent_core_are_named(empty_towns: Towns) -> None:
    with scope(MINASE):
        channel = make(Channel, name="portal-1", kind="api")
        make(RelayRun, channel=channel, is_complete=True, ended_at=now() - timedelta(hours=2))
        make(CoreSystem, name="core-1", away_since=now() - timedelta(hours=1), is_active=True)
    page = shown()
    assert "読み切れていません" in page
    assert "core-1" in page


def test_an_entry_that_waits_for_its_seal_is_marked(empty_towns: Towns, clock: Clock) -> None:
    with scope(MINASE):
        audit.seal(at=now())
        audit.record("test.act", object_kind="test", object_id="1", actor=desk.ACTOR, at=now())
    clock.advance(minutes=11)
    assert "封印の自動処理（audit.seal）が動いているか" in shown()


def test_a_town_sees_nothing_of_another(empty_towns: Towns) -> None:
    with scope(HIYORI):
        package = make(Package, state="quarantined", code="PKG-110")
        make(Quarantine, package=package, code="PKG-110", released_at=None)
    assert "PKG-110" not in shown(MINASE)
    assert "PKG-110" in shown(HIYORI)


def test_a_clerk_has_no_such_page(empty_towns: Towns) -> None:
    client = desk.browser(MINASE, desk.appoint(MINASE, [Role.EXAMINATION], name="clerk"))
    assert client.get(reverse("desk:operations")).status_code == HTTPStatus.FORBIDDEN
    assert Client().get(reverse("desk:operations")).status_code == HTTPStatus.FOUND
