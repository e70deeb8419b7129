"""A TCP proxy on the loopback interface between a client and a peer, whose network fails on demand, also mid-stream."""

import contextlib
import select
import socket
import threading
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

CHUNK = 65_536
TICK = 0.02
GRACE_SECONDS = 5.0


class Fault(StrEnum):
    """What the network does; each also befalls connections that are open already."""

    PASS = "pass"  # every byte, unchanged
    REFUSE = "refuse"  # nobody listens: ECONNREFUSED; open connections end
    BLACKHOLE = "blackhole"  # connects, then swallows everything; such a connection stays dead
    LATENCY = "latency"  # every chunk is late, both ways
    TRICKLE = "trickle"  # answers come byte by byte
    DROP_REPLY = "drop_reply"  # the peer has done the work, the client hears nothing of it
    CUT_AFTER = "cut_after"  # the connection ends after so many bytes
    GARBAGE = "garbage"  # as many bytes come back, but none that the peer has sent


class Towards(StrEnum):
    """A direction."""

    PEER = "peer"
    CLIENT = "client"


ONE_SHOT = frozenset({Fault.DROP_REPLY, Fault.CUT_AFTER})


@dataclass(frozen=True, slots=True)
class _Mode:
    """The network now. `since` tells two settings of the same fault apart."""

    fault: Fault = Fault.PASS
    seconds: float = 0.0
    after_bytes: int = 0
    towards: Towards = Towards.CLIENT
    times: int | None = None
    since: int = 0


