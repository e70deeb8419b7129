"""What has been kept long enough goes when two persons have said so: nothing earlier, nothing held, nothing by half.

Row U08 of the catalogue of bad inputs: a purge on the wrong date, of held data, killed half-way.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from tests.casework.handover.conftest import person
from tests.casework.identify.applications import TARO
from tests.casework.identify.conftest import HIYORI, MINASE
from todoke.casework.cases import queries as cases
from todoke.casework.cases import services as case_services
from todoke.casework.cases.errors import CaseNotFound
from todoke.casework.cases.models import Case
from todoke.casework.cases.values import CaseStatus
from todoke.casework.disposal import queries, services
from todoke.casework.disposal.errors import (
    GroundMissing,
    HoldTargetUnknown,
    HoldUnknown,
    ListChanged,
    NothingDue,
    RunOpen,
    RunUnknown,
)
from todoke.casework.disposal.models import DisposalRun
from todoke.casework.disposal.services import destroying
from todoke.casework.disposal.values import DisposalState, Ground, HoldTarget, RunState
from todoke.casework.identify.models import PartyRow
from todoke.casework.intake import queries as intake
from todoke.casework.intake.models import Application
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.rules import RIGHTS_OF
from todoke.foundation.accounts.values import Right, Role, Viewer
from todoke.foundation.approvals.errors import SamePerson, ShownChanged
from todoke.foundation.claims import Claimant
from todoke.foundation.fence import scope
from todoke.foundation.vault import queries as vault
from todoke.foundation.vault import services as vault_services
from todoke.foundation.vault.errors import BlobDestroyed

from .conftest import FIRST_DAY, Archive, appointed

LAST_DAY_KEPT = date(2032, 3, 31)


def test_U08_nothing_is_due_on_the_last_day_of_its_period_and_all_of_it_on_the_next(ended: Archive) -> None:
    ended.wait_until(LAST_DAY_KEPT)
    assert ended.due().records == ()
    ended.wait_until(FIRST_DAY)
    due = ended.due()
    assert (len(due.records), due.oldest) == (3, FIRST_DAY)
    assert {one.ended_on for one in due.records} == {date(2026, 4, 6)}


def test_U08_a_proposal_before_the_day_is_refused(ended: Archive) -> None:
    ended.wait_until(LAST_DAY_KEPT)
    with pytest.raises(NothingDue):
        ended.propose()


def test_a_list_is_a_dry_run_until_two_persons_have_spoken(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    before = ended.readable()
    ended.propose()
    assert ended.work() == 0
    assert ended.readable() == before


def test_two_persons_let_a_list_go_and_the_worker_destroys_it(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    run = ended.dispose()
    assert (run.state, run.disposed, run.count) == (RunState.DONE, 3, 3)
    assert ended.readable() == []
    with scope(MINASE, read_only=True):
        for application in Application.objects.select_related("package"):
            with pytest.raises(BlobDestroyed):
                vault.open_blob(application.package.blob_id)
            assert (application.document, application.applicant_key, application.serial) == ("", "", "")
        assert PartyRow.objects.count() == 0
    assert ended.due().records == ()
    assert ended.audit().is_whole


def test_what_stays_of_a_case_is_its_number_and_its_way_without_words(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    ended.dispose()
    for case in ended.cases():
        assert (case.applicant_name, case.applicant_kana, case.search, case.status) == ("", "", "", "")
        assert (case.ended_as, case.procedure) == ("completed", "P12")
        assert case.receipt_number.startswith("260406")
        with scope(MINASE, read_only=True):
            assert {one.note for one in cases.timeline(case.pk)} == {""}
            assert "completed" in [one.to_word for one in cases.timeline(case.pk)]


def test_a_disposed_case_is_on_no_list_and_opens_for_nobody(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    ended.dispose()
    clerk = ended.clerk
    with scope(MINASE):
        assert cases.worklist(clerk).rows == ()
        counted = cases.counts(clerk)
        assert {one.count for one in (*counted.status.values(), *counted.identity.values())} == {0}
        with pytest.raises(CaseNotFound):
            case_services.view_case(clerk, ended.cases()[0].uuid, at=ended.clock.now)
        assert list(cases.worklist_for_export(clerk, size=10).rows) == []


def test_the_same_bytes_sent_again_after_the_disposal_are_still_known(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    ended.dispose()
    ended.received = 0  # the same numbers, the same contents
    ended.open(person(0), person(1), person(2))
    assert len(ended.cases()) == 3
    assert ended.readable() == []


def test_A14_bytes_that_another_application_shares_stay_until_the_last_goes(archive: Archive) -> None:
    same = b"the same bytes under two numbers"
    first, second = archive.open(replace(person(0), content=same), replace(person(1), content=same))
    archive.end(first)
    archive.wait_until(date(2027, 4, 1))
    archive.end(second)
    archive.wait_until(FIRST_DAY)
    archive.dispose()
    assert len(archive.readable()) == 2, "one blob, two packages; the second one needs it"
    archive.wait_until(date(2033, 4, 1))
    archive.dispose()
    assert archive.readable() == []


# ── two persons ────────────────────────────────────────────────────────────────


def test_nobody_confirms_what_they_proposed_themselves(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    run = ended.propose()
    with pytest.raises(SamePerson):
        ended.confirm(run, by=ended.maker)
    assert ended.run(run.uuid).state is RunState.PROPOSED


def test_each_act_needs_its_right(ended: Archive) -> None:
    clerk = appointed("madoguchi", Role.RECEPTION, Role.EXAMINATION)
    without = replace(ended.maker, rights=frozenset({Right.VIEW_DISPOSAL}))
    ended.wait_until(FIRST_DAY)
    run, at = ended.propose(), ended.clock.now
    acts: Sequence[Callable[[Viewer], object]] = (
        lambda who: services.propose_disposal(who, "completed", shown_hash="", reason="x", at=at),
        lambda who: services.confirm_disposal(who, run.uuid, shown_hash=run.list_hash, reason="x", at=at),
        lambda who: services.drop_disposal(who, run.uuid, reason="x", at=at),
        lambda who: services.place_hold(who, HoldTarget.EVERYTHING, "", ground=Ground.OTHER, reason="x", at=at),
        lambda who: services.lift_hold(who, UUID(int=1), reason="x", at=at),
        lambda who: services.try_run_again(who, run.uuid, at=at),
    )  # fmt: skip
    for who in (clerk, without):
        for act in acts:
            with scope(MINASE), pytest.raises(RightMissing):
                act(who)


def test_a_list_that_has_changed_since_it_was_proposed_is_refused(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    run = ended.propose()
    ended.hold(HoldTarget.APPLICATION, str(ended.cases()[1].uuid))
    with pytest.raises(ShownChanged):
        ended.confirm(run)
    assert len(ended.readable()) == 3


def test_a_list_is_proposed_only_as_it_is_today(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    with scope(MINASE), pytest.raises(ListChanged):
        services.propose_disposal(
            ended.maker, "completed", shown_hash="0" * 64, reason="x", at=ended.clock.now
        )


def test_what_becomes_due_later_does_not_change_a_list(ended: Archive) -> None:
    *_, later = ended.open(person(3))
    ended.wait_until(date(2027, 4, 1))
    ended.end(later)
    ended.wait_until(date(2033, 3, 30))
    run = ended.propose()
    ended.wait(days=7)
    assert len(ended.due().records) == 4
    ended.confirm(run)
    while ended.work():
        pass
    assert ended.run(run.uuid).disposed == 3
    assert ended.readable() == [later.receipt_number]


def test_one_list_of_a_rule_at_a_time(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    ended.propose()
    with pytest.raises(RunOpen):
        ended.propose()


def test_a_list_that_nobody_confirmed_in_time_makes_room(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    first = ended.propose()
    ended.wait(days=15)
    second = ended.propose()
    assert ended.run(first.uuid).state is RunState.DROPPED
    assert second.state is RunState.PROPOSED


def test_a_list_that_is_dropped_destroys_nothing(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    for who in (ended.maker, ended.approver):
        run = ended.propose()
        with scope(MINASE):
            services.drop_disposal(who, run.uuid, reason="もう一年置く", at=ended.clock.now)
        assert ended.run(run.uuid).state is RunState.DROPPED
        with pytest.raises(RunUnknown):
            ended.confirm(run)
        assert (ended.work(), len(ended.readable()), len(ended.due().records)) == (0, 3, 3)


# ── holds ──────────────────────────────────────────────────────────────────────


def test_U08_held_records_never_stand_on_a_list(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    for target, meant, held in (
        (HoldTarget.EVERYTHING, "", 3), (HoldTarget.PROCEDURE, "p12", 3), (HoldTarget.PROCEDURE, "P20", 0),
        (HoldTarget.APPLICATION, str(ended.cases()[0].uuid), 1),
    ):  # fmt: skip
        hold = ended.hold(target, meant)
        assert (len(ended.due().records), ended.due().held) == (3 - held, held)
        ended.lift(hold)
        assert len(ended.due().records) == 3


def test_U08_a_hold_that_is_set_after_the_approval_still_wins(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    run = ended.propose()
    ended.confirm(run)
    assert ended.work(limit=1) == 1
    kept = ended.cases()[2]
    ended.hold(HoldTarget.APPLICATION, str(kept.uuid))
    while ended.work():
        pass
    assert ended.item_states() == ["disposed", "disposed", "held"]
    assert ended.readable() == [kept.receipt_number]
    assert (ended.run(run.uuid).state, ended.run(run.uuid).disposed) == (RunState.DONE, 2)


def test_a_hold_says_why_and_means_something_that_is_there(ended: Archive) -> None:
    at = ended.clock.now
    with scope(MINASE):
        with pytest.raises(GroundMissing):
            services.place_hold(
                ended.maker, HoldTarget.EVERYTHING, "", ground=Ground.LAWSUIT, reason=" ", at=at
            )
        for target, meant in (
            (HoldTarget.PROCEDURE, "P99"), (HoldTarget.APPLICATION, "x"), (HoldTarget.APPLICATION, str(UUID(int=5))),
        ):  # fmt: skip
            with pytest.raises(HoldTargetUnknown):
                services.place_hold(ended.maker, target, meant, ground=Ground.LAWSUIT, reason="x", at=at)


def test_a_hold_is_lifted_once_and_by_its_own_body_only(ended: Archive) -> None:
    hold = ended.hold()
    with scope(HIYORI), pytest.raises(HoldUnknown):
        services.lift_hold(ended.maker, hold.uuid, reason="x", at=ended.clock.now)
    ended.lift(hold)
    with pytest.raises(HoldUnknown):
        ended.lift(hold)
    assert ended.actions("disposal.h") == ["disposal.held", "disposal.hold_lifted"]


# ── what is not ready ──────────────────────────────────────────────────────────


def test_a_case_that_moved_after_the_approval_stays(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    run = ended.propose()
    ended.confirm(run)
    case = ended.cases()[1]
    with scope(MINASE):
        case_services.move_case(
            ended.clerk, case.uuid, to=CaseStatus.WITHDRAWN, version=case.version,
            at=ended.clock.now, note="決定後の取下げ",
        )  # fmt: skip
    while ended.work():
        pass
    assert ended.item_states() == ["disposed", "changed", "disposed"]
    assert ended.readable() == [case.receipt_number]


def test_an_open_case_and_one_that_waits_for_the_core_are_not_due(archive: Archive) -> None:
    archive.open(person(0))
    (case,) = archive.cases()
    with scope(MINASE):
        Case.objects.filter(pk=case.pk).update(handover_state="sent", status="completed")
    archive.wait_until(FIRST_DAY)
    assert archive.due().records == ()
    assert archive.due().unsettled == 1


def test_another_body_sees_and_disposes_of_nothing(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    run = ended.propose()
    with scope(HIYORI):
        assert queries.due_list("completed", as_of=FIRST_DAY).records == ()
        with pytest.raises(RunUnknown):
            queries.run(run.uuid)


def test_a_case_whose_earlier_one_was_disposed_of_still_opens(archive: Archive) -> None:
    first, second = archive.open(person(0), person(0))
    with scope(MINASE):
        Case.objects.filter(pk=second.pk).update(previous=first)
        Application.objects.filter(pk=second.application_id).update(duplicate_of_id=first.application_id)
    archive.end(first)
    archive.wait_until(FIRST_DAY)
    archive.dispose()
    with scope(MINASE):
        seen = case_services.view_case(archive.clerk, second.uuid, at=archive.clock.now)
        assert (seen.previous, seen.following) == (None, ())
        assert intake.duplicate_with_differences(second.application_id).differences == ()


# ── killed half-way ────────────────────────────────────────────────────────────


class Killed(BaseException):
    """As if the process ended here."""


STEPS = (
    "case_queries.outside_name", "cases.dispose_cases", "handover.dispose_handovers", "identify.dispose_parties",
    "approvals.forget_reasons", "screening.dispose_screenings", "intake.dispose_applications", "relay.dispose_packages",
    "vault.destroy_keys", "audit.record",
)  # fmt: skip


def test_U08_killed_at_any_step_a_record_is_whole_and_the_rest_goes_later(
    ended: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended.wait_until(FIRST_DAY)
    run = ended.propose()
    ended.confirm(run)
    assert ended.work(limit=1) == 1

    def die(*_: object, **__: object) -> None:
        raise Killed

    for step in STEPS:
        module, name = step.split(".")
        with monkeypatch.context() as patch:
            patch.setattr(getattr(destroying, module), name, die)
            with pytest.raises(Killed):
                ended.work(owner=step[:20])
        assert ended.item_states() == ["disposed", "pending", "pending"], step
        assert_whole(ended, ended.cases()[1])
        assert ended.work("worker-2") == 0, "the dead worker's lease still runs"
        ended.clock.advance(seconds=61)
    while ended.work("worker-2"):
        pass
    assert ended.run(run.uuid).disposed == 3
    assert ended.readable() == []
    assert ended.audit().is_whole


def assert_whole(ended: Archive, case: Case) -> None:
    assert (case.applicant_name, case.disposed_at) == (TARO.name, None)
    with scope(MINASE, read_only=True):
        package = Application.objects.select_related("package").get(pk=case.application_id).package
        assert PartyRow.objects.filter(application_id=case.application_id).exists()
        assert vault.open_blob(package.blob_id).read()


def test_killed_before_the_certificate_it_is_written_later_and_once(
    ended: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended.wait_until(FIRST_DAY)
    run = ended.propose()
    ended.confirm(run)
    with monkeypatch.context() as patch:
        patch.setattr(services, "finish_run", lambda *_, **__: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            ended.work()
    assert ended.run(run.uuid).state is RunState.APPROVED
    ended.clock.advance(seconds=61)
    ended.work("worker-2")
    ended.work("worker-2")
    assert ended.actions("disposal.certified") == ["disposal.certified"]


def test_a_record_that_keeps_failing_parks_the_list_and_a_person_lets_it_go_on(
    ended: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended.wait_until(FIRST_DAY)
    run = ended.propose()
    ended.confirm(run)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patch:
        patch.setattr(vault_services, "destroy_keys", fail)
        for _ in range(20):
            ended.work()
            ended.wait(hours=2)
    assert ended.run(run.uuid).parked_code == "SYS-910"
    assert len(ended.readable()) == 3
    with scope(MINASE):
        services.try_run_again(ended.approver, run.uuid, at=ended.clock.now)
    while ended.work():
        pass
    assert ended.run(run.uuid).disposed == 3


def test_a_late_worker_disposes_of_nothing(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    ended.confirm(ended.propose())
    with scope(MINASE):
        late = services.claim_run(by=Claimant("worker-1", ended.clock.now, 60))
    assert late is not None
    ended.clock.advance(seconds=61)
    assert ended.work("worker-2") > 0
    with scope(MINASE):
        actor = ended.maker.actor()
        assert not services.dispose_one(late, actor=actor, at=ended.clock.now)
        assert not services.finish_run(late, actor=actor, at=ended.clock.now)


# ── certificate ────────────────────────────────────────────────────────────────


def test_the_certificate_names_hashes_rule_persons_and_times_and_nobody_else(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    with scope(MINASE, read_only=True):
        hashes = set(Application.objects.values_list("content_hash", flat=True))
    run = ended.dispose()
    with scope(MINASE, read_only=True):
        text = queries.certificate(run.uuid)
    document = json.loads(text)
    assert {one for line in document["records"] for one in line["sha256"]} == hashes
    assert document["counts"] == {"pending": 0, "disposed": 3, "held": 0, "changed": 0}
    assert document["rule"]["code"] == "completed"
    assert document["proposed"]["by"] == str(ended.maker.staff_id)
    assert document["approved"]["by"] == str(ended.approver.staff_id)
    assert not {TARO.name, TARO.kana, TARO.address, TARO.birth} & set(text.split('"'))
    assert ended.actions("disposal.certified") == ["disposal.certified"]
    assert ended.actions("record.") == ["record.disposed"] * 3
    assert ended.audit().is_whole


def test_a_certificate_that_is_not_written_yet_is_not_shown(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    run = ended.propose()
    with scope(MINASE, read_only=True), pytest.raises(RunUnknown):
        queries.certificate(run.uuid)


def test_lists_are_counted_by_what_became_of_their_lines(ended: Archive) -> None:
    ended.wait_until(FIRST_DAY)
    run = ended.dispose()
    with scope(MINASE, read_only=True):
        assert queries.counts(run.id) == {DisposalState.DISPOSED: 3}
        assert [one.uuid for one in queries.runs()] == [run.uuid]
        assert queries.open_runs() == {}
        assert DisposalRun.objects.get().lease_until is None


def test_the_rights_lie_with_the_roles_that_the_page_of_operations_names() -> None:
    with_right = {right: {role for role, rights in RIGHTS_OF.items() if right in rights} for right in Right}
    assert with_right[Right.DISPOSE] == with_right[Right.HOLD_DISPOSAL] == {Role.RECORDS}
    assert with_right[Right.APPROVE_DISPOSAL] == {Role.RECORDS, Role.DECISION}
