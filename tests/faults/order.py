"""Which names and bytes are not yet durable when a row is committed: told by every call of `os`, without root or C.

What is written must be fsynced, and so must the folder in which a new name stands, before the database hears of it
（decision 9: bytes, directory, row, answer）. SQLite's own calls are its own affair; a power cut tries those.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from .planted import patched


class Recorder:
    """What is not durable now below some folders, and what was not at a commit."""

    def __init__(self, *below: Path) -> None:
        """Only what lies below these folders counts."""
        self._below = tuple(str(one.resolve()) for one in below)
        self.names: set[str] = set()  # new names whose folder was not fsynced since
        self.bytes: set[str] = set()  # files with bytes that were not fsynced since
        self.at_commit: dict[str, str] = {}  # by path, said once
        self.commits = 0
        self.is_on = False

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Python's audit events: files opened for writing, made, renamed, linked, removed."""
        if not self.is_on:
            return
        if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            self._opened(os.fsdecode(arguments[0]), arguments[1], arguments[2] or 0)
        elif event == "os.mkdir":
            self._new(_whole(arguments[0], arguments[2]))
        elif event in {"os.rename", "os.link"}:
            self._new(_whole(arguments[1], arguments[3]))
            if event == "os.rename":
                self._moved(_whole(arguments[0], arguments[2]), _whole(arguments[1], arguments[3]))
        elif event == "os.remove":
            gone = _whole(arguments[0], arguments[1])
            self.names.discard(gone)
            self.bytes.discard(gone)

    def _opened(self, path: str, mode: str | None, flags: int) -> None:
        whole = os.path.abspath(path)
        makes = flags & os.O_CREAT or (mode is not None and any(sign in mode for sign in "wxa"))
        if makes and not os.path.exists(whole):
            self._new(whole)
        if mode is not None and makes:
            self._wrote(whole)

    def _new(self, path: str) -> None:
        if path.startswith(self._below):
            self.names.add(path)

    def _wrote(self, path: str) -> None:
        if path.startswith(self._below):
            self.bytes.add(path)

    def _moved(self, old: str, new: str) -> None:
        self.names.discard(old)
        if old in self.bytes:
            self.bytes.discard(old)
            self._wrote(new)

    def wrote(self, descriptor: int) -> None:
        """Bytes went into a descriptor."""
        self._wrote(_path(descriptor))

    def synced(self, descriptor: int) -> None:
        """A descriptor was fsynced: a file's bytes, or the names in a folder."""
        path = _path(descriptor)
        self.bytes.discard(path)
        if os.path.isdir(path):
            self.names = {name for name in self.names if os.path.dirname(name) != path}

    def committed(self) -> None:
        """A transaction ends: nothing may be left that is not durable."""
        self.commits += 1
        for path in self._left(self.names):
            self.at_commit.setdefault(path, f"commit {self.commits}: the name {path} is not durable")
        for path in self._left(self.bytes):
            self.at_commit.setdefault(path, f"commit {self.commits}: the bytes of {path} are not durable")

    @staticmethod
    def _left(paths: set[str]) -> list[str]:
        return sorted(path for path in paths if os.path.exists(path))


def _path(descriptor: int) -> str:
    return os.readlink(f"/proc/self/fd/{descriptor}")


def _whole(path: Any, folder: int) -> str:
    text = os.fsdecode(path)
    return os.path.abspath(text) if folder < 0 else os.path.join(_path(folder), text)


_listening: list[Recorder] = []
_is_hooked: list[bool] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    for one in _listening:
        one.hear(event, arguments)


@contextmanager
def recorded(*below: Path) -> Iterator[Recorder]:
    """Record this process's calls for a while."""
    if not _is_hooked:  # an audit hook cannot be taken away again
        sys.addaudithook(_hook)
        _is_hooked.append(True)
    one = Recorder(*below)
    _listening.append(one)
    with ExitStack() as stack:
        for name, told in (("write", one.wrote), ("fsync", one.synced), ("fdatasync", one.synced)):
            stack.enter_context(patched(os, name, _telling(getattr(os, name), told)))
        commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]  # not in the stubs
        stack.enter_context(patched(BaseDatabaseWrapper, "_commit", _before(commit, one.committed)))
        one.is_on = True
        try:
            yield one
        finally:
            one.is_on = False
            _listening.remove(one)


def _telling(call: Callable[..., Any], tell: Callable[[int], None]) -> Callable[..., Any]:
    def told(descriptor: int, *arguments: Any) -> Any:
        answer = call(descriptor, *arguments)
        tell(descriptor)
        return answer

    return told


def _before(call: Callable[..., Any], tell: Callable[[], None]) -> Callable[..., Any]:
    def told(wrapper: Any) -> Any:
        tell()
        return call(wrapper)

    return told
