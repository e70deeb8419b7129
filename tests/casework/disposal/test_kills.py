"""kill -9, not an exception: the worker dies in the middle of a list, again and again, and the next one goes on."""

import os
import signal
from pathlib import Path

import pytest
from django.db import connections

from tests.casework.handover.conftest import person
from tests.casework.identify.conftest import MINASE, NOW
from tests.support.clock import Clock
from todoke.casework.disposal.services import destroying
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.vault.models import Blob

from .conftest import FIRST_DAY, Archive, persons

CASES = 8
PLACES = ("cases.dispose_cases", "intake.dispose_applications", "vault.destroy_keys", "audit.record")


@pytest.fixture
def town(committed_database: str, var_dir: Path, clock: Clock) -> Archive:
    """みなせ市 with real commits and eight cases that may go."""
    organisations.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=NOW)
    archive = persons(clock)
    archive.end(*archive.open(*(person(number) for number in range(CASES))))
    archive.wait_until(FIRST_DAY)
    return archive


def work_and_be_killed(town: Archive, place: str, call: int) -> int:
    """Run the job in a child that is killed at the n-th call of a verb; returns how the child ended."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        module, name = place.split(".")
        home = getattr(destroying, module)
        real, calls = getattr(home, name), iter(range(1, 1_000))

        def deadly(*given: object, **named: object) -> object:
            if next(calls) == call:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **named)

        try:
            setattr(home, name, deadly)
            town.work(owner=f"doomed-{place[:20]}")
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def whole_or_gone(town: Archive) -> int:
    """How many cases are gone; each is gone with its original or there with it."""
    gone = {case.application_id for case in town.cases() if case.disposed_at is not None}
    there = [case.receipt_number for case in town.cases() if case.disposed_at is None]
    assert town.readable() == there
    with scope(MINASE, read_only=True):
        assert Blob.objects.filter(destroyed_at=None).count() == len(there)
    return len(gone)


def test_U08_a_worker_that_is_killed_again_and_again_leaves_nothing_half_and_nothing_out(
    town: Archive,
) -> None:
    run = town.propose()
    town.confirm(run)
    gone = 0
    for number, place in enumerate(PLACES):
        assert work_and_be_killed(town, place, call=1 + number % 2 + 1) == -signal.SIGKILL
        assert whole_or_gone(town) == gone + 1 + number % 2
        gone = whole_or_gone(town)
        town.wait(seconds=61)
    while town.work("survivor"):
        pass
    assert whole_or_gone(town) == CASES
    assert town.run(run.uuid).disposed == CASES
    assert town.item_states() == ["disposed"] * CASES
    assert town.actions("record.") == ["record.disposed"] * CASES
    assert town.audit().is_whole
