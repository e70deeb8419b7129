"""Segments at rest: whether one is, and whether its copy can be read, before the room of the old one is given back."""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from todoke.foundation.vault import queries, rules
from todoke.foundation.vault.errors import BlobDamaged
from todoke.foundation.vault.models import Blob


@contextmanager
def settled(organisation: str, name: str, settled_for: timedelta) -> Iterator[bool]:
    """Whether nobody writes a segment and nobody has for a while; held so while the block runs."""
    with open(Path(settings.TODOKE_VAULT_DIR) / organisation / name, "rb") as file:
        age = time.time() - os.fstat(file.fileno()).st_mtime  # by the disk's own clock
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            age = -1.0
        yield age >= settled_for.total_seconds()


def read_back(organisation: str, name: str, rows: Sequence[Blob]) -> None:
    """Decrypt every original at its new place and compare its hash. Raises BlobDamaged."""
    for row in rows:
        opened = queries.opened(row, organisation, segment=name)
        digest = hashlib.sha256()
        for piece in opened.pieces(0, rules.piece_count(row.size)):
            digest.update(piece)
        if digest.hexdigest() != row.sha256:
            raise BlobDamaged
