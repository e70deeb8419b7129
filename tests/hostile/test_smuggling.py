"""W19 at the real server on the loopback interface: words that a proxy and a server could read in two ways."""

import socket
from collections.abc import Iterator

import pytest

from todoke.cli import processes

HOST = "127.0.0.1"
HIDDEN = b"GET /hidden-request HTTP/1.1\r\nHost: localhost\r\n\r\n"
BOTH = b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
SMUGGLED: dict[str, bytes] = {
    "length and chunks": BOTH + HIDDEN,
    "two lengths": b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n"
    + HIDDEN,
    "a length with a sign": b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: +0\r\n\r\n",
    "chunks under another name": b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n"
    + HIDDEN,
    "a chunk of no number": b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a header folded": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n c\r\n\r\n",
    "a blank before the colon": b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
    "a bare line end": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "HTTP/3.7": b"GET / HTTP/3.7\r\nHost: localhost\r\n\r\n",
    "TRACE": b"TRACE / HTTP/1.1\r\nHost: localhost\r\nCookie: secret\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "another's host": b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "a long header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: " + b"a" * 2_000_000 + b"\r\n\r\n",
    "a long address": b"GET /" + b"a" * 2_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "ten thousand headers": b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-A: b\r\n" * 10_000 + b"\r\n",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300),
}
GOOD = b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture
def port(child_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The desk's real server, as `todoke serve` starts it."""
    port = processes.free_port()
    server = processes.start_web(
        HOST, port, environment={**child_environment, "TODOKE_ALLOWED_HOSTS": "localhost"}
    )
    try:
        assert processes.wait_until_listening(HOST, port, server)
        yield port
    finally:
        processes.stop([server])


def said(port: int, request: bytes) -> bytes:
    """All that comes back until the server closes, or is silent for a moment after its first word."""
    answer = b""
    with socket.create_connection((HOST, port), timeout=20) as line:
        try:
            line.sendall(request)
            while piece := line.recv(65_536):
                answer += piece
                line.settimeout(0.5)
        except OSError:
            pass  # it hung up in the middle: that is an answer too
    return answer


def test_W19_what_can_be_read_in_two_ways_is_refused_and_the_next_request_is_answered(port: int) -> None:
    for name, request in SMUGGLED.items():
        answer = said(port, request)
        codes = [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
        assert codes, name
        assert all(400 <= code < 500 or code in (302, 501, 505) for code in codes), (name, codes)
        assert b"hidden-request" not in answer, name
        assert len(codes) <= 1, (name, "a second request was read out of the first")
        assert said(port, GOOD).startswith(b"HTTP/1.1 200"), (name, "and the server is still there")
