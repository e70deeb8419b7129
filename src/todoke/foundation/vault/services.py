"""Writing originals: bytes, fsync, directory, then the row, then the answer — in that order（decision 9）.

`batch()` writes outside any transaction; `register()` makes the rows inside the caller's scope. A crash between
the two leaves bytes that no row refers to, never a row without its bytes.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

from todoke.foundation.fence import current_organisation, insert_rows

from . import queries, rules
from .errors import StoreFailed, TooLarge
from .models import Blob
from .values import BlobRef, Written

SEGMENT_BYTES = 1_073_741_824
OPEN_SEGMENTS = 32
_BLOB = b"todoke blob key"
_COLUMNS = ("segment", "offset", "size", "sha256", "content_tag", "wrapped_key", "stored_at")


class _Segment:
    """An append-only file that one process writes and none ever reopens for writing."""

    def __init__(self, organisation: str) -> None:
        folder = Path(settings.TODOKE_VAULT_DIR) / organisation
        _make_durable_folder(folder)
        self.name = f"{secrets.token_hex(12)}.seg"
        self.descriptor = os.open(folder / self.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self.length = 0
        _fsync_folder(folder)

    def append(self, data: bytes) -> None:
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
        os.fsync(self.descriptor)

    def close(self) -> None:
        os.close(self.descriptor)


_open: dict[
    tuple[int, str, str], _Segment
] = {}  # by process: a forked child never writes its parent's segment


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_durable_folder(folder: Path) -> None:
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
        _fsync_folder(one.parent)


class Batch:
    """Several originals written to one segment and made durable by one fsync at the end."""

    def __init__(self, organisation: str) -> None:
        """Open for one body; no scope needed."""
        self.organisation = organisation
        self._key = queries.organisation_key(organisation)
        self._place = (os.getpid(), str(settings.TODOKE_VAULT_DIR), organisation)
        self._segment: _Segment | None = None
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
        offset, size, index, rest = segment.length, 0, 0, b""
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
                    segment, cipher, rest + chunk if rest else chunk, index
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
            rules.content_tag(self._key, digest.hexdigest()), rules.wrap(key, self._key, _BLOB),
        )  # fmt: skip
        self.written.append(written)
        return written

    @staticmethod
    def _append_whole_pieces(segment: _Segment, cipher: AESGCM, data: bytes, index: int) -> tuple[bytes, int]:
        """Seal every piece that is certainly not the last; returns what is left (1 … 64 KiB, or nothing)."""
        view, start = memoryview(data), 0
        while len(data) - start > rules.PIECE:
            piece = view[start : start + rules.PIECE]
            segment.append(rules.seal_piece(cipher, index, piece, is_final=False))
            start, index = start + rules.PIECE, index + 1
        return bytes(view[start:]), index

    def _writable(self) -> _Segment:
        if self._segment is None:
            try:
                self._segment = _open.pop(self._place, None) or _Segment(self.organisation)
                self._begin = self._segment.length
            except OSError as refusal:
                raise StoreFailed from refusal
        return self._segment

    def finish(self) -> None:
        """Make everything added durable. Raises StoreFailed; then nothing may be acknowledged."""
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

    def _abandon(self) -> None:
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
    tags = {one.content_tag for one in written}
    known = set(Blob.objects.filter(content_tag__in=tags).values_list("content_tag", flat=True))
    fresh: dict[str, Written] = {}
    for one in written:
        if one.content_tag not in known:
            fresh.setdefault(one.content_tag, one)
    stored_at = connection.ops.adapt_datetimefield_value(at)
    insert_rows(
        Blob, _COLUMNS,
        [
            (
                one.segment, one.offset, one.size, one.sha256, one.content_tag, one.wrapped_key, stored_at,
            )
            for one in fresh.values()
        ],
        skip_known=True,
    )  # fmt: skip
    ids = dict(Blob.objects.filter(content_tag__in=tags).values_list("content_tag", "pk"))
    return [BlobRef(ids[one.content_tag], one.sha256, one.size) for one in written]
