"""The adapter speaks clamd's protocol, in pieces, over TCP and Unix sockets, and believes nothing that is not in it."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.clamd.server import EICAR, ClamdServer
from tests.casework.identify.conftest import NOW
from todoke.casework.screening.adapters import clamd as adapter
from todoke.casework.screening.adapters.clamd import Clamd
from todoke.casework.screening.errors import ScannerAway, ScannerLies, ScannerMisnamed
from todoke.casework.screening.values import ScanOutcome


@pytest.fixture
def server() -> Iterator[ClamdServer]:
    one = ClamdServer(built_at=NOW)
    one.start()
    yield one
    one.stop()


def scanner(server: ClamdServer, seconds: float = 5.0) -> Clamd:
    return Clamd(server.address, timeout_seconds=seconds)


def test_a_file_goes_in_pieces_and_comes_back_whole(
    server: ClamdServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []

    def verdict(data: bytes) -> str:
        seen.append(data)
        return "stream: OK"

    monkeypatch.setattr(adapter, "PIECE", 7)
    monkeypatch.setattr(server, "verdict", verdict)
    chunks = [b"a" * 20, b"", b"b", b"c" * 7]
    assert scanner(server).scan(chunks) == (ScanOutcome.CLEAN, "")
    assert seen == [b"".join(chunks)]


def test_an_empty_file_can_be_scanned(server: ClamdServer) -> None:
    assert scanner(server).scan([]) == (ScanOutcome.CLEAN, "")


def test_malware_is_named_in_printable_characters(server: ClamdServer) -> None:
    server.signatures[b"bad"] = "Win.\x1b[2JTest\n"
    assert scanner(server).scan([b"bad"]) == (ScanOutcome.INFECTED, "Win.?[2JTest?")


def test_the_test_file_is_the_68_bytes_that_every_scanner_knows(server: ClamdServer) -> None:
    assert len(EICAR) == 68
    assert "".join(adapter._TEST_FILE).encode() == EICAR
    scanner(server).prove()
    server.faults.arm("lie")
    with pytest.raises(ScannerLies):
        scanner(server).prove()


def test_no_file_of_ours_holds_the_test_file_in_one_piece() -> None:
    root = Path(__file__).parents[3]
    for folder in ("src", "sandbox", "tests"):
        assert not [file for file in (root / folder).rglob("*.py") if EICAR in file.read_bytes()]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("ClamAV 1.4.6/27463/Mon Apr  6 00:00:00 2026", ("ClamAV 1.4.6", "27463", NOW)),
        ("ClamAV 1.4.6", ("ClamAV 1.4.6", "", None)),
        ("ClamAV 1.4.6/27463/soon", ("ClamAV 1.4.6", "27463", None)),
    ],
)
def test_who_it_is_and_how_old_its_signatures_are(
    server: ClamdServer,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    expected: tuple[str, str, datetime | None],
) -> None:
    monkeypatch.setattr(server, "version", lambda: version)
    found = scanner(server).engine()
    assert (found.name, found.signatures, found.signatures_at) == expected
    assert found.signatures_at is None or found.signatures_at.tzinfo is UTC


@pytest.mark.parametrize("version", ["", "a/b", "x" * 5000, "ClamAV/1/2/3"])
def test_an_answer_that_is_no_version_is_none(
    server: ClamdServer, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setattr(server, "version", lambda: version)
    with pytest.raises(ScannerAway):
        scanner(server).engine()


@pytest.mark.parametrize(
    "answer", ["", "OK", "stream: ", "stream: OK FOUND?", "Command read timed out", "stream: ERROR"]
)
def test_an_answer_that_is_no_verdict_is_none(
    server: ClamdServer, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(server, "verdict", lambda _data: answer)
    with pytest.raises(ScannerAway):
        scanner(server).scan([b"x"])


def test_a_scanner_that_has_had_enough_has_the_last_word(server: ClamdServer) -> None:
    server.limit = 100_000
    assert scanner(server).scan([b"x" * 50_000] * 400) == (ScanOutcome.TOO_LARGE, "")


def test_silence_ends_after_the_time_set(server: ClamdServer) -> None:
    server.faults.arm("stall")
    with pytest.raises(ScannerAway):
        scanner(server, 0.2).scan([b"x"])


def test_a_unix_socket_is_as_good(server: ClamdServer, tmp_path: Path) -> None:
    path = tmp_path / "clamd.ctl"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen(1)

    def answer() -> None:
        line, _ = listener.accept()
        with line:
            line.recv(64)
            line.sendall(b"ClamAV 1.4.6\0")

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    assert Clamd(f"unix://{path}", timeout_seconds=5).engine().name == "ClamAV 1.4.6"
    thread.join()
    listener.close()
    with pytest.raises(ScannerAway):
        Clamd(f"unix://{tmp_path}/nothing", timeout_seconds=5).engine()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "clamd",
        "tcp://",
        "tcp://host",
        "tcp://:3310",
        "tcp://host:0",
        "tcp://host:99999",
        "unix://",
        "http://localhost:1",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ScannerMisnamed):
        Clamd(address, timeout_seconds=1)


def test_settings_refuse_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from pydantic import ValidationError

    from todoke.settings import Environment

    monkeypatch.setenv("TODOKE_CLAMD", "localhost:3310")
    with pytest.raises(ValidationError):
        Environment()
    monkeypatch.setenv("TODOKE_CLAMD", "unix:///run/clamav/clamd.ctl")
    assert Environment().clamd == "unix:///run/clamav/clamd.ctl"
