"""What has left and is then withdrawn is taken back in the core system: once, in order, and by whoever may."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.casework.handover.conftest import SYSTEM, World, named, person
from tests.casework.handover.test_folder import answer as core_writes
from tests.casework.identify.conftest import ACTOR, HIYORI, MINASE
from todoke.casework.cases import services as case_services
from todoke.casework.cases.errors import CaseChanged, CaseNotFound, NoteMissing, NotHeld
from todoke.casework.cases.models import Case
from todoke.casework.cases.values import CaseStatus, HandoverNote, HandoverProgress, WithdrawalAnswer
from todoke.casework.handover import jobs, queries, services
from todoke.casework.handover.errors import CancellationImpossible, NoCancellationLayout
from todoke.casework.handover.errors import NotHeld as RowNotHeld
from todoke.casework.handover.models import Handover
from todoke.casework.handover.queries import PROFILES
from todoke.casework.handover.values import AdapterKind, CoreSettings
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope

SEND, BY_HAND = WithdrawalAnswer.SEND, WithdrawalAnswer.BY_HAND


def withdraw(world: World, number: int = 0) -> Case:
    """The applicant takes an application back at the window."""
    case = world.cases()[number]
    with scope(MINASE):
        case_services.move_case(
            world.clerk(), case.uuid, to=CaseStatus.WITHDRAWN, version=case.version, note="窓口で申出",
            at=world.clock.now,
        )  # fmt: skip
    return world.cases()[number]


def answer(world: World, case: Case, how: WithdrawalAnswer = SEND, viewer: Viewer | None = None) -> Case:
    """A clerk says what the core system is told."""
    with scope(MINASE):
        services.answer_withdrawal(
            viewer or world.clerk(), case.uuid, answer=how, version=case.version, note="基幹で処理前",
            at=world.clock.now,
        )  # fmt: skip
    with scope(MINASE, read_only=True):
        return Case.objects.get(pk=case.pk)


def left_and_withdrawn(world: World) -> Case:
    world.open(person(0))
    world.drain()
    return withdraw(world)


def standing(world: World, number: int = 0) -> tuple[str, str]:
    case = world.cases()[number]
    return case.handover_state, case.hold_code


def core_outcomes(world: World) -> dict[str, str]:
    """What the core system's own ledger says of each key."""
    rows = world.core._book.ledger(SYSTEM, MINASE)
    return {str(row["key"]): str(row["outcome"]) for row in rows}


def assert_ledgers_agree(world: World) -> None:
    jobs.fetch_ledger(MINASE, SYSTEM, world.clerk().actor())
    with scope(MINASE, read_only=True):
        found = queries.reconcile(SYSTEM)
    assert found.is_equal, found


def test_a_late_withdrawal_is_told_to_the_core_and_both_ledgers_agree(world: World) -> None:  # S08
    case = left_and_withdrawn(world)
    assert (case.handover_state, case.hold_code) == ("receipted", "SEQ-503")
    asked = answer(world, case)
    assert (asked.handover_state, asked.hold_code) == ("cancelling", "")
    world.drain()
    original, back = world.rows()
    assert (back.kind, back.state, back.cancels_id) == ("cancellation", "receipted", original.pk)
    assert core_outcomes(world) == {original.idempotency_key: "cancelled", back.idempotency_key: "accepted"}
    assert standing(world) == ("cancelled", "")
    assert world.cases()[0].status == "withdrawn"
    assert_ledgers_agree(world)


def test_a_cancellation_travels_in_a_file_of_its_own_and_names_the_row_it_takes_back(world: World) -> None:
    case = left_and_withdrawn(world)
    world.open(person(1))
    answer(world, case)
    world.drain()
    original, _new, back = sorted(world.rows(), key=lambda row: row.kind == "cancellation")
    assert back.batch is not None
    assert back.batch.file_name == f"{SYSTEM}-{MINASE}-{back.batch.number:06d}-torikeshi"
    assert back.batch.row_count == 1
    file = world.core._inbox / SYSTEM / f"{back.batch.file_name}.csv"
    (line,) = csv.DictReader(io.StringIO(file.read_bytes().decode("cp932"), newline=""))
    assert line["action"] == "取消"
    assert (line["key"], line["cancels"]) == (back.idempotency_key, original.idempotency_key)
    assert line["cancelled_on"] == f"{world.clock.now:%Y%m%d}"


