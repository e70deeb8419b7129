"""補正依頼の案: which reasons are proposed, in which words; and the reasons are kept with the move."""

from datetime import timedelta

import pytest

from tests.casework.cases.conftest import CARE, CHILDREN, Clerks, Open
from tests.casework.identify.applications import Written
from tests.casework.identify.conftest import MINASE, NOW
from todoke.casework.cases import queries, services
from todoke.casework.cases.models import Case, ReturnReason
from todoke.casework.cases.rules import returning
from todoke.casework.cases.values import CaseStatus, ProposedReturn, ReasonCount, ReturnedFor
from todoke.casework.intake import queries as intake
from todoke.casework.intake.values import Finding, Severity
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Viewer
from todoke.foundation.fence import scope

CHECKS = intake.load_form_checks(intake.FORM_CHECKS)
KANA = Finding(
    "FRM-103",
    Severity.WARN,
    "applicant.kana",
    {"where": "フリガナ", "correction": "「フリガナ」を直してください。"},
)
NOTE = Finding("FRM-109", Severity.NOTE, "x", {"where": "年齢", "correction": "「年齢」をお確かめください。"})
PHOTO = Finding("ATT-606", Severity.WARN, "2", {"kind": "heic"})
SIGNATURE = Finding("REV-331", Severity.STOP)


def proposed(*findings: Finding) -> ProposedReturn:
    return returning.propose(findings, CHECKS)


def suggested(proposal: ProposedReturn) -> list[ReturnedFor]:
    return [one.reason for one in proposal.reasons if one.is_suggested]


def test_findings_that_an_applicant_can_put_right_are_suggested() -> None:
    assert suggested(proposed(KANA, NOTE, SIGNATURE)) == [ReturnedFor("FRM-103", "フリガナ")]


def test_an_attachment_is_told_by_its_place_not_by_its_name() -> None:
    (reason,) = suggested(proposed(PHOTO))
    assert reason == ReturnedFor("ATT-606", "2番目の添付ファイル")
    assert "2番目の添付ファイル" in returning.message(proposed(PHOTO), [reason])


def test_reasons_that_no_rule_can_find_can_be_ticked_too_and_leave_a_gap_to_write() -> None:
    others = [one for one in proposed(KANA).reasons if not one.is_suggested]
    assert {one.reason.code for one in others} == {one.code for one in CHECKS.reasons if one.offered}
    lines = {one.reason.code: one.line for one in others}
    assert returning.has_gaps(lines["FRM-101"])
    assert returning.has_gaps(lines["FRM-199"])
    assert not returning.has_gaps(lines["FRM-111"])


def test_the_message_holds_a_line_per_reason_once_in_their_order() -> None:
    again = Finding(
        "FRM-101", Severity.WARN, "y", {"where": "住所", "correction": "「住所」をご入力ください。"}
    )
    proposal = proposed(KANA, again, KANA)
    lines = returning.message(proposal, suggested(proposal)).splitlines()
    assert lines == [
        CHECKS.opening, "・「フリガナ」を直してください。", "・「住所」をご入力ください。", CHECKS.closing,
    ]  # fmt: skip


def test_a_message_is_never_longer_than_what_is_kept() -> None:
    many = [
        Finding(
            "FRM-101", Severity.WARN, f"{at}", {"where": f"項目{at}", "correction": "長い文。" * 20 + str(at)}
        )
        for at in range(50)
    ]
    proposal = proposed(*many)
    message = returning.message(proposal, suggested(proposal))
    assert len(message) <= returning.MESSAGE_LENGTH
    assert message.endswith(CHECKS.closing)
    assert len(returning.message(proposal, suggested(proposal), 400)) <= 400


def test_composing_anew_keeps_what_a_person_changed() -> None:
    proposal = proposed(KANA)
    first = returning.message(proposal, suggested(proposal))
    edited = first.replace("を直してください", "を、全角で直してください") + "\n追伸"
    other = ReturnedFor("FRM-111")
    again = returning.recomposed(proposal, [other], edited)
    assert "全角で直してください" in again
    assert again.endswith("追伸")
    assert again.index("読み取れません") < again.index(CHECKS.closing)
    assert returning.recomposed(proposal, [other], again) == again
    assert "読み取れません" not in returning.recomposed(proposal, [], again)


REASONS = (ReturnedFor("FRM-103", "フリガナ"), ReturnedFor("FRM-111"), ReturnedFor("FRM-103", "フリガナ"))


def send_back(viewer: Viewer, case: Case, *reasons: ReturnedFor, version: int = 1) -> None:
    with scope(MINASE):
        services.move_case(
            viewer,
            case.uuid,
            to=CaseStatus.RETURNED,
            version=version,
            note="直してください。",
            reasons=reasons,
            at=NOW,
        )


def test_reasons_are_kept_with_the_move_once_each(clerks: Clerks, open_cases: Open) -> None:
    (case,) = open_cases(Written())
    send_back(clerks.town, case, *REASONS)
    with scope(MINASE):
        rows = list(ReturnReason.objects.order_by("pk"))
        assert [(row.code, row.field) for row in rows] == [("FRM-103", "フリガナ"), ("FRM-111", "")]
        assert {row.event.to_word for row in rows} == {"returned"}
        assert {row.procedure for row in rows} == {case.procedure}


def test_reasons_are_counted_for_the_own_sections_only(clerks: Clerks, open_cases: Open) -> None:
    (case,) = open_cases(Written())
    mine, other = (
        (clerks.children, clerks.care) if case.procedure == CHILDREN else (clerks.care, clerks.children)
    )
    send_back(clerks.town, case, *REASONS)
    since = NOW - timedelta(days=1)
    with scope(MINASE):
        assert queries.counts_by_return_reason(mine, since=since) == [
            ReasonCount(case.procedure, "FRM-103", "フリガナ", 1), ReasonCount(case.procedure, "FRM-111", "", 1),
        ]  # fmt: skip
        assert queries.counts_by_return_reason(other, since=since) == []
        assert queries.counts_by_return_reason(mine, since=NOW + timedelta(days=1)) == []
        with pytest.raises(RightMissing):
            queries.counts_by_return_reason(Viewer(MINASE, 9, "無", frozenset(), None), since=since)
    assert CARE != CHILDREN
