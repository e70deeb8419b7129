"""A password alone opens nothing for whoever has a second step; what is sensitive is asked for anew."""

import re
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
from todoke.foundation.calendars.queries import now
from todoke.foundation.entrance import queries as entrance
from todoke.foundation.entrance import rules, services
from todoke.foundation.entrance.values import Standing
from todoke.foundation.fence import scope
from todoke.foundation.keyring import queries as keyring
from todoke.foundation.models import SecondFactor

from .conftest import MINASE, PASSWORD

SIGN_IN, SECOND = reverse("desk:sign-in"), reverse("desk:second-step")
SET_UP, HOME = reverse("desk:set-up-second-step"), reverse("desk:home")


def code_of(staff_id: int, *, steps: int = 0) -> str:
    with scope(MINASE):
        sealed = bytes(SecondFactor.objects.get(staff_id=staff_id).sealed_secret)
        secret = keyring.opened(MINASE, sealed, entrance.SECRET)
    return rules.code_at(secret, rules.step_of(now()) + steps)


def set_up(staff_id: int, clock: Clock) -> list[str]:
    """A second step that counts; returns the recovery codes. The code that confirmed it is used up."""
    with scope(MINASE):
        services.begin_second_step(staff_id, account="hanako", issuer="x", actor=desk.ACTOR, at=now())
    with scope(MINASE):
        codes = services.confirm_second_step(staff_id, code_of(staff_id), actor=desk.ACTOR, at=now())
    clock.advance(seconds=31)
    return list(codes)


def typed_password(client: Client, wanted: str = "") -> None:
    answer = client.post(SIGN_IN, {"name": "hanako", "password": PASSWORD, "next": wanted})
    assert answer.headers["Location"] == SECOND


def is_signed_in(client: Client) -> bool:
    return client.get(HOME).status_code == HTTPStatus.OK


