"""Staff are appointed, given a link, and lose their access at once; the audit can be read for one object."""

from html import unescape
from http import HTTPStatus
from re import search

from django.test import Client
from django.urls import reverse

from tests.support import desk
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Role
from todoke.foundation.fence import scope

from .conftest import HIYORI, MINASE, Towns


def administrator(name: str = "admin") -> Client:
    return desk.browser(MINASE, desk.appoint(MINASE, [Role.STAFF_ADMINISTRATION], name=name))


def words(response: "object") -> str:
    return unescape(response.content.decode())  # type: ignore[attr-defined]  # the test client's answers have no type


def test_a_colleague_gets_a_link_and_chooses_the_password(empty_towns: Towns) -> None:
    typed = {
        "display_name": "新人 太郎",
        "sign_in_name": "taro",
        "roles": ["reception", "examination"],
        "section": "",
    }
    page = words(administrator().post(reverse("desk:new-staff"), typed))
    link = search(r"(/sign-in/[\w-]+/)", page)
    assert link is not None
    client = Client()
    assert client.post(link.group(1)).headers["Location"] == reverse("desk:password")
    with scope(MINASE):
        person = accounts.staff_by_name("taro")
        assert person is not None
        viewer = accounts.viewer(person.pk)
        assert viewer is not None
    assert viewer.may(Right.DECIDE_IDENTITY)
    assert not viewer.may(Right.MANAGE_STAFF)


def test_a_name_that_somebody_has_anywhere_is_refused_and_the_words_stay(empty_towns: Towns) -> None:
    desk.appoint(HIYORI, [Role.RECEPTION], name="taro")
    typed = {"display_name": "新人 太郎", "sign_in_name": "taro", "roles": ["reception"], "section": ""}
    answer = administrator().post(reverse("desk:new-staff"), typed)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "このサインイン名は使われています" in words(answer)
    assert "新人 太郎" in words(answer)


def test_roles_and_sections_come_from_the_list_only(empty_towns: Towns) -> None:
    client = administrator()
    wrongs: list[dict[str, object]] = [{"roles": ["everything"]}, {"roles": []}, {"section": "999999"}]
    for wrong in wrongs:
        typed = {"display_name": "x", "sign_in_name": "taro", "roles": ["reception"], "section": ""} | wrong
        assert client.post(reverse("desk:new-staff"), typed).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_access_ends_with_the_next_request(empty_towns: Towns) -> None:
    staff_id = desk.appoint(MINASE, [Role.RECEPTION], name="leaver")
    leaver = desk.browser(MINASE, staff_id)
    assert leaver.get(reverse("desk:cases")).status_code == HTTPStatus.OK
    assert administrator().post(reverse("desk:end-staff", args=[staff_id])).status_code == HTTPStatus.FOUND
    assert leaver.get(reverse("desk:cases")).status_code == HTTPStatus.FOUND
    assert leaver.post(reverse("desk:sign-out")).headers["Location"] == reverse("desk:sign-in")


def test_nobody_ends_their_own_access(empty_towns: Towns) -> None:
    staff_id = desk.appoint(MINASE, [Role.STAFF_ADMINISTRATION], name="admin")
    client = desk.browser(MINASE, staff_id)
    answer = client.post(reverse("desk:end-staff", args=[staff_id]), follow=True)
    assert "自分の利用は終了できません" in words(answer)


def test_nobody_has_a_link_made_for_somebody_elsewhere(empty_towns: Towns) -> None:
    theirs = desk.appoint(HIYORI, [Role.RECEPTION], name="hiyori")
    client = administrator()
    for name in ("staff-link", "end-staff"):
        assert client.post(reverse(f"desk:{name}", args=[theirs])).status_code == HTTPStatus.NOT_FOUND
    assert "hiyori" not in words(client.get(reverse("desk:staff")))


def test_the_audit_of_one_object_is_in_words_and_looking_is_recorded(empty_towns: Towns) -> None:
    staff_id = desk.appoint(MINASE, [Role.RECEPTION], name="somebody")
    auditor = desk.browser(MINASE, desk.appoint(MINASE, [Role.AUDITING], name="auditor"))
    found = auditor.get(reverse("desk:audit"), {"kind": "staff", "id": str(staff_id)}, follow=True)
    assert "職員を登録した" in words(found)
    assert "監査証跡を見た" in words(auditor.get(reverse("desk:audit-of", args=["staff", str(staff_id)])))


def test_rights_do_not_leak_into_the_menu(empty_towns: Towns) -> None:
    auditor = desk.browser(MINASE, desk.appoint(MINASE, [Role.AUDITING], name="auditor"))
    page = words(auditor.get(reverse("desk:home")))
    assert reverse("desk:audit") in page
    for name in ("cases", "staff", "system", "import", "quarantine"):
        assert f'href="{reverse(f"desk:{name}")}"' not in page


def test_control_characters_in_an_address_are_no_failure(empty_towns: Towns) -> None:
    auditor = desk.browser(MINASE, desk.appoint(MINASE, [Role.AUDITING], name="auditor"))
    assert auditor.get("/audit/staff/%00%1b/").status_code == HTTPStatus.NOT_FOUND
    assert auditor.get("/audit/?kind=staff&id=%00").status_code == HTTPStatus.OK
    assert auditor.get("/audit/staff/99999999999999999999999/").status_code == HTTPStatus.NOT_FOUND
