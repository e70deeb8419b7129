"""What the core has is settled from its ledger and not sent again; with other content it waits for a person."""

import json

import pytest

from tests.casework.identify.conftest import ACTOR, MINASE
from todoke.casework.handover import jobs, queries, services
from todoke.casework.handover.errors import NotHeld, NotListed
from todoke.casework.handover.models import Batch, CoreLedgerRow, CoreSystem, Handover
from todoke.casework.models import Case
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.backup.errors import NotReconciled, ReasonMissing
from todoke.foundation.fence import scope
from todoke.foundation.models import Restoration
from todoke.foundation.vault.queries import open_blob

from .conftest import SYSTEM, World, person


@pytest.fixture
def restored(world: World) -> World:
    """Three rows that the core has taken, and a restore from before they were sent."""
    world.open(*(person(number) for number in range(3)))
    world.drain()
    assert world.states() == ["receipted"] * 3
    with scope(MINASE):
        Handover.objects.update(
            state="ready", batch=None, row_sha256="", receipted_at=None, sent_at=None, due_at=world.clock.now
        )
        Batch.objects.all().delete()
        CoreSystem.objects.update(next_number=1, receipts_cursor=0, due_at=world.clock.now)
        Case.objects.update(handover_state="waiting", status="awaiting_handover")
        Restoration.objects.create(
            organisation_id=MINASE, set_name="set", taken_at=world.clock.now, restored_at=world.clock.now
        )
    return world


def compare(world: World) -> None:
    jobs.fetch_ledger(MINASE, SYSTEM, ACTOR)


def test_nothing_is_written_sent_or_read_while_a_restore_holds(restored: World) -> None:
    before = restored.delivered()
    for _ in range(3):
        restored.round()
        restored.clock.advance(seconds=61)
    assert restored.states() == ["ready"] * 3
    assert restored.delivered() == before
    with scope(MINASE):
        assert queries.next_due() is None
        assert not Batch.objects.exists()
        assert CoreSystem.objects.get().receipts_cursor == 0


def test_what_the_core_has_with_equal_content_is_settled_and_goes_nowhere(restored: World) -> None:
    before = restored.delivered()
    compare(restored)
    assert jobs.accept_ledger(restored.linker(), SYSTEM) == 3
    assert jobs.accept_ledger(restored.linker(), SYSTEM) == 0
    assert restored.states() == ["receipted"] * 3
    with scope(MINASE):
        assert services.resume_after_restore(restored.linker(), SYSTEM, reason="", at=restored.clock.now)
        assert not services.resume_after_restore(restored.linker(), SYSTEM, reason="", at=restored.clock.now)
    restored.open(person(3))
    restored.drain()
    assert restored.delivered()[: len(before)] == before
    assert len(restored.delivered()) == len(before) + 1
    compare(restored)
    with scope(MINASE):
        assert queries.reconcile(SYSTEM).is_equal


def test_what_the_core_has_with_other_content_is_held_until_a_person_looks(restored: World) -> None:
    before = restored.delivered()
    compare(restored)
    with scope(MINASE):
        key = Handover.objects.order_by("pk")[0].idempotency_key
        CoreLedgerRow.objects.filter(key=key).update(row_sha256="0" * 64)
    assert jobs.accept_ledger(restored.linker(), SYSTEM) == 2
    with scope(MINASE):
        with pytest.raises(ReasonMissing):
            services.resume_after_restore(restored.linker(), SYSTEM, reason=" ", at=restored.clock.now)
        services.resume_after_restore(restored.linker(), SYSTEM, reason="確認済み", at=restored.clock.now)
    restored.round()
    assert restored.delivered() == before
    assert restored.rows()[0].hold_code == "EXP-712"
    compare(restored)  # the true ledger: equal after all
    assert jobs.accept_ledger(restored.linker(), SYSTEM) == 1
    assert restored.states() == ["receipted"] * 3


@pytest.fixture
def differing(restored: World) -> World:
    """Of three rows the core has one with other content; sending has begun again, so that it waits（EXP-712）."""
    compare(restored)
    with scope(MINASE):
        CoreLedgerRow.objects.filter(key=Handover.objects.order_by("pk")[0].idempotency_key).update(
            row_sha256="0" * 64
        )
    jobs.accept_ledger(restored.linker(), SYSTEM)
    with scope(MINASE):
        services.resume_after_restore(restored.linker(), SYSTEM, reason="確認済み", at=restored.clock.now)
    restored.round()
    assert restored.rows()[0].hold_code == "EXP-712"
    return restored


def test_a_person_lets_the_cores_content_stand_and_ours_never_leaves(differing: World) -> None:
    before, row = differing.delivered(), differing.rows()[0]
    with pytest.raises(ReasonMissing):
        jobs.accept_theirs(differing.linker(), row.pk, reason=" ", terminal="")
    with pytest.raises(RightMissing):
        jobs.accept_theirs(differing.clerk(), row.pk, reason="基幹が正しい", terminal="")
    jobs.accept_theirs(differing.linker(), row.pk, reason="基幹が正しい", terminal="")
    with pytest.raises(NotHeld):
        jobs.accept_theirs(differing.linker(), row.pk, reason="基幹が正しい", terminal="")
    differing.drain()
    assert differing.states() == ["receipted"] * 3
    assert differing.delivered() == before
    with scope(MINASE):
        assert Handover.objects.get(pk=row.pk).row_sha256 == "0" * 64
        assert queries.reconcile(SYSTEM).is_equal
        kept = AuditEntry.objects.get(action="handover.accepted_as_theirs")
        assert (kept.object_id, kept.purpose) == (str(row.pk), "基幹が正しい")
        assert json.loads(open_blob(row_batch(row.pk).blob_id).read())["key"] == row.idempotency_key


def row_batch(pk: int) -> Batch:
    found = Handover.objects.select_related("batch").get(pk=pk).batch
    assert found is not None
    return found


def test_ours_leaves_once_the_core_has_taken_its_own_row_out(differing: World) -> None:
    row = differing.rows()[0]
    with scope(MINASE):
        CoreLedgerRow.objects.filter(key=row.idempotency_key).delete()  # as the next fetched ledger says
        with pytest.raises(NotListed):
            services.statement_of(differing.linker(), row.pk)
    jobs.accept_ledger(differing.linker(), SYSTEM)
    assert differing.states() == ["ready", "receipted", "receipted"]
    differing.round()
    with scope(MINASE):
        assert Handover.objects.get(pk=row.pk).state in ("batched", "sent", "receipted")


def test_sending_does_not_begin_again_unseen_or_by_anybody(restored: World) -> None:
    with scope(MINASE):
        with pytest.raises(NotReconciled):
            services.resume_after_restore(restored.linker(), SYSTEM, reason="急ぐ", at=restored.clock.now)
        with pytest.raises(RightMissing):
            services.resume_after_restore(restored.clerk(), SYSTEM, reason="急ぐ", at=restored.clock.now)
        with pytest.raises(RightMissing):
            services.wake_listed(restored.clerk(), queries.core_system(SYSTEM), at=restored.clock.now)
        services.stop_handover(restored.linker(), SYSTEM, at=restored.clock.now)
        services.resume_handover(restored.linker(), SYSTEM, at=restored.clock.now)
        assert queries.core_system(SYSTEM).is_stopped  # 引渡し停止 ends; the hold does not