def test_the_clerk_may_also_have_told_the_core_by_hand(world: World) -> None:
    case = left_and_withdrawn(world)
    told = answer(world, case, BY_HAND)
    assert (told.handover_state, told.hold_code) == ("cancelled", "")
    world.drain()
    (row,) = world.rows()
    assert row.cancelled_by_hand_at == world.clock.now
    assert len(world.delivered()) == 1, "nothing more was sent"
    assert_ledgers_agree(world)
    with scope(MINASE):
        services.store_ledger(queries.core_system(SYSTEM), [], actor=ACTOR, at=world.clock.now)
        assert queries.reconcile(SYSTEM).is_equal, "the clerk of the core may have deleted it"


def test_what_was_not_yet_sent_is_withdrawn_and_nothing_goes(world: World) -> None:
    world.open(person(0), person(1))
    jobs.prepare(world.job())
    assert withdraw(world).hold_code == ""
    world.drain()
    assert [row.case_id for row in world.rows()] == [world.cases()[1].pk]
    assert len(world.delivered()) == 1


def test_a_file_that_nobody_has_tried_to_send_is_taken_apart(world: World) -> None:
    world.open(person(0), person(1))
    jobs.prepare(world.job())
    jobs.write_batches(world.job())
    assert world.states() == ["batched", "batched"]
    assert withdraw(world).hold_code == ""
    world.drain()
    assert [row.case_id for row in world.rows()] == [world.cases()[1].pk]
    assert len(world.delivered()) == 1
    assert "handover.batch_taken_apart" in world.actions()
    assert standing(world) == ("none", "")


def test_a_file_that_may_have_arrived_is_not_taken_apart_but_asked_about(world: World) -> None:
    world.open(person(0))
    jobs.prepare(world.job())
    jobs.write_batches(world.job())
    world.core.faults.arm("lose_answer", n=1)
    jobs.send_batches(world.job())  # the core has it, and we do not know
    assert withdraw(world).hold_code == ""
    world.drain()
    assert standing(world) == ("receipted", "SEQ-503")
    answer(world, world.cases()[0])
    world.drain()
    assert standing(world) == ("cancelled", "")
    assert_ledgers_agree(world)


def test_a_cancellation_waits_until_its_original_has_gone(world: World) -> None:
    world.open(person(0))
    jobs.prepare(world.job())
    jobs.write_batches(world.job())
    world.core.faults.arm("lose_answer", n=1)
    jobs.send_batches(world.job())
    with scope(MINASE):
        case = world.cases()[0]
        case_services.note_handover(
            [HandoverNote(case.pk, HandoverProgress.SENT)], actor=ACTOR, at=world.clock.now
        )
    answer(world, withdraw(world))
    jobs.write_batches(world.job())
    assert world.states() == ["batched", "ready"]
    world.drain()
    assert world.states() == ["receipted", "receipted"]
    assert [line["cancels"] for line in world.core.log() if line["is_first"]] == ["", world.delivered()[0]]


def test_without_a_receipt_the_original_is_not_repeated_behind_its_cancellation(world: World) -> None:
    world.open(person(0))
    world.core.faults.arm("half_ack", n=0)
    world.round()
    assert world.states() == ["sent"]
    answer(world, withdraw(world))
    world.clock.advance(seconds=1200)
    world.drain()
    assert world.states() == ["receipted", "receipted"], "whoever knows the cancellation had the original"
    assert len(world.core.log()) == len(world.delivered()) == 2
    assert standing(world) == ("cancelled", "")
    assert_ledgers_agree(world)


def test_a_late_receipt_of_the_original_does_not_undo_the_cancellation(world: World) -> None:
    world.open(person(0))
    jobs.prepare(world.job())
    jobs.write_batches(world.job())
    jobs.send_batches(world.job())
    answer(world, withdraw(world))
    jobs.read_receipts(world.job())
    assert (world.states(), standing(world)) == (["receipted", "ready"], ("cancelling", ""))
    world.drain()
    assert standing(world) == ("cancelled", "")


@pytest.mark.parametrize("reads_first", [True, False])
def test_what_the_core_refused_after_all_needs_no_cancellation(world: World, reads_first: bool) -> None:
    world.open(person(0))
    world.core.faults.arm("refuse_rows", n=1)
    jobs.prepare(world.job())
    jobs.write_batches(world.job())
    jobs.send_batches(world.job())
    answer(world, withdraw(world))
    if reads_first:
        jobs.read_receipts(world.job())
    world.drain()
    assert world.states() == (["refused"] if reads_first else ["refused", "refused"])
    assert standing(world) == ("none", "")
    assert_ledgers_agree(world)


