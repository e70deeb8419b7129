"""What a verb of the command line is, and the exit codes that all verbs share."""

import argparse
import errno
import json
import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TextIO, cast

from rich.console import Console

from todoke.foundation.audit.values import Actor, ActorKind

DONE = 0
NOT_GOOD = 1
USAGE = 2
NOT_DRAINED = 3
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})

EXIT_CODES = (
    "終了コード / exit codes: 0 正常 done · 1 不備あり something is not good (see the output) · "
    "2 使い方の誤り usage · 3 処理待ちが残った work is left"
)


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: what it takes and what it does; `run` returns an exit code."""

    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def command_actor() -> Actor:
    """The person at the keyboard as the audit knows them: the operating system's user number and host."""
    return Actor(ActorKind.COMMAND, f"uid:{os.getuid()}", socket.gethostname()[:64])


class _Heard:
    """Standard error as it is, but for a full disk under it: what nobody can keep any more ends no work（F07）."""

    def write(self, text: str) -> int:
        """Write, or let it go where there is no room."""
        try:
            return sys.stderr.write(text)
        except OSError as refusal:
            if refusal.errno not in NO_ROOM:
                raise
        return len(text)

    def flush(self) -> None:
        """As the stream does it, or nothing."""
        try:
            sys.stderr.flush()
        except OSError as refusal:
            if refusal.errno not in NO_ROOM:
                raise

    def __getattr__(self, name: str) -> Any:  # whatever else a stream knows: encoding, isatty, fileno
        """As the stream has it."""
        return getattr(sys.stderr, name)


def console() -> Console:
    """Where people read: standard error, so that --json keeps standard output to itself."""
    return Console(file=cast(TextIO, _Heard()), highlight=False, soft_wrap=True)


def print_json(value: Mapping[str, object] | list[object]) -> None:
    """One JSON document on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, sort_keys=True, default=str)
    sys.stdout.write("\n")
