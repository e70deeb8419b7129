"""A case that may go becomes a row, a batch, a receipt: once in effect, whatever happens on the way."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.casework.handover.conftest import SYSTEM, World, named, person
from tests.casework.identify.applications import TARO
from tests.casework.identify.conftest import ACTOR, HIYORI, MINASE, NOW
from tests.support import deciding
from tests.support.plans import reading_all_of
from todoke.casework.cases import services as case_services
from todoke.casework.cases.values import CaseStatus
from todoke.casework.handover import jobs, queries, services
from todoke.casework.handover.models import Batch, CoreSystem, Handover
from todoke.casework.handover.values import HandoverState
from todoke.casework.intake.values import FormItem, PartyRole, StatedParty
from todoke.foundation.claims import Claimant
from todoke.foundation.fence import scope
from todoke.foundation.vault import services as vault
from todoke.foundation.vault.queries import open_blob
from todoke.foundation.vault.values import Written


def test_a_case_goes_to_the_core_and_its_receipt_comes_back(world: World) -> None:
    world.open(person(0))
    assert world.round() > 0
    (row,) = world.rows()
    (case,) = world.cases()
    assert (row.state, row.receipt_number) == ("receipted", case.receipt_number)
    assert (case.status, case.handover_state) == ("handed_over", "receipted")
    assert world.delivered() == [row.idempotency_key]
    assert row.batch is not None
    assert (row.batch.state, row.batch.file_name) == ("acknowledged", f"{SYSTEM}-{MINASE}-000001")
    assert world.actions() == [
        "handover.judged", "handover.batch_written", "handover.batch_sent", "handover.receipted",
    ]  # fmt: skip


def test_what_the_core_read_is_what_the_ledger_pinned(world: World) -> None:
    moving = FormItem("異動日", ("2026-04-20",), "TDK-MOVE-DATE", "move_date")
    child = StatedParty(PartyRole.SUBJECT, 1, "織機　花", "オリハタ　ハナ", "2022-05-05")
    world.open(person(0, items=(moving,), parties=(child,)))
    world.round()
    (row,) = world.rows()
    with scope(MINASE, read_only=True):
        assert row.batch is not None
        content = open_blob(row.batch.blob_id).read()
    line = content[row.row_offset : row.row_offset + row.row_length].decode("cp932").split(",")
    header = content.decode("cp932").splitlines()[0].split(",")
    values = dict(zip(header, line, strict=True))
    assert (values["key"], values["applicant_number"]) == (row.idempotency_key, "77")
    assert (values["applicant_name"], values["applicant_address"]) == (TARO.name, TARO.address)
    assert (values["subject_name"], values["moved_on"]) == ("織機　花", "20260420")
    assert world.core.log()[0]["row_sha256"] == row.row_sha256


def test_a_procedure_that_no_core_takes_gets_no_row(world: World) -> None:
    world.open(person(0, procedure="P33"))
    world.round()
    assert world.rows() == []
    assert world.cases()[0].handover_state == "none"


def test_what_the_stage_before_holds_gets_no_row_and_keeps_its_code(world: World) -> None:
    world.open(person(0, content=b"same"), person(1, content=b"same"))
    world.round()
    first, second = world.cases()
    assert (first.handover_state, second.handover_state) == ("receipted", "held")
    assert second.hold_code == "DUP-511"
    assert len(world.rows()) == 1


def test_one_held_row_does_not_keep_the_others(world: World) -> None:  # E01, E03
    world.open(person(0), named(1, "𠮷野　一"), person(900), person(2))
    world.round()
    assert world.states() == ["receipted", "held", "held", "receipted"]
    assert [row.hold_code for row in world.rows()] == ["", "CHR-401", "EXP-702", ""]
    assert [case.hold_code for case in world.cases()] == ["", "CHR-401", "EXP-702", ""]


def test_running_every_job_twice_changes_nothing(world: World) -> None:  # F12
    world.open(person(0), person(1))
    world.round()
    before = (world.delivered(), world.states(), world.actions())
    world.clock.advance(hours=3)
    world.round()
    assert (world.delivered(), world.states(), world.actions()) == before


def test_one_town_never_sees_the_others_rows(world: World) -> None:
    world.open(person(0))
    world.open(person(1), organisation=HIYORI)
    world.round()
    assert (world.states(), world.states(HIYORI)) == (["receipted"], [])
    world.round(HIYORI)
    (mine,), (theirs,) = world.rows(), world.rows(HIYORI)
    assert mine.idempotency_key != theirs.idempotency_key
    with scope(HIYORI, read_only=True):
        assert queries.reconcile(SYSTEM).unexpected == ()
    assert Handover.objects.count() == 0, "no scope, no rows"


def test_receipts_for_another_towns_file_are_passed_over(world: World) -> None:
    world.open(person(0))
    world.round()
    world.round(HIYORI)
    with scope(HIYORI, read_only=True):
        assert CoreSystem.objects.get().receipts_cursor == 1
        assert queries.reconcile(SYSTEM).unexpected == ()


def test_a_case_that_was_withdrawn_while_it_waited_is_not_sent(world: World) -> None:
    (case,) = world.open(person(0))
    jobs.prepare(world.job())
    (case,) = world.cases()
    with scope(MINASE):
        case_services.move_case(
            world.clerk(), case.uuid, to=CaseStatus.WITHDRAWN, version=case.version, at=world.clock.now,
            note="申請者から電話",
        )  # fmt: skip
    world.round()
    assert (world.rows(), world.delivered()) == ([], [])
    assert world.actions()[-1] == "handover.dropped"


def test_a_case_that_changed_after_its_row_was_built_is_built_anew(world: World) -> None:  # E10
    world.open(person(0))
    context = world.job()
    jobs.prepare(context)
    with scope(MINASE):
        system = queries.core_system(SYSTEM)
        claimed = services.claim_ready(system, limit=10, by=context.by)
        built = services.build_batch(system, claimed)
    written = _written(b"stale")
    (case,) = world.cases()
    with scope(MINASE):
        type(case).objects.filter(pk=case.pk).update(version=case.version + 1)
        assert services.write_batch(system, built, written, actor=ACTOR, at=world.clock.now) == 0
    assert world.states() == ["ready"]
    world.round()
    assert world.states() == ["receipted"]


def _written(content: bytes) -> Written:
    return vault.write(MINASE, [content])


def test_the_late_worker_writes_nothing(world: World) -> None:  # F10
    world.open(person(0))
    jobs.prepare(world.job())
    with scope(MINASE):
        system = queries.core_system(SYSTEM)
        slow = services.claim_ready(system, limit=10, by=world.job(owner="slow").by)
        built = services.build_batch(system, slow)
    world.clock.advance(seconds=61)
    world.round()
    assert world.states() == ["receipted"]
    with scope(MINASE):
        assert services.write_batch(system, built, _written(b"late"), actor=ACTOR, at=world.clock.now) == 0
        assert Batch.objects.count() == 1


def test_a_late_worker_does_not_note_a_batch_as_sent(world: World) -> None:  # F10
    world.open(person(0))
    jobs.prepare(world.job())
    jobs.write_batches(world.job())
    with scope(MINASE):
        system = queries.core_system(SYSTEM)
        slow = services.claim_batch(system, by=world.job(owner="slow").by)
    assert slow is not None
    world.clock.advance(seconds=61)
    world.round()
    with scope(MINASE):
        assert services.batch_sent(system, slow, actor=ACTOR, at=world.clock.now) == 0
    assert world.states() == ["receipted"]
    assert len(world.delivered()) == 1


def test_a_batch_holds_no_more_rows_than_a_round_allows(world: World) -> None:
    world.limit = 2
    world.open(person(0), person(1))
    world.limit = 100
    world.open(*(person(number) for number in range(2, 5)))
    world.limit = 2
    for _ in range(3):
        world.round()
    with scope(MINASE, read_only=True):
        assert list(Batch.objects.order_by("pk").values_list("number", "row_count")) == [
            (1, 2),
            (2, 2),
            (3, 1),
        ]


def test_a_stopped_core_system_gets_nothing_until_it_is_resumed(world: World) -> None:
    world.open(person(0))
    jobs.prepare(world.job())
    with scope(MINASE):
        services.stop_handover(world.linker(), SYSTEM, at=world.clock.now)
    world.round()
    assert world.states() == ["ready"]
    with scope(MINASE, read_only=True):
        assert queries.next_due() is None, "what is stopped does not keep a drain waiting"
    with scope(MINASE):
        services.resume_handover(world.linker(), SYSTEM, at=world.clock.now)
    world.round()
    assert world.states() == ["receipted"]


def test_what_is_not_finished_says_when_it_is_due(world: World) -> None:
    world.open(person(0))
    jobs.prepare(world.job())
    with scope(MINASE, read_only=True):
        assert queries.next_due() == world.clock.now
    world.round()
    with scope(MINASE, read_only=True):
        assert queries.next_due() is None


def test_one_case_that_cannot_be_judged_waits_and_the_others_go(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = world.open(person(0), person(1), person(2))
    poisoned = cases[1].application_id
    read = queries._outgoing

    def outgoing(row, application, parties):  # type: ignore[no-untyped-def]  # as the function it stands for
        if application.id == poisoned:
            raise RuntimeError("氏名が漏れる文")
        return read(row, application, parties)

    monkeypatch.setattr(queries, "_outgoing", outgoing)
    world.round()
    assert [case.handover_state for case in world.cases()] == ["receipted", "held", "receipted"]
    assert world.cases()[1].hold_code == "SYS-910"


def test_a_row_that_cannot_be_written_is_parked_and_the_others_go(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cases = world.open(person(0), person(1))
    jobs.prepare(world.job())
    poisoned, read = cases[0].application_id, queries._outgoing

    def outgoing(row, application, parties):  # type: ignore[no-untyped-def]  # as the function it stands for
        if application.id == poisoned:
            raise RuntimeError("氏名が漏れる文")
        return read(row, application, parties)

    monkeypatch.setattr(queries, "_outgoing", outgoing)
    for _ in range(6):
        world.round()
        world.clock.advance(hours=1)
    assert world.states() == ["ready", "receipted"]
    assert [row.parked_code for row in world.rows()] == ["SYS-910", ""]
    assert "氏名" not in caplog.text


def test_an_identity_decided_by_a_clerk_lets_the_row_go(world: World) -> None:
    from todoke.casework.identify import queries as identify_queries
    from todoke.casework.identify.values import NumberDecision

    (case,) = world.open(person(900))
    world.round()
    assert world.states() == ["held"]
    (case,) = world.cases()
    with scope(MINASE):
        (party,) = identify_queries.parties(case.application_id)
        case_services.decide_identity(
            world.clerk(), case.uuid, party_id=party.id, decision=NumberDecision("4242", "窓口で確認"),
            version=case.version, at=world.clock.now,
        )  # fmt: skip
    world.round()
    (case,) = world.cases()
    assert (world.states(), case.hold_code) == (["held"], "IDN-333"), "until a second person confirms"
    second = deciding.staff_like(world.clerk())
    with scope(MINASE):
        deciding.confirm(second, case.uuid, party.id, version=case.version, at=world.clock.now)
    world.round()
    assert world.states() == ["receipted"]
    assert len(world.rows()) == 1


def test_counts_say_where_rows_stand(world: World) -> None:
    world.open(person(0), named(1, "𠮷野"))
    world.core.faults.arm("refuse_rows", n=1)
    world.round()
    with scope(MINASE, read_only=True):
        counts = queries.counts()
    assert counts.by_state[HandoverState.HELD] == 1
    assert (counts.held, counts.refused) == ({"CHR-401": 1}, {"C-900": 1})


def test_time_of_receipt_is_the_portals(world: World) -> None:
    world.open(replace(person(0), applied_at=world.clock.now - timedelta(days=1)))
    jobs.prepare(world.job())
    with scope(MINASE, read_only=True):
        (outgoing,) = queries.outgoing([row.pk for row in Handover.objects.all()]).values()
    assert outgoing.received_at == world.clock.now


def test_the_number_of_questions_does_not_grow_with_the_rows(world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size in (1, 8):
        world.open(*(person(world.received + number) for number in range(size)))
        with CaptureQueriesContext(connection) as asked:
            jobs.prepare(world.job())
            jobs.write_batches(world.job())
        counts.append(len(asked))
        world.drain()
    assert counts[1] == counts[0]


def test_a_sent_file_locks_in_the_order_in_which_receipts_do(world: World) -> None:
    """Core system, rows, file: a trial behind PgBouncer once saw a sender and a reader of receipts wait for each other."""
    world.open(person(0))
    for job in (jobs.prepare, jobs.write_batches):
        job(world.job())
    with scope(MINASE):
        system = queries.core_system(SYSTEM)
        batch = services.claim_batch(system, by=world.job().by)
    assert batch is not None
    with scope(MINASE), CaptureQueriesContext(connection) as asked:
        assert services.batch_sent(system, batch, actor=ACTOR, at=world.clock.now) == 1
    found = [re.search(r'(?:FROM|UPDATE) "?casework_(\w+)', query["sql"]) for query in asked.captured_queries]
    tables = [one.group(1) for one in found if one is not None]
    assert list(dict.fromkeys(tables))[:3] == ["coresystem", "handover", "batch"]


@pytest.mark.sqlite_only("how SQLite chooses an index")
def test_claiming_reads_the_head_of_the_queue_and_not_all_that_was_ever_handed_over(world: World) -> None:
    system = world.system()
    with scope(MINASE), CaptureQueriesContext(connection) as asked:
        services.claim_ready(system, limit=100, by=Claimant("worker-1", NOW))
    (statement,) = [one["sql"] for one in asked.captured_queries if "lease_owner" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        plan = str(cursor.fetchall())
    assert "handover_queue" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.sqlite_only("how SQLite chooses an index")
def test_nothing_that_is_done_for_a_receipt_reads_all_that_was_ever_handed_over(world: World) -> None:
    """A million hand-overs showed it: reading receipts grew with the rows that the core system had ever got."""
    world.open(person(0), person(1))
    for job in (jobs.prepare, jobs.write_batches, jobs.send_batches):
        job(world.job())
    with CaptureQueriesContext(connection) as asked:
        assert jobs.read_receipts(world.job()) == 2
    assert reading_all_of("casework_handover", asked.captured_queries) == {}
