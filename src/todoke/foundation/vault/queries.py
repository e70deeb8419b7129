"""Reading originals back, whole, in part, or lent to another process as a file."""

import fcntl
import hashlib
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db.models import Count, F, Sum
from django.db.models.functions import Greatest

from todoke.foundation import objects
from todoke.foundation.fence import current_organisation, select_rows
from todoke.foundation.keyring import queries as keyring
from todoke.foundation.wrapping import unwrap

from . import rules
from .errors import BlobDamaged, BlobDestroyed, KeyMissing
from .models import Blob, DamagedOriginal, Reread
from .values import Damaged, RereadStanding, Rewrapping, SegmentUse, Written

IN_MEMORY = 33_554_432  # larger originals are decrypted into an unlinked file and mapped
_OPENED = ("id", "segment", "offset", "size", "sha256", "wrapped_key", "key_version", "destroyed_at")
_LOST = frozenset({"NoSuchKey", "InvalidRange", "ShortAnswer"})
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


def master_key() -> bytes:
    """The installation's master key (32 bytes), made on first use. Raises KeyMissing when the file is not a key."""
    return keyring.master_key()


@dataclass(frozen=True, slots=True)
class OpenBlob:
    """A blob that can be read outside any transaction: its place, its size and its cipher."""

    path: Path
    offset: int
    size: int
    sha256: str
    cipher: AESGCM

    def read(self) -> bytes:
        """The plain bytes. Raises BlobDamaged."""
        return bytes(self._plain())

    def _plain(self) -> bytearray:
        """The plain bytes in one buffer. Raises BlobDamaged."""
        plain = bytearray(self.size)
        with memoryview(plain) as place:
            self.read_into(place)
        return plain

    def read_into(self, place: memoryview) -> None:
        """The plain bytes into a place of their size, every piece decrypted straight into it. Raises BlobDamaged."""
        try:
            with self._stored(self.offset, rules.stored_length(self.size)) as (descriptor, skipped):
                self._decrypt_into(place, descriptor, self.offset - skipped)
        except (InvalidTag, OSError, ValueError) as damage:
            raise BlobDamaged from damage

    def _decrypt_into(self, place: memoryview, descriptor: int, at: int) -> None:
        """Every piece from the stored bytes that begin at a place of the file. Raises InvalidTag, OSError, ValueError."""
        stored, cipher, size, piece = memoryview(_scratch_piece()), self.cipher, self.size, rules.PIECE
        last = rules.piece_count(size) - 1
        for index in range(last + 1):
            start = index * piece
            plain = place[start : min(start + piece, size)]
            taken = os.preadv(descriptor, [stored[: len(plain) + rules.TAG]], at)
            at += taken
            rules.open_piece_into(cipher, index, stored[:taken], plain, is_final=index == last)

    def part(self, offset: int, length: int) -> Iterator[bytes]:
        """`length` plain bytes from `offset`, in pieces. Raises BlobDamaged."""
        end = min(offset + length, self.size)
        if end <= offset:
            return
        first, last = offset // rules.PIECE, (end - 1) // rules.PIECE
        for index, plain in enumerate(self.pieces(first, last + 1), first):
            start = index * rules.PIECE
            yield plain[max(0, offset - start) : end - start]

    def pieces(self, first: int, stop: int) -> Iterator[bytes]:
        """Pieces `first` … `stop` − 1 of 64 KiB. Raises BlobDamaged."""
        last = rules.piece_count(self.size) - 1
        begin = self.offset + first * (rules.PIECE + rules.TAG)
        end = self.offset + min(stop * (rules.PIECE + rules.TAG), rules.stored_length(self.size))
        try:
            with self._stored(begin, end - begin) as (descriptor, skipped):
                for index in range(first, stop):
                    length = min(rules.PIECE, self.size - index * rules.PIECE) + rules.TAG
                    at = self.offset + index * (rules.PIECE + rules.TAG) - skipped
                    stored = os.pread(descriptor, length, at)
                    yield rules.open_piece(self.cipher, index, stored, is_final=index == last)
        except (InvalidTag, OSError, ValueError) as damage:
            raise BlobDamaged from damage

    @contextmanager
    def lent(self) -> Iterator[int]:
        """A descriptor of the plain bytes, to be read by another process; closed afterwards. Raises BlobDamaged.

        Up to 32 MiB it is a file in memory that can no longer be changed, beyond that an unlinked one of mode 0600.
        """
        if self.size <= IN_MEMORY:
            descriptor = os.memfd_create("original", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
            try:
                self._copy_to(descriptor)
                fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
                yield descriptor
            finally:
                os.close(descriptor)
            return
        with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, buffering=0) as file:
            self._copy_to(file.fileno())
            with open(f"/proc/self/fd/{file.fileno()}", "rb", buffering=0) as readable:
                yield readable.fileno()

    @contextmanager
    def _stored(self, start: int, length: int) -> Iterator[tuple[int, int]]:
        """(A descriptor that holds these stored bytes, how many bytes before them it leaves out).

        A segment is opened as it lies; an object is fetched, only this range, into memory or an unlinked file.
        """
        if self.path.suffix != rules.OBJECT:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                yield descriptor, 0
            finally:
                os.close(descriptor)
            return
        with _scratch(length) as descriptor:
            objects.read_into(
                rules.object_key(self.path.parent.name, self.path.name), start, length, descriptor
            )
            yield descriptor, start

    def _copy_to(self, descriptor: int) -> None:
        for piece in self._through_one_buffer():
            while piece:
                piece = piece[os.write(descriptor, piece) :]

    def _through_one_buffer(self) -> Iterator[memoryview]:
        """The plain bytes in pieces that are overwritten by the next one. Raises BlobDamaged."""
        stored, plain = memoryview(bytearray(rules.PIECE + rules.TAG)), memoryview(bytearray(rules.PIECE))
        last = rules.piece_count(self.size) - 1
        try:
            with self._stored(self.offset, rules.stored_length(self.size)) as (descriptor, skipped):
                at = self.offset - skipped
                for index in range(last + 1):
                    length = min(rules.PIECE, self.size - index * rules.PIECE)
                    taken = os.preadv(descriptor, [stored[: length + rules.TAG]], at)
                    at += taken
                    piece = plain[:length]
                    rules.open_piece_into(self.cipher, index, stored[:taken], piece, is_final=index == last)
                    yield piece
        except (InvalidTag, OSError, ValueError) as damage:
            raise BlobDamaged from damage


