"""An installation with its neighbours: a sample world, a sandbox portal and core as processes, and a worker to kill."""

import ctypes
import json
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connections

from sandbox.core.server import CoreServer
from sandbox.portal.server import PortalServer
from todoke.casework.handover.models import Handover
from todoke.casework.relay.models import Package
from todoke.cli import demo_summary, demo_world, work
from todoke.cli.verbs import command_actor
from todoke.foundation.audit import queries as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.vault.queries import open_blob

PR_SET_PDEATHSIG = 1


@dataclass
class Process:
    """A forked child that can be killed and started again."""

    run: Callable[[], None]
    pid: int = 0

    def start(self) -> None:
        """Fork; the child never returns."""
        connections.close_all()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # never outlives the test run
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                self.run()
                code = 0
            except Exception:  # noqa: BLE001  # told here, because nobody is left above to tell it
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0


@dataclass
class Town:
    """The whole of it; `truth` is what must come of the samples."""

    data: Path
    state: Path
    truth: Mapping[str, Any]
    ports: dict[str, int] = field(default_factory=dict)
    portal: Process = field(init=False)
    core: Process = field(init=False)
    worker: Process = field(init=False)

    def __post_init__(self) -> None:
        self.portal = Process(lambda: self._serve("portal"))
        self.core = Process(lambda: self._serve("core"))
        self.worker = Process(_work)

    def _serve(self, name: str) -> None:
        make = PortalServer if name == "portal" else CoreServer
        server = make(self.data, self.state / name, self.ports.get(name, 0))
        server.start()
        draft = self.state / f"{name}.draft"
        draft.write_text(server.url.rsplit(":", 1)[1])
        draft.rename(self.state / f"{name}.port")
        while True:
            signal.pause()

    def open(self, between: Callable[[str, int], int] = lambda _name, port: port) -> None:
        """Start the neighbours on ports that they keep, and register everything.

        `between` says at which port a neighbour is to be reached, when something stands between.
        """
        self.state.mkdir(parents=True, exist_ok=True)
        for name, process in (("portal", self.portal), ("core", self.core)):
            process.start()
            port_file = self.state / f"{name}.port"
            while not port_file.exists():
                time.sleep(0.005)
            self.ports[name] = int(port_file.read_text())
        doors = [between(name, self.ports[name]) for name in ("portal", "core")]
        places = [f"http://127.0.0.1:{door}" for door in doors]
        demo_world.set_up(self.data, demo_world.Neighbours(*places), actor=command_actor(), at=now())

    def close(self) -> None:
        """End every child."""
        for process in (self.worker, self.portal, self.core):
            process.kill()

    def drain(self, patience: float = 60.0) -> bool:
        """Work in this process until nothing is due."""
        return work.drain(patience=patience)

    def delivered(self) -> Counter[str]:
        """By row key, how often the core system took it for new: its own log, not ours."""
        path = self.state / "core" / "core.jsonl"
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return Counter(line["key"] for line in lines if line["is_first"])

    def registered(self) -> Counter[str]:
        """By idempotency key, how often the portal took a status for new."""
        path = self.state / "portal" / "statuses.jsonl"
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return Counter(line["idempotency_key"] for line in lines if line["is_new"])


def _work() -> None:
    worker = work.Worker()
    while True:
        if not worker.round():
            time.sleep(0.005)


def assert_nothing_is_lost(town: Town) -> None:
    """The invariants I1–I4 after any fault, once everything is drained."""
    summary = demo_summary.count()
    expected = town.truth["summary"]
    assert {name: summary[name] for name in expected} == dict(expected)
    handed_over: set[str] = set()
    for body in organisations():
        with scope(body.code, read_only=True):
            for package in Package.objects.all():
                assert open_blob(package.blob_id).sha256 == package.content_hash
                assert len(open_blob(package.blob_id).read()) == package.size
            rows = Handover.objects.filter(state__in=["sent", "receipted", "refused"])
            handed_over |= set(rows.values_list("idempotency_key", flat=True))
            assert audit.verify().is_whole
    delivered = town.delivered()
    assert set(delivered) == handed_over
    assert set(delivered.values()) <= {1}
    assert len(town.registered()) == expected["answered"]
    assert set(town.registered().values()) <= {1}
