"""Child processes of `serve` and `demo`: the web server, the worker, the sandbox; all end with their parent."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

GRACE_SECONDS = 10.0
START_SECONDS = (
    180.0  # a small machine that is busy takes half a minute; a child that ends is noticed at once
)


def free_port() -> int:
    """A free port on the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def start(
    module: str, arguments: Sequence[str], *, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start `python -m module arguments` with this environment and what is added, as the head of a group of its own."""
    words = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(  # noqa: S603  # our own interpreter and modules
        words, env={**os.environ, **(environment or {})}, process_group=0
    )


def start_web(
    host: str, port: int, workers: int = 1, *, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start the web server（granian, WSGI）."""
    options = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers)]
    options += ["--blocking-threads", "4", "--no-ws", "--log-level", "warning", "todoke.wsgi:application"]
    return start("granian", options, environment=environment)


def wait_for_port_file(path: Path, child: "subprocess.Popen[bytes]", seconds: float = 20.0) -> int:
    """The port a child wrote to its port file; raises RuntimeError when it ends or stays silent."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if path.exists() and path.read_text().strip():
            return int(path.read_text())
        if child.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError(f"{child.args!r} did not start")


def is_taken(host: str, port: int) -> bool:
    """Whether somebody listens there already: the web server itself would share the port without a word."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def wait_until_listening(
    host: str, port: int, child: "subprocess.Popen[bytes]", seconds: float = START_SECONDS
) -> bool:
    """Whether something listens on the port before the child ends or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and child.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex((host, port)) == 0:
                return True
        time.sleep(0.05)
    return False


def stop(children: Sequence["subprocess.Popen[bytes]"]) -> None:
    """End every child and what it started: asked first, killed after ten seconds.

    A web server that is ended while it starts leaves its workers on the port: they go with its group.
    """
    for child in children:
        if child.poll() is None:
            child.terminate()
    end = time.monotonic() + GRACE_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        with suppress(ProcessLookupError, PermissionError):  # nothing is left of it, or it heads no group
            os.killpg(child.pid, signal.SIGKILL)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def ending_together(children: Sequence["subprocess.Popen[bytes]"]) -> Iterator[None]:
    """Within, SIGTERM is as Ctrl-C; whichever way it is left, all children end that have been put into the list by then."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        stop(children)


def wait_for_any(children: Sequence["subprocess.Popen[bytes]"]) -> int:
    """Wait until a child ends or, within `ending_together`, somebody asks to end; returns a code."""
    try:
        while True:
            for child in children:
                if child.poll() is not None:
                    return child.returncode or 1
            time.sleep(0.2)
    except KeyboardInterrupt:
        return 0
