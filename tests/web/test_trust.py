"""The administrator chooses how revocation is checked, under their own name; the case shows on what its verdict rests."""

import json
from html import unescape
from http import HTTPStatus

from django.test import Client
from django.urls import reverse

from tests.support import desk
from tests.support.clock import START
from todoke.casework.cases.models import Case
from todoke.casework.intake import queries as intake
from todoke.casework.relay import queries as relay
from todoke.casework.trust import queries as trust
from todoke.casework.trust.values import Checker
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope

from .conftest import HIYORI, MINASE, Towns

CHOICE = {
    "channel": "hand",
    "procedure": "P32",
    "checker": "list_then_channel",
    "reason": "部長決裁 令和8年第3号",
}


def words(response: object) -> str:
    return unescape(response.content.decode())  # type: ignore[attr-defined]  # the test client's answers have no type


def test_a_choice_is_made_by_name_and_stands_on_the_page(clerk: Client, stranger: Client) -> None:
    answer = clerk.post(reverse("desk:choose-checker"), CHOICE)
    assert answer.status_code == HTTPStatus.FOUND
    page = words(clerk.get(reverse("desk:trust")))
    for text in ("部長決裁 令和8年第3号", Checker.LIST_THEN_CHANNEL.label, "clerk", "令和8年4月6日"):
        assert text in page
    with scope(MINASE, read_only=True):
        [made] = trust.history()
        assert (made.channel, made.procedure, made.valid_from) == ("hand", "P32", START)
    assert "部長決裁" not in words(stranger.get(reverse("desk:trust")))


def test_an_unfit_choice_is_explained_and_nothing_is_kept(clerk: Client) -> None:
    for changes in (
        {"reason": ""},
        {"valid_from": "2020-01-01T00:00"},
        {"checker": "list_if_present"},
        {"procedure": "X"},
    ):
        answer = clerk.post(reverse("desk:choose-checker"), {**CHOICE, **changes})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, changes
    with scope(MINASE, read_only=True):
        assert not trust.history()


def test_linkage_sees_the_page_and_cannot_choose(clerk: Client) -> None:
    linkage = desk.browser(MINASE, desk.appoint(MINASE, [Role.LINKAGE], name="linkage"))
    page = words(linkage.get(reverse("desk:trust")))
    assert "いまの決まり" in page
    assert "この方法に決める" not in page
    assert linkage.post(reverse("desk:choose-checker"), CHOICE).status_code == HTTPStatus.FORBIDDEN


def test_the_page_shows_each_list_with_its_period_in_japanese_years_and_its_age(clerk: Client) -> None:
    page = words(clerk.get(reverse("desk:trust")))
    assert "令和8年4月6日 07:00" in page
    assert "令和8年4月13日 07:00" in page
    assert "2時間" in page


def _signed(organisation: str) -> Case:
    with scope(organisation):
        return Case.objects.select_related("application").filter(application__signature_state="valid")[0]


def test_a_case_leads_to_its_evidence_in_plain_words_with_the_serial_masked(
    clerk: Client, towns: Towns
) -> None:
    case = _signed(MINASE)
    address = reverse("desk:evidence", args=[case.uuid])
    assert address in words(clerk.get(reverse("desk:case", args=[case.uuid])))
    page = words(clerk.get(address))
    serial = case.application.signer_serial
    assert f"末尾 {serial[-4:]}" in page
    assert serial not in page
    for text in (
        "だれが署名したか",
        "失効をどう確かめたか",
        "だれも選んでいません",
        "いつの時点で判定したか",
        "失効していません",
    ):
        assert text in page
    with scope(MINASE, read_only=True):
        assert intake.evidence(case.application_id).sha256 in page
        assert AuditEntry.objects.filter(action="evidence.seen", object_id=str(case.uuid)).count() == 1


def test_the_bundle_is_taken_away_by_those_who_may_see_the_case_and_that_is_recorded(
    clerk: Client, stranger: Client, towns: Towns
) -> None:
    case = _signed(MINASE)
    address = reverse("desk:evidence-bundle", args=[case.uuid])
    answer = clerk.get(address)
    bundle = json.loads(b"".join(answer.streaming_content))  # type: ignore[attr-defined]  # a streaming answer
    assert bundle["bundle"] == "todoke-evidence-bundle/1"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert stranger.get(address).status_code == HTTPStatus.NOT_FOUND
    assert stranger.get(reverse("desk:evidence", args=[case.uuid])).status_code == HTTPStatus.NOT_FOUND
    with scope(MINASE, read_only=True):
        assert AuditEntry.objects.filter(action="evidence.downloaded", object_id=str(case.uuid)).count() == 1
    with scope(HIYORI, read_only=True):
        assert not AuditEntry.objects.filter(action__startswith="evidence.").exists()


def test_a_package_that_was_stopped_shows_its_evidence_without_taking_it_away(
    clerk: Client, stranger: Client
) -> None:
    with scope(MINASE, read_only=True):
        stopped = relay.quarantined()
    assert stopped
    for package in stopped:
        address = reverse("desk:package-evidence", args=[package.uuid])
        page = words(clerk.get(address))
        assert "隔離" in page
        assert "証拠ファイルを保存する" not in page
        assert stranger.get(address).status_code == HTTPStatus.NOT_FOUND
