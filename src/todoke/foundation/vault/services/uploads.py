"""Originals on their way to S3-compatible storage, and the sweeping of objects that nobody can read any more."""

import secrets
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings

from todoke.foundation import objects
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.fence import scope
from todoke.foundation.vault import rules
from todoke.foundation.vault.models import Blob
from todoke.foundation.vault.values import Compaction


class Upload:
    """One original on its way to S3-compatible storage: spooled in an unlinked file, stored whole at the end."""

    def __init__(self, organisation: str) -> None:
        """Open the spool. Raises OSError."""
        self.name = f"{secrets.token_hex(16)}{rules.OBJECT}"
        self.key = rules.object_key(organisation, self.name)
        self.file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, buffering=0)  # noqa: SIM115  # closed by the batch
        self.length = 0

    def append(self, data: bytes) -> None:
        """Add encrypted bytes. Raises OSError."""
        view = memoryview(data)
        while view:
            view = view[self.file.write(view) :]
        self.length += len(data)

    def cut(self, length: int) -> None:
        """Give back what was appended: an object of no length is not stored."""
        self.file.truncate(length)
        self.length = length

    def store(self) -> None:
        """Durable when this returns. Raises StorageAway."""
        if self.length:
            objects.put(self.key, self.file, self.length)

    def close(self) -> None:
        """Give the spool back."""
        self.file.close()


def sweep(
    organisation: str, done: Compaction, settled_for: timedelta, *, actor: Actor, at: datetime
) -> Compaction:
    """Remove the objects to which no readable original points. Those as young as a batch may still get their row."""
    prefix = rules.object_key(organisation, "")
    found = {key.removeprefix(prefix): (size, since) for key, size, since in objects.listing(prefix)}
    with scope(organisation, read_only=True):
        alive = set(
            Blob.objects.filter(segment__endswith=rules.OBJECT, destroyed_at=None).values_list(
                "segment", flat=True
            )
        )
    latest = max((since for _, since in found.values()), default=None)  # by the storage's own clock
    for name, (size, since) in found.items():
        if name in alive:
            continue
        if latest is not None and latest - since < settled_for and settled_for:
            done = replace(done, left_alone=done.left_alone + 1)
            continue
        with scope(organisation):
            audit.record(
                "vault.segment_removed", object_kind="segment", object_id=name[:64], actor=actor, at=at,
                facts={"bytes": size},
            )  # fmt: skip
        objects.remove(f"{prefix}{name}")
        done = replace(done, removed=done.removed + 1, bytes_freed=done.bytes_freed + size)
    return done
