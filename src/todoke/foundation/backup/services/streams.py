"""Encrypting to public keys and opening again, as streams（age, X25519）: memory stays flat whatever the size.

A file gets its name when its bytes are durable, never before; so what is there under its name is whole.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import pyrage
from zlib_ng import zlib_ng

from todoke.foundation.backup.errors import NoRoom, PieceDamaged, PieceMissing, RecipientMissing, WrongKey
from todoke.foundation.backup.values import StoredFile

CHUNK = 1_048_576
Recipients = Sequence["pyrage.x25519.Recipient"]
Identities = Sequence["pyrage.x25519.Identity"]
Sink = Callable[[bytes], object]


def recipients(path: Path) -> Recipients:
    """The public keys of a file, one per line, `#` for remarks. Raises RecipientMissing."""
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        found = [
            pyrage.x25519.Recipient.from_str(line) for line in lines if line and not line.startswith("#")
        ]
    except (OSError, ValueError, pyrage.RecipientError) as unusable:
        raise RecipientMissing(where=str(path)) from unusable
    if not found:
        raise RecipientMissing(where=str(path))
    return found


def identities(path: Path) -> Identities:
    """The private keys of a file as `todoke backup keygen` and age-keygen write it. Raises WrongKey."""
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        found = [
            pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-")
        ]
    except (OSError, ValueError, pyrage.IdentityError) as unusable:
        raise WrongKey(where=str(path)) from unusable
    if not found:
        raise WrongKey(where=str(path))
    return found


class _Source:
    """A reader over chunks of any size that hashes and counts what it gives, and remembers what went wrong."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._rest = iter(chunks), memoryview(b"")
        self.digest, self.size = hashlib.sha256(), 0
        self.trouble: BaseException | None = None

    def read(self, limit: int = -1) -> bytes:
        try:
            while not self._rest:
                chunk = next(self._chunks, None)
                if chunk is None:
                    return b""
                self.digest.update(chunk)
                self.size += len(chunk)
                self._rest = memoryview(chunk)
        except BaseException as trouble:
            self.trouble = trouble
            raise
        taken = len(self._rest) if limit < 0 else limit
        piece, self._rest = bytes(self._rest[:taken]), self._rest[taken:]
        return piece


class _Target:
    """A writer that hashes and counts what it passes on, in larger pieces, and remembers what went wrong."""

    def __init__(self, sink: Sink) -> None:
        self._sink, self._waiting = sink, bytearray()
        self.digest, self.size = hashlib.sha256(), 0
        self.trouble: BaseException | None = None

    def write(self, data: bytes) -> int:
        self._waiting += data
        if len(self._waiting) >= CHUNK:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._waiting:
            piece = bytes(self._waiting)
            self._waiting.clear()
            self.digest.update(piece)
            self.size += len(piece)
            try:
                self._sink(piece)
            except BaseException as trouble:
                self.trouble = trouble
                raise


def seal(path: Path, name: str, chunks: Iterable[bytes], to: Recipients) -> StoredFile:
    """Encrypt chunks into a new durable file of mode 0600. Raises NoRoom, and whatever `chunks` raises.

    The folder has to be synced by the caller.
    """
    draft = path.with_name(f"{path.name}.partial")
    source = _Source(chunks)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            target = _Target(file.write)
            _encrypt(source, target, to)
            file.flush()
            os.fsync(file.fileno())
        os.rename(draft, path)
    except OSError as refusal:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise NoRoom(where=name) from refusal
    return StoredFile(name, target.size, target.digest.hexdigest(), source.size, source.digest.hexdigest())


def _encrypt(source: _Source, target: _Target, to: Recipients) -> None:
    try:
        pyrage.encrypt_io(source, target, to)
        target.flush()
    except pyrage.EncryptError as failure:
        raise source.trouble or target.trouble or failure from failure


def check(path: Path, file: StoredFile) -> None:
    """Read a stored file and compare size and hash. Raises PieceMissing, PieceDamaged."""
    digest, size = hashlib.sha256(), 0
    for chunk in _stored(path, file):
        digest.update(chunk)
        size += len(chunk)
    if (size, digest.hexdigest()) != (file.size, file.sha256):
        raise PieceDamaged(where=file.name)


def open_into(path: Path, file: StoredFile, by: Identities, sink: Sink) -> None:
    """Decrypt a stored file into `sink`, in pieces of up to 1 MiB, comparing both hashes on the way.

    What has gone into the sink counts only when this returns. Raises PieceMissing, PieceDamaged, WrongKey, and
    whatever the sink raises.
    """
    source, target = _Source(_stored(path, file)), _Target(sink)
    try:
        pyrage.decrypt_io(source, target, by)
        target.flush()
    except (
        pyrage.DecryptError,
        OSError,
    ) as failure:  # the latter for a piece in the middle that is not what it was
        known = source.trouble or target.trouble
        if known is not None:
            raise known from failure
        check(path, file)  # damage explains it; else the key is another one
        raise WrongKey(where=file.name) from failure
    stored = (source.size, source.digest.hexdigest())
    plain = (target.size, target.digest.hexdigest())
    if stored != (file.size, file.sha256) or plain != (file.plain_size, file.plain_sha256):
        raise PieceDamaged(where=file.name)


def _stored(path: Path, file: StoredFile) -> Iterator[bytes]:
    try:
        with open(path, "rb", buffering=0) as stored:
            yield from read_chunks(stored)
    except FileNotFoundError as gone:
        raise PieceMissing(where=file.name) from gone
    except OSError as unreadable:
        raise PieceDamaged(where=file.name) from unreadable


def read_chunks(file: BinaryIO) -> Iterator[bytes]:
    """The rest of a file in pieces of up to 1 MiB."""
    while chunk := file.read(CHUNK):
        yield chunk


def packed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Compress on the way: a database shrinks to a fraction, and little time is spent."""
    packer = zlib_ng.compressobj(1)
    for chunk in chunks:
        if piece := packer.compress(chunk):
            yield piece
    yield packer.flush()


class Unpacking:
    """A sink that decompresses what comes and passes it on in pieces of bounded size."""

    def __init__(self, sink: Sink) -> None:
        """Pass on to `sink`."""
        self._sink, self._unpacker = sink, zlib_ng.decompressobj()

    def __call__(self, data: bytes) -> None:
        """Take the next compressed bytes."""
        while data:
            piece = self._unpacker.decompress(data, CHUNK)
            if piece:
                self._sink(piece)
            data = self._unpacker.unconsumed_tail
