"""Files leave the desk as far as they were looked into: a copy by default, an original for a reason, a seal by two."""

import hashlib
import re
from datetime import timedelta
from html import unescape
from http import HTTPStatus
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from samples.attachments import Attachment
from sandbox.clamd.server import EICAR, ClamdServer
from tests.support import desk
from tests.support.clock import Clock
from todoke.casework.cases import queries as cases
from todoke.casework.cases.values import Filters
from todoke.casework.intake import queries as intake
from todoke.casework.screening import services as screening
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit import queries as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.health import STORING, StorageStalled

from .conftest import MINASE, Towns
from .files import HEIC, PLAIN, SCRIPT, arrive, look_into

REASON = {"reason": "印影を確かめるため"}


class Desk:
    """A browser at the desk, and the addresses of one case's files by their place."""

    def __init__(self, client: Client, receipt_number: str, staff_id: int) -> None:
        self.client = client
        with scope(MINASE):
            viewer = accounts.viewer(staff_id)
            assert viewer is not None
            (self.row,) = cases.worklist(viewer, Filters(text=receipt_number)).rows
            self.files = cases.case_detail(viewer, self.row.uuid).attachments

    def at(self, name: str, place: int = 0, **more: object) -> str:
        file_id = self.files[place].id
        return reverse(f"desk:{name}", kwargs={"uuid": self.row.uuid, "attachment_id": file_id, **more})

    def case(self) -> str:
        return words(self.client.get(reverse("desk:case", kwargs={"uuid": self.row.uuid})))

    def entries(self) -> list[tuple[str, str]]:
        with scope(MINASE):
            found = audit.of_object("case", str(self.row.uuid))
        return [(one.action, one.purpose) for one in found if one.action.startswith("attachment.")]


def words(response: Any) -> str:  # the test client's answers have no public type
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def appointed(name: str, *roles: Role) -> tuple[Client, int]:
    staff_id = desk.appoint(MINASE, roles or list(Role), name=name)
    return desk.browser(MINASE, staff_id), staff_id


def opened(towns: Towns, folder: Path, *attached: Attachment, look: bool = True) -> Desk:
    """The desk with one case that has these files, looked into unless said otherwise."""
    (number,) = arrive(towns, folder, attached)
    if look:
        look_into()
    client, staff_id = appointed("clerk")
    return Desk(client, number, staff_id)


def test_a_file_that_nobody_scanned_says_so_and_is_nowhere_called_sound(
    empty_towns: Towns, tmp_path: Path
) -> None:
    at = opened(empty_towns, tmp_path, PLAIN, look=False)
    page = at.case()
    assert "未検査（ウイルス対策ソフト未設定）" in page
    assert "問題なし" not in page
    assert "検査済" not in page
    with patch.object(STORING, "check_answering", side_effect=StorageStalled):  # F08
        answer = at.client.get(at.at("attachment"))
        assert (answer.status_code, "SYS-943" in words(answer)) == (HTTPStatus.SERVICE_UNAVAILABLE, True)
        assert at.entries() == []
    answer = at.client.get(at.at("attachment"))
    assert body(answer) == PLAIN.content
    assert at.entries() == [("attachment.downloaded", "申請内容の確認")]


def test_where_scanning_is_required_an_unscanned_file_stays_closed_and_says_what_to_do(
    empty_towns: Towns, tmp_path: Path, settings: Settings
) -> None:
    settings.TODOKE_SCAN = "required"
    at = opened(empty_towns, tmp_path, PLAIN)
    answer = at.client.get(at.at("attachment"))
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "この添付は開けません" in words(answer)
    assert (
        at.client.post(at.at("attachment-open", what="original"), REASON).status_code == HTTPStatus.NOT_FOUND
    )
    assert at.entries() == []


def test_a_scanned_file_names_its_scanner_and_opens(
    empty_towns: Towns, tmp_path: Path, clamd: ClamdServer
) -> None:
    at = opened(empty_towns, tmp_path, PLAIN)
    page = at.case()
    assert "検査済" in page
    assert "ClamAV 1.4.6（定義ファイル 令和8年4月6日" in page
    assert body(at.client.get(at.at("attachment"))) == PLAIN.content


def test_A03_the_usual_way_to_a_doubtful_file_is_its_copy(empty_towns: Towns, tmp_path: Path) -> None:
    at = opened(empty_towns, tmp_path, SCRIPT)
    page = at.case()
    assert "無害化した写し" in page
    assert "理由を書いて原本を開く" in page
    answer = at.client.get(at.at("attachment"))
    data = body(answer)
    assert data.startswith(b"%PDF-1.4")
    assert b"JavaScript" not in data
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "%E7%84%A1%E5%AE%B3%E5%8C%96" in answer.headers["Content-Disposition"]
    assert at.entries() == [("attachment.copy_downloaded", "申請内容の確認")]


