"""The proxy does to a connection what it says, to new ones and to open ones, and nothing else."""

import http.client
import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.proxy import Fault, FaultProxy, Towards

BODY = bytes(range(256)) * 400


class Peer(ThreadingHTTPServer):
    """Answers every PUT with what it got, and remembers it; closing waits for its threads."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Echo)
        self.seen: list[bytes] = []
        self.cut_short = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is what these tests are about."""


class _Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Peer

    def log_message(self, *_words: object) -> None:
        return None

    def do_PUT(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            self.server.cut_short.set()
            self.close_connection = True
            return
        self.server.seen.append(body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def peer() -> Iterator[Peer]:
    server = Peer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(peer: Peer) -> Iterator[FaultProxy]:
    with FaultProxy(peer.server_port) as between:
        yield between


@pytest.fixture
def client(proxy: FaultProxy) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    yield connection
    connection.close()


def put(client: http.client.HTTPConnection, body: bytes = BODY) -> bytes:
    """Send and read back; after a failure the next call takes a new connection."""
    try:
        client.request("PUT", "/", body)
        return client.getresponse().read()
    except (http.client.HTTPException, OSError):
        client.close()
        raise


def has_ended(connection: socket.socket) -> bool:
    """Whether the other side has ended it, with or without reading all that was sent."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_bytes_pass_unchanged_over_one_connection(
    proxy: FaultProxy, peer: Peer, client: http.client.HTTPConnection
) -> None:
    assert [put(client), put(client, b"two")] == [BODY, b"two"]
    assert (proxy.connections, proxy.fired) == (1, 0)


def test_a_refused_connection_finds_nobody_until_the_network_heals(
    proxy: FaultProxy, peer: Peer, client: http.client.HTTPConnection
) -> None:
    port = proxy.port
    put(client)
    proxy.set(Fault.REFUSE)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        put(client)
    with pytest.raises(ConnectionRefusedError):
        put(client)
    proxy.set(Fault.REFUSE)
    with pytest.raises(ConnectionRefusedError):
        put(client)
    proxy.heal()
    assert (put(client), proxy.port, len(peer.seen)) == (BODY, port, 2)


def test_refusing_holds_although_a_forked_child_inherited_the_socket(proxy: FaultProxy) -> None:
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(write_end)
        os.read(read_end, 1)
        os._exit(0)
    os.close(read_end)
    try:
        proxy.set(Fault.REFUSE)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", proxy.port), 10)
    finally:
        os.close(write_end)
        os.waitpid(child, 0)


def test_a_black_hole_takes_the_connection_and_says_nothing(
    proxy: FaultProxy, peer: Peer, client: http.client.HTTPConnection
) -> None:
    proxy.set(Fault.BLACKHOLE)
    client.timeout = 0.2
    with pytest.raises(TimeoutError):
        put(client)
    proxy.heal()
    client.timeout = 10
    assert put(client) == BODY
    assert peer.seen == [BODY]


def test_a_connection_that_lost_bytes_in_a_black_hole_ends_when_the_network_heals(
    proxy: FaultProxy, peer: Peer, client: http.client.HTTPConnection
) -> None:
    put(client)
    proxy.set(Fault.BLACKHOLE)
    client.request("PUT", "/", b"lost")
    assert client.sock is not None
    client.sock.settimeout(0.2)
    with pytest.raises(TimeoutError):
        client.sock.recv(1)
    proxy.heal()
    client.sock.settimeout(10)
    assert has_ended(client.sock)
    assert peer.seen == [BODY]


def test_latency_outlasts_an_impatient_client_and_not_a_patient_one(
    proxy: FaultProxy, client: http.client.HTTPConnection
) -> None:
    proxy.set(Fault.LATENCY, seconds=0.5)
    client.timeout = 0.1
    with pytest.raises(TimeoutError):
        put(client, b"x")
    client.timeout = 10
    proxy.set(Fault.LATENCY, seconds=0.01)
    assert put(client, b"x") == b"x"


def test_a_dropped_reply_was_a_delivery_and_the_next_one_is_heard(
    proxy: FaultProxy, peer: Peer, client: http.client.HTTPConnection
) -> None:
    proxy.set(Fault.DROP_REPLY, times=1)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        put(client, b"once")
    assert (peer.seen, proxy.fired, proxy.fault) == ([b"once"], 1, Fault.PASS)
    assert put(client, b"again") == b"again"


def test_replies_are_dropped_on_an_open_connection_until_it_heals(
    proxy: FaultProxy, peer: Peer, client: http.client.HTTPConnection
) -> None:
    put(client)
    proxy.set(Fault.DROP_REPLY)
    for _ in range(2):
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            put(client, b"x")
    assert (proxy.fired, len(peer.seen)) == (2, 3)


@pytest.mark.parametrize("length", [0, 1, 40, 5000])
def test_an_answer_ends_after_exactly_so_many_bytes(proxy: FaultProxy, peer: Peer, length: int) -> None:
    proxy.set(Fault.CUT_AFTER, after_bytes=length)
    with socket.create_connection(("127.0.0.1", proxy.port), 10) as client:
        client.sendall(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 6000\r\n\r\n" + b"y" * 6000)
        got = b""
        while chunk := client.recv(65_536):
            got += chunk
    assert len(got) == length
    assert peer.seen == [b"y" * 6000]


def test_an_upload_that_is_cut_is_not_taken(
    proxy: FaultProxy, peer: Peer, client: http.client.HTTPConnection
) -> None:
    proxy.set(Fault.CUT_AFTER, after_bytes=1000, towards=Towards.PEER, times=1)
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        put(client)
    assert peer.cut_short.wait(10)
    assert put(client, b"whole") == b"whole"
    assert peer.seen == [b"whole"]


def test_a_trickle_is_slow_but_complete(proxy: FaultProxy, client: http.client.HTTPConnection) -> None:
    proxy.set(Fault.TRICKLE, seconds=0.0001)
    assert put(client, b"drop by drop") == b"drop by drop"


def test_a_peer_that_is_away_or_comes_back_elsewhere(
    proxy: FaultProxy, peer: Peer, client: http.client.HTTPConnection
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        proxy.peer_port = nobody.getsockname()[1]
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            put(client)
    proxy.peer_port = peer.server_port
    assert put(client) == BODY


def test_stopping_ends_what_is_stuck_and_frees_the_port(peer: Peer) -> None:
    before = threading.active_count()
    proxy = FaultProxy(peer.server_port).start()
    proxy.set(Fault.BLACKHOLE)
    with socket.create_connection(("127.0.0.1", proxy.port), 10) as stuck:
        stuck.sendall(b"x")
        port = proxy.port
        proxy.stop()
        assert has_ended(stuck)
    assert threading.active_count() <= before
    with FaultProxy(peer.server_port, port) as again:
        assert again.port == port


def test_only_a_fault_that_strikes_once_can_be_counted(proxy: FaultProxy) -> None:
    with pytest.raises(ValueError, match="times"):
        proxy.set(Fault.REFUSE, times=1)
