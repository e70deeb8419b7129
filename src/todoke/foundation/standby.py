"""A value that takes long to make: while a new one is made in the background, the old one serves.

For what is read from large files that change（失効リスト）: whoever needs it never waits for a reload, except for
the very first value, or when it is quick to make.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Current(Generic[Key, Value]):
    """What serves, made for which key, and whether a newer one is under way."""

    key: Key
    value: Value
    is_renewing: bool = False


class Standby(Generic[Key, Value]):
    """Keeps one value per process and renews it when the key changes."""

    def __init__(self, make: Callable[[Key], Value]) -> None:
        """Make nothing yet; `make` is called with a key, here or in a thread of its own."""
        self._make = make
        self._lock = threading.Lock()
        self._current: Current[Key, Value] | None = None
        self._renewing: Key | None = None
        self._failed: tuple[Key, Exception] | None = None

    def get(self, key: Key, *, may_wait: Callable[[Current[Key, Value]], bool]) -> Current[Key, Value]:
        """The value for a key, or the one before while the new one is made in the background.

        `may_wait` says, given what serves, whether the caller makes the new value itself. Raises what
        `make` raised, also in the background: an old value does not outlive a failure, lest a withdrawal be missed.
        """
        with self._lock:
            if self._failed is not None and self._failed[0] == key:
                failure, self._failed = self._failed[1], None
                raise failure
            current = self._current
            if current is not None and current.key == key:
                return current
            if current is not None and not may_wait(current):
                self._renew(key)
                return Current(current.key, current.value, is_renewing=True)
            self._current = Current(key, self._make(key))
            return self._current

    def settle(self) -> None:
        """Wait until nothing is under way: for tests and for commands that end."""
        for thread in threading.enumerate():
            if thread.name == self._name:
                thread.join()

    @property
    def _name(self) -> str:
        return f"standby-{id(self)}"

    def _renew(self, key: Key) -> None:
        """Begin once per key; the lock is held."""
        if self._renewing is None:
            self._renewing = key
            threading.Thread(target=self._make_new, args=(key,), name=self._name, daemon=True).start()

    def _make_new(self, key: Key) -> None:
        failure: Exception | None = None
        try:
            made = Current(key, self._make(key))
        except Exception as trouble:  # noqa: BLE001  # told to whoever asks next, in their own thread
            failure = trouble
        with self._lock:
            self._renewing = None
            if failure is None:
                self._current = made
            else:
                self._failed, self._current = (key, failure), None
