"""Cases are opened once, with their worklist row, gate, timeline and chain of resubmissions."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.casework.cases.conftest import CARE, CHILDREN, Clerks, Open, cases, timeline
from tests.casework.identify.applications import TARO, Written, claim, job, receive, statements
from tests.casework.identify.conftest import ACTOR, AUTH_1, HEADER, MINASE, NOW
from todoke.casework.cases import jobs, queries, services
from todoke.casework.cases.models import Case
from todoke.casework.cases.rules import gates
from todoke.casework.cases.values import CaseStatus, Go, HandoverProgress, Hold, NoticeProgress
from todoke.casework.identify import jobs as identify
from todoke.casework.identify import services as identify_services
from todoke.casework.identify.values import IdentityState, LoadKind
from todoke.casework.intake import queries as intake
from todoke.casework.intake.values import (
    Duplicate,
    Finding,
    FormItem,
    NextStep,
    Severity,
    SignatureOutcome,
    SignatureState,
)
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant

FIRST = "260406000000000"


def test_a_case_has_what_the_worklist_shows(open_cases: Open, clerks: Clerks) -> None:
    visit = FormItem("来庁予定日", ("2026-04-20",), "TDK-VISIT-DATE", "visit_date")
    warnings = (Finding("ATT-607", Severity.WARN), Finding("CHR-403", Severity.NOTE))
    (case,) = open_cases(Written(items=(visit,), findings=warnings, signature=SignatureState.VALID))
    assert (case.receipt_number, case.channel, case.procedure) == (FIRST, "hand", CHILDREN)
    assert clerks.children.sections == frozenset({case.section_id})
    assert (case.applicant_name, case.applicant_kana) == (TARO.name, TARO.kana)
    assert (case.status, case.version, case.signature_state) == ("opened", 1, "valid")
    assert (case.findings_count, case.worst_severity, case.visit_on) == (2, "warn", date(2026, 4, 20))
    assert (case.handover_state, case.hold_code, case.notice_state) == ("undecided", "", "due")
    assert (case.applied_at, case.received_at, case.opened_at) == (NOW, NOW, NOW)


@pytest.mark.parametrize("text", ["", "４月20日", "2026-02-30"])
def test_a_visit_that_is_no_date_is_left_out(open_cases: Open, text: str) -> None:
    visit = FormItem("来庁予定日", (text,), "TDK-VISIT-DATE", "visit_date")
    (case,) = open_cases(Written(items=(visit,)))
    assert case.visit_on is None


def test_the_applicants_identity_is_mirrored(open_cases: Open, tmp_path: Path) -> None:
    links = tmp_path / "links.csv"
    links.write_text(HEADER + f"{AUTH_1},1001,77,atena,2022-04-07,,\n")
    identify_services.load_links(MINASE, links, kind=LoadKind.FULL, actor=ACTOR, at=NOW)
    (known, unknown) = open_cases(Written(), Written(serial="9"))
    assert (known.identity_state, unknown.identity_state) == (IdentityState.MATCHED, IdentityState.UNKNOWN)


def test_a_procedure_without_a_desk_belongs_to_no_section(open_cases: Open) -> None:
    (case,) = open_cases(Written(procedure="P15"))
    assert case.section_id is None


def test_the_opening_is_in_the_timeline_and_has_to_be_told(open_cases: Open) -> None:
    (case,) = open_cases(Written())
    assert timeline(case) == [("opened", "", "opened")]


def test_the_opening_is_in_the_audit_without_a_name(open_cases: Open) -> None:
    (case,) = open_cases(Written())
    with scope(MINASE, read_only=True):
        (entry,) = audit.of_object("case", str(case.uuid))
    assert (entry.action, entry.actor_kind) == ("case.opened", "worker")
    assert TARO.name not in entry.facts


def test_an_application_never_gets_two_cases(open_cases: Open) -> None:
    open_cases(Written())
    assert jobs.open_cases(job()) == 0
    with scope(MINASE, read_only=True):
        assert intake.counts_by_step() == {NextStep.DONE: 1}


@pytest.mark.usefixtures("clerks")
def test_f10_a_late_worker_opens_nothing() -> None:
    receive(Written())
    identify.identify_applications(job())
    late = claim(NextStep.OPEN)
    now = NOW + timedelta(minutes=5)
    again = claim(NextStep.OPEN, by=Claimant("worker-2", now))
    actor = Actor(ActorKind.WORKER, "x")
    with scope(MINASE):
        assert services.open_cases(late, actor=actor, at=now) == 0
        assert services.open_cases(again, actor=actor, at=now) == 1
    assert len(cases()) == 1


def test_a_bad_application_does_not_spoil_its_batch(
    open_cases: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = gates.gate

    def fail_on_unchecked(
        duplicate: Duplicate, signature: SignatureOutcome, hold_codes: Sequence[str]
    ) -> Go | Hold:
        decision = gate(duplicate, signature, hold_codes)
        assert isinstance(decision, Go)
        return decision

    monkeypatch.setattr(gates, "gate", fail_on_unchecked)
    bad = Written(signature=SignatureState.INDETERMINATE, serial="2")
    assert [case.receipt_number[-1] for case in open_cases(Written(), bad, Written(serial="3"))] == ["0", "2"]


def test_the_same_person_again_is_held_with_its_code(open_cases: Open) -> None:
    first, second = open_cases(Written(), Written())
    assert (first.hold_code, second.hold_code) == ("", "DUP-513")
    assert second.duplicate_kind == "same_person"
    assert second.handover_state == HandoverProgress.UNDECIDED
    assert timeline(second) == [("opened", "", "opened"), ("hold", "", "DUP-513")]


def test_a_resubmission_in_the_same_batch_is_linked(open_cases: Open) -> None:
    first, second = open_cases(Written(), Written(previous_receipt=FIRST))
    assert (second.previous_id, second.is_resubmission, second.hold_code) == (first.pk, True, "")
    assert first.status == CaseStatus.OPENED


def test_a_resubmission_closes_the_case_that_was_returned_for_it(open_cases: Open, clerks: Clerks) -> None:
    (first,) = open_cases(Written())
    with scope(MINASE):
        services.move_case(
            clerks.children, first.uuid, to=CaseStatus.RETURNED, version=1, note="添付が不足", at=NOW
        )
    first, second = open_cases(Written(previous_receipt=FIRST), start=1)
    assert (first.status, first.version) == (CaseStatus.RESUBMITTED, 3)
    assert second.previous_id == first.pk
    assert timeline(first)[-1] == ("moved", "returned", "resubmitted")


@pytest.mark.usefixtures("clerks")
@pytest.mark.parametrize("count", [1, 15])
def test_a_batch_of_any_size_takes_the_same_number_of_queries(count: int) -> None:
    receive(*[Written(serial=f"{number:x}", procedure=CARE) for number in range(1, count + 1)])
    identify.identify_applications(job())
    with CaptureQueriesContext(connection) as captured:
        assert jobs.open_cases(job()) == count
    assert len(statements(captured)) <= 22


def test_a_case_of_another_status_is_refused_by_the_database(open_cases: Open) -> None:
    (case,) = open_cases(Written())
    with scope(MINASE):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(status="lost")
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(handover_state=HandoverProgress.HELD.value, hold_code="")


def test_the_first_notice_is_due_once(open_cases: Open) -> None:
    (case,) = open_cases(Written())
    with scope(MINASE):
        (due,) = queries.events_to_tell(10)
    assert (due.case_id, due.status, due.receipt_number) == (case.pk, CaseStatus.OPENED, FIRST)
    assert case.notice_state == NoticeProgress.DUE