def test_A03_the_original_asks_for_a_reason_which_the_audit_keeps(empty_towns: Towns, tmp_path: Path) -> None:
    at = opened(empty_towns, tmp_path, SCRIPT)
    way = at.at("attachment-open", what="original")
    page = words(at.client.get(way))
    assert hashlib.sha256(SCRIPT.content).hexdigest() in page
    assert at.client.post(way, {"reason": " "}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert at.entries() == []
    answer = at.client.post(way, REASON)
    assert body(answer) == SCRIPT.content
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert at.entries() == [("attachment.downloaded", REASON["reason"])]


def test_A11_what_could_not_be_made_harmless_is_never_handed_out(empty_towns: Towns, tmp_path: Path) -> None:
    at = opened(empty_towns, tmp_path, Attachment("a.pdf", b"%PDF-1.7\nhalf of a document"))
    page = at.case()
    assert "無害化できません" in page
    for way in (
        at.at("attachment"),
        at.at("attachment-open", what="original"),
        at.at("attachment-open", what="copy"),
    ):
        assert at.client.get(way).status_code == HTTPStatus.NOT_FOUND
        assert at.client.post(way, REASON).status_code in (
            HTTPStatus.NOT_FOUND,
            HTTPStatus.METHOD_NOT_ALLOWED,
        )
    assert at.entries() == []


def test_A01_malware_has_no_way_out_at_all(empty_towns: Towns, tmp_path: Path, clamd: ClamdServer) -> None:
    at = opened(empty_towns, tmp_path, Attachment("a.txt", EICAR))
    page = at.case()
    assert "ウイルスを検出しました" in page
    assert "この添付は開示できません" in page
    for way in (
        at.at("attachment"),
        at.at("attachment-open", what="original"),
        at.at("attachment-open", what="copy"),
    ):
        assert at.client.get(way).status_code == HTTPStatus.NOT_FOUND
    answer = at.client.post(at.at("attachment-release"), {"shown": "0" * 64, **REASON})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "開示できません" in words(answer)
    home = words(at.client.get(reverse("desk:home")))
    assert re.search(r"封印中の添付</span><span class=\"figure\">1<", home)


def test_A06_a_drawing_is_never_handed_out_as_something_that_a_browser_shows(
    empty_towns: Towns, tmp_path: Path
) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    at = opened(empty_towns, tmp_path, Attachment("a.svg", drawing))
    answer = at.client.get(at.at("attachment"))
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert at.client.get(at.at("attachment-open", what="original")).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("name", "shown"),
    [("../../etc/passwd.txt", "passwd.txt"), ("長" * 80 + ".txt", "長" * 80 + ".txt"), ("a.html", "a.html")],
    ids=["A13-a-path-in-the-name", "A13-a-long-Japanese-name", "A13-a-type-that-is-none"],
)
def test_a_file_is_served_with_our_own_type_and_a_name_that_breaks_no_header(
    empty_towns: Towns, tmp_path: Path, name: str, shown: str
) -> None:
    content = "架空の覚え書き".encode()
    try:
        at = opened(empty_towns, tmp_path, Attachment(name, content))
    except ValueError:
        assert ".." in name, "the whole package is refused: no file of that name reaches the desk"
        return
    answer = at.client.get(at.at("attachment"))
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "html" not in answer.headers["Content-Type"]
    assert answer.headers["Content-Disposition"].isascii()
    assert "\n" not in answer.headers["Content-Disposition"]
    assert shown in at.case()


def test_two_persons_lift_a_seal_on_the_pages(empty_towns: Towns, tmp_path: Path) -> None:
    at = opened(empty_towns, tmp_path, HEIC)
    page = words(at.client.get(at.at("attachment-release")))
    assert "開示を提案する" in page
    shown = re.search(r'name="shown" value="([0-9a-f]{64})"', page)
    assert shown
    typed = {"shown": shown[1], **REASON}
    assert at.client.post(at.at("attachment-release"), typed).status_code == HTTPStatus.FOUND
    assert "二人目の確認を待っています" in words(at.client.get(at.at("attachment-release")))
    assert at.client.post(at.at("attachment-release"), typed).status_code == HTTPStatus.FOUND
    assert "提案した本人は確認できません" in words(at.client.get(at.at("attachment-release")))
    second, _ = appointed("second", Role.DECISION)
    waiting = words(second.get(reverse("desk:approvals")))
    assert at.at("attachment-release") in waiting
    page = words(second.get(at.at("attachment-release")))
    assert REASON["reason"] in page
    assert (
        second.post(at.at("attachment-release"), {**typed, "reason": "画像を変換して確かめる"}).status_code
        == HTTPStatus.FOUND
    )
    assert "二人の確認で開示" in at.case()
    answer = at.client.post(at.at("attachment-open", what="original"), REASON)
    assert body(answer) == HEIC.content
    assert "封印中の添付はありません" in words(at.client.get(reverse("desk:sealed-attachments")))


def test_sealed_files_are_listed_with_what_to_do(empty_towns: Towns, tmp_path: Path) -> None:
    client, _ = appointed("early")
    assert "封印中の添付はありません" in words(client.get(reverse("desk:sealed-attachments")))
    at = opened(empty_towns, tmp_path, HEIC)
    page = words(at.client.get(reverse("desk:sealed-attachments")))
    assert at.row.receipt_number in page
    assert "PDFやJPEGに変換して" in page


