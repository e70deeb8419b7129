"""補正依頼 from what the form checks found, and the figures of it."""

from html import unescape
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.hostile import texts
from tests.support import desk
from todoke.casework.cases import queries as cases
from todoke.casework.cases.models import Case, CaseEvent, ReturnReason
from todoke.casework.cases.values import CaseStatus, WorklistRow
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Role, Viewer
from todoke.foundation.audit import queries as audit
from todoke.foundation.fence import scope

from .conftest import MINASE, Towns, bring_in

FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def received(empty_towns: Towns, tmp_path: Path) -> Towns:
    """Two applications: one whose フリガナ is no kana, and one with a formula for a name."""

    first = texts.with_applicant("nameKana", "かすみ漢字")
    second = texts.with_applicant("nameKanji", FORMULA)
    files = []
    for number, data in enumerate((first, second), start=1):
        file = tmp_path / f"26040100000000{number}.zip"
        file.write_bytes(data)
        files.append(file)
    bring_in(empty_towns, MINASE, files)
    return empty_towns


@pytest.fixture
def clerk(received: Towns) -> Client:
    """A clerk who may do whatever there is to do."""
    return desk.browser(MINASE, desk.appoint(MINASE, list(Role), name="clerk"))


@pytest.fixture
def viewer(received: Towns) -> Viewer:
    """A colleague of the clerk."""
    staff_id = desk.appoint(MINASE, list(Role), name="colleague")
    with scope(MINASE):
        found = accounts.viewer(staff_id)
    assert found is not None
    return found


def first(viewer: Viewer) -> WorklistRow:
    with scope(MINASE):
        return cases.worklist(viewer).rows[-1]


def address(row: WorklistRow, name: str = "return-case") -> str:
    return reverse(f"desk:{name}", kwargs={"uuid": row.uuid})


def words(response: Any) -> str:  # the test client's answers have no public type
    return unescape(response.content.decode())


def proposal(clerk: Client, row: WorklistRow) -> dict[str, Any]:
    """What the page proposes, as a browser would send it back."""
    form = clerk.get(address(row)).context["form"]
    return dict(form.initial)


def test_the_page_of_a_case_leads_to_the_proposal(clerk: Client, viewer: Viewer) -> None:
    page = words(clerk.get(address(first(viewer), "case")))
    assert "補正依頼の案をつくる（指摘 1件）" in page
    assert address(first(viewer)) in page


def test_the_findings_become_ticked_reasons_and_a_message(clerk: Client, viewer: Viewer) -> None:
    proposed = proposal(clerk, first(viewer))
    assert proposed["reasons"] == ["FRM-103:フリガナ"]
    assert "・「フリガナ」は、カタカナで入力し直してください。" in proposed["note"]
    assert proposed["note"].startswith("申請の内容について")


def test_what_a_clerk_edits_is_told_and_the_reasons_are_kept(clerk: Client, viewer: Viewer) -> None:
    row = first(viewer)
    sent = {**proposal(clerk, row), "note": "フリガナを\r\n直してください。"}
    sent["reasons"] = ["FRM-103:フリガナ", "FRM-111:"]
    answer = clerk.post(address(row), sent)
    assert answer.status_code == HTTPStatus.FOUND
    with scope(MINASE):
        case = Case.objects.get(pk=row.id)
        event = CaseEvent.objects.get(case=case, to_word=CaseStatus.RETURNED.value)
        kept = set(ReturnReason.objects.filter(event=event).values_list("procedure", "code", "field"))
        facts = audit.of_object("case", str(row.uuid))
    assert case.status == CaseStatus.RETURNED.value
    assert event.note == "フリガナを\n直してください。"
    assert event.notice_state in {"queued", "due"}
    assert kept == {("P02", "FRM-103", "フリガナ"), ("P02", "FRM-111", "")}
    assert any(one.action == "case.moved" and "FRM-103 FRM-111" in str(one.facts) for one in facts)


