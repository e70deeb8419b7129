"""Putting damaged originals back from copies of their stored bytes（bad inputs F24）, beside what is damaged, never over it.

Durable order as ever: bytes, directory, reading back, rows. Killed anywhere, a row points to the damaged bytes or to
sound ones; the damaged ones stay until `todoke vault compact` gives their room back.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from todoke.foundation import objects
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.fence import current_organisation, scope
from todoke.foundation.vault import queries
from todoke.foundation.vault.errors import StoreFailed
from todoke.foundation.vault.models import Blob, DamagedOriginal
from todoke.foundation.vault.values import Damaged

from .segments import Segment
from .uploads import Upload

CHUNK = 1_048_576
Copies = Sequence[tuple[Blob, int, int]]  # row, where its bytes begin in the file, how many they are


def mend(
    organisation: str,
    found: Sequence[tuple[Damaged, int]],
    file: BinaryIO,
    *,
    source: str,
    actor: Actor,
    at: datetime,
) -> list[int]:
    """Keep those copies that are what was received, and let the rows point to them; returns the ids. Outside any scope.

    `found`: each damaged original with the place in `file` where the copy of its stored（encrypted）bytes begins;
    `source` is the set they come from. What decrypts to other bytes than were received changes nothing. Raises
    StoreFailed, StorageAway.
    """
    wanted = {one.id: (one, begin) for one, begin in found}
    with scope(organisation, read_only=True):
        rows = list(Blob.objects.filter(pk__in=wanted, destroyed_at=None).order_by("segment", "offset"))
    copies = [(row, wanted[row.pk][1], wanted[row.pk][0].length) for row in rows]
    keeping = _as_objects if objects.is_set_up() else _in_a_segment
    with keeping(organisation, copies, file) as sound, scope(organisation):
        return [row.pk for row in sound if _point(row, wanted[row.pk][0], source=source, actor=actor, at=at)]


@contextmanager
def _in_a_segment(organisation: str, copies: Copies, file: BinaryIO) -> Iterator[list[Blob]]:
    """All copies in one new segment, which compaction leaves alone during the block; the rows that are sound there."""
    try:
        segment = Segment(organisation)
    except OSError as refusal:
        raise StoreFailed from refusal
    path = Path(settings.TODOKE_VAULT_DIR) / organisation / segment.name
    try:
        _write(segment, copies, file, path)
        sound = _sound(organisation, copies)
        if not sound:
            path.unlink()
        yield sound
    finally:
        segment.close()


def _write(segment: Segment, copies: Copies, file: BinaryIO, path: Path) -> None:
    try:
        for row, begin, length in copies:
            row.segment, row.offset = segment.name, segment.length
            _append(segment, file, begin, length)
        segment.sync()
    except OSError as refusal:
        path.unlink(missing_ok=True)
        raise StoreFailed from refusal


@contextmanager
def _as_objects(organisation: str, copies: Copies, file: BinaryIO) -> Iterator[list[Blob]]:
    """Each copy as a new object; those that turn out unsound belong to no row and are swept later."""
    for row, begin, length in copies:
        try:
            upload = Upload(organisation)
            try:
                row.segment, row.offset = upload.name, 0
                _append(upload, file, begin, length)
                upload.store()
            finally:
                upload.close()
        except OSError as refusal:
            raise StoreFailed from refusal
    yield _sound(organisation, copies)


def _append(to: Segment | Upload, file: BinaryIO, begin: int, length: int) -> None:
    file.seek(begin)
    while length and (piece := file.read(min(length, CHUNK))):
        to.append(piece)
        length -= len(piece)


def _sound(organisation: str, copies: Copies) -> list[Blob]:
    with scope(organisation, read_only=True):
        return [row for row, _, _ in copies if queries.is_sound(row)]


@transaction.atomic
def _point(row: Blob, damaged: Damaged, *, source: str, actor: Actor, at: datetime) -> bool:
    """Let the row point to the copy, unless somebody has moved or destroyed it meanwhile."""
    waiting = Blob.objects.filter(
        pk=row.pk, segment=damaged.segment, offset=damaged.offset, destroyed_at=None
    )
    if not waiting.update(segment=row.segment, offset=row.offset):
        return False
    if not DamagedOriginal.objects.filter(blob_id=row.pk, mended_at=None).update(mended_at=at):
        DamagedOriginal.objects.create(
            organisation_id=current_organisation(), blob_id=row.pk, found_at=at, mended_at=at
        )
    audit.record(
        "vault.original_put_back", object_kind="blob", object_id=str(row.pk), actor=actor, at=at,
        facts={"set": source, "from": damaged.segment, "to": row.segment, "sha256": row.sha256},
    )  # fmt: skip
    return True
