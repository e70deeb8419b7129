"""A clerk sees the cases of the own town and sections, acts on them, and never overwrites a colleague."""

import re
from datetime import timedelta
from html import unescape
from http import HTTPStatus
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.support import desk
from todoke.casework.cases import queries as cases
from todoke.casework.cases import services as case_services
from todoke.casework.cases.values import CaseStatus, Filters, WorklistRow
from todoke.casework.identify.values import IdentityState, Party
from todoke.casework.intake import queries as intake
from todoke.casework.intake.models import Application
from todoke.casework.relay.models import Package
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Role, Viewer
from todoke.foundation.audit import queries as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations import queries as organisations
from todoke.web.shared.templatetags.todoke import moment

from .conftest import HIYORI, MINASE, Towns

CASES = reverse("desk:cases")


@pytest.fixture
def viewer(towns: Towns) -> Viewer:
    """A colleague of the clerk."""
    staff_id = desk.appoint(MINASE, list(Role), name="colleague")
    with scope(MINASE):
        found = accounts.viewer(staff_id)
    assert found is not None
    return found


def rows(viewer: Viewer, **filters: object) -> tuple[WorklistRow, ...]:
    with scope(MINASE):
        return cases.worklist(viewer, Filters(**filters), size=500).rows  # type: ignore[arg-type]  # names of fields


def address(name: str, row: WorklistRow, **more: object) -> str:
    return reverse(f"desk:{name}", kwargs={"uuid": row.uuid, **more})


def version_of(viewer: Viewer, row: WorklistRow) -> int:
    with scope(MINASE):
        return cases.case_detail(viewer, row.uuid).version


def words(response: "object") -> str:
    return unescape(response.content.decode())  # type: ignore[attr-defined]  # the test client's answers have no type


def test_the_worklist_shows_every_case_of_the_town_and_none_of_another(clerk: Client, towns: Towns) -> None:
    page = words(clerk.get(CASES))
    assert all(number in page for number in towns.with_case(MINASE))
    assert not any(number in page for number in towns.with_case(HIYORI))


def test_the_time_of_the_portal_and_ours_are_shown_apart(clerk: Client, viewer: Viewer) -> None:
    row = rows(viewer)[0]
    with scope(MINASE):
        Package.objects.update(portal_received_at=now() - timedelta(hours=2))
        Application.objects.update(portal_received_at=now() - timedelta(hours=2), received_at=now())
    page = " ".join(words(clerk.get(address("case", row))).split())
    portal, ours = (moment(now() - timedelta(hours=hours)) for hours in (2, 0))
    assert f"<dt>ポータルの受付日時</dt><dd>{portal}</dd>" in page
    assert f"<dt>受信日時</dt><dd>{ours}</dd>" in page


def test_a_search_finds_a_name_a_kana_and_a_number(clerk: Client, viewer: Viewer) -> None:
    row = rows(viewer)[0]
    for text in (row.applicant_name, row.applicant_kana, row.receipt_number):
        page = words(clerk.get(CASES, {"text": text}))
        assert row.receipt_number in page, text


def test_a_search_never_finds_what_another_town_has(clerk: Client, stranger: Client, towns: Towns) -> None:
    number = next(one for one in towns.with_case(HIYORI) if one not in towns.with_case(MINASE))
    assert f"<code>{number}</code>" in words(stranger.get(CASES, {"text": number}))
    page = words(clerk.get(CASES, {"text": number}))
    assert f"<code>{number}</code>" not in page
    assert "条件に合う申請はありません" in page


def test_a_search_is_recorded_without_its_words(clerk: Client, viewer: Viewer) -> None:
    name = rows(viewer)[0].applicant_name
    clerk.get(CASES, {"text": name})
    with scope(MINASE):
        entries = [one for one in audit.of_object("organisation", MINASE) if one.action == "cases.searched"]
    assert len(entries) == 1
    assert name not in entries[0].facts


def test_one_character_is_too_short_and_says_so(clerk: Client) -> None:
    assert "2文字以上入力してください" in words(clerk.get(CASES, {"text": "山"}))


NONSENSE = (
    "status=nothing", "identity='; DROP TABLE--", "section=x", "section=99999999999999999999", "after=-1",
    "after=１２", "hold=EXP", "procedure=P99", "held=2", "text=%25%25", "text=" + "あ" * 3000, "text=%00%00",
)  # fmt: skip


