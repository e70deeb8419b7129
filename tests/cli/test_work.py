"""The worker goes round the bodies in turns, survives a job that fails, ends when told, and knows when it is done."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection, connections
from pytest_django import Settings

from tests.support.clock import START
from tests.support.groups import two_databases as two_databases
from todoke.casework import journey
from todoke.casework.journey import Job
from todoke.cli import homes, lines, work
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.models import AuditEntry, AuditLink
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import JobContext
from todoke.foundation.fence import scope
from todoke.foundation.organisations import queries as bodies
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind, OrganisationRef

MINASE, HIYORI = "992011", "993018"
ACTOR = Actor(ActorKind.COMMAND, "test")


def register_towns() -> None:
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=START)


class Away:
    """A database that is away for so many questions."""

    def __init__(self, times: int, then: Callable[[], list[OrganisationRef]]) -> None:
        self.times, self.then = times, then

    def __call__(self) -> list[OrganisationRef]:
        self.times -= 1
        if self.times >= 0:
            raise OperationalError("server closed the connection")
        return self.then()


class Flood:
    """A job with so many batches of work left for each body."""

    def __init__(self, **left: int) -> None:
        self.left = {code.removeprefix("o"): count for code, count in left.items()}
        self.turns: list[str] = []

    def __call__(self, context: JobContext) -> int:
        self.turns.append(context.organisation)
        if not self.left.get(context.organisation):
            return 0
        self.left[context.organisation] -= 1
        return 1


@pytest.fixture
def jobs(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Two towns, and whatever jobs the test wants."""
    register_towns()
    monkeypatch.setattr(journey, "next_due", lambda organisation, *, horizon: None)

    def let(**runs: Callable[[JobContext], int]) -> None:
        monkeypatch.setattr(journey, "JOBS", tuple(Job(name, name, run) for name, run in runs.items()))

    return let


def test_nobody_gets_a_second_batch_before_everybody_had_a_first(jobs: Callable[..., None]) -> None:
    flood = Flood(o992011=50, o993018=1)
    jobs(flood=flood)
    worker = work.Worker()
    worker.round()
    assert flood.turns == [MINASE, HIYORI]
    assert worker.moved == {"flood": 2}