class FaultProxy:
    """Listens on a port of its own from `with` (or start) to stop; `connections` and `fired` count what happened.

    Forked children inherit the sockets, so that a socket is always shut down and never merely closed.
    """

    def __init__(self, peer_port: int, port: int = 0) -> None:
        """`peer_port` on the loopback interface may be changed while running: a peer that comes back elsewhere."""
        self.peer_port = peer_port
        self.connections = 0
        self.fired = 0
        self._mode = _Mode()
        self._lock = threading.RLock()
        self.stopping = threading.Event()
        self._links: set[_Link] = set()
        self._listener = _bound(port)
        self.port: int = self._listener.getsockname()[1]
        self._is_listening = False
        self._acceptors: list[threading.Thread] = []

    @property
    def url(self) -> str:
        """The address without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def fault(self) -> Fault:
        """What the network does now."""
        return self._mode.fault

    def start(self) -> Self:
        """Let clients in."""
        with self._lock:
            self._listen()
        return self

    def stop(self) -> None:
        """End everything; returns when no thread is left."""
        self.stopping.set()
        with self._lock:
            links = list(self._links)
            self._deafen()
            self._listener.close()
        for link in links:
            link.end()
        for thread in (*self._acceptors, *(link.thread for link in links)):
            thread.join(GRACE_SECONDS)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def set(
        self,
        fault: Fault,
        *,
        seconds: float = 0.0,
        after_bytes: int = 0,
        towards: Towards = Towards.CLIENT,
        times: int | None = None,
    ) -> None:
        """Change the network from now on.

        `seconds` for latency and trickle (per chunk, per byte), `after_bytes` and `towards` for cut_after (counted per
        connection from now), `times` for drop_reply and cut_after: after so many the network heals. Raises ValueError.
        """
        if times is not None and fault not in ONE_SHOT:
            raise ValueError(f"{fault} has no times")
        with self._lock:
            was = self._mode
            self._mode = _Mode(fault, seconds, after_bytes, towards, times, was.since + 1)
            dead = [link for link in self._links if fault is Fault.REFUSE or link.has_lost_bytes]
            if fault is Fault.REFUSE:
                self._refuse()
            elif not self._is_listening:
                self._listen()
        for link in dead:
            link.end()

    def heal(self) -> None:
        """The network is well again; connections that lost bytes end."""
        self.set(Fault.PASS)

    def mode(self) -> _Mode:
        """The network now, for the connections."""
        return self._mode

    def hit(self, mode: _Mode) -> bool:
        """Count one effect of a one-shot fault; False when another connection has used it up."""
        with self._lock:
            now = self._mode
            if now.since != mode.since:
                return False
            self.fired += 1
            if now.times is not None:
                left = now.times - 1
                self._mode = _Mode(
                    now.fault if left else Fault.PASS, now.seconds, now.after_bytes, now.towards, left or None,
                    now.since if left else now.since + 1,
                )  # fmt: skip
            return True

    def leave(self, link: "_Link") -> None:
        """A connection is over."""
        with self._lock:
            self._links.discard(link)

    def _listen(self) -> None:
        self._listener.listen(64)
        self._is_listening = True
        acceptor = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._acceptors.append(acceptor)
        acceptor.start()

    def _deafen(self) -> None:
        self._is_listening = False
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)

    def _refuse(self) -> None:
        """Keep the port, bound but not listening: the kernel refuses."""
        if self._is_listening:
            self._deafen()
            self._listener.close()
            self._listener = _bound(self.port)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:  # shut down
                return
            with self._lock:
                self.connections += 1
                link = _Link(self, client)
                if self.stopping.is_set() or listener is not self._listener:
                    link.end()
                    client.close()
                    continue
                self._links.add(link)
                link.thread.start()


def _bound(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


class _Link:
    """One connection of a client: a thread that carries bytes both ways, as the network lets it."""

    def __init__(self, proxy: FaultProxy, client: socket.socket) -> None:
        self._proxy, self._client = proxy, client
        self._peer: socket.socket | None = None
        self._counted: dict[Towards, int] = {}
        self._counted_since = -1
        self._ended = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.has_lost_bytes = False

    def end(self) -> None:
        """End the connection towards both sides; its thread notices."""
        self._ended.set()
        for side in (self._client, self._peer):
            if side is not None:
                with contextlib.suppress(OSError):
                    side.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        try:
            self._carry()
        except OSError:  # one of the two went away, or nobody is at the other end
            pass
        finally:
            self.end()
            self._client.close()
            if self._peer is not None:
                self._peer.close()
            self._proxy.leave(self)

    def _carry(self) -> None:
        if self._proxy.mode().fault is Fault.BLACKHOLE:
            self.has_lost_bytes = True
        else:
            self._connect()
        open_sides = {side for side in (self._client, self._peer) if side is not None}
        while open_sides and not self._ended.is_set():
            for side in select.select(list(open_sides), [], [], TICK)[0]:
                if not self._pass_on(side):
                    open_sides.discard(side)

    def _connect(self) -> None:
        self._peer = socket.create_connection(("127.0.0.1", self._proxy.peer_port), GRACE_SECONDS)
        self._peer.settimeout(None)
        for side in (self._peer, self._client):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._ended.is_set():  # told to end before there was a peer to shut down
            self.end()

    def _pass_on(self, side: socket.socket) -> bool:
        """Carry one chunk from a side to the other; False when the side has nothing more to say."""
        towards = Towards.PEER if side is self._client else Towards.CLIENT
        other = self._peer if towards is Towards.PEER else self._client
        chunk = side.recv(CHUNK)
        mode = self._proxy.mode()
        if self.has_lost_bytes or mode.fault is Fault.BLACKHOLE or other is None:
            self.has_lost_bytes = True
            return bool(chunk)
        if not chunk:
            other.shutdown(socket.SHUT_WR)
            return False
        if mode.fault is Fault.DROP_REPLY and towards is Towards.CLIENT and self._proxy.hit(mode):
            self.end()
        elif mode.fault is Fault.CUT_AFTER and towards is mode.towards:
            self._send_up_to_cut(other, chunk, mode)
        elif mode.fault is Fault.GARBAGE and towards is Towards.CLIENT:
            other.sendall(bytes(byte ^ 0x5A for byte in chunk))
        elif mode.fault is Fault.LATENCY:
            self._ended.wait(mode.seconds)
            other.sendall(chunk)
        elif mode.fault is Fault.TRICKLE and towards is Towards.CLIENT:
            self._trickle(other, chunk, mode)
        else:
            other.sendall(chunk)
        return True

    def _send_up_to_cut(self, other: socket.socket, chunk: bytes, mode: _Mode) -> None:
        if self._counted_since != mode.since:
            self._counted, self._counted_since = {}, mode.since
        before = self._counted.get(mode.towards, 0)
        self._counted[mode.towards] = before + len(chunk)
        if before + len(chunk) < mode.after_bytes or not self._proxy.hit(mode):
            other.sendall(chunk)
            return
        other.sendall(chunk[: mode.after_bytes - before])
        self.end()

    def _trickle(self, other: socket.socket, chunk: bytes, mode: _Mode) -> None:
        for place, byte in enumerate(chunk):
            if self._proxy.mode().since != mode.since:
                other.sendall(chunk[place:])
                return
            other.sendall(bytes([byte]))
            self._ended.wait(mode.seconds)
