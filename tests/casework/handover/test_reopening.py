"""What the core has is settled from its ledger and not sent again; with other content it waits for a person."""

import pytest

from tests.casework.identify.conftest import ACTOR, MINASE
from todoke.casework.handover import jobs, queries, services
from todoke.casework.handover.models import Batch, CoreLedgerRow, CoreSystem, Handover
from todoke.casework.models import Case
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.backup.errors import NotReconciled, ReasonMissing
from todoke.foundation.fence import scope
from todoke.foundation.models import Restoration

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
