"""Two connections at once: a hold against the worker that destroys, two approvers, two workers on one list."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.db import connections

from tests.casework.handover.conftest import person
from tests.casework.identify.conftest import MINASE, NOW
from tests.support.clock import Clock
from todoke.casework.disposal import jobs
from todoke.casework.disposal.errors import RunUnknown
from todoke.casework.disposal.models import DisposalRun
from todoke.casework.disposal.services import destroying
from todoke.casework.disposal.values import Ground, HoldTarget, Run
from todoke.foundation.accounts.values import Role, Viewer
from todoke.foundation.approvals.errors import ProposalClosed
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

from .conftest import FIRST_DAY, Archive, appointed, persons

pytestmark = pytest.mark.postgresql_only("SQLite lets one writer in at a time")

CASES, PATIENCE = 3, 30.0


@pytest.fixture
def town(committed_database: str, var_dir: Path, clock: Clock) -> Archive:
    """みなせ市 with real commits and three cases on a list that was approved."""
    organisations.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=NOW)
    archive = persons(clock)
    archive.end(*archive.open(*(person(number) for number in range(CASES))))
    archive.wait_until(FIRST_DAY)
    return archive


@contextmanager
def beside(task: Callable[[], object]) -> Iterator[threading.Thread]:
    """A task in a thread with a connection of its own; it has ended without trouble when this does."""
    troubles: list[BaseException] = []

    def run() -> None:
        try:
            task()
        except BaseException as trouble:  # noqa: BLE001  # reported below
            troubles.append(trouble)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    yield thread
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert not troubles, troubles


def test_a_hold_that_is_being_set_stops_the_worker_that_came_later(town: Archive) -> None:
    town.confirm(town.propose())
    with (
        ExitStack() as until_committed,
        scope(MINASE),
    ):  # one transaction, committed before the worker is waited for
        town.hold()
        worker = until_committed.enter_context(beside(town.work))
        worker.join(0.2)  # a worker that did not wait would be done by now
        assert worker.is_alive()
    assert town.item_states() == ["held"] * CASES
    assert len(town.readable()) == CASES


def test_a_hold_waits_for_the_record_that_is_just_going_and_keeps_the_rest(
    town: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.confirm(town.propose())
    is_going, may_go, real = threading.Event(), threading.Event(), destroying._destroy

    def destroy(*given: object) -> list[str]:
        is_going.set()
        assert may_go.wait(PATIENCE)
        return real(*given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(destroying, "_destroy", destroy)
    with beside(lambda: town.work(limit=1)):
        assert is_going.wait(PATIENCE)
        with beside(lambda: town.hold(HoldTarget.EVERYTHING, ground=Ground.LAWSUIT)) as holding:
            holding.join(0.2)
            assert holding.is_alive()
            may_go.set()
    town.clock.advance(seconds=1)
    while town.work():
        pass
    assert town.item_states() == ["disposed"] + ["held"] * (CASES - 1)
    assert len(town.readable()) == CASES - 1


def test_of_two_who_approve_at_once_one_does(town: Archive) -> None:
    run, other = town.propose(), appointed("kessai-2", Role.DECISION)
    barrier, outcomes = threading.Barrier(2), list[str]()

    def approve(run: Run, by: Viewer) -> None:
        barrier.wait()
        try:
            town.confirm(run, by)
            outcomes.append("approved")
        except (ProposalClosed, RunUnknown):
            outcomes.append("too late")

    with beside(lambda: approve(run, town.approver)), beside(lambda: approve(run, other)):
        pass
    assert sorted(outcomes) == ["approved", "too late"]
    assert list(town.actions("approval.confirmed")) == ["approval.confirmed"]


def test_two_workers_on_one_list_destroy_every_record_once(
    town: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, real = town.propose(), jobs._some
    town.confirm(run)
    has_claimed, may_go = threading.Event(), threading.Event()

    def some(context: object, claim: object, actor: object) -> int:
        if threading.current_thread() is not threading.main_thread():
            has_claimed.set()
            assert may_go.wait(PATIENCE)
        return real(context, claim, actor)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(jobs, "_some", some)
    with beside(lambda: town.work(owner="slow")):
        assert has_claimed.wait(PATIENCE)
        town.clock.advance(seconds=61)  # its lease has run out
        assert town.work(owner="quick", limit=1) == 1
        may_go.set()
    town.clock.advance(seconds=1)
    while town.work(owner="quick"):
        pass
    assert list(town.actions("record.")) == ["record.disposed"] * CASES
    assert list(town.actions("disposal.certified")) == ["disposal.certified"]
    assert town.run(run.uuid).disposed == CASES
    with scope(MINASE, read_only=True):
        assert DisposalRun.objects.get().certificate
    assert town.audit().is_whole
