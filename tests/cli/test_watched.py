"""A worker does the jobs it is told to, answers at its lookout, writes its figures down, and sends no trace unasked."""

import errno
import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from todoke.casework import journey
from todoke.casework.journey import Job
from todoke.cli import processes, watched, work
from todoke.cli.work import Selection
from todoke.foundation.lookout import Lookout, open_at

from .test_work import Flood, register_towns


def answered(address: str, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


@pytest.mark.parametrize(
    ("only", "but", "done"),
    [
        ((), (), {"relay.pull", "audit.seal", "intake.open_packages"}),
        (("audit.seal",), (), {"audit.seal"}),
        (("audit", "relay"), (), {"audit.seal", "relay.pull"}),
        ((), ("audit",), {"relay.pull", "intake.open_packages"}),
        (("relay", "audit"), ("relay.pull",), {"audit.seal"}),
    ],
)
def test_a_worker_does_the_jobs_it_is_told_to(
    db: None, monkeypatch: pytest.MonkeyPatch, only: tuple[str, ...], but: tuple[str, ...], done: set[str]
) -> None:
    register_towns()
    names = ("relay.pull", "intake.open_packages", "audit.seal")
    runs = {name: Flood(o992011=1) for name in names}
    monkeypatch.setattr(journey, "JOBS", tuple(Job(name, name, run) for name, run in runs.items()))
    worker = work.Worker(selection=Selection(frozenset(only), frozenset(but)))
    worker.round()
    assert set(worker.moved) == done


def test_a_sealer_reads_no_revocation_lists(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def never() -> None:
        raise AssertionError("a sealer judges nothing")

    monkeypatch.setattr(journey, "make_ready", never)
    work.Worker(selection=Selection(frozenset({"audit.seal"}))).round()


def test_a_selection_is_drained_when_it_has_nothing_more_to_do(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_towns()
    left = Flood(o992011=5)
    monkeypatch.setattr(
        journey, "JOBS", (Job("audit.seal", "", Flood(o992011=2)), Job("relay.pull", "", left))
    )
    assert work.drain(worker=work.Worker(selection=Selection(frozenset({"audit"}))))
    assert left.left["992011"] == 5


def test_a_job_that_nobody_knows_is_refused(child_environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "todoke", "work", "--only", "audit.seel"], env=child_environment, capture_output=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "audit.seel" in done.stderr.decode()
    assert "audit.seal" in done.stderr.decode()


def test_a_lookout_answers_on_its_own_address(db: None, var_dir: Path) -> None:
    port = processes.free_port()
    address = f"127.0.0.1:{port}"
    server = open_at(address, Lookout(is_alive=lambda: True))
    try:
        assert answered(address, "/healthz") == (200, '{"status": "live"}\n')
        assert "todoke_rows_moved_total" in answered(address, "/metrics")[1]
        assert answered(address, "/cases/")[0] == 404
    finally:
        server.shutdown()
        server.server_close()


def test_a_round_that_hangs_is_no_life() -> None:
    assert Lookout(is_alive=lambda: False).reply("/healthz").status == 503


def test_figures_are_replaced_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "todoke.prom"
    with watched.written_down(file):
        assert "todoke_rows_moved_total" in file.read_text()
        file.write_text("old")
    assert "todoke_rows_moved_total" in file.read_text()
    assert os.listdir(tmp_path) == ["todoke.prom"]


def test_a_batch_is_counted_with_its_rows_and_told_with_its_job(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from todoke.foundation import meters

    register_towns()
    monkeypatch.setattr(journey, "JOBS", (Job("relay.pull", "", Flood(o992011=1)),))
    caplog.set_level("INFO", logger="todoke")
    work.Worker().round()
    assert 'todoke_rows_moved_total{body="992011",stage="relay.pull"}' in meters.exposition().decode()
    (record,) = [one for one in caplog.records if one.getMessage() == "work.batch"]
    assert record.__dict__["moved"] == 1


def test_a_worker_of_its_own_seals_answers_and_ends_when_told(
    child_environment: dict[str, str], tmp_path: Path
) -> None:
    port, file = processes.free_port(), tmp_path / "work.prom"
    child_environment |= {
        "TODOKE_WORK_LOOKOUT_LISTEN": f"127.0.0.1:{port}", "TODOKE_WORK_METRICS_FILE": str(file),
        "TODOKE_LOG_FORMAT": "json",
    }  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, "-m", "todoke", "work", "--only", "audit.seal"], env=child_environment,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert processes.wait_until_listening("127.0.0.1", port, child)
        status, text = answered(f"127.0.0.1:{port}", "/readyz")
        assert (status, json.loads(text)) == (200, {"codes": [], "status": "ready"})
    finally:
        child.send_signal(signal.SIGTERM)
        _, errors = child.communicate(timeout=60)
    assert child.returncode == 0, errors
    assert "todoke_rows_moved_total" in file.read_text()


def test_an_accident_of_the_loop_is_an_event_without_its_text(child_environment: dict[str, str]) -> None:
    program = "from todoke.foundation import logs; import django; django.setup(); logs.last_resort(); raise KeyError('織機')"
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, timeout=60,
        env={**child_environment, "DJANGO_SETTINGS_MODULE": "todoke.settings", "TODOKE_LOG_FORMAT": "json"},
    )  # fmt: skip
    line = json.loads(done.stderr)
    assert (done.returncode, line["event"], line["error"]) == (1, "run.crashed", "KeyError at __main__:1")
    assert "織機" not in done.stderr.decode()


def test_F07_figures_that_cannot_be_written_end_no_worker_and_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "todoke.prom"
    with monkeypatch.context() as full:
        full.setattr(os, "replace", _refuse)
        with watched.written_down(file):
            pass
        assert list(tmp_path.iterdir()) == []
    watched.write_figures(file)
    assert "todoke_batch_seconds" in file.read_text(encoding="utf-8")


def _refuse(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
