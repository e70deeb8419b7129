"""What a process counts of itself, and what waits in a queue, at a cost that no flood raises."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.rows import AT, make
from todoke.casework.models import Package
from todoke.foundation import leases, meters
from todoke.foundation.claims import Claimant
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services
from todoke.foundation.organisations.values import OrganisationKind

MINASE = "992011"


def value(name: str) -> float:
    """The sample of that name and labels, as Prometheus would read it; 0 when it is not there."""
    lines = meters.exposition().decode().splitlines()
    return float(next((line.rsplit(" ", 1)[1] for line in lines if line.startswith(name)), 0))


@pytest.fixture
def town(db: None) -> None:
    services.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=AT)


def waiting(**facts: object) -> Package:
    return make(Package, state="pending", due_at=AT, **facts)


def backlog() -> leases.Backlog:
    return leases.backlog(Package, where={"state": "pending"}, now=AT + timedelta(minutes=5))


def test_a_backlog_tells_what_is_due_parked_and_left_by_a_dead_worker(town: None) -> None:
    with scope(MINASE):
        waiting()
        waiting(lease_until=AT + timedelta(minutes=1), lease_owner="dead")
        waiting(parked_code="SYS-910")
        make(Package, state="pending", due_at=AT + timedelta(hours=1))
        make(Package, state="accepted", due_at=AT)
        found = backlog()
    assert found == leases.Backlog(depth=2, due_since=AT, parked=1, expired=1)


def test_a_backlog_is_counted_up_to_a_limit_only(town: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "MOST_COUNTED", 2)
    with scope(MINASE):
        for _ in range(3):
            waiting()
        assert (backlog().depth, backlog().is_capped) == (2, True)


def test_a_row_that_is_claimed_again_is_counted(town: None) -> None:
    name = 'todoke_rows_claimed_again_total{table="casework_package"}'
    before = value(name)
    with scope(MINASE):
        waiting()
        for hours in (1, 2):
            by = Claimant("worker", AT + timedelta(hours=hours))
            leases.claim(Package, where={"state": "pending"}, order=["due_at"], limit=5, by=by)
    assert value(name) == before + 1, "the first claim is no repetition, the one after the lease is"


def test_an_outcome_is_counted_by_code() -> None:
    refused = f'todoke_packages_settled_total{{body="{MINASE}",code="PKG-110",outcome="quarantined"}}'
    accepted = f'todoke_packages_settled_total{{body="{MINASE}",code="-",outcome="accepted"}}'
    before = value(refused), value(accepted)
    meters.count_settled(MINASE, {("accepted", ""): 3, ("quarantined", "PKG-110"): 1})
    assert (value(refused), value(accepted)) == (before[0] + 1, before[1] + 3)


def test_readings_of_others_stand_beside_what_was_counted() -> None:
    gauge = meters.Gauge("todoke_seal_age_seconds", "封印を待つ秒数", ("body",), {(MINASE,): 12.0})
    assert f'todoke_seal_age_seconds{{body="{MINASE}"}} 12.0' in meters.exposition([gauge]).decode()


def test_the_processes_of_a_web_server_are_added_up(tmp_path: Path) -> None:
    program = "from todoke.foundation import meters; meters.count_request('home', 'GET', 200, seconds=0.1)"
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-c", program], check=True, timeout=60,
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
        )  # fmt: skip
    text = meters.exposition(counted_in=str(tmp_path)).decode()
    assert 'todoke_request_seconds_count{method="GET",page="home",status="200"} 2.0' in text


NO_ROOM = """
import errno, os
from todoke.foundation import meters
there, refuse = os.posix_fallocate, lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full"))
os.posix_fallocate = refuse
meters.count_request("home", "GET", 200, seconds=0.1)
meters.count_reclaimed("relay_package", 1)
assert os.listdir(os.environ["PROMETHEUS_MULTIPROC_DIR"]) == []
os.posix_fallocate = there
meters.count_request("home", "GET", 200, seconds=0.1)
"""


def test_F07_without_room_nothing_is_counted_and_with_room_every_byte_is_there_before_it_is_mapped(
    tmp_path: Path,
) -> None:
    subprocess.run(
        [sys.executable, "-c", NO_ROOM], check=True, timeout=60,
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
    )  # fmt: skip
    (file,) = tmp_path.iterdir()
    assert file.stat().st_blocks * 512 >= file.stat().st_size == meters.RESERVED
    text = meters.exposition(counted_in=str(tmp_path)).decode()
    assert 'todoke_request_seconds_count{method="GET",page="home",status="200"} 1.0' in text


def test_methods_that_nobody_knows_fill_no_memory() -> None:
    for number in range(3):
        meters.count_request("home", f"MADE-UP-{number}", 405, seconds=0.1)
    text = meters.exposition().decode()
    assert "MADE-UP" not in text
    assert 'todoke_request_seconds_count{method="-",page="home",status="405"} 3.0' in text