def test_a_clerk_of_another_section_sees_no_sealed_file(empty_towns: Towns, tmp_path: Path) -> None:
    from todoke.foundation.organisations import services as organisations

    at = opened(empty_towns, tmp_path, HEIC)
    with scope(MINASE):
        section = organisations.register_section("elsewhere", name="よその課").id
    staff_id = desk.appoint(MINASE, [Role.EXAMINATION], name="elsewhere", section=section)
    stranger = desk.browser(MINASE, staff_id)
    assert at.row.receipt_number not in words(stranger.get(reverse("desk:sealed-attachments")))
    for name in ("attachment", "attachment-release", "attachment-copy", "attachment-numbers"):
        assert stranger.post(at.at(name)).status_code == HTTPStatus.NOT_FOUND


def test_a_mark_for_numbers_hides_the_file_from_those_without_the_right(
    empty_towns: Towns, tmp_path: Path
) -> None:
    at = opened(empty_towns, tmp_path, PLAIN)
    assert at.client.post(at.at("attachment-numbers"), {"holds": "1"}).status_code == HTTPStatus.FOUND
    assert "個人番号を含む" in at.case()
    assert at.client.get(at.at("attachment")).status_code == HTTPStatus.FOUND, "it asks for the reason"
    assert body(at.client.post(at.at("attachment-open", what="original"), REASON)) == PLAIN.content
    reception, _ = appointed("reception", Role.RECEPTION)
    answer = reception.post(at.at("attachment-open", what="original"), REASON)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "番号を表示する権限" in words(answer)
    assert at.client.post(at.at("attachment-numbers"), {"holds": "0"}).status_code == HTTPStatus.FOUND
    assert body(reception.get(at.at("attachment"))) == PLAIN.content


def test_a_copy_of_a_sound_file_is_made_on_demand(empty_towns: Towns, tmp_path: Path) -> None:
    at = opened(empty_towns, tmp_path, PLAIN)
    assert "無害化した写しを作る" in at.case()
    for expected in ("無害化した写しを作ります", "すでにあるか、作れない種類です"):
        assert at.client.post(at.at("attachment-copy")).status_code == HTTPStatus.FOUND
        assert expected in at.case()
    look_into()
    assert (
        body(at.client.get(at.at("attachment-open", what="copy"))).decode("utf-8-sig")
        == PLAIN.content.decode()
    )


def test_F21_a_scanner_that_is_silent_for_a_day_is_told_on_the_first_page(
    empty_towns: Towns, tmp_path: Path, clamd: ClamdServer, clock: Clock
) -> None:
    clamd.stop()
    at = opened(empty_towns, tmp_path, PLAIN)
    page = at.case()
    assert "検査待ち" in page
    assert "検査済" not in page
    assert "添付の検査が滞っています" not in words(at.client.get(reverse("desk:home")))
    assert at.client.get(at.at("attachment")).status_code == HTTPStatus.FOUND, "a reason is asked for"
    with scope(MINASE):
        from todoke.casework.screening.models import ScreenedContent

        ScreenedContent.objects.update(noted_at=now() - timedelta(hours=25))
    assert "添付の検査が滞っています" in words(at.client.get(reverse("desk:home")))
    assert "24時間を超過" in words(at.client.get(reverse("desk:system")))


def test_F21_old_signatures_are_told_on_the_first_page(
    empty_towns: Towns, tmp_path: Path, clamd: ClamdServer
) -> None:
    clamd.built_at = now() - timedelta(days=30)
    at = opened(empty_towns, tmp_path, PLAIN)
    assert "定義ファイルが古くなっています" in words(at.client.get(reverse("desk:home")))
    assert "定義ファイルが古い" in at.case()


def test_the_state_of_scanning_stands_on_the_system_page(empty_towns: Towns, tmp_path: Path) -> None:
    at = opened(empty_towns, tmp_path, PLAIN)
    page = words(at.client.get(reverse("desk:system")))
    assert "添付は「未検査」と表示します" in page
    assert "TODOKE_SCAN=optional" in page


def test_a_file_of_another_case_is_not_found(empty_towns: Towns, tmp_path: Path) -> None:
    first, _ = arrive(empty_towns, tmp_path, [PLAIN], [HEIC])
    client, staff_id = appointed("clerk")
    at = Desk(client, first, staff_id)
    with scope(MINASE):
        other = next(one.id for one in intake.attachments_after(0, limit=10) if one.id != at.files[0].id)
    for name, more in (
        ("attachment", {}),
        ("attachment-release", {}),
        ("attachment-open", {"what": "original"}),
    ):
        address = reverse(f"desk:{name}", kwargs={"uuid": at.row.uuid, "attachment_id": other, **more})
        assert client.get(address).status_code == HTTPStatus.NOT_FOUND
    assert client.get(at.at("attachment-open", what="nothing")).status_code == HTTPStatus.NOT_FOUND
    assert screening.open_release(at.row.uuid, other, at=now()) is None
