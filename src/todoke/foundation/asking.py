"""One batch of questions to confined children: passed on a few at a time, answered in order, a dead child replaced.

The child answers one question after the other, so the first unanswered one is what it died over. That one is tried
once more alone in a fresh child; the others go on in another.
"""

import fcntl
import logging
import os
import re
import secrets
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import frames, meters
from .cell import ConfinedLimits
from .frames import Bounds, Buffer, FrameBroken, Gone, Kind, Lies, Slow
from .labels import Labelled
from .spawning import Child, Spawner, SpawnerAway, elapsed
from .trays import SHARE_BYTES, Lendable, Tray

log = logging.getLogger("todoke.confined")
WINDOW = 8  # questions at the child's door while it answers the first of them
REFILL = (
    4  # so few are left before more are taken, several in a row: what does one thing again is quicker at it
)
WINDOW_BYTES = 131_072  # what fits into a socket's buffer without anybody reading
INLINE_BYTES = 65_536  # bytes up to this size travel with their question
_PLACE = re.compile(r"[A-Za-z_]\w{0,80} at [\w.]{1,120}:[0-9]{1,6}", re.ASCII)
ROOM = 67_108_864  # bytes that a child may map for a question, unless the first it gets is larger
RESTARTS = 3  # of a spawner, in one batch
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


class DeathReason(Labelled):
    """Why a question has no answer."""

    MEMORY = "memory", "メモリの上限"
    CPU = "cpu", "計算時間の上限"
    WALL = "wall", "待ち時間の上限"
    CRASHED = "crashed", "異常終了"
    REFUSED = "refused", "許されない操作"


