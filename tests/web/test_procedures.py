"""A procedure is switched off and on again, and gets its 締切, with a reason that stays."""

from datetime import UTC, datetime
from html import unescape

from django.test import Client
from django.urls import reverse

from tests.support import desk
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit import queries as audit
from todoke.foundation.fence import scope
from todoke.foundation.procedures import queries as procedures

from .conftest import MINASE, Towns, bring_in

PAGE = reverse("desk:procedures")


def administrator() -> Client:
    return desk.browser(MINASE, desk.appoint(MINASE, [Role.SYSTEM_ADMINISTRATION], name="admin"))


def words(response: object) -> str:
    return unescape(response.content.decode())  # type: ignore[attr-defined]  # the test client's answers have no type


def switch(client: Client, procedure: str, **typed: str) -> str:
    given = {"procedure": procedure, "is_active": "0", "closes_at": "", "reason": "条例改正のため", **typed}
    return words(client.post(PAGE, given, follow=True))


def test_S17_what_waits_is_counted_on_the_page_and_goes_on_when_switched_on(empty_towns: Towns) -> None:
    client = administrator()
    with scope(MINASE):
        known = list(procedures.catalogue())
    for code in known:
        switch(client, code)
    bring_in(empty_towns, MINASE, empty_towns.files(MINASE)[:12])
    page = words(client.get(PAGE))
    assert page.count("受付停止</span>") == len(known)
    linkage = desk.browser(MINASE, desk.appoint(MINASE, [Role.LINKAGE], name="linkage"))
    assert "SEQ-506" in words(linkage.get(reverse("desk:pending")))
    assert any("を進めます" in switch(client, code, is_active="1") for code in known)


def test_S15_the_closing_date_is_typed_and_shown_in_japanese_time(empty_towns: Towns) -> None:
    client = administrator()
    page = switch(client, "P12", is_active="1", closes_at="2026-04-30T17:15")
    assert "令和8年4月30日" in page
    with scope(MINASE):
        assert procedures.desks()["P12"].closes_at == datetime(2026, 4, 30, 8, 15, tzinfo=UTC)
        (entry,) = [one for one in audit.of_object("procedure", "P12") if one.action == "procedure.opened"]
    assert entry.purpose == "条例改正のため"
    assert 'value="2026-04-30T17:15:00"' in page


def test_without_a_reason_nothing_changes(empty_towns: Towns) -> None:
    assert "理由を確かめてください" in switch(administrator(), "P12", reason="")
    with scope(MINASE):
        assert procedures.desks()["P12"].is_active
