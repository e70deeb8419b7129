"""A round in which nothing is to do: it looks, takes no turn to write, and what comes is still done at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cli.test_work import register_towns
from todoke.cli import lines, work
from todoke.foundation.claims import Job

BODIES, MOST = (
    2,
    {"sqlite": 40, "postgresql": 60},
)  # statements for each body; there each look is a transaction


@pytest.fixture
def idle(committed_database: str, var_dir: Path) -> work.Worker:
    """A worker of two towns that has done whatever there was to do."""
    register_towns()
    worker = work.Worker()
    while worker.round():
        pass
    return worker


def test_an_idle_round_asks_little_and_never_takes_the_turn_to_write(idle: work.Worker) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert idle.round() == 0
    statements = [query["sql"] for query in asked.captured_queries]
    written = [
        one for one in statements if one.split()[0] in ("INSERT", "UPDATE", "DELETE") or "IMMEDIATE" in one
    ]
    assert written == []
    assert len(statements) <= MOST[connection.vendor] * BODIES, len(statements)


def noting(ran: list[str]) -> Callable[[Job, str], int]:
    """A way of running jobs that only notes their names."""

    def run(job: Job, _code: str) -> int:
        ran.append(job.name)
        return 0

    return run


def test_every_job_that_may_look_first_does(idle: work.Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no look runs always: known and cheap."""
    ran: list[str] = []
    monkeypatch.setattr(idle, "_run", noting(ran))
    idle.round()
    assert set(ran) == {job.name for job in lines.jobs() if job.waits is None}


def test_after_one_job_has_moved_something_every_later_one_has_its_turn(
    idle: work.Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def run(job: object, code: str) -> int:
        ran.append(job.name)  # type: ignore[attr-defined]  # a Job
        return int(job.name == "relay.pull")  # type: ignore[attr-defined]  # as above

    monkeypatch.setattr(idle, "_run", run)
    jobs = lines.jobs()
    idle._busy = frozenset({"992011"})
    assert idle._work_for("992011", jobs) == 1
    assert ran == [job.name for job in jobs]
    ran.clear()
    monkeypatch.setattr(idle, "_quiet", lambda _code, some: frozenset(job.name for job in some[:5]))
    idle._busy = frozenset()
    idle._work_for("992011", jobs)
    assert ran == [job.name for job in jobs[5:]]


def test_a_look_that_fails_lets_every_job_run(idle: work.Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def fail(_at: datetime) -> bool:
        raise RuntimeError

    monkeypatch.setattr(idle, "_run", noting(ran))
    jobs = [replace(job, waits=fail) if job.name == "disposal.dispose" else job for job in lines.jobs()]
    idle._work_for("992011", jobs)
    assert ran == [job.name for job in jobs]
