"""The ledger of the hand-over outlives what it handed over; batch files go when nobody needs them any more."""

from datetime import date

import pytest

from tests.casework.handover.conftest import World
from tests.casework.identify.conftest import MINASE
from todoke.casework.disposal.values import HoldTarget
from todoke.casework.handover.models import Batch
from todoke.foundation.fence import scope
from todoke.foundation.vault import queries as vault
from todoke.foundation.vault.errors import BlobDestroyed

from .conftest import FIRST_DAY, Archive


def test_the_ledger_keeps_its_keys_so_that_nothing_is_delivered_twice(
    handed_over: Archive, world: World
) -> None:
    before = [(row.idempotency_key, row.row_sha256, row.state) for row in world.rows()]
    delivered = world.delivered()
    handed_over.wait_until(FIRST_DAY)
    handed_over.dispose()
    world.drain()
    assert [(row.idempotency_key, row.row_sha256, row.state) for row in world.rows()] == before
    assert world.delivered() == delivered


def test_a_batch_file_goes_with_the_last_case_whose_row_lies_in_it(
    handed_over: Archive, world: World
) -> None:
    hold = handed_over.hold(HoldTarget.APPLICATION, str(handed_over.cases()[0].uuid))
    handed_over.wait_until(FIRST_DAY)
    handed_over.dispose()
    with scope(MINASE, read_only=True):
        assert vault.open_blob(Batch.objects.get().blob_id).read()
    handed_over.lift(hold)
    handed_over.dispose()
    with scope(MINASE, read_only=True), pytest.raises(BlobDestroyed):
        vault.open_blob(Batch.objects.get().blob_id)


def test_batch_files_have_a_rule_of_their_own(handed_over: Archive, world: World) -> None:
    handed_over.wait_until(date(2027, 4, 6))
    assert handed_over.due("batch-files").records == ()
    handed_over.wait_until(date(2027, 4, 7))
    run = handed_over.dispose("batch-files")
    assert run.disposed == 1
    with scope(MINASE, read_only=True), pytest.raises(BlobDestroyed):
        vault.open_blob(Batch.objects.get().blob_id)
    assert len(handed_over.readable()) == 3, "the applications themselves stay"
    assert len(world.rows()) == 3


def test_U08_a_hold_on_a_case_keeps_the_file_in_which_its_row_lies(
    handed_over: Archive, world: World
) -> None:
    handed_over.wait_until(date(2027, 4, 7))
    hold = handed_over.hold(HoldTarget.APPLICATION, str(world.cases()[1].uuid))
    assert (handed_over.due("batch-files").held, handed_over.due("batch-files").records) == (1, ())
    handed_over.lift(hold)
    handed_over.hold(HoldTarget.PROCEDURE, "P12")
    assert handed_over.due("batch-files").held == 1
