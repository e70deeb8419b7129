"""What did not simply go through is visible, explained, and has a way back; nothing of it leaves the town."""

from html import unescape
from http import HTTPStatus

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.support import desk
from todoke.casework.identify import queries as identify
from todoke.casework.intake import queries as intake
from todoke.casework.notify import queries as notify
from todoke.casework.relay import queries as relay
from todoke.casework.relay.values import PackageState
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit import queries as audit
from todoke.foundation.errors import sentence_of
from todoke.foundation.fence import scope

from .conftest import HIYORI, KAZAMI, MINASE, Towns, bring_in


def words(response: "object") -> str:
    return unescape(response.content.decode())  # type: ignore[attr-defined]  # the test client's answers have no type


def test_the_quarantine_shows_number_sentence_and_next_step(clerk: Client, towns: Towns) -> None:
    page = words(clerk.get(reverse("desk:quarantine")))
    with scope(MINASE):
        quarantined = relay.quarantined()
    assert quarantined
    for one in quarantined:
        assert one.receipt_number in page
        assert sentence_of(one.code, one.facts) in page


def test_the_quarantine_of_another_town_is_not_shown(clerk: Client, stranger: Client, towns: Towns) -> None:
    with scope(HIYORI):
        theirs = relay.quarantined()
    page = words(clerk.get(reverse("desk:quarantine")))
    for one in theirs:
        assert str(one.uuid) not in page
        assert clerk.get(reverse("desk:quarantined", args=[one.uuid])).status_code == HTTPStatus.NOT_FOUND
        assert clerk.post(reverse("desk:reprocess", args=[one.uuid])).status_code == HTTPStatus.NOT_FOUND
        assert stranger.get(reverse("desk:quarantined", args=[one.uuid])).status_code == HTTPStatus.OK
    assert theirs


def test_a_package_shows_every_finding_on_it(clerk: Client, towns: Towns) -> None:
    with scope(MINASE):
        package = relay.quarantined()[0]
        found = intake.findings(package.id)
    page = words(clerk.get(reverse("desk:quarantined", args=[package.uuid])))
    assert found
    assert all(one.code in page and sentence_of(one.code, one.facts) in page for one in found)


def test_reprocessing_happens_once_however_often_the_button_is_pressed(clerk: Client, towns: Towns) -> None:
    with scope(MINASE):
        package = relay.quarantined()[0]
    address = reverse("desk:reprocess", args=[package.uuid])
    first = clerk.post(address, {"reason": "認証局を登録した"}, follow=True)
    second = clerk.post(address, follow=True)
    assert "再処理を始めました" in words(first)
    assert "再処理の対象ではありません" in words(second)
    with scope(MINASE):
        assert relay.package(package.id).state is PackageState.PENDING
        asked = [
            one for one in audit.of_object("package", str(package.id)) if one.action == "package.requeued"
        ]
    assert [one.purpose for one in asked] == ["認証局を登録した"]


def test_a_reader_without_the_right_sees_no_button(towns: Towns) -> None:
    reader = desk.browser(MINASE, desk.appoint(MINASE, [Role.RECEPTION], name="reception"))
    with scope(MINASE):
        package = relay.quarantined()[0]
    assert "再処理する理由" not in words(reader.get(reverse("desk:quarantined", args=[package.uuid])))
    assert reader.post(reverse("desk:reprocess", args=[package.uuid])).status_code == HTTPStatus.FORBIDDEN


def test_an_import_twice_is_taken_once(clerk: Client, towns: Towns) -> None:
    file = towns.files(MINASE)[0]
    typed = {"channel": "hand", "packages": [SimpleUploadedFile(file.name, file.read_bytes())]}
    assert "取り込み済みです" in words(clerk.post(reverse("desk:import"), typed))


def test_an_import_without_files_or_channel_is_explained(clerk: Client) -> None:
    for typed in ({}, {"channel": "hand"}, {"channel": "nothing"}):
        answer = clerk.post(reverse("desk:import"), typed | {"csrfmiddlewaretoken": "x"})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "ファイルを選んでください" in words(answer)


def test_links_are_loaded_whole_or_not_at_all(clerk: Client, towns: Towns) -> None:
    header = "issuer_key,serial,number,number_kind,valid_from,valid_to,reason\r\n"
    good = "ab" * 20 + ",0a1b,1000000001,atena,2026-01-01T00:00:00+09:00,,\r\n"
    with scope(MINASE):
        before = identify.current_generations()
    bad = SimpleUploadedFile("links.csv", (header + good + "ab,xyz,1\r\n").encode())
    page = words(clerk.post(reverse("desk:links"), {"kind": "differential", "file": bad}))
    assert "今までの情報はそのままです" in page
    assert "3行目" in page
    with scope(MINASE):
        assert identify.current_generations() == before
    fine = SimpleUploadedFile("links.csv", (header + good).encode())
    assert "取り込みました" in words(
        clerk.post(reverse("desk:links"), {"kind": "differential", "file": fine})
    )
    with scope(MINASE):
        assert len(identify.current_generations()) == len(before) + 1


def test_a_file_that_is_no_link_file_is_explained(clerk: Client) -> None:
    wrong = SimpleUploadedFile("links.csv", "氏名,住所\r\n".encode())
    answer = clerk.post(reverse("desk:links"), {"kind": "full", "file": wrong})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "見出し行の列" in words(answer)


def test_a_status_is_typed_once(empty_towns: Towns) -> None:
    bring_in(empty_towns, KAZAMI, sorted((empty_towns.folder / "folder" / KAZAMI).glob("*.zip")))
    staff_id = desk.appoint(KAZAMI, list(Role), name="kazami")
    client = desk.browser(KAZAMI, staff_id)
    with scope(KAZAMI):
        viewer = accounts.viewer(staff_id)
        assert viewer is not None
        waiting = notify.to_type(viewer)
    page = words(client.get(reverse("desk:statuses")))
    assert waiting
    assert all(one.receipt_number in page for one in waiting)
    address = reverse("desk:status-typed", args=[waiting[0].message_id])
    assert client.post(address).status_code == HTTPStatus.FOUND
    assert client.post(address).status_code == HTTPStatus.NOT_FOUND
    with scope(KAZAMI):
        assert len(notify.to_type(viewer)) == len(waiting) - 1
    elsewhere = desk.browser(MINASE, desk.appoint(MINASE, list(Role), name="minase"))
    other = reverse("desk:status-typed", args=[waiting[1].message_id])
    assert elsewhere.post(other).status_code == HTTPStatus.NOT_FOUND


def test_the_system_page_shows_trust_lists_and_what_waits(clerk: Client) -> None:
    page = words(clerk.get(reverse("desk:system")))
    assert "認証局の証明書" in page
    assert "監査証跡の封印" in page


def test_a_core_system_that_does_not_answer_is_named_and_nothing_breaks(clerk: Client) -> None:
    assert "引渡し済" in words(clerk.get(reverse("desk:reconcile")))
    page = words(clerk.post(reverse("desk:reconcile"), follow=True))
    assert "core-992011: 接続先が応答しません" in page
