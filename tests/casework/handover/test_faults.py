"""The core system fails in every way it can, and every row is delivered once in effect: its own log says so."""

import httpx
import pytest

from tests.casework.handover.conftest import SYSTEM, World, person
from tests.casework.identify.conftest import ACTOR, HIYORI, MINASE
from todoke.casework.cases.models import Case
from todoke.casework.handover import jobs, queries, services
from todoke.casework.handover.models import Batch, CoreSystem, Handover, UnexpectedReceipt
from todoke.casework.handover.values import (
    BatchFile,
    BuiltRow,
    LedgerOutcome,
    LedgerRow,
    Receipt,
    ReceiptOutcome,
)
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope
from todoke.foundation.vault import services as vault
from todoke.foundation.vault.queries import open_blob
from todoke.foundation.vault.values import Written


def assert_once(world: World, rows: int) -> None:
    """Everything receipted; the core took each key once; the ledgers agree in count and hash."""
    assert world.states() == ["receipted"] * rows
    assert sorted(world.delivered()) == sorted(row.idempotency_key for row in world.rows())
    jobs.fetch_ledger(MINASE, SYSTEM, ACTOR)
    with scope(MINASE, read_only=True):
        table = queries.reconcile(SYSTEM)
    assert table.is_equal
    assert (table.sent, table.receipted, table.core_count) == (rows, rows, rows)


@pytest.mark.parametrize(
    ("kind", "count", "path"),
    [
        ("refuse", 3, "/inbox"), ("http_500", 3, "/inbox"), ("lose_answer", 2, ""), ("stall", 1, "/inbox"),
        ("refuse", 2, "/receipts"), ("http_500", 2, "/receipts"), ("cut", 2, "/receipts"), ("stall", 1, "/receipts"),
    ],
)  # fmt: skip
def test_a_core_system_that_fails_for_a_while_loses_and_doubles_nothing(
    world: World, kind: str, count: int, path: str
) -> None:  # F15, F16
    world.open(*(person(number) for number in range(5)))
    world.core.faults.arm(kind, count, path)
    world.round()
    assert "receipted" not in world.states() or kind == "lose_answer"
    world.drain()
    assert_once(world, 5)


def test_of_a_batch_that_is_acknowledged_in_part_only_the_rest_is_sent_again(world: World) -> None:  # F16
    world.open(*(person(number) for number in range(10)))
    world.core.faults.arm("half_ack", n=6)
    world.round()
    assert world.states().count("receipted") == 6
    world.clock.advance(seconds=300)
    world.round()
    assert world.states().count("receipted") == 6, "not yet overdue"
    world.drain()
    again = [line for line in world.core.log() if line["batch"].endswith("-r1")]
    assert len(again) == 4
    assert not any(line["is_first"] for line in again)
    assert {line["row_sha256"] for line in again} <= {row.row_sha256 for row in world.rows()}
    with scope(MINASE, read_only=True):
        batches = Batch.objects.order_by("pk").values_list("number", "part", "row_count", "state")
        assert list(batches) == [(1, 0, 10, "acknowledged"), (1, 1, 4, "acknowledged")]
    assert_once(world, 10)


def test_a_receipt_that_comes_while_rows_are_taken_up_again_stops_the_repetition(world: World) -> None:
    world.open(person(0))
    world.core.faults.arm("half_ack", n=0)
    world.round()
    world.clock.advance(seconds=601)
    with scope(MINASE):
        system = queries.core_system(SYSTEM)
        overdue = services.claim_unacknowledged(system, limit=10, by=world.job(owner="slow").by)
        (_, claim), = services.claim_receipts(limit=1, by=world.job().by)  # fmt: skip
        receipt = Receipt(1, overdue[0].key, overdue[0].key, ReceiptOutcome.ACCEPTED, "", "")
        services.take_receipts(system, claim, [receipt], actor=ACTOR, at=world.clock.now)
        again = {one.claim: _row(one.key) for one in overdue}
        written = _written(b"never sent")
        assert services.repeat_rows(system, again, 1, written, actor=ACTOR, at=world.clock.now) == 0
    assert world.states() == ["receipted"]


def _row(key: str) -> BuiltRow:
    return BuiltRow(key, b"x", "0" * 64)


def _written(content: bytes) -> Written:
    return vault.write(MINASE, [content])


def test_a_core_that_never_answers_for_a_row_gets_it_parked_for_a_person(world: World) -> None:
    world.open(person(0))
    world.core.faults.arm("half_ack", count=100, n=0)
    for _ in range(16):
        world.round()
        world.clock.advance(minutes=11)
    (row,) = world.rows()
    assert (row.state, row.parked_code) == ("sent", "EXP-707")
    assert len(world.delivered()) == 1
    with scope(MINASE, read_only=True):
        assert queries.next_due() is None
        assert [one.parked_code for one in queries.parked()] == ["EXP-707"]