def test_a_search_that_stopped_early_says_so_and_goes_on(
    clerk: Client, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "SEARCHED", 1)
    newest = rows(viewer)[0].receipt_number
    digits = (f"{number:03}" for number in range(1_000))
    apart = next(one for one in digits if one[:2] in newest and one[1:] in newest and one not in newest)
    page = words(clerk.get(CASES, {"text": apart}))  # the newest holds its pairs, but not side by side
    assert "ここまでには見つかりませんでした" in page
    assert "条件に合う申請はありません" not in page
    assert "after=" in page


def test_nonsense_in_the_address_counts_as_no_filter(clerk: Client) -> None:
    for nonsense in NONSENSE:
        assert clerk.get(f"{CASES}?{nonsense}").status_code == HTTPStatus.OK, nonsense


def test_filters_narrow_the_list_and_stay_in_the_links(clerk: Client, viewer: Viewer) -> None:
    page = words(clerk.get(CASES, {"identity": "unknown"}))
    unknown = {row.receipt_number for row in rows(viewer, identity=IdentityState.UNKNOWN)}
    assert set(re.findall(r"<code>(\d{15})</code>", page)) == unknown
    assert "identity=unknown" in page


def test_a_page_holds_fifty_cases_and_leads_to_the_next(
    clerk: Client, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from todoke.web.desk import list_view

    monkeypatch.setattr(list_view, "PER_PAGE", 5)
    seen: list[str] = []
    address = CASES
    while address:
        page = words(clerk.get(address))
        seen += re.findall(r"<code>(\d{15})</code></a>", page)
        found = re.search(r'href="(\?[^"]*after=\d+)" rel="next"', page)
        address = CASES + found.group(1) if found else ""
    assert seen == [row.receipt_number for row in rows(viewer)]


def test_a_clerk_of_a_section_sees_that_section_only(towns: Towns, viewer: Viewer) -> None:
    with scope(MINASE):
        sections = {one.name: one.id for one in organisations.sections()}
    section = next(row.section_id for row in rows(viewer) if row.section_id)
    client = desk.browser(MINASE, desk.appoint(MINASE, [Role.EXAMINATION], name="section", section=section))
    page = words(client.get(CASES))
    for row in rows(viewer):
        is_theirs = row.section_id == section
        assert (client.get(address("case", row)).status_code == HTTPStatus.OK) is is_theirs
        assert (f"{row.uuid}" in page) is is_theirs
    assert len(sections) > 1


def test_a_case_shows_what_is_known_of_it_and_that_it_was_seen(clerk: Client, viewer: Viewer) -> None:
    row = next(row for row in rows(viewer) if row.findings_count)
    page = words(clerk.get(address("case", row)))
    with scope(MINASE):
        detail = cases.case_detail(viewer, row.uuid)
        seen = [one.action for one in audit.of_object("case", str(row.uuid))]
    assert row.applicant_name in page
    assert all(value in page for item in detail.application.form.items for value in item.values)
    assert all(one.attachment.label in page for one in detail.attachments)
    assert all(one.code in page for one in detail.findings)
    assert seen[-1] == "case.viewed"


def test_a_case_of_another_town_does_not_exist_here(clerk: Client, stranger: Client, viewer: Viewer) -> None:
    row = rows(viewer)[0]
    assert clerk.get(address("case", row)).status_code == HTTPStatus.OK
    assert stranger.get(address("case", row)).status_code == HTTPStatus.NOT_FOUND
    assert stranger.post(address("move-case", row), {"to": "examining"}).status_code == HTTPStatus.NOT_FOUND


def test_a_move_changes_the_status_once_and_stands_in_the_audit(clerk: Client, viewer: Viewer) -> None:
    row = rows(viewer, status=CaseStatus.OPENED)[0]
    typed = {
        "to": "examining",
        "note": "",
        "version": version_of(viewer, row),
        "status": "completed",
        "is_approved": "1",
    }
    assert clerk.post(address("move-case", row), typed).status_code == HTTPStatus.FOUND
    assert clerk.post(address("move-case", row), typed).status_code == HTTPStatus.CONFLICT, "a second click"
    with scope(MINASE):
        detail = cases.case_detail(viewer, row.uuid)
        moved = [one for one in audit.of_object("case", str(row.uuid)) if one.action == "case.moved"]
    assert detail.row.status is CaseStatus.EXAMINING
    assert len(moved) == 1
    assert moved[0].terminal == "127.0.0.1"


def test_a_conflict_shows_the_difference_and_keeps_what_was_typed(clerk: Client, viewer: Viewer) -> None:
    row = rows(viewer, status=CaseStatus.OPENED)[0]
    seen = version_of(viewer, row)
    with scope(MINASE):
        case_services.move_case(viewer, row.uuid, to=CaseStatus.EXAMINING, version=seen, at=now())
    typed = {"to": "returned", "note": "住所の記載がありません。", "version": seen}
    answer = clerk.post(address("move-case", row), typed)
    page = words(answer)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "<del>受付済</del> → <ins>審査中</ins>" in page
    assert "colleague" in page, "who was faster"
    assert "住所の記載がありません。" in page
    again = typed | {"version": version_of(viewer, row)}
    assert f'name="version" value="{again["version"]}"' in page
    assert clerk.post(address("move-case", row), again).status_code == HTTPStatus.FOUND


WRONG_MOVES = (
    ({"to": "returned", "note": "  "}, "理由を入力してください"),
    ({"to": "handed_over", "note": "はい"}, "へは変更できません"),
    ({"to": "", "note": "書きかけ"}, "変更後の処理状況を選んでください"),
    ({"to": "nonsense", "note": "書きかけ"}, "正しく選択"),
    ({"to": "returned", "note": "あ" * 1001}, "1000"),
)


def test_a_move_that_cannot_be_taken_is_explained_and_keeps_its_words(clerk: Client, viewer: Viewer) -> None:
    row = rows(viewer, status=CaseStatus.OPENED)[0]
    for typed, expected in WRONG_MOVES:
        answer = clerk.post(address("move-case", row), typed | {"version": str(version_of(viewer, row))})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert typed["note"].strip() in words(answer)
        assert expected in words(answer)
    assert rows(viewer, status=CaseStatus.OPENED)[0].uuid == row.uuid


def unidentified(viewer: Viewer) -> tuple[WorklistRow, int]:
    row = rows(viewer, identity=IdentityState.UNKNOWN)[0]
    with scope(MINASE):
        party = next(one for one in cases.case_detail(viewer, row.uuid).parties if not one.is_settled)
    return row, party.id


@pytest.fixture
def colleague(clerk: Client) -> Client:
    """Another clerk of みなせ市, who did not propose anything."""
    return desk.browser(MINASE, desk.appoint(MINASE, list(Role), name="second"))


def party_of(viewer: Viewer, row: WorklistRow, party: int) -> Party:
    with scope(MINASE):
        return next(one for one in cases.case_detail(viewer, row.uuid).parties if one.id == party)


def hidden_value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def test_two_clerks_decide_who_an_unidentified_applicant_is(
    clerk: Client, colleague: Client, viewer: Viewer
) -> None:
    row, party = unidentified(viewer)
    typed = {
        "number": "1000009999",
        "kind": "atena",
        "reason": "住民記録と氏名・生年月日が一致",
        "version": version_of(viewer, row),
    }
    assert clerk.get(address("decide-party", row, party_id=party)).status_code == HTTPStatus.OK
    assert clerk.post(address("decide-party", row, party_id=party), typed).status_code == HTTPStatus.FOUND
    assert party_of(viewer, row, party).result.state is IdentityState.PROPOSED
    assert address("decide-party", row, party_id=party) in words(colleague.get(reverse("desk:approvals")))
    assert "1000009999" in words(colleague.get(address("decide-party", row, party_id=party)))
    page = colleague.get(address("decide-party", row, party_id=party)).content.decode()
    said = {"version": version_of(viewer, row), "shown": hidden_value(page, "shown"), "reason": "並べて確認"}
    clerk.post(address("confirm-party", row, party_id=party), said)
    assert party_of(viewer, row, party).result.state is IdentityState.PROPOSED, "not by the same person"
    colleague.post(address("confirm-party", row, party_id=party), said)
    assert party_of(viewer, row, party).result.number == "1000009999"
    with scope(MINASE):
        entries = audit.of_object("party", str(party))
    assert entries[-1].action == "party.decided"
    assert "1000009999" not in entries[-1].facts
    assert clerk.post(address("decide-party", row, party_id=party), typed).status_code == HTTPStatus.CONFLICT


def test_a_proposal_is_sent_back_with_a_reason(clerk: Client, colleague: Client, viewer: Viewer) -> None:
    row, party = unidentified(viewer)
    typed = {"number": "1000009999", "kind": "atena", "reason": "確認", "version": version_of(viewer, row)}
    clerk.post(address("decide-party", row, party_id=party), typed)
    said = {"drop-version": version_of(viewer, row), "drop-reason": ""}
    colleague.post(address("drop-party", row, party_id=party), said)
    assert party_of(viewer, row, party).result.state is IdentityState.PROPOSED, "not without a reason"
    colleague.post(address("drop-party", row, party_id=party), said | {"drop-reason": "別人の記録です"})
    assert party_of(viewer, row, party).result.state is IdentityState.UNKNOWN


def test_a_candidate_stands_beside_its_record_and_can_be_chosen(clerk: Client, viewer: Viewer) -> None:
    row, party = unidentified(viewer)
    page = clerk.get(address("decide-party", row, party_id=party)).content.decode()
    chosen = re.findall(r'name="candidate" value="([^"]+)"', page)
    assert len(chosen) == 1, "the copy holds one person with this name and birth"
    assert "氏名（または読み）と生年月日が住民記録と合う" in page
    assert "申請書と住民記録" in page
    typed = {
        "candidate": chosen[0],
        "kind": "atena",
        "number": "",
        "reason": "一致",
        "version": version_of(viewer, row),
    }
    assert clerk.post(address("decide-party", row, party_id=party), typed).status_code == HTTPStatus.FOUND
    assert party_of(viewer, row, party).result.state is IdentityState.PROPOSED


WRONG_DECISIONS = (
    ({"number": "１２３"}, "半角の英数字"),
    ({"candidate": "atena:1"}, "どちらか一つ"),
    ({"reason": ""}, "必須"),
    ({"kind": "anything"}, "正しく選択"),
)


def test_a_decision_keeps_its_words_when_it_cannot_be_taken(clerk: Client, viewer: Viewer) -> None:
    row, party = unidentified(viewer)
    good = {
        "number": "1000009999",
        "kind": "atena",
        "reason": "戸籍で確認",
        "version": str(version_of(viewer, row)),
    }
    for wrong, expected in WRONG_DECISIONS:
        typed = good | wrong
        answer = clerk.post(address("decide-party", row, party_id=party), typed)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert expected in words(answer)
        assert typed["number"] in words(answer)
        assert typed["reason"] in words(answer)


def test_a_decision_on_somebody_in_another_case_is_not_found(clerk: Client, viewer: Viewer) -> None:
    row, party = unidentified(viewer)
    other = next(one for one in rows(viewer) if one.uuid != row.uuid)
    assert clerk.get(address("decide-party", other, party_id=party)).status_code == HTTPStatus.NOT_FOUND


def test_a_hold_is_released_with_a_reason(clerk: Client, viewer: Viewer) -> None:
    row = next(row for row in rows(viewer, is_held=True) if row.hold_code.startswith("DUP-"))
    typed = {"note": "", "version": version_of(viewer, row)}
    assert clerk.post(address("release-hold", row), typed).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    typed["note"] = "申請者に電話で確認し、こちらを使う"
    assert clerk.post(address("release-hold", row), typed).status_code == HTTPStatus.FOUND
    assert row.uuid not in {one.uuid for one in rows(viewer, is_held=True)}


def with_attachment(viewer: Viewer) -> tuple[WorklistRow, int]:
    with scope(MINASE):
        for row in cases.worklist(viewer, size=500).rows:
            files = cases.case_detail(viewer, row.uuid).attachments
            if files:
                return row, files[0].id
    raise AssertionError("no attachment in the sample world")


def test_an_attachment_comes_out_as_it_went_in(clerk: Client, viewer: Viewer) -> None:
    row, file_id = with_attachment(viewer)
    answer = clerk.get(address("attachment", row, attachment_id=file_id))
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a streaming answer
    with scope(MINASE):
        file = intake.attachment(file_id).attachment
        entries = audit.of_object("case", str(row.uuid))
    import hashlib

    assert hashlib.sha256(content).hexdigest() == file.sha256
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert entries[-1].action == "attachment.downloaded"


def test_an_attachment_of_another_case_section_or_town_is_not_found(
    clerk: Client, stranger: Client, viewer: Viewer
) -> None:
    row, file_id = with_attachment(viewer)
    other = next(one for one in rows(viewer) if one.uuid != row.uuid)
    assert clerk.get(address("attachment", other, attachment_id=file_id)).status_code == HTTPStatus.NOT_FOUND
    assert stranger.get(address("attachment", row, attachment_id=file_id)).status_code == HTTPStatus.NOT_FOUND
    nobodys = reverse("desk:attachment", kwargs={"uuid": UUID(int=1), "attachment_id": file_id})
    assert clerk.get(nobodys).status_code == HTTPStatus.NOT_FOUND


def test_counts_on_the_home_page_are_of_the_own_town(clerk: Client, viewer: Viewer) -> None:
    page = re.sub(r"\s+", "", words(clerk.get(reverse("desk:home"))))
    held, unknown = len(rows(viewer, is_held=True)), len(rows(viewer, identity=IdentityState.UNKNOWN))
    assert f'引渡しを保留中</span><spanclass="figure">{held}<' in page
    assert f'申請者が未特定</span><spanclass="figure">{unknown}<' in page
