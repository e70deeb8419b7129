"""What the confined worker's tests let it do: every kind of misdeed, by name. Runs in the child, without Django."""

import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

Document = Mapping[str, Any]
PREPARED: list[str] = []


def prepare() -> None:
    """Called before the doors are shut."""
    PREPARED.append("yes")


def act(document: Document, data: memoryview) -> tuple[Document, bytes]:
    """Do what the document asks for, and say what the bytes were."""
    told = _DEEDS[document.get("deed", "nothing")]()
    return {"size": len(data), "first": bytes(data[:8]).hex(), "told": told, **document}, bytes(data[:4])


def _looping() -> None:
    while True:
        pass


def _writing() -> None:
    with open("/tmp/todoke-confined-test", "wb") as file:
        file.write(b"x")


def _reading() -> str:
    try:
        with open("/etc/hostname", "rb") as file:
            return f"read {len(file.read())}"
    except OSError as refused:
        return type(refused).__name__


def _descriptors() -> list[int]:
    found = []
    for number in range(64):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return found


def _shrinking_the_limits() -> str:
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (OSError, ValueError) as refused:
        return type(refused).__name__
    return "raised"


def _executable_memory() -> str:
    import mmap

    try:
        mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    except OSError as refused:
        return type(refused).__name__
    return "mapped"


def _signalling_the_parent() -> str:
    try:
        os.kill(os.getppid(), signal.SIGKILL)
    except OSError as refused:
        return type(refused).__name__
    return "killed"


def _garbage() -> None:
    """Speak out of turn on every socket that is open, as code that has taken the child over would."""
    for number in _descriptors():
        try:
            os.write(number, b"garbage " * 16)
        except OSError:
            continue


def _failing() -> None:
    raise ValueError("山田太郎")


_DEEDS: dict[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "memory": lambda: len(bytearray(1 << 30)),
    "cpu": _looping,
    "sleep": lambda: time.sleep(3_600),
    "segfault": lambda: ctypes.string_at(0),
    "abort": os.abort,
    "exit": lambda: os._exit(0),
    "recursion": lambda: sys.setrecursionlimit(100),
    "socket": socket.socket,
    "execute": lambda: os.execv("/bin/true", ["true"]),
    "fork": os.fork,
    "write": _writing,
    "delete": lambda: os.unlink("/tmp/todoke-confined-test"),
    "read": _reading,
    "environment": lambda: dict(os.environ),
    "descriptors": _descriptors,
    "modules": lambda: sorted({name.split(".")[0] for name in sys.modules}),
    "prepared": lambda: PREPARED,
    "limits": _shrinking_the_limits,
    "executable": _executable_memory,
    "signal": _signalling_the_parent,
    "garbage": _garbage,
    "fail": _failing,
    "long": lambda: "x" * 2_000_000,
    "not_json": lambda: {1, 2},
    "nan": lambda: float("nan"),
    "who": lambda: [os.getpid(), os.getppid()],
}
