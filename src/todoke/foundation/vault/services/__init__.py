"""Writing originals: bytes, fsync, directory, then the row, then the answer — in that order（decision 9）.

`batch()` writes outside any transaction; `register()` makes the rows inside the caller's scope. A crash between
the two leaves bytes that no row refers to, never a row without its bytes.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

from todoke.foundation import objects
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.fence import current_organisation, insert_rows, scope, select_rows
from todoke.foundation.keyring import queries as keyring
from todoke.foundation.vault import queries, rules
from todoke.foundation.vault.errors import BlobDamaged, StoreFailed, TooLarge
from todoke.foundation.vault.models import Blob
from todoke.foundation.vault.values import BlobRef, Compaction, SegmentUse, Written
from todoke.foundation.wrapping import wrap

from . import segments
from .at_rest import read_back, settled
from .mending import mend
from .rereading import reread as reread
from .rotation import begin_rotation, retire_keys, rewrap_all, rewrap_some, rotate_master, waits
from .segments import Segment as Segment
from .uploads import Upload, sweep

__all__ = [
    "Batch", "batch", "begin_rotation", "compact", "destroy_keys", "mend", "register", "retire_keys", "rewrap_all",
    "rewrap_some", "rotate_master", "waits", "write",
]  # fmt: skip

SEGMENT_BYTES = 1_073_741_824
OPEN_SEGMENTS = 32
UPLOADS = 8
_COLUMNS = ("segment", "offset", "size", "sha256", "content_tag", "wrapped_key", "key_version", "stored_at")


_open: dict[
    tuple[int, str, str], Segment
] = {}  # by process: a forked child never writes its parent's segment


class Batch:
    """Several originals written to one segment and made durable by one fsync at the end; or one object each."""

    def __init__(self, organisation: str) -> None:
        """Open for one body; no scope needed."""
        self.organisation = organisation
        self._keys = keyring.keys_of(organisation)
        self._place = (os.getpid(), str(settings.TODOKE_VAULT_DIR), organisation)
        self._segment: Segment | None = None
        self._objects: list[Upload] = []
        self._begin = 0
        self.written: list[Written] = []

    def add(self, chunks: Iterable[bytes], *, limit: int | None = None) -> Written:
        """Encrypt and append one original from chunks of any size; memory stays at one piece.

        Raises TooLarge beyond `limit` bytes, StoreFailed when the disk refuses, and whatever `chunks` raises; then
        the room it took is given back. Durable only after the batch.
        """
        key = AESGCM.generate_key(256)
        cipher, digest = AESGCM(key), hashlib.sha256()
        segment = self._writable()
        offset, size, index = segment.length, 0, 0
        rest: bytes | memoryview = b""
        try:
            for chunk in chunks:
                size += len(chunk)
                if limit is not None and size > limit:
                    raise TooLarge(limit=limit)
                digest.update(chunk)
                if (
                    chunk and len(rest) == rules.PIECE
                ):  # sealed as it lies instead of copied in front of the chunk
                    segment.append(rules.seal_piece(cipher, index, rest, is_final=False))
                    rest, index = b"", index + 1
                rest, index = self._append_whole_pieces(
                    segment, cipher, b"".join((rest, chunk)) if rest else chunk, index
                )
            segment.append(rules.seal_piece(cipher, index, rest, is_final=True))
        except OSError as refusal:
            self._abandon()
            raise StoreFailed from refusal
        except BaseException:
            segment.cut(offset)
            raise
        written = Written(
            self.organisation, segment.name, offset, size, digest.hexdigest(),
            rules.content_tag(self._keys.key, digest.hexdigest()), wrap(key, self._keys.key, rules.BLOB_KEY),
            self._keys.current,
        )  # fmt: skip
        self.written.append(written)
        return written

    @staticmethod
    def _append_whole_pieces(
        segment: Segment | Upload, cipher: AESGCM, data: bytes | bytearray, index: int
    ) -> tuple[bytes | memoryview, int]:
        """Seal every piece that is certainly not the last; returns what is left (1 … 64 KiB, or nothing)."""
        view, start = memoryview(data), 0
        while len(data) - start > rules.PIECE:
            piece = view[start : start + rules.PIECE]
            segment.append(rules.seal_piece(cipher, index, piece, is_final=False))
            start, index = start + rules.PIECE, index + 1
        rest = view[start:]
        return (rest if isinstance(data, bytes) else bytes(rest)), index  # what cannot change is not copied

    def _writable(self) -> Segment | Upload:
        if objects.is_set_up():
            try:
                self._objects.append(Upload(self.organisation))
            except OSError as refusal:
                raise StoreFailed from refusal
            return self._objects[-1]
        if self._segment is None:
            try:
                self._segment = _open.pop(self._place, None) or Segment(self.organisation)
                self._begin = self._segment.length
            except OSError as refusal:
                raise StoreFailed from refusal
        return self._segment

    def finish(self) -> None:
        """Make everything added durable. Raises StoreFailed; then nothing may be acknowledged."""
        if self._objects:
            self._store_objects()
        segment, self._segment = self._segment, None
        if segment is None:
            return
        try:
            segment.sync()
        except OSError as refusal:
            segment.close()  # after a failed fsync the kernel may have dropped pages: never written to again
            raise StoreFailed from refusal
        if segment.length >= SEGMENT_BYTES:
            segment.close()
            return
        _open[self._place] = segment
        while len(_open) > OPEN_SEGMENTS:
            _open.pop(next(iter(_open))).close()

    def _store_objects(self) -> None:
        """All at once, a few at a time; what was stored before one failed belongs to no row and is swept later."""
        try:
            with ThreadPoolExecutor(UPLOADS) as uploads:
                list(uploads.map(Upload.store, self._objects))
        except objects.StorageAway as refusal:
            raise StoreFailed from refusal
        finally:
            self._close_objects()

    def _close_objects(self) -> None:
        for one in self._objects:
            one.close()
        self._objects = []

    def _abandon(self) -> None:
        self._close_objects()
        segment, self._segment = self._segment, None
        if segment is None:
            return
        with suppress(
            OSError
        ):  # a disk that refused to write may refuse this too; then the bytes belong to no row
            segment.cut(self._begin)
        segment.close()


@contextmanager
def batch(organisation: str) -> Iterator[Batch]:
    """Write originals of one body; durable when the block ends without an exception. Needs no scope.

    After an exception what was appended is given back and the segment closed: it belongs to no row.
    """
    one = Batch(organisation)
    try:
        yield one
    except BaseException:
        one._abandon()
        raise
    one.finish()


def write(organisation: str, chunks: Iterable[bytes], *, limit: int | None = None) -> Written:
    """Write one original durably. Raises TooLarge, StoreFailed. Needs no scope."""
    with batch(organisation) as one:
        written = one.add(chunks, limit=limit)
    return written


def register(written: Sequence[Written], *, at: datetime) -> list[BlobRef]:
    """Make the rows of durable originals, in the caller's scope and transaction; returns references in order.

    Contents that this body holds already get the reference of the first copy.
    """
    if any(one.organisation != current_organisation() for one in written):
        raise StoreFailed
    meant = queries.tags_of_any_key(written)
    # Locked: a copy that we count on is not destroyed meanwhile.
    rows = select_rows(Blob, ("content_tag",), among=("content_tag", list(meant)), is_locking=True)
    known = {meant[tag] for (tag,) in rows}
    fresh: dict[str, Written] = {}
    for one in written:
        if one.content_tag not in known:
            fresh.setdefault(one.content_tag, one)
    stored_at = connection.ops.adapt_datetimefield_value(at)
    insert_rows(
        Blob, _COLUMNS,
        [
            (
                one.segment, one.offset, one.size, one.sha256, one.content_tag, one.wrapped_key, one.key_version,
                stored_at,
            )
            for one in fresh.values()
        ],
        skip_known=True,
    )  # fmt: skip
    found = select_rows(Blob, ("content_tag", "id"), among=("content_tag", list(meant)))
    ids = {meant[tag]: blob_id for tag, blob_id in found}
    return [BlobRef(ids[one.content_tag], one.sha256, one.size) for one in written]


def destroy_keys(
    blob_ids: Iterable[int], *, in_use: Callable[[Sequence[int]], set[int]], at: datetime
) -> list[BlobRef]:
    """Destroy the keys of these originals for good, in the caller's scope and transaction; returns which.

    `in_use` says, once the rows are locked, which of them somebody still refers to: these stay（A14）. Whose key is
    gone is unreadable from the commit on, whatever lies on the disk. Destroying twice changes nothing.
    """
    rows = Blob.objects.filter(pk__in=list(blob_ids), destroyed_at=None).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    found = {row.pk: row for row in rows}
    kept = in_use(list(found)) if found else set()
    gone = [row for row in found.values() if row.pk not in kept]
    for row in gone:
        row.wrapped_key, row.destroyed_at, row.content_tag = b"", at, rules.destroyed_tag(row.pk)
    Blob.objects.bulk_update(gone, ["wrapped_key", "destroyed_at", "content_tag"], batch_size=200)
    return [BlobRef(row.pk, row.sha256, row.size) for row in gone]


def compact(
    organisation: str, *, dead_percent: int, settled_for: timedelta, actor: Actor, at: datetime
) -> Compaction:
    """Give the room of dead bytes back: rewrite segments with so large a dead share, remove those with nothing alive.

    Call outside any scope. A segment that somebody writes, or that changed within `settled_for`, is left alone; so
    a rewritten one is removed by a later run, when nobody reads it by its old place any more. Durable order: bytes,
    directory, rows, and only then the old file. Raises StoreFailed.
    """
    with scope(organisation, read_only=True):
        uses = queries.segment_uses()
    done = Compaction(0, 0, 0, 0, 0)
    for use in uses:
        if use.originals and use.dead_percent < max(1, dead_percent):
            continue
        with settled(organisation, use.name, settled_for) as is_ours:
            if not is_ours:
                done = replace(done, left_alone=done.left_alone + 1)
            elif use.originals:
                done = _rewrite(organisation, use, done, actor=actor, at=at)
            else:
                done = _remove(organisation, use, done, actor=actor, at=at)
    return sweep(organisation, done, settled_for, actor=actor, at=at) if objects.is_set_up() else done


def _rewrite(
    organisation: str, use: SegmentUse, done: Compaction, *, actor: Actor, at: datetime
) -> Compaction:
    """Copy what is alive, make it durable, read it back, and let the rows point to it; the old file stays for now."""
    with scope(organisation, read_only=True):
        rows = list(Blob.objects.filter(segment=use.name, destroyed_at=None).order_by("offset"))
    segment = _copied(organisation, use.name, rows)
    folder = Path(settings.TODOKE_VAULT_DIR) / organisation
    if segment is None:
        return replace(done, left_alone=done.left_alone + 1)
    facts: dict[str, str | int] = {
        "from": use.name,
        "to": segment.name,
        "originals": len(rows),
        "bytes": segment.length,
    }
    with scope(organisation):
        for row in rows:
            Blob.objects.filter(pk=row.pk, segment=use.name).update(segment=segment.name, offset=row.offset)
        audit.record(
            "vault.compacted", object_kind="segment", object_id=use.name[:64], actor=actor, at=at, facts=facts
        )  # fmt: skip
    os.utime(folder / use.name)  # whoever opened an original by its old place may finish reading
    return replace(done, rewritten=done.rewritten + 1, bytes_moved=done.bytes_moved + segment.length)


def _copied(organisation: str, name: str, rows: Sequence[Blob]) -> Segment | None:
    """A durable segment with these originals; the rows get their new offsets. None when one cannot be read back."""
    folder = Path(settings.TODOKE_VAULT_DIR) / organisation
    try:
        segment = Segment(organisation)
    except OSError as refusal:
        raise StoreFailed from refusal
    try:
        with open(folder / name, "rb", buffering=0) as file:
            for row in rows:
                file.seek(row.offset)
                row.offset, rest = segment.length, rules.stored_length(row.size)
                while rest and (piece := file.read(min(rest, 1_048_576))):
                    segment.append(piece)
                    rest -= len(piece)
        segment.sync()
        read_back(organisation, segment.name, rows)
    except (OSError, BlobDamaged) as fault:
        (folder / segment.name).unlink(missing_ok=True)
        if isinstance(fault, BlobDamaged):
            return None
        raise StoreFailed from fault
    finally:
        segment.close()
    return segment


def _remove(
    organisation: str, use: SegmentUse, done: Compaction, *, actor: Actor, at: datetime
) -> Compaction:
    """Remove a file to which no readable original points any more."""
    folder = Path(settings.TODOKE_VAULT_DIR) / organisation
    with scope(organisation):
        if Blob.objects.filter(segment=use.name, destroyed_at=None).exists():
            return replace(done, left_alone=done.left_alone + 1)
        audit.record(
            "vault.segment_removed", object_kind="segment", object_id=use.name[:64], actor=actor, at=at,
            facts={"bytes": use.size},
        )  # fmt: skip
    (folder / use.name).unlink()
    segments.fsync_folder(folder)
    return replace(done, removed=done.removed + 1, bytes_freed=done.bytes_freed + use.size)
