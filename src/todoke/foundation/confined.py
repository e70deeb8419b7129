"""Asking a function that reads hostile bytes, in a process that can do nothing else: the confined worker.

A crew keeps one clean spawner process per target and forks a confined child per batch from it（decision 12 of the
architecture, docs/decisions/0012）. One culprit costs itself only: when a child dies, the question it was at is tried
once more alone in a fresh child, and the others go on in another. Nothing that a child says is believed further than
its form: the caller checks what the document means.
"""

import atexit
import logging
import threading
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, ClassVar, Self

from django.conf import settings

from .asking import INLINE_BYTES as INLINE_BYTES
from .asking import Answer as Answer
from .asking import Batch, Kept, Outcome
from .asking import Death as Death
from .asking import DeathReason as DeathReason
from .asking import Question as Question
from .cell import ConfinedLimits as ConfinedLimits
from .errors import TodokeError
from .spawning import Spawner, SpawnerAway

log = logging.getLogger("todoke.confined")


class ConfinementMissing(TodokeError):
    """The kernel offers no filter on system calls, and the installation asks for one."""

    code: ClassVar[str] = "SYS-920"
    sentence: ClassVar[str] = (
        "隔離した解析ができないため、申請データを開かずに待っています。"
        "`todoke doctor` を実行し、カーネルの seccomp を使えるようにしてください。"
    )


class ConfinementFailed(TodokeError):
    """The confined worker cannot be started, or dies without a question's fault."""

    code: ClassVar[str] = "SYS-922"
    sentence: ClassVar[str] = (
        "隔離した解析を始められません。自動で再試行します。続くときは情報政策課へ連絡してください。"
    )


class Crew:
    """Confined workers for one target, `package.module:function` of `(document, data) -> (document, bytes)`.

    The target's module is imported in a process without Django, settings, keys or network; where it has a function
    `prepare`, that is called once before the doors are shut, to load what would be loaded at first use (no file
    can be opened later). Safe to share between threads: questions are asked one batch after the other.
    """

    def __init__(
        self, target: str, *, limits: ConfinedLimits | None = None, is_required: bool | None = None
    ) -> None:
        """`is_required`: refuse to work where the kernel filters no system calls; by default as TODOKE_CONFINEMENT says."""
        self._target = target
        self._limits = limits or ConfinedLimits()
        self._is_required = is_required
        self._lock = threading.Lock()
        self._spawner: Spawner | None = None
        self._kept: Kept | None = None

    def ask(
        self, questions: Iterable[Question], *, briefing: Mapping[str, Any] | None = None, keeper: str = ""
    ) -> list[Outcome]:
        """One outcome per question, in order; questions are taken one by one, as the child gets on.

        `briefing` is a document that every question is laid over; it is sent once. With a `keeper` the child goes on
        with the keeper's next batch, up to the questions that one child may be asked. Raises ConfinementMissing,
        ConfinementFailed, and whatever taking a question raises.
        """
        with self._lock:
            batch = Batch(self._started, self._limits, iter(questions), briefing or {})
            kept = self._kept_for(keeper)
            if kept is not None:
                batch.take_over(kept)
            try:
                return list(batch.outcomes())
            except SpawnerAway as away:
                raise ConfinementFailed(where=away.where) from None
            finally:
                self._kept = batch.hand_over(keeper) if keeper else None
                batch.close()

    def _kept_for(self, keeper: str) -> Kept | None:
        """The child that was kept for this keeper and still has its spawner; another's is let go."""
        kept, self._kept = self._kept, None
        if kept is None:
            return None
        is_whole = self._spawner is not None and self._spawner.is_mine and self._spawner.is_alive
        if is_whole and kept.keeper == keeper and kept.child.spawner is self._spawner:
            return kept
        kept.child.hang_up()
        return None

    def rest(self) -> None:
        """Let a kept child go: there is nothing to ask, and nothing of what it was asked shall lie about."""
        with self._lock:
            self._let_kept_go()

    def _let_kept_go(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.child.hang_up()

    def _started(self) -> Spawner:
        """The living spawner of this process; a process that was forked meanwhile gets its own."""
        if self._spawner is not None and not (self._spawner.is_mine and self._spawner.is_alive):
            self._end()
        if self._spawner is None:
            self._spawner = Spawner(self._target, self._limits)
            self._check_walls(self._spawner)
        return self._spawner

    def _check_walls(self, spawner: Spawner) -> None:
        if spawner.walls["seccomp"]:
            return
        is_required = self._is_required
        if is_required if is_required is not None else settings.TODOKE_CONFINEMENT == "required":
            self._end()
            raise ConfinementMissing
        log.warning("confined.no_seccomp target=%s", self._target)

    def walls(self) -> Mapping[str, bool]:
        """Which fences stand on this machine（seccomp, landlock, namespaces）. Raises ConfinementMissing, ConfinementFailed."""
        with self._lock:
            try:
                return self._started().walls
            except SpawnerAway as away:
                raise ConfinementFailed(where=away.where) from None

    def cpu_seconds(self) -> float:
        """CPU seconds that the present spawner and its children have used; 0 when there is none, for measurements."""
        with self._lock:
            self._let_kept_go()
            return self._spawner.cpu_seconds() if self._spawner is not None and self._spawner.is_mine else 0.0

    def close(self) -> None:
        """End the spawner; the next question starts a new one."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        self._let_kept_go()
        if self._spawner is not None:
            end = self._spawner.close if self._spawner.is_mine else self._spawner.forget
            end()
            self._spawner = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


_crews: dict[tuple[str, ConfinedLimits], Crew] = {}


def crew_of(target: str, limits: ConfinedLimits | None = None) -> Crew:
    """This process's crew for a target, kept until the process ends."""
    key = (target, limits or ConfinedLimits())
    if key not in _crews:
        _crews[key] = Crew(target, limits=limits)
    return _crews[key]


def cpu_seconds() -> float:
    """CPU seconds used by the confined workers of this process, for measurements."""
    return sum(crew.cpu_seconds() for crew in _crews.values())


def rest_crews() -> None:
    """Let the kept children of this process go; a worker calls it when it finds nothing to do."""
    for crew in _crews.values():
        crew.rest()


@atexit.register
def close_crews() -> None:
    """End every spawner of this process."""
    for crew in _crews.values():
        crew.close()