def test_a_refused_cancellation_returns_to_the_clerk_who_may_send_it_again(world: World) -> None:
    answer(world, left_and_withdrawn(world))
    world.core.faults.arm("refuse_rows", n=1)
    world.drain()
    assert standing(world) == ("uncancelled", "SEQ-503")
    with scope(MINASE, read_only=True):
        (waiting,) = queries.held(world.clerk())
        assert (waiting.kind.label, waiting.sentence) == ("取消", "架空の拒否です")
    with scope(MINASE), pytest.raises(RowNotHeld):
        services.hand_over_again(world.clerk(), waiting.id, at=world.clock.now)
    assert_ledgers_agree(world)
    answer(world, world.cases()[0])
    world.drain()
    original, first, second = world.rows()
    assert (first.state, second.state, second.version) == ("refused", "receipted", 2)
    assert len({original.idempotency_key, first.idempotency_key, second.idempotency_key}) == 3
    assert standing(world) == ("cancelled", "")
    assert_ledgers_agree(world)


def test_after_a_refused_cancellation_the_clerk_may_tell_the_core_by_hand(world: World) -> None:
    answer(world, left_and_withdrawn(world))
    world.core.faults.arm("refuse_rows", n=1)
    world.drain()
    answer(world, world.cases()[0], BY_HAND)
    world.drain()
    assert standing(world) == ("cancelled", "")
    assert len(world.rows()) == 2
    assert_ledgers_agree(world)


def test_what_the_core_refused_is_not_handed_over_again_once_it_is_withdrawn(world: World) -> None:
    world.open(person(0))
    world.core.faults.arm("refuse_rows", n=1)
    world.round()
    withdraw(world)
    (row,) = world.rows()
    with scope(MINASE), pytest.raises(RowNotHeld):
        services.hand_over_again(world.clerk(), row.pk, at=world.clock.now)


def own_profile(world: World, folder: Path, change: Callable[[Any], object]) -> None:
    """The town's core system gets another layout."""
    document = yaml.safe_load((PROFILES / "sample-core.yaml").read_text(encoding="utf-8"))
    change(document)
    document["name"] = "own"
    path = folder / "own.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with scope(MINASE):
        system = queries.core_system(SYSTEM)
        services.register_core_system(
            SYSTEM, profile=str(path), adapter=system.adapter, settings=system.settings, actor=ACTOR,
            at=world.clock.now,
        )  # fmt: skip


def among_the_others(document: Any) -> None:
    document["columns"] = [
        *document["columns"][:1], {"name": "action", "label": "処理区分", "constant": "新規"},
        {"name": "cancels", "label": "元の鍵", "source": "original.key"}, *document["columns"][1:],
    ]  # fmt: skip
    del document["cancellation"]["file_name"]
    columns = [dict(column) for column in document["columns"]]
    columns[1]["constant"] = "取消"
    document["cancellation"]["columns"] = columns


def test_a_cancellation_may_travel_among_the_other_rows(world: World, tmp_path: Path) -> None:
    own_profile(world, tmp_path, among_the_others)
    case = left_and_withdrawn(world)
    world.open(person(1))
    answer(world, case)
    world.drain()
    assert len({row.batch_id for row in world.rows()[1:]}) == 1, "the new application and the cancellation"
    original = world.rows()[0].idempotency_key
    assert sorted(core_outcomes(world).values()) == ["accepted", "accepted", "cancelled"]
    assert core_outcomes(world)[original] == "cancelled"
    assert_ledgers_agree(world)


def test_a_layout_without_cancellations_leaves_it_to_the_clerk(world: World, tmp_path: Path) -> None:
    own_profile(world, tmp_path, lambda document: document.pop("cancellation"))
    case = left_and_withdrawn(world)
    with scope(MINASE):
        assert queries.why_not_cancel(case.uuid) == "EXP-711"
    with pytest.raises(NoCancellationLayout):
        answer(world, case)
    assert standing(world) == ("receipted", "SEQ-503"), "nothing has changed"
    answer(world, case, BY_HAND)
    assert standing(world) == ("cancelled", "")
    assert_ledgers_agree(world)