def test_rows_that_the_core_refuses_go_back_to_the_clerk_with_its_words(world: World) -> None:  # E08
    world.open(*(person(number) for number in range(4)))
    world.core.faults.arm("refuse_rows", n=1)
    world.round()
    assert world.states() == ["refused", "receipted", "receipted", "receipted"]
    row = world.rows()[0]
    assert (row.refusal_code, row.refusal_message) == ("C-900", "架空の拒否です")
    assert [case.hold_code for case in world.cases()] == ["C-900", "", "", ""]


def test_a_key_that_nobody_sent_is_an_alarm_and_changes_nothing(world: World) -> None:  # F17
    world.open(person(0))
    world.core.faults.arm("unexpected")
    world.round()
    assert world.states() == ["receipted"]
    with scope(MINASE, read_only=True):
        alarm = UnexpectedReceipt.objects.get()
        table = queries.reconcile(SYSTEM)
        assert AuditEntry.objects.filter(action="handover.unexpected_receipt").count() == 1
    assert table.unexpected == (alarm.key,)
    assert not table.is_equal


@pytest.mark.parametrize("outcome", list(ReceiptOutcome))
def test_a_second_word_on_a_row_is_ignored_or_alarms_and_never_changes_it(
    world: World, outcome: ReceiptOutcome
) -> None:  # F17
    world.open(person(0))
    world.round()
    (row,) = world.rows()
    world.clock.advance(seconds=61)
    with scope(MINASE):
        ((system, claim),) = services.claim_receipts(limit=1, by=world.job().by)
        receipt = Receipt(99, f"{SYSTEM}-{MINASE}-000001", row.idempotency_key, outcome, "C-1", "")
        assert services.take_receipts(system, claim, [receipt], actor=ACTOR, at=world.clock.now) == 0
        assert UnexpectedReceipt.objects.count() == (outcome is ReceiptOutcome.REFUSED)
        assert Handover.objects.get().state == "receipted"
        assert CoreSystem.objects.get().receipts_cursor == 99


def test_a_word_on_a_row_that_never_left_is_an_alarm(world: World) -> None:  # F17
    world.open(person(0))
    jobs.prepare(world.job())
    (row,) = world.rows()
    with scope(MINASE):
        ((system, claim),) = services.claim_receipts(limit=1, by=world.job().by)
        receipt = Receipt(1, "", row.idempotency_key, ReceiptOutcome.ACCEPTED, "", "")
        services.take_receipts(system, claim, [receipt], actor=ACTOR, at=world.clock.now)
        assert UnexpectedReceipt.objects.count() == 1
    assert world.states() == ["ready"]


def test_while_the_core_is_away_no_batch_is_parked_and_each_is_asked_for_less_often(
    world: World,
) -> None:  # F15
    world.limit = 2
    world.open(person(0), person(1))
    world.limit = 100
    world.open(person(2), person(3))
    world.core.faults.arm("http_500", 10_000)
    world.limit = 2
    for _ in range(8):
        world.round()
        world.clock.advance(minutes=16)
    with scope(MINASE, read_only=True):
        assert set(Batch.objects.values_list("parked_code", flat=True)) == {""}
        assert queries.core_system(SYSTEM).away_since is not None
    world.core.faults.clear()
    world.clock.advance(hours=1)
    world.drain()
    with scope(MINASE, read_only=True):
        assert queries.core_system(SYSTEM).away_since is None
    assert_once(world, 4)


