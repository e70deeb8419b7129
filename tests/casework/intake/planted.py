"""A confined worker with a bug that a package can set off: the name of an attachment says which. Runs in the child."""

import ctypes
import os
import re
import socket
from collections.abc import Callable, Mapping
from typing import Any

from todoke.casework.intake.rules import confined
from todoke.casework.intake.rules.confined import prepare as prepare

Document = Mapping[str, Any]


def read(document: Document, data: memoryview) -> tuple[Document, bytes]:
    """Read a package as it should be read, unless it names a bug."""
    named = re.search(rb"deadly-([a-z]+)\.pdf", bytes(data))
    if named is not None:
        answer = _BUGS[named.group(1).decode()]()
        if isinstance(answer, bytes):
            return {}, answer
    return confined.read(document, data)


def _fail() -> None:
    raise RuntimeError("a bug")


_FORGED = b'[{"digests":{},"signer":null,"reading":null,"attachments":[],"stop":null,"state":"accepted"}]'
_BUGS: dict[str, Callable[[], Any]] = {
    "segfault": lambda: ctypes.string_at(0),
    "memory": lambda: len(bytearray(1 << 31)),
    "exit": lambda: os._exit(0),
    "network": socket.socket,
    "bug": _fail,
    "garbage": lambda: b"\x00\xff{",
    "forged": lambda: _FORGED,
    "empty": lambda: b"[{}]",
}
