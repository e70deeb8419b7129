"""clamd of ClamAV over TCP or a Unix socket: INSTREAM, VERSION（clamd(8) COMMANDS, `z` form: answers end with NUL）.

The bytes go in chunks with a length in front and are never written to a disk that clamd shares with us. Nothing is
believed of a scanner that does not find the EICAR test file.
"""

import re
import socket
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from todoke.casework.screening.errors import ScannerAway, ScannerLies, ScannerMisnamed
from todoke.casework.screening.values import Engine, ScanOutcome

PIECE = 262_144
ANSWER_BYTES = 4_096
CONNECT_SECONDS = 5.0
_SIZE_LIMIT = "INSTREAM size limit exceeded"
_VERSION = re.compile(r"(?P<name>[^/]{1,60})(?:/(?P<number>\d{1,12})/(?P<built>[^/]{1,40}))?\Z")
_TEST_FILE = (
    "X5O!P%@AP[4\\PZX54(P^)7CC)7}$",
    "EICAR-STANDARD-ANTIVIRUS-TEST-FILE",
    "!$H+H*",
)  # joined when used


class Clamd:
    """One clamd at `tcp://host:port` or `unix:///path`; a connection for each command."""

    def __init__(self, address: str, *, timeout_seconds: float) -> None:
        """`timeout_seconds` bounds one command from its first byte to its answer. Raises ScannerMisnamed."""
        parts = urlsplit(address)
        self._timeout = timeout_seconds
        self._path = parts.path if parts.scheme == "unix" else ""
        self._host, self._port = parts.hostname or "", _port(parts.netloc) if parts.scheme == "tcp" else 0
        if not (self._path or (self._host and self._port)):
            raise ScannerMisnamed

    def engine(self) -> Engine:
        """By VERSION: `ClamAV 1.4.6/27463/Wed Nov 26 09:12:01 2025`; without the age of its signatures: unknown."""
        found = _VERSION.match(self._command(b"VERSION", ()))
        if found is None:
            raise ScannerAway
        return Engine(found["name"], found["number"] or "", _moment(found["built"]))

    def prove(self) -> None:
        """Send the EICAR test file, which is harmless and which every scanner must find."""
        outcome, _ = self.scan(["".join(_TEST_FILE).encode()])
        if outcome is not ScanOutcome.INFECTED:
            raise ScannerLies

    def scan(self, chunks: Iterable[bytes]) -> tuple[ScanOutcome, str]:
        """By INSTREAM; larger than clamd's StreamMaxLength is TOO_LARGE."""
        answer = self._command(b"INSTREAM", chunks)
        if answer == "stream: OK":
            return ScanOutcome.CLEAN, ""
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return ScanOutcome.INFECTED, answer[len("stream: ") : -len(" FOUND")][:200]
        if answer.startswith(_SIZE_LIMIT):
            return ScanOutcome.TOO_LARGE, ""
        raise ScannerAway

    def _command(self, name: bytes, chunks: Iterable[bytes]) -> str:
        until = time.monotonic() + self._timeout
        try:
            with self._connected() as line:
                line.sendall(b"z" + name + b"\0")
                if name == b"INSTREAM":
                    _send(line, chunks, until)
                return _printable(_received(line, until))
        except OSError as away:  # a TimeoutError is one
            raise ScannerAway from away

    def _connected(self) -> socket.socket:
        if not self._path:
            return socket.create_connection((self._host, self._port), timeout=CONNECT_SECONDS)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(CONNECT_SECONDS)
        try:
            line.connect(self._path)
        except OSError:
            line.close()
            raise
        return line


def _port(place: str) -> int:
    number = place.rpartition(":")[2]
    return int(number) if number.isascii() and number.isdigit() and 0 < int(number) < 65_536 else 0


def _send(line: socket.socket, chunks: Iterable[bytes], until: float) -> None:
    """Every chunk with its length, then a length of zero. A scanner that has had enough closes: its answer counts."""
    try:
        for chunk in chunks:
            for start in range(0, len(chunk), PIECE):
                part = chunk[start : start + PIECE]
                line.settimeout(_left(until))
                line.sendall(len(part).to_bytes(4, "big") + part)
        line.settimeout(_left(until))
        line.sendall(bytes(4))
    except (BrokenPipeError, ConnectionResetError):
        return


def _received(line: socket.socket, until: float) -> bytes:
    answer = b""
    while not answer.endswith(b"\0"):
        line.settimeout(_left(until))
        part = line.recv(ANSWER_BYTES)
        if not part or len(answer) > ANSWER_BYTES:
            raise ScannerAway
        answer += part
    return answer[:-1]


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise ScannerAway
    return left


def _printable(answer: bytes) -> str:
    text = answer.decode("utf-8", "replace").strip()
    return "".join(one if one.isprintable() else "?" for one in text)


def _moment(built: str | None) -> datetime | None:
    """The time of the signatures, as clamd prints it: its own clock without a zone, taken for UTC（a day is no matter）."""
    if built is None:
        return None
    try:
        return datetime.strptime(built, "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except ValueError:
        return None
