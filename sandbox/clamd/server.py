"""A tiny clamd on loopback: VERSION, PING and INSTREAM in the `z` form, nothing else of ClamAV.

It finds what the test tells it to find, and always the EICAR test file, which is put together here so that no scanner
takes this file for one. On demand it stalls, refuses connections, drips, lies, answers nonsense, or has old signatures.
"""

import socket
import socketserver
import threading
from datetime import UTC, datetime
from typing import cast

from sandbox.faults import Faults

_TEST_FILE = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE", "!$H+H*")
EICAR = "".join(_TEST_FILE).encode()
LIMIT = 26_214_400
NONSENSE = b"HTTP/1.1 400 Bad Request\r\n\r\n"


class ClamdServer:
    """One scanner. `signatures` maps bytes that are found to the name under which; `built_at` is the age it claims."""

    def __init__(self, *, built_at: datetime, port: int = 0, limit: int = LIMIT) -> None:
        """Bind to a port of 127.0.0.1; nothing is answered before `start`."""
        self.signatures: dict[bytes, str] = {EICAR: "Eicar-Signature"}
        self.built_at: datetime | None = built_at
        self.limit = limit
        self.faults = Faults()
        self.asked: list[str] = []
        self._server = _Server(("127.0.0.1", port), _Conversation)
        self._server.clamd = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        """As TODOKE_CLAMD takes it."""
        return f"tcp://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; connections are refused."""
        self.faults.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def version(self) -> str:
        """As VERSION answers; without signatures only the product."""
        if self.built_at is None:
            return "ClamAV 1.4.6"
        return f"ClamAV 1.4.6/27463/{self.built_at.astimezone(UTC):%a %b %d %H:%M:%S %Y}"

    def verdict(self, data: bytes) -> str:
        """What is said of a stream; a liar calls everything clean."""
        if len(data) > self.limit:
            return "INSTREAM size limit exceeded. ERROR"
        found = next((name for sign, name in self.signatures.items() if sign in data), None)
        if found is None or self.faults.take("lie"):
            return "stream: OK"
        return f"stream: {found} FOUND"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    clamd: ClamdServer


class _Conversation(socketserver.BaseRequestHandler):
    """One command on one connection."""

    def handle(self) -> None:
        clamd = cast("_Server", self.server).clamd
        line = cast("socket.socket", self.request)
        command = _until_nul(line).removeprefix(b"z").decode("ascii", "replace")
        clamd.asked.append(command)
        if clamd.faults.take("stall", command):
            clamd.faults.stall()
            return
        if clamd.faults.take("close", command):
            return
        answer = self._answer(clamd, line, command)
        line.sendall(NONSENSE if clamd.faults.take("nonsense", command) else answer.encode() + b"\0")

    @staticmethod
    def _answer(clamd: ClamdServer, line: socket.socket, command: str) -> str:
        if command == "VERSION":
            return clamd.version()
        if command == "INSTREAM":
            return clamd.verdict(_stream(line, clamd.limit))
        return "PONG" if command == "PING" else "UNKNOWN COMMAND"


def _until_nul(line: socket.socket) -> bytes:
    got = b""
    while not got.endswith(b"\0") and len(got) < 64:
        part = line.recv(1)
        if not part:
            break
        got += part
    return got.rstrip(b"\0")


def _exactly(line: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        part = line.recv(min(count - len(got), 65_536))
        if not part:
            break
        got += part
    return got


def _stream(line: socket.socket, limit: int) -> bytes:
    """Every chunk up to the empty one; more than the limit is not read any further."""
    data = b""
    while len(data) <= limit:
        length = int.from_bytes(_exactly(line, 4), "big")
        if not length:
            break
        data += _exactly(line, length)
    return data
