"""Asking what may never be answered: a disk that hangs（a stalled network share, F08）holds one thread, never all of them."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Asked(Generic[Answer]):
    """A question that is being asked: since when, by which process, and what came of it."""

    began: float = field(default_factory=time.monotonic)
    process: int = field(default_factory=os.getpid)
    is_over: threading.Event = field(default_factory=threading.Event)
    found: Answer | None = None
    trouble: BaseException | None = None


class Patience(Generic[Answer]):
    """One question, which touches no database, asked in a thread of its own; nobody waits longer than `seconds` for it.

    While it hangs it is not asked a second time and nobody waits for it any more.
    """

    def __init__(self, ask: Callable[[], Answer], *, seconds: float) -> None:
        """Ask nothing yet."""
        self._ask, self._seconds = ask, seconds
        self._lock = threading.Lock()
        self._asked: _Asked[Answer] | None = None

    def answer(self) -> Answer | None:
        """The answer, asked now; None while there is none in time. Raises what the question raised."""
        with self._lock:
            asked = self._asked
            if asked is None or asked.process != os.getpid():  # whoever asked before a fork is not here
                asked = self._asked = _Asked()
                threading.Thread(target=self._put, args=(asked,), name="patience", daemon=True).start()
        if not asked.is_over.wait(max(0.0, asked.began + self._seconds - time.monotonic())):
            return None
        with self._lock:
            if self._asked is asked:
                self._asked = None
        if asked.trouble is not None:
            raise asked.trouble
        return asked.found

    def _put(self, asked: _Asked[Answer]) -> None:
        try:
            asked.found = self._ask()
        except BaseException as trouble:  # noqa: BLE001  # told to whoever waits for the answer
            asked.trouble = trouble
        asked.is_over.set()