def test_a_job_that_fails_does_not_stop_the_others_and_its_text_is_not_logged(
    jobs: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(context: JobContext) -> int:
        raise KeyError("織機　太郎")

    flood = Flood(o992011=1, o993018=1)
    jobs(broken=broken, flood=flood)
    assert work.Worker().round() == 2
    assert "work.job_failed job=broken organisation=992011 error=KeyError at" in caplog.text
    assert "織機" not in caplog.text


def test_a_job_that_has_failed_rests_before_it_is_tried_again(
    jobs: Callable[..., None], settings: Settings
) -> None:
    turns: list[str] = []

    def broken(context: JobContext) -> int:
        turns.append(context.organisation)
        raise RuntimeError

    jobs(broken=broken)
    worker = work.Worker()
    settings.TODOKE_RETRY_BASE_SECONDS = 3600
    worker.round()
    worker.round()
    assert turns == [MINASE, HIYORI]
    other = work.Worker()
    settings.TODOKE_RETRY_BASE_SECONDS = 0
    other.round()
    other.round()
    assert len(turns) == 6


def test_a_worker_outlives_a_database_that_is_away_and_goes_on_when_it_is_back(
    committed_database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    register_towns()
    flood = Flood(o992011=1, o993018=1)
    monkeypatch.setattr(journey, "JOBS", (Job("flood", "flood", flood),))
    monkeypatch.setattr(journey, "next_due", lambda organisation, *, horizon: None)
    monkeypatch.setattr(work, "IDLE_SECONDS", 0.01)
    monkeypatch.setattr(work, "organisations", Away(3, bodies.organisations))
    assert work.drain(patience=5)
    assert flood.left == {MINASE: 0, HIYORI: 0}
    assert caplog.text.count("work.database_away") == 1


def test_a_job_whose_connection_is_lost_is_tried_again_without_a_rest(
    committed_database: str, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    register_towns()
    turns: list[str] = []

    def cut(context: JobContext) -> int:
        turns.append(context.organisation)
        if len(turns) == 1:
            connection.close()
            raise OperationalError("server closed the connection")
        return 0

    monkeypatch.setattr(journey, "JOBS", (Job("cut", "cut", cut),))
    settings.TODOKE_RETRY_BASE_SECONDS = 3600
    worker = work.Worker()
    worker.round()
    assert turns == [MINASE]
    worker.round()
    assert turns == [MINASE, MINASE, HIYORI]


@pytest.mark.parametrize("falls", ["before its turn", "in a job"])
def test_a_group_whose_database_is_away_waits_alone(
    two_databases: str, monkeypatch: pytest.MonkeyPatch, settings: Settings, falls: str
) -> None:
    settings.TODOKE_GROUPS = {MINASE: two_databases}
    settings.TODOKE_RETRY_BASE_SECONDS = 3600
    register_towns()
    clock, is_away, turns = [1000.0], [True], list[str]()

    def fall(code: str) -> bool:
        if code == MINASE and is_away[0]:
            connections[two_databases].close()
            raise OperationalError("connection refused")
        return True

    def run(context: JobContext) -> int:
        turns.append(context.organisation)
        return int(fall(context.organisation))

    monkeypatch.setattr(journey, "JOBS", (Job("one", "one", run), Job("two", "two", run)))
    worker = work.Worker()
    worker.homes.clock = lambda: clock[0]
    if falls == "before its turn":
        monkeypatch.setattr(worker.turns, "is_up", lambda code, _among: fall(code))
    for _ in range(2):
        worker.round()
    first = [] if falls == "before its turn" else [MINASE]
    assert turns == [*first, *[HIYORI] * 4], "it is asked once and then rests"
    assert worker.unfinished(timedelta(minutes=1)) == work.IDLE_SECONDS
    is_away[0] = False
    clock[0] += homes.REST_SECONDS
    turns.clear()
    worker.round()
    assert turns == [MINASE, MINASE, HIYORI, HIYORI], "no job of it has to rest"


def test_a_worker_that_is_told_to_stop_ends_after_the_batch_at_hand(jobs: Callable[..., None]) -> None:
    worker = work.Worker()
    turns: list[str] = []

    def stopping(context: JobContext) -> int:
        turns.append(context.organisation)
        worker.is_told_to_stop = True
        return 1

    jobs(stopping=stopping, never=Flood(o992011=1))
    assert worker.round() == 1
    assert turns == [MINASE]


def test_a_drain_works_until_nothing_is_left(jobs: Callable[..., None]) -> None:
    flood = Flood(o992011=5, o993018=2)
    jobs(flood=flood)
    assert work.drain(patience=5)
    assert flood.left == {MINASE: 0, HIYORI: 0}


def test_a_drain_waits_for_what_is_due_again_soon(
    jobs: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    due = now() + timedelta(seconds=0.2)
    done: list[datetime] = []

    def later(context: JobContext) -> int:
        if now() < due or done:
            return 0
        done.append(now())
        return 1

    jobs(later=later)
    monkeypatch.setattr(journey, "next_due", lambda organisation, *, horizon: None if done else due)
    assert work.drain(patience=5)
    assert done


def test_a_drain_gives_up_when_nothing_moves_within_its_patience(
    jobs: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs(idle=Flood())
    monkeypatch.setattr(journey, "next_due", lambda organisation, *, horizon: now() + timedelta(seconds=0.01))
    assert not work.drain(patience=0.1)


def test_every_job_has_a_name_of_its_own_and_seals_come_last() -> None:
    names = [job.name for job in lines.jobs()]
    assert len(set(names)) == len(names)
    assert names[-1] == "audit.seal"
    slow = ["screening.screen", "screening.make_copies"]
    first = names.index(slow[0])
    assert names[first : first + 2] == slow, "no case waits for a scanner or a copy"
    assert names[first + 2] == "disposal.dispose"
    upkeep = {name.split(".")[0] for name in names[first + 3 : -1]}
    assert upkeep <= {"daily", "entrance", "figures", "vault"}, "nor for upkeep"
    order = ["exchange", "relay", "intake", "screening", "identify", "cases", "handover", "notify"]
    stages = [stage for name in names[:first] if (stage := name.split(".")[0]) in order]
    assert stages == sorted(stages, key=order.index)


def _command(*words: str, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "todoke", "work", *words], env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip


def _record() -> None:
    register_towns()
    with scope(MINASE):
        audit.record("test.act", object_kind="test", object_id="1", actor=ACTOR, at=now())


def test_once_runs_one_round_and_reports_it_as_json(
    committed_database: str, var_dir: Path, child_environment: dict[str, str]
) -> None:
    _record()
    output, errors = _command("--once", "--json", environment=child_environment).communicate(timeout=60)
    said = json.loads(output)
    assert said["drained"], errors
    assert said["moved"].keys() <= {"daily.report"}, (
        "on the morning of a working day each body gets its report"
    )
    with scope(MINASE, read_only=True):
        assert AuditLink.objects.count() == AuditEntry.objects.count() > 0, "the round has sealed the audit"


def test_draining_an_installation_without_work_ends_at_once_with_zero(
    committed_database: str, var_dir: Path, child_environment: dict[str, str]
) -> None:
    _record()
    child = _command("--drain", environment=child_environment)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 0, errors


def test_sigterm_ends_a_worker_with_zero(
    committed_database: str, var_dir: Path, child_environment: dict[str, str]
) -> None:
    _record()
    child = _command(environment=child_environment)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with scope(MINASE, read_only=True):
            if AuditLink.objects.exists():
                break
        time.sleep(0.05)
    child.send_signal(signal.SIGTERM)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 0, errors