def test_a_file_that_the_core_calls_no_good_is_parked_with_the_code(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sandbox.core import book

    def broken(content: bytes) -> list[book.Taken]:
        raise book.BadBatch("csv")

    monkeypatch.setattr(book, "_parsed", broken)
    world.open(person(0))
    for _ in range(7):
        world.round()
        world.clock.advance(hours=1)
    with scope(MINASE, read_only=True):
        assert queries.parked_batches() == {f"{SYSTEM}-{MINASE}-000001": "EXP-708"}
        assert queries.next_due() is None


def test_a_name_that_is_taken_by_other_bytes_is_never_overwritten(world: World) -> None:  # E07
    taken = f"{SYSTEM}-{MINASE}-000001"
    httpx.put(f"{world.core.url}/inbox/{SYSTEM}/{taken}.csv", content=b"somebody else's").raise_for_status()
    world.open(person(0))
    world.round()
    assert world.delivered() == []
    world.clock.advance(seconds=61)
    world.drain()
    with scope(MINASE, read_only=True):
        assert Batch.objects.get().file_name == f"{SYSTEM}-{MINASE}-000002"
    assert [line["batch"] for line in world.core.log()] == [f"{SYSTEM}-{MINASE}-000002"]
    assert_once(world, 1)


def restore_from_before_the_sending(world: World) -> None:
    """The database as a backup has it that was taken just before the batch was written."""
    with scope(MINASE):
        Handover.objects.update(
            state="ready", batch=None, row_sha256="", receipted_at=None, sent_at=None, due_at=world.clock.now
        )
        Batch.objects.all().delete()
        CoreSystem.objects.update(next_number=1, receipts_cursor=0, due_at=world.clock.now)
        Case.objects.update(handover_state="waiting", status="awaiting_handover")


def test_after_a_restore_nothing_is_delivered_twice_and_a_person_accepts_the_cores_ledger(
    world: World,
) -> None:
    world.open(*(person(number) for number in range(3)))
    world.round()
    before = world.delivered()
    restore_from_before_the_sending(world)
    jobs.read_receipts(world.job())
    world.open(person(3))
    for _ in range(6):
        world.round()
        world.clock.advance(seconds=61)
    assert world.delivered()[:3] == before
    assert len(world.delivered()) == 4
    assert world.states() == ["sent", "sent", "sent", "receipted"], (
        "the core has said its word on these before"
    )
    jobs.fetch_ledger(MINASE, SYSTEM, ACTOR)
    with scope(MINASE):
        assert services.accept_ledger(world.linker(), SYSTEM, at=world.clock.now) == 3
        assert services.accept_ledger(world.linker(), SYSTEM, at=world.clock.now) == 0
        assert AuditEntry.objects.filter(action="handover.settled_by_ledger", actor_id="8").count() == 3
    assert world.states() == ["receipted"] * 4
    assert {case.handover_state for case in world.cases()} == {"receipted"}


def test_after_a_restore_the_receipts_are_read_again_and_settle_what_is_on_its_way(world: World) -> None:
    world.open(*(person(number) for number in range(3)))
    world.round()
    before = world.delivered()
    restore_from_before_the_sending(world)
    world.open(person(3))
    world.drain()
    assert world.delivered()[:3] == before
    assert_once(world, 4)


def test_whoever_may_not_reconcile_cannot_accept_a_ledger(world: World) -> None:
    with scope(MINASE), pytest.raises(RightMissing):
        services.accept_ledger(world.clerk(), SYSTEM, at=world.clock.now)


def test_a_row_that_the_core_holds_with_other_content_is_not_accepted(world: World) -> None:  # E12
    world.open(person(0))
    world.core.faults.arm("half_ack", 100, n=0)
    world.round()
    assert world.states() == ["sent"]
    key = world.rows()[0].idempotency_key
    with scope(MINASE):
        row = LedgerRow(key, "0" * 64, LedgerOutcome.ACCEPTED)
        services.store_ledger(queries.core_system(SYSTEM), [row], actor=ACTOR, at=world.clock.now)
        assert services.accept_ledger(world.linker(), SYSTEM, at=world.clock.now) == 0
        assert queries.reconcile(SYSTEM).differing == (key,)
    with scope(HIYORI):
        assert services.accept_ledger(world.linker(HIYORI), SYSTEM, at=world.clock.now) == 0
    assert world.states() == ["sent"]


def test_a_core_system_that_answers_garbage_counts_as_away(world: World) -> None:  # F15
    from sandbox.web import Answer, LoopbackServer

    server = LoopbackServer(lambda _: Answer(200, b"<html>not json"), world.core.faults)
    server.start()
    world.open(person(0))
    world.system(base_url=server.url)
    world.round()
    server.stop()
    assert world.states() == ["sent"], "a 200 to a PUT is taken at its word, the receipts decide"
    world.system()
    world.clock.advance(seconds=601)
    world.drain()
    assert_once(world, 1)


def test_the_worker_that_died_between_sending_and_noting_sends_the_same_file_again(
    world: World,
) -> None:  # F01
    world.open(person(0), person(1))
    jobs.prepare(world.job())
    jobs.write_batches(world.job())
    with scope(MINASE):
        system = queries.core_system(SYSTEM)
        batch = services.claim_batch(system, by=world.job(owner="dead").by)
        assert batch is not None
        content = open_blob(batch.blob_id).read()
    with jobs._connected(system) as connection:
        connection.send(BatchFile(batch.file_name, content, batch.rows, batch.sha256))
    world.round()
    assert world.states() == ["receipted", "receipted"], "the receipts come before anybody noted the sending"
    world.clock.advance(seconds=61)
    world.drain(rounds=3)
    assert_once(world, 2)
    with scope(MINASE, read_only=True):
        assert Batch.objects.get().state == "acknowledged"


def test_settings_that_lead_nowhere_are_named_and_nothing_is_sent(world: World) -> None:  # E13
    world.open(person(0))
    system = world.system(base_url="ftp://127.0.0.1/x")
    assert jobs.problem_of(system) == [
        "引き渡し先が登録されていないか、登録と異なります（base_url）。連携設定を確かめてください。"
    ]
    world.round()
    assert world.delivered() == []
