"""The files in which originals lie: each written by one process, only ever at its end, and by none again."""

import fcntl
import os
import secrets
from pathlib import Path

from django.conf import settings

from todoke.foundation import durable


class Segment:
    """An append-only file that one process writes and none ever reopens for writing."""

    def __init__(self, organisation: str) -> None:
        """Make a new one, whose name is durable, and hold it against compaction. Raises OSError."""
        folder = Path(settings.TODOKE_VAULT_DIR) / organisation
        durable.make_folder(folder, is_required=True)
        self.name = f"{secrets.token_hex(12)}.seg"
        self.descriptor = os.open(folder / self.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self.length = 0
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_SH)  # until it is closed: compaction leaves it alone
            fsync_folder(folder)
        except OSError:
            os.close(self.descriptor)  # while a disk fails, every try would leave one open
            raise

    def append(self, data: bytes) -> None:
        """Add bytes at the end; durable only after `sync`. Raises OSError."""
        view = memoryview(data)
        while view:
            view = view[os.write(self.descriptor, view) :]
        self.length += len(data)

    def cut(self, length: int) -> None:
        """Give back what was appended beyond this length and belongs to no row; the rest is never touched."""
        os.ftruncate(self.descriptor, length)
        os.lseek(self.descriptor, length, os.SEEK_SET)
        self.length = length

    def sync(self) -> None:
        """Make what was added durable. Raises OSError."""
        os.fsync(self.descriptor)

    def close(self) -> None:
        """Let go of it for good."""
        os.close(self.descriptor)


def fsync_folder(folder: Path) -> None:
    """Make the name of a segment durable; a share that cannot is no place for originals and is refused（SYS-901）."""
    durable.sync_folder(folder, is_required=True)
