"""The frames between a worker and its confined child: a fixed head, a JSON document, and bytes; nothing is pickled.

Both sides use this module; neither trusts the other further than it must: lengths are checked before memory is
taken, and a document that is no JSON object is refused.
"""

import array
import json
import select
import socket
import struct
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple, Self

Buffer = bytes | bytearray | memoryview
Document = Mapping[str, Any]  # JSON: what it holds is checked by whom it is for
Head = tuple[bytes, int, bool, int, int, int, int]
_HEAD = struct.Struct(
    "!4sB?xxQIQq"
)  # mark, kind, is there a descriptor, number of the question, bytes of the document, of the rest, where that lies
_MARK = b"TDK2"
INLINE = -1  # the rest comes behind the document, or lies behind the descriptor that came along
_CHUNK, _AT_LEAST = 1_048_576, 32_768  # bytes asked for at a time


class Kind(IntEnum):
    """What a frame is: towards the child a briefing or a question, back an answer, or why there is none."""

    BRIEFING = 1
    QUESTION = 2
    ANSWER = 3
    FAILED = 4
    MEMORY = 5


_KINDS = {one.value: one for one in Kind}


class FrameBroken(Exception):
    """What came is not what was agreed upon: another mark, kind or length, or no JSON object."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. `rest` holds the bytes that came along; others lie behind `descriptor`, or in the tray at `place` (≥ 0)."""

    kind: Kind
    number: int
    document: Document
    size: int = 0
    rest: bytes = b""
    descriptor: int = -1
    place: int = INLINE


def packed(
    kind: Kind, number: int, document: Document, size: int = 0, *, lies: "Lies | None" = None
) -> bytes:
    """Head and document, ready to be sent before the `size` bytes of the rest. Raises ValueError, TypeError."""
    text = _to_json(document).encode() if document else b"{}"
    where = lies or _HERE
    return _HEAD.pack(_MARK, kind, where.has_descriptor, number, len(text), size, where.place) + text


class Lies(NamedTuple):
    """Where the rest of a frame lies: behind a descriptor that comes along, or at a place in a tray; else behind the document."""

    has_descriptor: bool = False
    place: int = INLINE


_HERE = Lies()


_to_json = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode


def unpacked(content: bytes) -> Document:
    """The JSON object that a frame carries. Raises FrameBroken, also for one that is nested beyond all reason."""
    if content == b"{}":
        return {}
    try:
        document = json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise FrameBroken from None
    if not isinstance(document, dict):
        raise FrameBroken
    return document


def _refuse(_: str) -> None:
    raise FrameBroken


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that is taken from the other side, in bytes."""

    document: int
    rest: int

    @classmethod
    def unlimited(cls) -> Self:
        """For the child, which believes its worker."""
        return cls(2**32, 2**63)

    def check(self, head: Head) -> tuple[Kind, int, int, int, int]:
        """Kind, number, the two lengths and the place of a head. Raises FrameBroken."""
        mark, kind, _, number, length, size, place = head
        known = _KINDS.get(kind)
        if mark != _MARK or known is None or length > self.document or size > self.rest:
            raise FrameBroken
        return known, number, length, size, place


_UNLIMITED = Bounds.unlimited()


class Questions:
    """The child's end of a line: frames one by one, read from the socket several at a time."""

    def __init__(self, line: socket.socket) -> None:
        """Nothing has come yet."""
        self._line = line
        self._content = bytearray()
        self._descriptors = deque[int]()

    def next(self) -> Frame | None:
        """The next frame of the worker, with the descriptor that came along; None when the worker has gone."""
        if not self._content and not self._read():
            return None
        self._have(_HEAD.size)
        head = _HEAD.unpack_from(self._content)
        kind, number, length, size, place = _UNLIMITED.check(head)
        is_inline = not head[2] and place == INLINE
        end = _HEAD.size + length + (size if is_inline else 0)
        self._have(end)
        document = unpacked(bytes(self._content[_HEAD.size : _HEAD.size + length]))
        rest = bytes(self._content[_HEAD.size + length : end])
        del self._content[:end]
        descriptor = self._descriptors.popleft() if head[2] else -1  # it came with the head, or before
        return Frame(kind, number, document, size, rest, descriptor, place)

    def _have(self, length: int) -> None:
        while len(self._content) < length:
            if not self._read():
                raise FrameBroken

    def _read(self) -> bool:
        """What lies ready; False at the end."""
        content, passed, _, _ = self._line.recvmsg(_AT_LEAST, socket.CMSG_SPACE(4), socket.MSG_CMSG_CLOEXEC)
        for _level, _kind, sent in passed:
            numbers = array.array("i")
            numbers.frombytes(sent[: len(sent) - len(sent) % numbers.itemsize])
            self._descriptors.extend(numbers)
        self._content += content
        return bool(content)


