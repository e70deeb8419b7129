"""The entrance lets the right people in, once, and tells the others nothing."""

import re
from http import HTTPStatus

import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from tests.support import desk
from tests.support.clock import Clock
from todoke import settings as production
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts import services as account_services
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit import queries as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope

from .conftest import MINASE, PASSWORD

SIGN_IN = reverse("desk:sign-in")
HOME = reverse("desk:home")


def is_signed_in(client: Client) -> bool:
    return client.get(HOME).status_code == HTTPStatus.OK


def test_a_stranger_is_asked_to_sign_in_and_then_sees_what_was_asked_for(towns_with_staff: int) -> None:
    client = Client()
    asked = client.get(reverse("desk:staff"))
    assert asked.headers["Location"] == f"{SIGN_IN}?next=%2Fstaff%2F"
    answer = client.post(SIGN_IN, {"name": "hanako", "password": PASSWORD, "next": "/staff/"})
    assert answer.headers["Location"] == "/staff/"
    assert client.get("/staff/").status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "target",
    ["//evil.example/", "\\\\evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil"],
)
def test_a_next_page_elsewhere_leads_home(towns_with_staff: int, target: str) -> None:
    answer = Client().post(SIGN_IN, {"name": "hanako", "password": PASSWORD, "next": target})
    assert answer.headers["Location"] == HOME


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(towns_with_staff: int) -> None:
    wrong = Client().post(SIGN_IN, {"name": "hanako", "password": "not-the-password"})
    unknown = Client().post(SIGN_IN, {"name": "nobody", "password": "not-the-password"})
    assert wrong.status_code == unknown.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "サインイン名またはパスワードが違います" in wrong.content.decode()
    assert [wrong.content.decode().count(word) for word in ("違います", "hanako")] == [
        unknown.content.decode().count(word.replace("hanako", "nobody")) for word in ("違います", "hanako")
    ]


@override_settings(PASSWORD_HASHERS=production.PASSWORD_HASHERS)
def test_a_password_is_kept_and_tried_with_the_work_of_production(empty_towns: object) -> None:
    staff_id = desk.appoint(MINASE, list(Role), name="hanako")
    with scope(MINASE):
        account_services.set_password(staff_id, PASSWORD, actor=desk.ACTOR, at=now())
        person = accounts.staff(staff_id)
    assert person is not None
    way, _, work = person.password.partition("$argon2id$v=19$m=")
    memory, rounds, _ = re.split(r",t=|,p=", work, maxsplit=2)
    assert (way, int(memory) >= 102_400, int(rounds) >= 2) == ("argon2", True, True)
    client = Client()
    client.post(SIGN_IN, {"name": "hanako", "password": "not-the-password"})
    assert not is_signed_in(client)
    client.post(SIGN_IN, {"name": "hanako", "password": PASSWORD})
    assert is_signed_in(client)


def test_after_five_failures_even_the_right_password_waits(towns_with_staff: int, clock: Clock) -> None:
    client = Client()
    for _ in range(5):
        client.post(SIGN_IN, {"name": "hanako", "password": "not-the-password"})
    refused = client.post(SIGN_IN, {"name": "hanako", "password": PASSWORD})
    assert "過ぎまで受け付けません" in refused.content.decode()
    assert not is_signed_in(client)
    clock.advance(seconds=31)
    client.post(SIGN_IN, {"name": "hanako", "password": PASSWORD})
    assert is_signed_in(client)


def test_guessing_one_name_from_many_addresses_is_stopped_too(towns_with_staff: int, clock: Clock) -> None:
    guess = {"name": "hanako", "password": "not-the-password"}
    for number in range(50):
        Client(REMOTE_ADDR=f"192.0.2.{number}").post(SIGN_IN, guess)
    client = Client(REMOTE_ADDR="198.51.100.1")
    right = {"name": "hanako", "password": PASSWORD}
    assert "過ぎまで受け付けません" in client.post(SIGN_IN, right).content.decode()
    clock.advance(seconds=31)
    client.post(SIGN_IN, right)
    assert is_signed_in(client)


def test_the_failures_of_one_name_do_not_stop_another(towns_with_staff: int) -> None:
    client = Client()
    for _ in range(6):
        client.post(SIGN_IN, {"name": "nobody", "password": "not-the-password"})
    client.post(SIGN_IN, {"name": "hanako", "password": PASSWORD})
    assert is_signed_in(client)


def test_signing_in_begins_a_new_session_and_signing_out_ends_it_on_the_server(towns_with_staff: int) -> None:
    client = Client()
    client.get(SIGN_IN)
    client.session["planted"] = "by somebody else"
    client.session.save()
    before = client.session.session_key
    client.post(SIGN_IN, {"name": "hanako", "password": PASSWORD})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert cookie != before
    answer = client.post(reverse("desk:sign-out"))
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert not is_signed_in(thief)


