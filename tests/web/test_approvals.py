"""Decisions that wait for a second person are listed for those who may confirm them; who confirms alone is set here."""

from html import unescape
from http import HTTPStatus

from django.test import Client
from django.urls import reverse

from tests.support import desk
from todoke.foundation.accounts.values import Role
from todoke.foundation.approvals import queries, services
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope

from .conftest import MINASE, Towns

KIND = "identity.decision"
CASE = "00000000-0000-4000-8000-00000000000a"


def words(response: object) -> str:
    return unescape(response.content.decode())  # type: ignore[attr-defined]  # the test client's answers have no type


def proposed_by(staff_id: int) -> None:
    with scope(MINASE):
        services.propose(
            KIND, object_kind="party", object_id=f"{CASE}/7", shown_hash="a" * 64, reason="水無瀬さくらの件",
            actor=Actor(ActorKind.STAFF, str(staff_id)), at=now(),
        )  # fmt: skip


def signed_in(staff_id: int) -> Client:
    return desk.browser(MINASE, staff_id)


def test_a_proposal_is_listed_for_those_who_may_confirm_it_and_leads_to_its_page(empty_towns: Towns) -> None:
    maker = desk.appoint(MINASE, [Role.RECEPTION], name="maker")
    proposed_by(maker)
    page = words(
        signed_in(desk.appoint(MINASE, [Role.EXAMINATION], name="checker")).get(reverse("desk:approvals"))
    )
    assert reverse("desk:decide-party", args=[CASE, 7]) in page
    assert "maker" in page
    assert "水無瀬" not in page
    assert "自分の提案" in words(signed_in(maker).get(reverse("desk:approvals")))
    auditor = signed_in(desk.appoint(MINASE, [Role.AUDITING], name="auditor"))
    assert "確認を待つ決定はありません" in words(auditor.get(reverse("desk:approvals")))


def test_the_home_page_counts_what_others_have_proposed(empty_towns: Towns) -> None:
    maker = desk.appoint(MINASE, [Role.RECEPTION], name="maker")
    proposed_by(maker)
    checker = signed_in(desk.appoint(MINASE, [Role.EXAMINATION], name="checker"))
    assert "二人目の確認を待つ決定" in words(checker.get(reverse("desk:home")))
    assert "二人目の確認を待つ決定" not in words(signed_in(maker).get(reverse("desk:home")))


def test_the_audit_of_a_proposal_is_found_by_the_place_of_its_decision(empty_towns: Towns) -> None:
    proposed_by(desk.appoint(MINASE, [Role.RECEPTION], name="maker"))
    auditor = signed_in(desk.appoint(MINASE, [Role.AUDITING], name="auditor"))
    page = words(auditor.get(reverse("desk:audit"), {"kind": "party", "id": f"{CASE}/7"}, follow=True))
    assert "二人目の確認を求めた" in page


def test_who_may_confirm_alone_is_set_with_a_reason_and_taken_back(empty_towns: Towns) -> None:
    clerk = desk.appoint(MINASE, [Role.RECEPTION], name="clerk")
    admin = signed_in(desk.appoint(MINASE, [Role.STAFF_ADMINISTRATION], name="admin"))
    typed = {"kind": KIND, "reason": "支所に一人のため"}
    admin.post(reverse("desk:allow-alone", args=[clerk]), {**typed, "reason": ""})
    with scope(MINASE):
        assert not queries.may_confirm_alone(KIND, clerk)
    page = words(admin.post(reverse("desk:allow-alone", args=[clerk]), typed, follow=True))
    assert "一人で確認できるようにしました" in page
    assert reverse("desk:end-alone", args=[clerk]) in page
    with scope(MINASE):
        assert queries.may_confirm_alone(KIND, clerk)
    admin.post(reverse("desk:end-alone", args=[clerk]), {**typed, "reason": "二人になった"})
    with scope(MINASE):
        assert not queries.may_confirm_alone(KIND, clerk)
    auditor = signed_in(desk.appoint(MINASE, [Role.AUDITING], name="auditor"))
    seen = words(auditor.get(reverse("desk:audit-of", args=["staff", str(clerk)])))
    assert "支所に一人のため" in seen
    assert "一人での確認を取りやめた" in seen


def test_W22_an_administrator_does_not_allow_it_to_themselves(empty_towns: Towns) -> None:
    me = desk.appoint(MINASE, [Role.STAFF_ADMINISTRATION], name="admin")
    desk.appoint(MINASE, [Role.SYSTEM_ADMINISTRATION], name="another")
    typed = {"kind": KIND, "reason": "自分で"}
    answer = signed_in(me).post(reverse("desk:allow-alone", args=[me]), typed, follow=True)
    assert answer.status_code == HTTPStatus.OK
    assert "自分で認めることはできません" in words(answer)
    with scope(MINASE):
        assert not queries.may_confirm_alone(KIND, me)