def test_a_layout_that_loses_its_cancellation_meanwhile_holds_the_row(world: World, tmp_path: Path) -> None:
    answer(world, left_and_withdrawn(world))
    own_profile(world, tmp_path, lambda document: document.pop("cancellation"))
    world.drain()
    assert (world.states(), standing(world)) == (["receipted", "held"], ("uncancelled", "EXP-711"))
    answer(world, world.cases()[0], BY_HAND)
    assert world.states() == ["receipted"]
    assert standing(world) == ("cancelled", "")


def test_a_held_cancellation_goes_once_its_cause_is_mended(world: World, tmp_path: Path) -> None:
    def with_a_name(document: Any) -> None:
        name = {"name": "name", "label": "申請者氏名", "source": "party.applicant.name"}
        document["cancellation"]["columns"].append(name)

    world.open(named(0, "𠮷野　花"))
    world.round()
    with scope(MINASE):
        services.choose_substitute(
            world.clerk(), world.rows()[0].pk, element="𠮷", replacement="吉", at=world.clock.now
        )
    own_profile(world, tmp_path, with_a_name)
    world.drain()
    answer(world, withdraw(world))
    assert (world.states(), standing(world)) == (["receipted", "held"], ("uncancelled", "CHR-401"))
    with scope(MINASE):
        services.choose_substitute(
            world.clerk(), world.rows()[1].pk, element="𠮷", replacement="吉", at=world.clock.now
        )
    assert standing(world) == ("cancelling", "")
    world.drain()
    assert standing(world) == ("cancelled", "")


def test_what_never_went_through_the_ledger_can_only_be_cancelled_by_hand(world: World) -> None:
    world.open(person(0))
    with scope(MINASE):
        for status in (CaseStatus.CHECKING, CaseStatus.COMPLETED):
            case = world.cases()[0]
            case_services.move_case(
                world.clerk(), case.uuid, to=status, version=case.version, note="手で入力", at=world.clock.now
            )
    case = withdraw(world)
    with scope(MINASE):
        assert queries.why_not_cancel(case.uuid) == "EXP-710"
    with pytest.raises(CancellationImpossible):
        answer(world, case)
    told = answer(world, case, BY_HAND)
    assert (told.handover_state, told.hold_code) == ("none", "")


class TestTheSendingOfACancellation:
    """Lost answers, repeats and late workers: in effect it is delivered once."""

    def test_a_lost_answer_cancels_once(self, world: World) -> None:
        answer(world, left_and_withdrawn(world))
        world.core.faults.arm("lose_answer", n=1)
        world.drain()
        assert len(world.delivered()) == 2
        assert_ledgers_agree(world)

    def test_a_cancellation_without_a_receipt_is_repeated_under_its_own_key(self, world: World) -> None:
        answer(world, left_and_withdrawn(world))
        world.core.faults.arm("half_ack", n=0)
        world.round()
        assert world.states() == ["receipted", "sent"]
        world.clock.advance(seconds=1200)
        world.drain()
        back = world.rows()[1]
        assert back.batch is not None
        assert back.batch.file_name.endswith("-torikeshi-r1")
        lines = [line for line in world.core.log() if line["key"] == back.idempotency_key]
        assert [line["is_first"] for line in lines] == [True, False]
        assert len({line["row_sha256"] for line in lines}) == 1
        assert_ledgers_agree(world)

    def test_a_worker_that_died_before_noting_it_sent_does_no_harm(self, world: World) -> None:
        answer(world, left_and_withdrawn(world))
        jobs.write_batches(world.job())
        with scope(MINASE):
            system = queries.core_system(SYSTEM)
            dead = services.claim_batch(system, by=world.job(owner="dead").by)
        assert dead is not None
        world.clock.advance(seconds=61)
        world.drain()
        with scope(MINASE):
            assert services.batch_sent(system, dead, actor=ACTOR, at=world.clock.now) == 0
        assert len(world.delivered()) == 2
        assert standing(world) == ("cancelled", "")

    def test_a_case_that_changed_since_the_row_was_built_is_built_anew(self, world: World) -> None:  # E10
        answer(world, left_and_withdrawn(world))
        with scope(MINASE):
            system = queries.core_system(SYSTEM)
            claimed = services.claim_ready(system, limit=9, by=world.job().by)
            built = services.build_batch(system, claimed)
            Case.objects.update(version=world.cases()[0].version + 1)
            assert services.write_batch(system, built, None, actor=ACTOR, at=world.clock.now) == 0
        assert world.states() == ["receipted", "ready"]
        world.drain()
        assert standing(world) == ("cancelled", "")

    def test_two_clerks_make_one_cancellation(self, world: World) -> None:
        case = left_and_withdrawn(world)
        answer(world, case)
        with pytest.raises(CaseChanged):
            answer(world, case)
        with pytest.raises(NotHeld):
            answer(world, world.cases()[0])
        world.drain()
        assert len(world.delivered()) == 2