def test_signing_in_and_out_and_failing_to_stand_in_the_audit(towns_with_staff: int) -> None:
    client = Client()
    client.post(SIGN_IN, {"name": "hanako", "password": "not-the-password"})
    client.post(SIGN_IN, {"name": "hanako", "password": PASSWORD})
    client.post(reverse("desk:sign-out"))
    with scope(MINASE):
        actions = [entry.action for entry in audit.of_object("staff", str(towns_with_staff))]
        terminals = {entry.terminal for entry in audit.of_object("staff", str(towns_with_staff))}
    assert actions[-3:] == ["staff.sign_in_refused", "staff.signed_in", "staff.signed_out"]
    assert "127.0.0.1" in terminals


def test_a_session_ends_after_its_absolute_age(towns_with_staff: int, clock: Clock) -> None:
    client = desk.browser(MINASE, towns_with_staff)
    for _ in range(settings.TODOKE_SESSION_HOURS * 3):
        assert is_signed_in(client)
        clock.advance(minutes=20)
    assert not is_signed_in(client)


def test_a_new_password_ends_every_other_session(towns_with_staff: int) -> None:
    here, elsewhere = desk.browser(MINASE, towns_with_staff), desk.browser(MINASE, towns_with_staff)
    typed = {"current": PASSWORD, "password": "another-long-password", "again": "another-long-password"}
    assert here.post(reverse("desk:password"), typed).status_code == HTTPStatus.FOUND
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"current": "wrong", "password": "a-long-password", "again": "a-long-password"}, "現在のパスワードが違います"),
        ({"current": PASSWORD, "password": "short", "again": "short"}, "12 文字以上"),
        ({"current": PASSWORD, "password": "another-long-password", "again": "something-else-here"}, "一致しません"),
    ],
)  # fmt: skip
def test_a_password_that_cannot_be_taken_is_explained(
    towns_with_staff: int, typed: dict[str, str], words: str
) -> None:
    answer = desk.browser(MINASE, towns_with_staff).post(reverse("desk:password"), typed)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert words in answer.content.decode()


def test_a_one_time_link_is_used_by_its_button_and_only_once(towns_with_staff: int) -> None:
    token = account_services.one_time_link(
        "sign-in", at=now(), staff_id=towns_with_staff, organisation=MINASE
    )
    address = reverse("desk:sign-in-link", args=[token])
    client = Client()
    for _ in range(3):
        assert client.get(address).status_code == HTTPStatus.OK
    assert client.post(address).headers["Location"] == HOME
    assert is_signed_in(client)
    assert Client().post(address).status_code == HTTPStatus.GONE
    assert Client().get(address).status_code == HTTPStatus.GONE


def test_a_link_for_somebody_without_password_asks_for_one_first(empty_towns: object) -> None:
    staff_id = desk.appoint(MINASE, [Role.RECEPTION], name="new")
    token = account_services.one_time_link("sign-in", at=now(), staff_id=staff_id, organisation=MINASE)
    client = Client()
    assert client.post(reverse("desk:sign-in-link", args=[token])).headers["Location"] == reverse(
        "desk:password"
    )
    typed = {"password": "another-long-password", "again": "another-long-password"}
    assert client.post(reverse("desk:password"), typed).headers["Location"] == HOME
    with scope(MINASE):
        person = accounts.staff(staff_id)
        assert person is not None
        assert person.check_password("another-long-password")


def test_a_link_expires(towns_with_staff: int, clock: Clock) -> None:
    token = account_services.one_time_link(
        "sign-in", at=now(), staff_id=towns_with_staff, organisation=MINASE
    )
    clock.advance(hours=25)
    assert Client().post(reverse("desk:sign-in-link", args=[token])).status_code == HTTPStatus.GONE


def test_a_form_without_its_token_changes_nothing_and_says_so_in_japanese(towns_with_staff: int) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(SIGN_IN, {"name": "hanako", "password": PASSWORD})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "画面の有効期限が切れました" in answer.content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_an_act_started_by_another_site_is_refused(towns_with_staff: int, site: str) -> None:
    client = desk.browser(MINASE, towns_with_staff)
    answer = client.post(reverse("desk:sign-out"), headers={"sec-fetch-site": site})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert is_signed_in(client)


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND"])
def test_verbs_that_no_page_has_are_refused(db: None, verb: str) -> None:
    assert Client().generic(verb, HOME).status_code == HTTPStatus.METHOD_NOT_ALLOWED
