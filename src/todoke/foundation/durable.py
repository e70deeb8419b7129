"""Small files that survive a power cut: the bytes first, then the name, then the folder in which it stands."""

import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CANNOT = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})  # a share that cannot fsync folders


def keep_first(path: Path, content: bytes) -> None:
    """Make a small file (0600) whole or not at all; when two processes race, the first one's stands.

    When this returns the file is durable, whoever made it. Raises OSError.
    """
    make_folder(path.parent)
    if not path.exists():
        draft = _draft(path, content, mode=0o600)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # the other process was first
        finally:
            os.unlink(draft)
    sync_folder(path.parent)


def put(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Give a small file this content, whole or not at all, whatever it held before. Raises OSError."""
    make_folder(path.parent)
    os.replace(_draft(path, content, mode=mode), path)
    sync_folder(path.parent)


def _draft(path: Path, content: bytes, *, mode: int) -> str:
    """The content in a durable file beside it, which nobody knows yet; none is left when the disk refuses."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except OSError:
        os.unlink(draft)
        raise
    return draft


def append_line(path: Path, line: bytes) -> None:
    """Append a line durably; one that a crash has torn before it is ended first, so that it spoils no other."""
    make_folder(path.parent)
    is_new = not path.exists()
    with open(path, "ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            line = line if file.read(1) == b"\n" else b"\n" + line
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync_folder(path.parent)


def make_folder(folder: Path, *, is_required: bool = False) -> None:
    """Make a folder (0700) with those above it, durably, also where a crash has left one that was not."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
        sync_folder(one.parent, is_required=is_required)
    if not missing:  # whoever made it may have died before its name was durable
        sync_folder(folder.parent, is_required=is_required)


def sync_folder(folder: Path, *, is_required: bool = False) -> None:
    """Make the names in a folder durable. Raises OSError.

    Some network shares cannot fsync a folder（EINVAL, ENOTSUP）. Where a name that is lost can be written again（keys
    that all have, copies of seals, sets of backups, of which the last one stays）that is let pass; `is_required`, for
    originals that are acknowledged at once and exist nowhere else, refuses such a share.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as refusal:
        if is_required or refusal.errno not in _CANNOT:
            raise
    finally:
        os.close(descriptor)


@contextmanager
def held_alone(path: Path, *, busy: type[Exception]) -> Iterator[None]:
    """Hold a lock file while the block runs, on this machine; raises `busy` when another holds it, OSError as `open`."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise busy from held
        yield
    finally:
        os.close(lock)


def house_lock(var: Path) -> Path:
    """The lock file of whoever needs a house（TODOKE_VAR）to itself: a backup, the move of a body."""
    return var / ".house.lock"