class Slow(Exception):
    """The other side did not move in time."""


class Gone(Exception):
    """The other side has closed the line."""


class Patient:
    """The worker's end of a line: never waits longer than it is told, whatever the child does."""

    def __init__(self, line: socket.socket, elapsed: Callable[[], float]) -> None:
        """`elapsed` gives seconds that only ever grow."""
        line.setblocking(False)
        self._line = line
        self._elapsed = elapsed
        self._content = bytearray()  # what came and was not asked for yet
        self._reads, self._writes = select.poll(), select.poll()
        self._reads.register(line, select.POLLIN)
        self._writes.register(line, select.POLLOUT)

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def send(self, content: bytes, descriptor: int, until: float) -> None:
        """Send a whole frame, with a descriptor where there is one (≥ 0). Raises Slow, Gone."""
        rest, passed = memoryview(content), [descriptor] if descriptor >= 0 else []
        while rest:
            try:
                rest = rest[
                    socket.send_fds(self._line, [rest], passed) if passed else self._line.send(rest) :
                ]
                passed = []
            except BlockingIOError:
                self._wait(self._writes, until)
            except OSError:
                raise Gone from None

    def receive(self, bounds: Bounds, until: float) -> Frame:
        """The next frame. Raises Slow, Gone, FrameBroken."""
        if not self._content:
            self._wait(self._reads, until)  # the child is hardly ever done already
        self._have(_HEAD.size, until)
        kind, number, length, size, _ = bounds.check(_HEAD.unpack_from(self._content))
        end = _HEAD.size + length + size
        self._have(end, until)
        with memoryview(self._content) as content:
            document = unpacked(bytes(content[_HEAD.size : _HEAD.size + length]))
            rest = bytes(content[_HEAD.size + length : end])
        del self._content[:end]
        return Frame(kind, number, document, size, rest)

    def _have(self, length: int, until: float) -> None:
        """Wait until so many bytes have come."""
        content = self._content
        while len(content) < length:
            try:
                piece = self._line.recv(max(_AT_LEAST, min(_CHUNK, length - len(content))))
            except BlockingIOError:
                self._wait(self._reads, until)
                continue
            except OSError:
                raise Gone from None
            if not piece:
                raise Gone
            content += piece

    def _wait(self, poll: select.poll, until: float) -> None:
        left = until - self._elapsed()
        if left <= 0 or not poll.poll(left * 1000):
            raise Slow


def send_answer(
    line: socket.socket, kind: Kind, number: int, document: Document, output: Buffer = b""
) -> None:
    """The child's answer. Raises ValueError and TypeError for a document that is no JSON; OSError when nobody listens."""
    with memoryview(output) as view:
        head = packed(kind, number, document, view.nbytes)
        sent = line.sendmsg([head, view])  # at once where it fits: the worker is woken once
        if sent < len(head):
            line.sendall(head[sent:])
            sent = len(head)
        if sent < len(head) + view.nbytes:
            line.sendall(view[sent - len(head) :])
