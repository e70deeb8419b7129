"""W21: 個人番号 and serials are signs on every page; who may and says why sees them once, and it stays in the audit."""

import re
from html import unescape
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from tests.casework.identify.applications import Written, job, receive
from tests.support import desk
from tests.support.clock import Clock
from todoke.casework.cases import jobs
from todoke.casework.cases.models import Case
from todoke.casework.identify import jobs as identify
from todoke.casework.intake.values import FormItem
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit import queries as audit
from todoke.foundation.fence import scope

from .conftest import MINASE, Towns

NUMBER, IN_TEXT, SERIAL = "123456789018", "１２３４　５６７８　９０２６", "67c6a21b3977d001"
ITEMS = (
    FormItem("申請者の個人番号", (NUMBER,), "P1"),
    FormItem("備考", (f"家族の番号は{IN_TEXT}です",), "P2"),
    FormItem("電話", ("0312345678",), "P3"),
    FormItem("発行番号", ("67C6A21B3977D001",), "TDK-AUTH-SERIAL", "auth_serial"),
    FormItem("確認用", ("67c6a21b3977d001",), "P4"),
)
SECRETS = (NUMBER, IN_TEXT, SERIAL, SERIAL.upper())


@pytest.fixture
def case(empty_towns: Towns) -> Case:
    receive(Written(items=ITEMS, serial=SERIAL))
    identify.identify_applications(job(MINASE))
    jobs.open_cases(job(MINASE))
    with scope(MINASE):
        return Case.objects.get()


def browser(*roles: Role, name: str = "clerk") -> Client:
    return desk.browser(MINASE, desk.appoint(MINASE, roles, name=name))


def words(response: object) -> str:
    return unescape(response.content.decode())  # type: ignore[attr-defined]  # the test client's answers have no type


def reveal(client: Client, case: Case, purpose: str = "本人からの問合せに答えるため") -> object:
    return client.post(reverse("desk:reveal-numbers", args=[case.uuid]), {"purpose": purpose})


def test_W21_numbers_are_signs_for_everybody_and_the_rest_stays(case: Case) -> None:
    page = words(browser(*Role).get(reverse("desk:case", args=[case.uuid])))
    assert not [secret for secret in SECRETS if secret in page]
    assert "●" * 12 in page
    assert "●●●●d001" in page
    assert "家族の番号は●●●●●●●●●●●●です" in page
    assert "0312345678" in page


def test_W21_who_may_and_says_why_sees_them_once(case: Case) -> None:
    clerk = browser(Role.EXAMINATION)
    answer = reveal(clerk, case)
    page = words(answer)
    assert NUMBER in page
    assert IN_TEXT in page
    assert SERIAL in page
    assert "no-store" in answer.headers["Cache-Control"]  # type: ignore[attr-defined]  # as above
    assert (
        clerk.get(reverse("desk:reveal-numbers", args=[case.uuid])).status_code
        == HTTPStatus.METHOD_NOT_ALLOWED
    )
    assert NUMBER not in words(clerk.get(reverse("desk:case", args=[case.uuid])))
    with scope(MINASE):
        (entry,) = [
            one for one in audit.of_object("case", str(case.uuid)) if one.action == "numbers.revealed"
        ]
    assert (entry.stream, entry.purpose) == ("reads", "本人からの問合せに答えるため")
    assert NUMBER not in entry.facts


def test_W21_without_a_purpose_nothing_is_shown(case: Case) -> None:
    clerk = browser(Role.EXAMINATION)
    page = words(clerk.post(reverse("desk:reveal-numbers", args=[case.uuid]), {"purpose": " "}, follow=True))
    assert "目的を入力してください" in page
    assert NUMBER not in page
    with scope(MINASE):
        assert "numbers.revealed" not in [one.action for one in audit.of_object("case", str(case.uuid))]


def test_W21_without_the_right_there_is_no_way_to_ask(case: Case) -> None:
    clerk = browser(Role.RECEPTION)
    assert reverse("desk:reveal-numbers", args=[case.uuid]) not in words(
        clerk.get(reverse("desk:case", args=[case.uuid]))
    )
    assert reveal(clerk, case).status_code == HTTPStatus.FORBIDDEN  # type: ignore[attr-defined]  # as above


def test_W20_thirty_times_an_hour_and_the_audit_page_says_who(case: Case, clock: Clock) -> None:
    staff_id = desk.appoint(MINASE, [Role.EXAMINATION], name="peeping")
    clerk = desk.browser(MINASE, staff_id)
    for _ in range(30):
        assert reveal(clerk, case).status_code == HTTPStatus.OK  # type: ignore[attr-defined]  # as above
    refused = reveal(clerk, case)
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS  # type: ignore[attr-defined]  # as above
    assert "上限（30回）" in words(refused)
    assert NUMBER not in words(refused)
    page = words(browser(Role.AUDITING, name="auditor").get(reverse("desk:audit")))
    assert re.search(r"peeping.*?30.*?多い", page, re.DOTALL)
    clock.advance(hours=1)
    an_hour_later = desk.browser(MINASE, staff_id)
    assert reveal(an_hour_later, case).status_code == HTTPStatus.OK  # type: ignore[attr-defined]  # as above


def test_W20_sixty_searches_a_minute_and_no_more(case: Case) -> None:
    clerk = browser(Role.RECEPTION)
    answers = [clerk.get(reverse("desk:cases"), {"text": "織機"}).status_code for _ in range(61)]
    assert answers == [HTTPStatus.OK] * 60 + [HTTPStatus.TOO_MANY_REQUESTS]
    assert clerk.get(reverse("desk:cases")).status_code == HTTPStatus.OK


def test_W21_what_is_printed_says_who_printed_it_and_when(case: Case) -> None:
    staff_id = desk.appoint(MINASE, [Role.RECEPTION], name="printer")
    page = words(desk.browser(MINASE, staff_id).get(reverse("desk:case", args=[case.uuid])))
    assert re.search(rf"印刷: printer（.*、職員番号 {staff_id}）", page)


def test_W21_a_file_with_a_serial_leaves_only_by_the_right_to_see_numbers(case: Case) -> None:
    address = reverse("desk:evidence-bundle", args=[case.uuid])
    clerk = browser(Role.RECEPTION)
    assert clerk.get(address).status_code == HTTPStatus.FORBIDDEN
    assert address not in words(clerk.get(reverse("desk:evidence", args=[case.uuid])))