@dataclass(frozen=True, slots=True)
class Question:
    """What the target is called with: a JSON object, and bytes.

    `data` may be a file descriptor open for reading (a large original need not lie in memory); it is duplicated
    when the question is taken, and stays the caller's to close. Or it is lent: read when the child is asked, where the
    child can see it, and once more should another child be asked.
    """

    document: Mapping[str, Any]
    data: Buffer | int | Lendable = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the target returned: a JSON object of the agreed size, and bytes (a cleaned copy, for example)."""

    document: Mapping[str, Any]
    output: bytes = b""


@dataclass(frozen=True, slots=True)
class Death:
    """A question that cost its child twice, or at which the target failed; `where` is class, module and line, if known."""

    reason: DeathReason
    where: str = ""


_BY_SIGNAL: dict[int, DeathReason] = {
    signal.SIGKILL: DeathReason.MEMORY,  # not by us: the kernel was short of memory
    signal.SIGPROF: DeathReason.CPU,
    signal.SIGXCPU: DeathReason.CPU,
    signal.SIGSYS: DeathReason.REFUSED,
    signal.SIGXFSZ: DeathReason.REFUSED,
}
Outcome = Answer | Death


class _OutOfMemory(Gone):
    """The child says so itself, and ends."""


@dataclass(slots=True)
class _Asked:
    """A question that was taken and has no outcome yet; a suspect has cost a child already."""

    number: int
    frame: bytes
    descriptor: int
    size: int
    lent: tuple[Lendable, Mapping[str, Any]] | None = (
        None  # with its document: the frame says where it will lie
    )
    is_suspect: bool = False

    def close(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)


def _asked(question: Question) -> _Asked:
    """The question with a number that nobody can guess, and its bytes in a file that nobody can change."""
    data, number = question.data, secrets.randbits(63)
    if isinstance(data, int):
        size = os.fstat(data).st_size
        frame = frames.packed(
            Kind.QUESTION, number, question.document, size, lies=Lies(has_descriptor=size > 0)
        )
        return _Asked(number, frame, os.dup(data) if size else -1, size)
    if isinstance(data, bytes | bytearray | memoryview):
        size = memoryview(data).nbytes
        if size <= INLINE_BYTES:
            frame = frames.packed(Kind.QUESTION, number, question.document, size)
            return _Asked(number, frame + bytes(data), -1, size)
        frame = frames.packed(Kind.QUESTION, number, question.document, size, lies=Lies(has_descriptor=True))
        return _Asked(number, frame, sealed(data), size)
    if 0 < data.size <= SHARE_BYTES:
        return _Asked(number, b"", -1, data.size, (data, question.document))
    with data.lent() as descriptor:
        return _asked(Question(question.document, descriptor))


def sealed(content: Buffer) -> int:
    """A descriptor of a nameless file in memory that holds the bytes and can no longer be changed."""
    with memoryview(content) as view:
        descriptor = os.memfd_create("question", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        rest = view.cast("B")
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
        return descriptor


@dataclass(slots=True)
class Kept:
    """A child between two batches of one keeper: what it was told, and how many questions it was asked."""

    keeper: str
    child: Child
    briefing: bytes
    asked: int


class Batch:
    """The questions of one call of `Crew.ask`, and the child that is at them."""

    def __init__(
        self,
        started: Callable[[], Spawner],
        limits: ConfinedLimits,
        questions: Iterator[Question],
        briefing: Mapping[str, Any],
    ) -> None:
        self._started, self._limits, self._questions = started, limits, questions
        self._bounds = Bounds(limits.document_bytes, limits.output_bytes)
        self._briefing = frames.packed(Kind.BRIEFING, 0, briefing)
        self._child: Child | None = None
        self._waiting: deque[_Asked] = deque()
        self._sent = 0  # so many of those that wait lie at the child's door
        self._asked = 0  # so many questions this child was given
        self._has_more = True
        self._restarts = 0

    def take_over(self, kept: Kept) -> None:
        """Go on with a child that was kept; another briefing needs another child."""
        if kept.briefing == self._briefing:
            self._child, self._asked = kept.child, kept.asked
        else:
            kept.child.hang_up()

    def hand_over(self, keeper: str) -> Kept | None:
        """The child, for the next batch of this keeper; None when there is none, or it is still at a question."""
        if self._child is None or self._waiting or self._asked >= self._limits.answers:
            return None
        child, self._child = self._child, None
        return Kept(keeper, child, self._briefing, self._asked)

    def outcomes(self) -> Iterator[Outcome]:
        """One per question, in order. Raises SpawnerAway when no spawner stays up, and what taking a question raises."""
        while self._take():
            first = self._waiting[0]
            outcome = self._tried(first)
            if outcome is None:
                continue
            self._waiting.popleft().close()
            self._sent = max(0, self._sent - 1)
            if first.lent is not None and self._child is not None and self._child.tray is not None:
                self._child.tray.give_back()
            if first.is_suspect:
                self._let_go()  # nothing that it left behind may touch the next one
            yield outcome

    def _take(self) -> bool:
        """Keep a few questions at hand; False when none is left."""
        may_take = len(self._waiting) <= REFILL
        while may_take and self._has_more and self._has_window():
            question = next(self._questions, None)
            if question is None:
                self._has_more = False
            else:
                self._waiting.append(_asked(question))
        return bool(self._waiting)

    def _has_window(self) -> bool:
        if not self._waiting:
            return True
        content = sum(one.size for one in self._waiting)
        return len(self._waiting) < WINDOW and content < ROOM

    def _tried(self, first: _Asked) -> Outcome | None:
        """The outcome of a question; None when it is to be asked again."""
        until = elapsed() + self._limits.wall_for(first.size)
        try:
            child = self._ready(first, until)
            return self._answered(child, first, until)
        except (Slow, Gone, FrameBroken) as trouble:
            return self._bury(first, trouble)
        except SpawnerAway as away:
            self._count_restart(away)
            return None

    def _ready(self, first: _Asked, until: float) -> Child:
        """A child that has been told everything that fits; a suspect is alone with it."""
        is_spent = self._sent == 0 and self._asked >= self._limits.answers
        if self._child is not None and (is_spent or first.size > self._child.room):
            self._let_go()
        if self._child is None:
            self._child, self._asked = self._started().fork(max(ROOM, first.size)), 0
            self._child.line.send(self._briefing, -1, until)
        for place in range(self._sent, len(self._waiting)):
            one = self._waiting[place]
            if place and (first.is_suspect or one.size > self._child.room or not self._fits(place)):
                break
            if not self._sent_to(self._child, one, until):
                break
            self._sent, self._asked = place + 1, self._asked + 1
        return self._child

    @staticmethod
    def _sent_to(child: Child, one: _Asked, until: float) -> bool:
        """Whether it could be sent; one that is lent waits until there is room for it in the child's tray."""
        if one.lent is None:
            child.line.send(one.frame, one.descriptor, until)
            return True
        original, document = one.lent
        is_first = child.tray is None
        tray = child.tray = child.tray or Tray()
        lies_at = tray.lay(original)
        if lies_at is None:
            return False
        frame = frames.packed(Kind.QUESTION, one.number, document, one.size, lies=Lies(is_first, lies_at))
        child.line.send(frame, tray.descriptor if is_first else -1, until)
        return True

    def _fits(self, place: int) -> bool:
        """Whether a question can be laid behind those before it without waiting: the child may be busy telling."""
        if self._asked >= self._limits.answers:
            return False
        return sum(len(self._waiting[number].frame) for number in range(place + 1)) <= WINDOW_BYTES

    def _answered(self, child: Child, first: _Asked, until: float) -> Outcome:
        frame = child.line.receive(self._bounds, until)
        if frame.number != first.number:
            raise FrameBroken
        if frame.kind is Kind.FAILED:
            return Death(DeathReason.CRASHED, _place(frame.document.get("where")))
        if frame.kind is Kind.MEMORY:
            raise _OutOfMemory
        if frame.kind is not Kind.ANSWER:
            raise FrameBroken
        return Answer(frame.document, frame.rest)

    def _bury(self, first: _Asked, trouble: Exception) -> Outcome | None:
        """Why the child died over a question, when it did so for the second time; else None."""
        child, self._child, self._sent = self._child, None, 0
        assert child is not None  # it is what went wrong
        if not isinstance(trouble, Gone):
            child.kill()
        try:
            status = child.status()
        except SpawnerAway as away:  # it went with all its children: no question's fault
            self._count_restart(away)
            return None
        reason = _reason(status, trouble)
        meters.count_death(reason.value)
        log.warning("confined.child_died reason=%s is_suspect=%s", reason.value, first.is_suspect)
        if first.is_suspect:
            return Death(reason)
        first.is_suspect = True
        return None

    def _count_restart(self, away: SpawnerAway) -> None:
        self._child, self._sent = None, 0
        self._restarts += 1
        if (
            self._restarts > RESTARTS or away.where
        ):  # a target that cannot be imported will not be the next time
            raise away

    def _let_go(self) -> None:
        if self._child is not None:
            self._child.hang_up()
        self._child, self._sent = None, 0

    def close(self) -> None:
        """Let the child go, at once if it is still at a question, and every duplicated descriptor."""
        if self._child is not None and self._waiting:
            self._child.kill()
        self._let_go()
        while self._waiting:
            self._waiting.pop().close()


def _place(told: object) -> str:
    """Class, module and line of a failure, as the child tells; anything else that it might say is not kept."""
    return told if isinstance(told, str) and _PLACE.fullmatch(told) else ""


def _reason(status: int, trouble: Exception) -> DeathReason:
    if isinstance(trouble, _OutOfMemory):
        return DeathReason.MEMORY
    if isinstance(trouble, Slow):
        return DeathReason.WALL
    if isinstance(trouble, FrameBroken):
        return DeathReason.CRASHED
    if os.WIFEXITED(status):
        is_memory = os.WEXITSTATUS(status) == os.EX_OSERR
        return DeathReason.MEMORY if is_memory else DeathReason.CRASHED
    return _BY_SIGNAL.get(os.WTERMSIG(status), DeathReason.CRASHED)
