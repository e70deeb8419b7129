"""Every deployment boots with the settings and the command line that its files name, and says that it is ready."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.rows import AT
from todoke.cli import processes
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

from . import charts, test_compose, test_systemd
from .words import read_environment

pytestmark = pytest.mark.postgresql_only(
    "the deployments name PostgreSQL; `todoke serve` alone is booted by tests/cli"
)
MINASE = "992011"
ACTOR = Actor(ActorKind.COMMAND, "test")
SEAL_KEY = "11" * 32
HERE = frozenset({"TODOKE_VAR", "TODOKE_DATABASE_URL", "TODOKE_DATABASE_OWNER_URL"})
Part = tuple[Sequence[str], Mapping[str, str]]


def on_systemd(part: str) -> Part:
    """Command and settings of a unit."""
    file = test_systemd.FOLDER / f"todoke-{part}.service"
    own = dict(one.split("=", 1) for one in test_systemd.lines(file, "Environment"))
    shared = read_environment((test_systemd.FOLDER / "todoke.env").read_text())
    first, arguments = test_systemd.command(test_systemd.lines(file, "ExecStart")[0])
    return arguments, {
        **own,
        **shared,
        **first,
    }  # the order of systemd.exec(5): a file wins over Environment=


def on_compose(part: str) -> Part:
    """Command and settings of a service."""
    service = test_compose.services()[{"work@": "worker", "seal": "sealer"}.get(part, part)]
    return service["command"], service["environment"]


def on_kubernetes(part: str) -> Part:
    """Command and settings of a container."""
    name = {"work@": "worker", "seal": "sealer"}.get(part, part)
    (box,) = (box for found, _, box in charts.workloads() if found == name)
    return box["args"], charts.environment_of(name)


DEPLOYMENTS: Mapping[str, Callable[[str], Part]] = {
    "systemd": on_systemd, "compose": on_compose, "kubernetes": on_kubernetes,
}  # fmt: skip
deployment = pytest.mark.parametrize("deployment", list(DEPLOYMENTS))


@pytest.fixture
def place(committed_database: str, var_dir: Path, tmp_path: Path) -> Mapping[str, str]:
    """What differs from machine to machine: where things lie, who signs, which port is free."""
    (tmp_path / "seal.key").write_text(SEAL_KEY + "\n")
    (tmp_path / "token").write_text("a-token-that-nobody-guesses\n")
    (tmp_path / "credentials.yaml").write_text("{access_key: a, secret_key: b}")
    (tmp_path / "trust").mkdir()
    return {
        **{name: os.environ[name] for name in HERE},
        "TODOKE_SEAL_COPY_DIR": str(tmp_path / "seals"), "TODOKE_SEAL_KEY_FILE": str(tmp_path / "seal.key"),
        "TODOKE_METRICS_TOKEN_FILE": str(tmp_path / "token"), "TODOKE_TRUST_DIR": str(tmp_path / "trust"),
        "TODOKE_CLAMD": "", "TODOKE_S3_CREDENTIALS_FILE": str(tmp_path / "credentials.yaml"),
    }  # fmt: skip


@contextmanager
def running(
    part: Part, place: Mapping[str, str], port: int, lookout: int
) -> Iterator["subprocess.Popen[bytes]"]:
    """The part as its files start it, at this place."""
    arguments, settings = part
    for option, value in (("--port", str(port)), ("--host", "127.0.0.1"), ("--processes", "1")):
        if option in arguments:
            arguments = [
                *arguments[: arguments.index(option) + 1],
                value,
                *arguments[arguments.index(option) + 2 :],
            ]
    listens = {name: f"127.0.0.1:{lookout}" for name in settings if name.endswith("LOOKOUT_LISTEN")}
    known = {name: value for name, value in place.items() if name in settings or name in HERE}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TODOKE_")}, **settings, **known,
        **listens,
    }  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, "-m", "todoke", *arguments], env=environment, stderr=subprocess.PIPE
    )
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=60)


def answered(port: int, path: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": "10.0.0.7"})
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


@deployment
def test_desk_worker_and_sealer_boot_side_by_side_and_are_ready(
    place: Mapping[str, str], deployment: str, tmp_path: Path
) -> None:
    organisations.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=AT)
    with scope(MINASE):
        audit.record("test.act", object_kind="test", object_id="1", actor=ACTOR, at=now())
    part_of = DEPLOYMENTS[deployment]
    desk, desk_lookout, worker, sealer = (processes.free_port() for _ in range(4))
    apart = {**place, "TODOKE_VAR": str(tmp_path / "sealer")}
    with (
        running(part_of("web"), place, desk, desk_lookout) as web,
        running(part_of("work@"), place, 0, worker) as work,
        running(part_of("seal"), apart, 0, sealer) as seal,
    ):
        assert processes.wait_until_listening("127.0.0.1", desk, web, 60)
        assert processes.wait_until_listening("127.0.0.1", worker, work, 60)
        assert processes.wait_until_listening("127.0.0.1", sealer, seal, 60)
        for port in (desk, worker, sealer):
            assert answered(port, "/healthz")[0] == 200
            status, text = answered(port, "/readyz")
            assert (status, json.loads(text)) == (200, {"codes": [], "status": "ready"})
        assert answered(desk, "/metrics")[0] == 404, "not without the token"
        if "TODOKE_LOOKOUT_LISTEN" in part_of("web")[1]:
            assert processes.wait_until_listening("127.0.0.1", desk_lookout, web)
            assert "todoke_info{" in answered(desk_lookout, "/metrics")[1]
    assert (work.returncode, seal.returncode) == (0, 0)
    check_seals(tmp_path)


def check_seals(place: Path) -> None:
    """Sealed with the sealer's own key; and nothing of the keys of originals was made or touched by it."""
    public = (
        Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SEAL_KEY)).public_key().public_bytes_raw().hex()
    )
    assert (place / "seals" / "seal.pub").read_text() == public
    (first, *_) = (place / "seals" / f"{MINASE}.jsonl").read_text().splitlines()
    assert json.loads(first)["last_sequence"] >= 1
    assert not (place / "sealer" / "keys" / "master.key").exists()
