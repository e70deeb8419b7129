"""The pretended scanner speaks enough of clamd for the adapter, and fails on demand."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sandbox.clamd.server import EICAR, NONSENSE, ClamdServer

BUILT = datetime(2026, 4, 6, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[ClamdServer]:
    one = ClamdServer(built_at=BUILT)
    one.start()
    yield one
    one.stop()


def ask(server: ClamdServer, said: bytes) -> bytes:
    host, port = server.address.removeprefix("tcp://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        line.sendall(said)
        return line.recv(4096)


def stream(data: bytes) -> bytes:
    return b"zINSTREAM\0" + len(data).to_bytes(4, "big") + data + bytes(4)


def test_it_answers_and_finds_the_test_file(server: ClamdServer) -> None:
    assert ask(server, b"zPING\0") == b"PONG\0"
    assert ask(server, b"zVERSION\0") == b"ClamAV 1.4.6/27463/Mon Apr 06 00:00:00 2026\0"
    assert ask(server, stream(b"text")) == b"stream: OK\0"
    assert ask(server, stream(EICAR)) == b"stream: Eicar-Signature FOUND\0"
    assert ask(server, b"zSHUTDOWN\0") == b"UNKNOWN COMMAND\0"


def test_it_lies_babbles_hangs_up_and_refuses_on_demand(server: ClamdServer) -> None:
    server.faults.arm("lie")
    assert ask(server, stream(EICAR)) == b"stream: OK\0"
    server.faults.arm("nonsense")
    assert ask(server, b"zPING\0") == NONSENSE
    server.faults.arm("close", path="VERSION")
    assert ask(server, b"zVERSION\0") == b""
    server.limit = 3
    assert ask(server, stream(b"text")) == b"INSTREAM size limit exceeded. ERROR\0"