def test_nothing_typed_is_lost_when_something_has_to_be_corrected(clerk: Client, viewer: Viewer) -> None:
    row = first(viewer)
    sent = {**proposal(clerk, row), "note": "書きかけの文", "reasons": []}
    answer = clerk.post(address(row), sent)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "書きかけの文" in words(answer)
    assert "補正の理由を一つ以上選んでください" in words(answer)
    with scope(MINASE):
        assert not ReturnReason.objects.exists()


def test_a_text_that_the_channel_cannot_carry_is_refused_here_and_kept(clerk: Client, viewer: Viewer) -> None:
    row = first(viewer)
    sent = {**proposal(clerk, row), "note": "長" * 401}
    answer = clerk.post(address(row), sent)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "長" * 401 in words(answer)
    assert "400文字まで" in words(answer)
    assert clerk.post(address(row), {**sent, "note": "長\r\n" * 200}).status_code == HTTPStatus.FOUND


def test_a_gap_that_nobody_has_filled_is_not_told_to_the_applicant(clerk: Client, viewer: Viewer) -> None:
    row = first(viewer)
    sent = {**proposal(clerk, row), "reasons": ["FRM-101:"], "compose": "1"}
    note = clerk.post(address(row), sent).context["form"].initial["note"]
    assert "「〔項目名〕」が入力されていません" in note
    del sent["compose"]
    answer = clerk.post(address(row), {**sent, "note": note})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "書き直してください" in words(answer)


def test_composing_anew_keeps_what_was_typed_and_changes_nothing(clerk: Client, viewer: Viewer) -> None:
    row = first(viewer)
    proposed = proposal(clerk, row)
    typed = proposed["note"].replace("カタカナで", "全角カタカナで") + "\n自分の一行"
    sent = {**proposed, "note": typed, "reasons": ["FRM-111:"], "compose": "1"}
    note = clerk.post(address(row), sent).context["form"].initial["note"]
    assert "全角カタカナで" in note
    assert "自分の一行" in note
    assert "鮮明なものを添付し直してください" in note
    with scope(MINASE):
        assert Case.objects.get(pk=row.id).status == CaseStatus.OPENED.value


def test_a_line_of_a_reason_that_is_no_longer_ticked_goes(clerk: Client, viewer: Viewer) -> None:
    row = first(viewer)
    sent = {**proposal(clerk, row), "reasons": [], "compose": "1"}
    note = clerk.post(address(row), sent).context["form"].initial["note"]
    assert "フリガナ" not in note
    assert note.startswith("申請の内容について")


def test_a_colleague_who_was_faster_is_shown_and_the_text_stays(clerk: Client, viewer: Viewer) -> None:
    row = first(viewer)
    sent = {**proposal(clerk, row), "note": "書きかけの文"}
    clerk.post(address(row, "move-case"), {"version": 1, "to": "checking"})
    answer = clerk.post(address(row), sent)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "書きかけの文" in words(answer)


def test_a_case_that_cannot_be_returned_says_so(clerk: Client, viewer: Viewer) -> None:
    row = first(viewer)
    clerk.post(address(row, "move-case"), {"version": 1, "to": "rejected", "note": "対象外"})
    answer = clerk.get(address(row), follow=True)
    assert "いまは補正を依頼できません" in words(answer)


def test_the_figures_count_reasons_by_procedure_and_field(clerk: Client, viewer: Viewer) -> None:
    row = first(viewer)
    assert "理由を選んで補正を依頼した申請はありません" in words(clerk.get(reverse("desk:returns")))
    clerk.post(address(row), proposal(clerk, row))
    page = words(clerk.get(reverse("desk:returns"), {"days": "30"}))
    assert "文字の種類" in page
    assert "フリガナ" in page
    assert '<rect width="100"' in page
    assert clerk.get(reverse("desk:returns"), {"days": "x' OR 1"}).status_code == HTTPStatus.OK