class TestWho:
    """Whoever may not move the case may not have it cancelled either."""

    @pytest.mark.parametrize("how", [SEND, BY_HAND])
    def test_whoever_lacks_the_right_is_refused(self, world: World, how: WithdrawalAnswer) -> None:
        case = left_and_withdrawn(world)
        nobody = Viewer(MINASE, 9, "無 花", frozenset({Right.VIEW_CASES}), None)
        with pytest.raises(RightMissing):
            answer(world, case, how, nobody)

    def test_a_case_of_another_section_or_town_is_not_found(self, world: World) -> None:
        case = left_and_withdrawn(world)
        for stranger in (world.clerk("kaigo"), replace(world.clerk("jumin"))):
            with pytest.raises(CaseNotFound):
                answer(world, case, SEND, stranger)
        with scope(HIYORI), pytest.raises(CaseNotFound):
            services.answer_withdrawal(
                world.clerk(organisation=HIYORI), case.uuid, answer=SEND, version=case.version, note="x",
                at=world.clock.now,
            )  # fmt: skip

    def test_an_answer_needs_a_word_on_what_was_found_out(self, world: World) -> None:
        case = left_and_withdrawn(world)
        with scope(MINASE), pytest.raises(NoteMissing):
            services.answer_withdrawal(
                world.clerk(), case.uuid, answer=SEND, version=case.version, note=" ", at=world.clock.now
            )

    def test_the_answer_stands_in_the_audit_under_the_person(self, world: World) -> None:
        answer(world, left_and_withdrawn(world))
        with scope(MINASE):
            entry = AuditEntry.objects.get(action="case.withdrawal_answered")
            assert (entry.actor_kind, entry.actor_id) == ("staff", "7")
            assert "send" in entry.facts

    def test_a_late_withdrawal_is_not_simply_released(self, world: World) -> None:
        case = left_and_withdrawn(world)
        with scope(MINASE), pytest.raises(NotHeld):
            case_services.release_hold(
                world.clerk(), case.uuid, version=case.version, note="確かめた", at=world.clock.now
            )
        assert standing(world) == ("receipted", "SEQ-503")


def test_a_cancellation_goes_through_a_shared_folder_too(world: World, tmp_path: Path) -> None:
    share = tmp_path / "share"
    for part in ("in", "receipts", "ledger"):
        (share / part).mkdir(parents=True)
    with scope(MINASE):
        services.register_core_system(
            SYSTEM, profile="sample-core", adapter=AdapterKind.FOLDER, actor=ACTOR, at=world.clock.now,
            settings=CoreSettings(folder=str(share), poll_seconds=60, resend_seconds=600),
        )  # fmt: skip

    def acknowledge(seq: int, row: Handover) -> None:
        assert row.batch is not None
        said = {"seq": seq, "batch": row.batch.file_name, "key": row.idempotency_key, "outcome": "accepted"}
        core_writes(share, f"r{seq}", [{**said, "code": "", "message": ""}])
        world.clock.advance(seconds=61)
        world.round()

    world.open(person(0))
    world.round()
    acknowledge(1, world.rows()[0])
    answer(world, withdraw(world))
    world.round()
    original, back = world.rows()
    assert back.batch is not None
    assert (share / "in" / f"{back.batch.file_name}.done").exists()
    acknowledge(2, back)
    assert standing(world) == ("cancelled", "")
    ledger = [
        {"key": original.idempotency_key, "row_sha256": original.row_sha256, "outcome": "cancelled"},
        {"key": back.idempotency_key, "row_sha256": back.row_sha256, "outcome": "accepted"},
    ]
    core_writes(share, MINASE, ledger, part="ledger")
    assert_ledgers_agree(world)


def test_the_ledger_settles_a_cancellation_whose_receipt_never_came(world: World) -> None:
    answer(world, left_and_withdrawn(world))
    world.core.faults.arm("half_ack", n=0)
    world.round()
    assert world.states() == ["receipted", "sent"]
    jobs.fetch_ledger(MINASE, SYSTEM, world.linker().actor())
    with scope(MINASE):
        assert services.accept_ledger(world.linker(), SYSTEM, at=world.clock.now) == 1
    assert standing(world) == ("cancelled", "")