def test_an_authenticator_is_set_up_on_the_page_with_text_and_picture(towns_with_staff: int) -> None:
    client = desk.browser(MINASE, towns_with_staff)
    assert "設定を始める" in client.get(SET_UP).content.decode()
    page = client.post(SET_UP).content.decode()
    assert "<svg" in page
    assert "<title>認証アプリで読み取るQRコード</title>" in page
    text = re.search(r"<code>([A-Z2-7-]{39})</code>", page)
    assert text is not None
    wrong = client.post(SET_UP, {"code": "000000"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert text.group(1) in wrong.content.decode(), "the same secret until it is confirmed"
    done = client.post(SET_UP, {"code": code_of(towns_with_staff)}).content.decode()
    codes = re.findall(r"<code>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</code>", done)
    assert len(set(codes)) == rules.RECOVERY_CODES
    with scope(MINASE):
        assert entrance.standing_of(towns_with_staff) is Standing.SET
        stored = bytes(SecondFactor.objects.get().sealed_secret)
    assert rules.cleaned(text.group(1)).encode() not in stored


def test_the_password_alone_opens_nothing_and_the_code_leads_to_the_page_that_was_asked_for(
    towns_with_staff: int, clock: Clock
) -> None:
    set_up(towns_with_staff, clock)
    client = Client()
    typed_password(client, "/staff/")
    assert not is_signed_in(client)
    answer = client.post(SECOND, {"code": f"{code_of(towns_with_staff)[:3]} {code_of(towns_with_staff)[3:]}"})
    assert answer.headers["Location"] == "/staff/"
    assert is_signed_in(client)


def test_a_code_works_once_and_within_one_step_only(towns_with_staff: int, clock: Clock) -> None:
    set_up(towns_with_staff, clock)
    for steps in (-2, 2):
        client = Client()
        typed_password(client)
        assert client.post(SECOND, {"code": code_of(towns_with_staff, steps=steps)}).status_code == 422
    used = code_of(towns_with_staff)
    first, second = Client(), Client()
    typed_password(first)
    typed_password(second)
    first.post(SECOND, {"code": used})
    assert is_signed_in(first)
    assert "確認コードが違うか、使用済みです" in second.post(SECOND, {"code": used}).content.decode()
    assert not is_signed_in(second)


def test_a_clock_that_is_put_back_lets_no_old_code_in(towns_with_staff: int, clock: Clock) -> None:
    set_up(towns_with_staff, clock)
    clock.advance(hours=-2)
    client = Client()
    typed_password(client)
    client.post(SECOND, {"code": code_of(towns_with_staff)})
    assert not is_signed_in(client)


def test_five_wrong_codes_stop_the_right_one_too_from_any_terminal(
    towns_with_staff: int, clock: Clock
) -> None:
    set_up(towns_with_staff, clock)
    client = Client()
    typed_password(client)
    for _ in range(5):
        assert client.post(SECOND, {"code": "000000"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    other = Client(REMOTE_ADDR="192.0.2.7")
    typed_password(other)
    assert "続けて失敗したため" in other.post(SECOND, {"code": code_of(towns_with_staff)}).content.decode()
    clock.advance(seconds=31)
    other.post(SECOND, {"code": code_of(towns_with_staff)})
    assert is_signed_in(other)
    with scope(MINASE):
        actions = [entry.action for entry in audit.of_object("staff", str(towns_with_staff))]
    assert actions.count("staff.second_step_refused") == 6


def test_a_recovery_code_stands_in_once(towns_with_staff: int, clock: Clock) -> None:
    code, *_ = set_up(towns_with_staff, clock)
    first, second = Client(), Client()
    typed_password(first)
    first.post(SECOND, {"code": code.lower()})
    assert is_signed_in(first)
    typed_password(second)
    second.post(SECOND, {"code": code})
    assert not is_signed_in(second)


def test_who_waits_longer_than_five_minutes_begins_again(towns_with_staff: int, clock: Clock) -> None:
    set_up(towns_with_staff, clock)
    client = Client()
    typed_password(client)
    clock.advance(minutes=6)
    assert client.post(SECOND, {"code": code_of(towns_with_staff)}).headers["Location"] == HOME
    assert not is_signed_in(client)


def test_a_one_time_link_does_not_stand_in_for_the_second_step(towns_with_staff: int, clock: Clock) -> None:
    from todoke.foundation.accounts import services as account_services

    set_up(towns_with_staff, clock)
    token = account_services.one_time_link(
        "sign-in", at=now(), staff_id=towns_with_staff, organisation=MINASE
    )
    client = Client()
    assert client.post(reverse("desk:sign-in-link", args=[token])).headers["Location"] == SECOND
    assert not is_signed_in(client)


@pytest.mark.parametrize("policy", [{"all"}, {"reception"}])
def test_whose_role_must_have_one_sees_nothing_else_before_it_is_set_up(
    towns_with_staff: int, settings: Settings, policy: set[str]
) -> None:
    settings.TODOKE_SECOND_STEP_ROLES = frozenset(policy)
    client = Client()
    client.post(SIGN_IN, {"name": "hanako", "password": PASSWORD})
    for page in (HOME, reverse("desk:cases"), reverse("desk:account")):
        assert client.get(page).headers["Location"] == SET_UP
    client.post(SET_UP)
    client.post(SET_UP, {"code": code_of(towns_with_staff)})
    assert is_signed_in(client)


def test_whose_role_need_not_have_one_is_not_asked(towns_with_staff: int, settings: Settings) -> None:
    settings.TODOKE_SECOND_STEP_ROLES = frozenset({"leadership"})
    with scope(MINASE):
        from todoke.foundation.models import RoleGrant

        RoleGrant.objects.filter(staff_id=towns_with_staff, role="leadership").delete()
    client = Client()
    client.post(SIGN_IN, {"name": "hanako", "password": PASSWORD})
    assert is_signed_in(client)


def test_a_manager_resets_a_lost_second_step_with_a_reason_that_stays(
    towns_with_staff: int, clock: Clock
) -> None:
    set_up(towns_with_staff, clock)
    hanako = desk.browser(MINASE, towns_with_staff)
    manager = desk.browser(MINASE, desk.appoint(MINASE, [Role.STAFF_ADMINISTRATION], name="manager"))
    address = reverse("desk:reset-second-step", args=[towns_with_staff])
    manager.post(address, {"reason": " "})
    with scope(MINASE):
        assert entrance.standing_of(towns_with_staff) is Standing.SET, "no reason, no reset"
    manager.post(address, {"reason": "端末の紛失"})
    assert not is_signed_in(hanako)
    with scope(MINASE):
        assert entrance.standing_of(towns_with_staff) is Standing.NONE
        entry = next(one for one in audit.of_object("staff", str(towns_with_staff)) if "reset" in one.action)
    assert entry.purpose == "端末の紛失"
    reception = desk.browser(MINASE, desk.appoint(MINASE, [Role.RECEPTION], name="reception"))
    assert reception.post(address, {"reason": "x"}).status_code == HTTPStatus.FORBIDDEN


def new_colleague(client: Client, **more: str) -> str:
    typed = {
        "display_name": "新井　一",
        "sign_in_name": "arai",
        "roles": ["reception"],
        "section": "",
        **more,
    }
    return client.post(reverse("desk:new-staff"), typed).content.decode()


def test_after_a_while_a_sensitive_act_asks_again_and_loses_nothing(
    towns_with_staff: int, clock: Clock
) -> None:
    client = desk.browser(MINASE, towns_with_staff)
    clock.advance(minutes=django_settings.TODOKE_STEP_UP_MINUTES + 1)
    page = new_colleague(client)
    assert "もう一度確かめます" in page
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert (kept["display_name"], kept["roles"]) == ("新井　一", "reception")
    assert "パスワードが違います" in new_colleague(client, proof="not-the-password")
    before = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    assert "/sign-in/" in new_colleague(client, proof=PASSWORD), "the link of the new colleague"
    assert client.cookies[django_settings.SESSION_COOKIE_NAME].value != before, "a new session id"
    assert is_signed_in(client)


def test_a_stolen_cookie_gets_no_further_than_the_question(towns_with_staff: int, clock: Clock) -> None:
    set_up(towns_with_staff, clock)
    owner, thief = desk.browser(MINASE, towns_with_staff), Client(REMOTE_ADDR="192.0.2.9")
    thief.cookies = owner.cookies
    clock.advance(minutes=django_settings.TODOKE_STEP_UP_MINUTES + 1)
    for _ in range(6):
        assert "もう一度確かめます" in new_colleague(thief, proof=PASSWORD), "a password is no code"
    with scope(MINASE):
        assert [one.action for one in audit.of_object("staff", str(towns_with_staff))].count(
            "staff.proof_refused"
        )


def test_a_file_that_leaves_by_a_link_asks_on_a_page_of_its_own(towns_with_staff: int, clock: Clock) -> None:
    client = desk.browser(MINASE, towns_with_staff)
    clock.advance(minutes=django_settings.TODOKE_STEP_UP_MINUTES + 1)
    export = reverse("desk:export-cases") + "?status=opened"
    asked = client.get(export).headers["Location"]
    assert asked.startswith(reverse("desk:prove-again"))
    assert (
        "status%3Dopened" in client.get(asked).content.decode()
        or "status=opened" in client.get(asked).content.decode()
    )
    answer = client.post(reverse("desk:prove-again"), {"next": export, "proof": PASSWORD})
    assert answer.headers["Location"] == export
    away = client.post(reverse("desk:prove-again"), {"next": "//evil.example/", "proof": PASSWORD})
    assert away.headers["Location"] == HOME


def test_one_sees_where_one_is_signed_in_and_ends_it_there(towns_with_staff: int) -> None:
    here, there, third = (desk.browser(MINASE, towns_with_staff) for _ in range(3))
    page = here.get(reverse("desk:account")).content.decode()
    sessions = re.findall(r'name="session" value="(\d+)"', page)
    assert len(sessions) == 2
    here.post(reverse("desk:end-session"), {"session": sessions[0]})
    assert sorted([is_signed_in(there), is_signed_in(third)]) == [False, True]
    here.post(reverse("desk:end-session"))
    assert not is_signed_in(there)
    assert not is_signed_in(third)
    assert is_signed_in(here)


def test_nobody_ends_the_sessions_of_somebody_else_by_number(towns_with_staff: int) -> None:
    other = desk.browser(MINASE, desk.appoint(MINASE, [Role.RECEPTION], name="other"))
    mine = desk.browser(MINASE, towns_with_staff)
    page = other.get(reverse("desk:account")).content.decode()
    assert "この端末" in page
    from todoke.foundation.models import DeskSession

    with scope(MINASE):
        (theirs,) = DeskSession.objects.exclude(staff_id=towns_with_staff).values_list("pk", flat=True)
    mine.post(reverse("desk:end-session"), {"session": str(theirs)})
    assert is_signed_in(other)
