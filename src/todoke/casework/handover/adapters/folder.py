"""A core system that reads a shared folder: `in/` for our files, `receipts/` and `ledger/` for its own.

A file is written under another name, fsynced, and given its name without ever replacing one; `.done` comes last
（bad-inputs E06, E07）. Receipts are CSV files in UTF-8 (seq, batch, key, outcome, code, message), the ledger is
`ledger/<団体コード>.csv` (key, row_sha256, outcome); each counts only beside its own `.done`.
"""

import csv
import errno
import io
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from todoke.casework.handover.errors import CoreAway, DestinationRefused, NameTaken
from todoke.casework.handover.values import BatchFile, CoreSystemRef, LedgerRow, Receipt

from . import answers

_NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})


class FolderInbox:
    """The shared folder of one core system for one body."""

    def __init__(self, system: CoreSystemRef) -> None:
        self._system = system
        self._root = Path(system.settings.folder)

    def check_config(self) -> None:
        """The folder is registered by its whole path, exists, and no part below it is a link（E13）."""
        if not system_path(self._root):
            raise DestinationRefused(where="folder")
        for name in ("in", "receipts", "ledger"):
            if (self._root / name).is_symlink() or not (self._root / name).is_dir():
                raise DestinationRefused(where=name)

    def send(self, file: BatchFile) -> None:
        """Lay down `<name>.csv`, then `<name>.done`."""
        self.check_config()
        done = json.dumps({"rows": file.rows, "sha256": file.sha256}).encode()
        try:
            with _opened(self._root / "in") as folder:
                _lay_down(folder, f"{file.name}.csv", file.content)
                _lay_down(folder, f"{file.name}.done", done)
        except OSError as refusal:
            raise CoreAway from refusal

    def receipts(self, after: int) -> Sequence[Receipt]:
        """Read every finished receipt file."""
        self.check_config()
        found: list[Receipt] = []
        for mark in sorted((self._root / "receipts").glob("*.done")):
            found += [answers.receipt(row) for row in _csv(mark.with_suffix(".csv"))]
        return answers.in_order(found, after)

    def ledger(self) -> Sequence[LedgerRow]:
        """Read the ledger file of this body."""
        self.check_config()
        path = self._root / "ledger" / f"{self._system.organisation}.csv"
        if not path.with_suffix(".done").exists():
            raise CoreAway
        return [answers.ledger_row(row) for row in _csv(path)]

    def close(self) -> None:
        """Nothing stays open."""


def system_path(path: Path) -> bool:
    """Whether a path is absolute, a directory, and the same when every link is followed."""
    return path.is_absolute() and path.is_dir() and path.resolve() == path


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lay_down(folder: int, name: str, content: bytes) -> None:
    """Write a file whole or not at all; the same bytes under the same name are there already and do no harm."""
    if _lies_there(folder, name, content):
        return
    draft = f".{name}.{secrets.token_hex(6)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o640, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _give_name(folder, draft, name)
    finally:
        try:
            os.unlink(draft, dir_fd=folder)
        except FileNotFoundError:
            pass  # it was renamed
    os.fsync(folder)
    if not _lies_there(folder, name, content):
        raise NameTaken


def _give_name(folder: int, draft: str, name: str) -> None:
    """Link, because a rename would replace another's file; rename only where the share knows no hard links."""
    try:
        os.link(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
    except FileExistsError:
        return  # whose bytes lie there is asked afterwards
    except OSError as refusal:
        if refusal.errno not in _NO_HARD_LINKS:
            raise
        os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)


def _lies_there(folder: int, name: str, content: bytes) -> bool:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)
    except FileNotFoundError:
        return False
    with os.fdopen(descriptor, "rb") as file:
        if file.read(len(content) + 1) != content:
            raise NameTaken
    return True


def _csv(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as garbage:
        raise CoreAway from garbage
