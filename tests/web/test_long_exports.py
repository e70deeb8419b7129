"""A long list leaves only when a second person has agreed, to who asked, for some hours（W23）."""

from http import HTTPStatus

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.support import desk
from tests.support.clock import Clock
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit import queries as audit
from todoke.foundation.fence import scope
from todoke.foundation.models import AuditEntry

from .conftest import MINASE, PASSWORD, Towns

EXPORT, ASK = reverse("desk:export-cases"), reverse("desk:ask-export")


@pytest.fixture
def short(settings: Settings) -> None:
    """Two lines are a long list."""
    settings.TODOKE_EXPORT_ALONE_LINES = 2


@pytest.fixture
def head(towns: Towns) -> Client:
    """Who may agree."""
    return desk.browser(MINASE, desk.appoint(MINASE, [Role.DECISION], name="head"))


@pytest.fixture
def asker(towns: Towns) -> Client:
    """Who asks."""
    return desk.browser(MINASE, desk.appoint(MINASE, [Role.RECEPTION], name="asker"))


def asked(client: Client, query: str = "") -> str:
    """The address of a new request."""
    answer = client.post(f"{ASK}?{query}", {"reason": "月次の集計"})
    assert answer.status_code == HTTPStatus.FOUND
    return answer.headers["Location"]


def agree(client: Client, page: str, answer: str = "agree") -> None:
    client.post(f"{page}answer/", {"reason": "確かめた", "answer": answer})


def test_a_long_list_leads_to_the_request_and_a_short_one_leaves_alone(short: None, asker: Client) -> None:
    answer = asker.get(EXPORT, {"status": "opened"})
    assert answer.headers["Location"] == f"{ASK}?status=opened"
    assert "もう一人の承認" in asker.get(answer.headers["Location"]).content.decode()
    assert asker.get(EXPORT, {"status": "rejected"}).status_code == HTTPStatus.OK


def test_it_leaves_once_another_has_agreed_and_only_to_who_asked(
    short: None, asker: Client, head: Client, clock: Clock
) -> None:
    page = asked(asker)
    assert asker.post(f"{page}file/").status_code == HTTPStatus.FOUND, "not before"
    assert "月次の集計" in head.get(page).content.decode()
    agree(head, page)
    assert head.post(f"{page}file/").status_code == HTTPStatus.FOUND, "not to another"
    file = asker.post(f"{page}file/")
    assert file.headers["Content-Type"].startswith("text/csv")
    assert len(file.getvalue().splitlines()) > 3
    with scope(MINASE):
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"approval.proposed", "approval.confirmed", "cases.exported", "cases.export_ended"} <= actions


def test_the_hours_end(short: None, settings: Settings, asker: Client, head: Client, clock: Clock) -> None:
    settings.TODOKE_STEP_UP_MINUTES = settings.TODOKE_SESSION_HOURS = 10_000
    page = asked(asker)
    agree(head, page)
    clock.advance(minutes=20)
    assert "Content-Disposition" in asker.post(f"{page}file/").headers
    for _ in range(3 * django_settings.TODOKE_EXPORT_OPEN_HOURS):
        asker.get(reverse("desk:account"))
        clock.advance(minutes=20)
    assert "Content-Disposition" not in asker.post(f"{page}file/").headers
    assert "いまは保存できません" in asker.get(page).content.decode()


def test_nobody_agrees_to_their_own_request(short: None, towns: Towns) -> None:
    alone = desk.browser(MINASE, desk.appoint(MINASE, [Role.RECEPTION, Role.DECISION], name="both"))
    page = asked(alone)
    agree(alone, page)
    assert "Content-Disposition" not in alone.post(f"{page}file/").headers


def test_a_request_without_a_reason_is_none_and_one_sent_back_stays_closed(
    short: None, asker: Client, head: Client
) -> None:
    assert "理由を入力してください" in asker.post(ASK, {"reason": " "}).content.decode()
    page = asked(asker)
    agree(head, page, "drop")
    agree(head, page)
    assert "Content-Disposition" not in asker.post(f"{page}file/").headers


def test_a_request_is_nobody_elses_business(short: None, asker: Client, stranger: Client) -> None:
    page = asked(asker)
    colleague = desk.browser(MINASE, desk.appoint(MINASE, [Role.RECEPTION], name="colleague"))
    for one in (colleague, stranger):
        assert one.get(page).status_code == HTTPStatus.NOT_FOUND
        assert (
            one.post(f"{page}answer/", {"answer": "agree", "reason": "x"}).status_code == HTTPStatus.NOT_FOUND
        )
    with scope(MINASE):
        assert not [one for one in audit.of_object("export", page) if one.action == "approval.confirmed"]


def test_after_a_while_the_file_asks_who_sits_there(
    towns: Towns, head: Client, clock: Clock, settings: Settings
) -> None:
    from todoke.foundation.accounts import services as accounts
    from todoke.foundation.calendars.queries import now

    settings.TODOKE_EXPORT_ALONE_LINES = 2
    staff_id = desk.appoint(MINASE, [Role.RECEPTION], name="asker")
    with scope(MINASE):
        accounts.set_password(staff_id, PASSWORD, actor=desk.ACTOR, at=now())
    asker = desk.browser(MINASE, staff_id)
    page = asked(asker)
    agree(head, page)
    clock.advance(minutes=django_settings.TODOKE_STEP_UP_MINUTES + 1)
    assert "もう一度確かめます" in asker.post(f"{page}file/").content.decode()
    assert "Content-Disposition" in asker.post(f"{page}file/", {"proof": PASSWORD}).headers