_local = threading.local()


def _scratch_piece() -> bytearray:
    """Room for one stored piece, the same for every piece that this thread reads: fresh memory costs more than reading."""
    room: bytearray | None = getattr(_local, "room", None)
    if room is None:
        room = _local.room = bytearray(rules.PIECE + rules.TAG)
    return room


@contextmanager
def _scratch(length: int) -> Iterator[int]:
    """A descriptor to write to and read from that nobody else can reach: in memory up to 32 MiB, else unlinked."""
    if length > IN_MEMORY:
        with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, buffering=0) as file:
            yield file.fileno()
        return
    descriptor = os.memfd_create("stored", os.MFD_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_blobs(ids: Iterable[int]) -> Mapping[int, OpenBlob]:
    """Open many blobs of the body in scope with one query. Raises KeyMissing, BlobDamaged, BlobDestroyed."""
    organisation = current_organisation()
    keys, folder = keyring.keys_of(organisation), Path(settings.TODOKE_VAULT_DIR) / organisation
    rows = select_rows(Blob, _OPENED, among=("id", list(ids)))
    found: dict[int, OpenBlob] = {}
    paths: dict[str, Path] = {}
    for pk, segment, offset, size, sha256, wrapped, version, destroyed_at in rows:
        if destroyed_at is not None:
            raise BlobDestroyed
        key = keys.by_version.get(version) or keyring.key_of(organisation, version)
        path = paths.get(segment) or paths.setdefault(segment, folder / segment)
        found[pk] = OpenBlob(path, offset, size, sha256, _cipher(bytes(wrapped), key))
    return found


def _cipher(wrapped: bytes, key: bytes) -> AESGCM:
    try:
        return AESGCM(unwrap(wrapped, key, rules.BLOB_KEY))
    except InvalidTag as misfit:
        raise BlobDamaged from misfit


def opened(row: Blob, organisation: str, *, segment: str | None = None) -> OpenBlob:
    """The original of a row, or its copy in another segment. Raises KeyMissing, BlobDamaged, BlobDestroyed."""
    if row.destroyed_at is not None:
        raise BlobDestroyed
    cipher = _cipher(bytes(row.wrapped_key), keyring.key_of(organisation, row.key_version))
    folder = Path(settings.TODOKE_VAULT_DIR) / organisation
    return OpenBlob(folder / (segment or row.segment), row.offset, row.size, row.sha256, cipher)


def open_blob(blob_id: int) -> OpenBlob:
    """Open one blob of the body in scope. Raises BlobDamaged when there is none, BlobDestroyed when disposed of."""
    found = open_blobs([blob_id]).get(blob_id)
    if found is None:
        raise BlobDamaged
    return found


def read_back() -> list[int]:
    """Decrypt every original of the body in scope and compare its hash; returns the ids of those that fail.

    Memory stays at one piece. What was disposed of is not asked for.
    """
    return [one.id for one in damaged_originals()]


def damaged_originals(*, among_known: bool = False) -> list[Damaged]:
    """The originals of the body in scope that cannot be read back as they were received; all are read.

    `among_known`: only those are read that the nightly re-reading has found.
    """
    rows = Blob.objects.filter(destroyed_at=None).order_by("segment", "offset")
    if among_known:
        known = DamagedOriginal.objects.filter(mended_at=None).values_list("blob_id", flat=True)
        rows = rows.filter(pk__in=list(known))
    return [
        Damaged(row.pk, row.segment, row.offset, rules.stored_length(row.size))
        for row in rows.iterator()
        if not is_sound(row)
    ]


def is_sound(row: Blob) -> bool:
    """Whether an original of the body in scope can be read to its end and is what was received. Raises StorageAway."""
    digest = hashlib.sha256()
    try:
        for piece in opened(row, current_organisation()).pieces(0, rules.piece_count(row.size)):
            digest.update(piece)
    except (BlobDamaged, KeyMissing):
        return False
    except objects.StorageAway as trouble:
        if trouble.facts.get("reason") in _LOST:  # the storage answers: this one is not there, or cut off
            return False
        raise
    return digest.hexdigest() == row.sha256


def reread_standing() -> RereadStanding:
    """How the nightly re-reading of the body in scope stands."""
    row = Reread.objects.first()
    damaged = DamagedOriginal.objects.filter(mended_at=None).count()
    return RereadStanding(row.read_at, row.passed_at, damaged) if row else RereadStanding(None, None, damaged)


def tags_of_any_key(written: Sequence[Written]) -> dict[str, str]:
    """Each tag that the contents may have in rows, with the tag that was written.

    While a key is being changed, a copy may still be known by the older one's tag.
    """
    meant = {one.content_tag: one.content_tag for one in written}
    keys = keyring.keys_of(current_organisation())
    if keys.is_rotating:
        for one in written:
            for key in keys.by_version.values():
                meant.setdefault(rules.content_tag(key, one.sha256), one.content_tag)
    return meant


def rewrapping() -> Rewrapping:
    """How far a change of the key of the body in scope is. Counts every row once."""
    ring = keyring.keys_of(current_organisation())
    rows = Blob.objects.filter(destroyed_at=None)
    waiting = rows.filter(key_version__lt=ring.current).count()
    return Rewrapping(ring.current, rows.count() - waiting, waiting, ring.is_rotating)


def is_rotating(organisation: str) -> bool:
    """Whether a body has an older key still. Needs no scope; asks the folder's date only."""
    return keyring.keys_of(organisation).is_rotating


def end_of(offset: int, size: int) -> int:
    """Where the stored bytes of an original of `size` plain bytes end that begin at `offset` in their segment."""
    return offset + rules.stored_length(size)


def object_key(organisation: str, name: str) -> str:
    """Where an original of a body that is an object stands in the bucket; with an empty name, the prefix of all."""
    return rules.object_key(organisation, name)


def segment_uses() -> list[SegmentUse]:
    """How much of each segment of the body in scope can still be read, the deadest first. Reads every row once."""
    folder = Path(settings.TODOKE_VAULT_DIR) / current_organisation()
    pieces = (F("size") + rules.PIECE - 1) / rules.PIECE  # whole numbers divide whole on both databases
    stored = Sum(F("size") + rules.TAG * Greatest(pieces, 1))
    rows = Blob.objects.filter(destroyed_at=None).order_by().values_list("segment")
    live = {name: (used, count) for name, used, count in rows.annotate(used=stored, count=Count("pk"))}
    found = [
        SegmentUse(path.name, path.stat().st_size, *live.get(path.name, (0, 0)))
        for path in folder.glob("*.seg")
    ]
    return sorted(found, key=lambda one: (-one.dead_percent, one.name))
