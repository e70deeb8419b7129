"""Verifying a set: every file is there, whole and unchanged; with the private key, down to rows and to their bytes."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from todoke.foundation.backup import queries
from todoke.foundation.backup.errors import BytesMissing, ManifestDamaged, PieceDamaged, RowsMissing
from todoke.foundation.backup.rules import coverage
from todoke.foundation.backup.values import Contents, DatabaseCopy, Fault, Manifest, StoredFile, Verification
from todoke.foundation.errors import TodokeError

from . import postgres_rows, sqlite_copies, stored_objects, streams
from .drafts import Tell
from .places import LISTING, path_of

LEFT_BEHIND_SECONDS = 86_400.0


def verify(
    sets: Path,
    name: str,
    *,
    identity: Path | None = None,
    keys: Path | None = None,
    public: Path | None = None,
    tell: Tell | None = None,
) -> Verification:
    """Look at every file of a set; what is wrong stands in the answer, all of it. Raises SetUnknown.

    Without `identity`（the private key, on another machine as a rule）hashes and the signature are compared; with it
    everything is decrypted, the database checked and counted, and every segment compared with the rows. `keys` is
    the folder with the copies of the keys, `public` the installation's public sealing key where it is not in place.
    """
    faults: list[Fault] = []
    try:
        manifest = queries.manifest(sets, name)
        is_signed = queries.is_signed(sets, name, public)
    except TodokeError as broken:
        if broken.code == "BKP-117":
            raise
        return Verification(name, 0, 0, False, False, (_fault(broken, name),))
    by = streams.identities(identity) if identity else None
    files = manifest.stored
    for count, file in enumerate(files, 1):
        with _noting(faults, file.name):
            _look_at(sets, manifest, file, by)
        if tell is not None:
            tell("verify", count, len(files))
    if manifest.keys is not None and keys is not None:
        with _noting(faults, manifest.keys.name):
            streams.check(keys / manifest.keys.name, manifest.keys)
    return Verification(
        name, len(files), sum(one.size for one in files), is_signed, by is not None, tuple(faults)
    )


def _fault(broken: TodokeError, where: str) -> Fault:
    return Fault(broken.code, broken.facts.get("where") or where)


@contextmanager
def _noting(faults: list[Fault], where: str) -> Iterator[None]:
    """Turn a broken promise inside the block into a fault."""
    try:
        yield
    except TodokeError as broken:
        faults.append(_fault(broken, where))


def _look_at(sets: Path, manifest: Manifest, file: StoredFile, by: streams.Identities | None) -> None:
    path = path_of(sets, manifest, file)
    copy = next((one for one in manifest.databases if one.file == file), None)
    if by is None:
        streams.check(path, file)
    elif copy is not None:
        found = _count(path, file, by, copy.vendor)
        _compare(manifest, copy, found)
        _compare_objects(manifest, found, stored_objects.listed(sets, manifest, by))
    elif file.name != LISTING:  # that is opened with each database
        streams.open_into(path, file, by, _nowhere)


def _nowhere(_: bytes) -> None:
    """It was decrypted: that is all that is asked."""


def _count(path: Path, file: StoredFile, by: streams.Identities, vendor: str) -> Contents:
    """What the encrypted copy of the database really holds."""
    if vendor == "postgresql":
        counting = postgres_rows.Counting()
        streams.open_into(path, file, by, streams.Unpacking(counting.reading))
        if not counting.reading.is_complete:
            raise PieceDamaged(where=file.name)
        return Contents(counting.ends, (), counting.tables, (), counting.objects)
    with TemporaryDirectory(dir=_workroom()) as folder:
        copy = Path(folder) / "copy.sqlite3"
        with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as plain:
            streams.open_into(path, file, by, streams.Unpacking(plain.write))
        sqlite_copies.check(copy)
        return sqlite_copies.contents(copy)


def _workroom() -> Path:
    folder = Path(settings.VAR) / "backup"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for one in folder.iterdir():  # what a killed verification left
        if one.is_dir() and time.time() - one.stat().st_mtime > LEFT_BEHIND_SECONDS:
            shutil.rmtree(one, ignore_errors=True)
    return folder


def _compare(manifest: Manifest, copy: DatabaseCopy, found: Contents) -> None:
    """Rows per table, heads of the audit, and whether every byte that a row refers to is in a piece."""
    wrong = {name for name, count in copy.tables.items() if found.tables.get(name, 0) != count}
    if wrong or set(found.tables) - set(copy.tables):
        raise RowsMissing(where=", ".join(sorted(wrong)) or "?")
    if found.bodies and not set(copy.bodies) <= set(found.bodies):
        raise ManifestDamaged(where=manifest.name)
    gaps = coverage.uncovered(manifest.pieces, found.ends)
    if gaps:
        raise BytesMissing(where=gaps[0][1])


def _compare_objects(manifest: Manifest, found: Contents, listed: stored_objects.Listed) -> None:
    """Whether every object that a row refers to is in a bundle, or in the list of versions."""
    missing = coverage.missing_objects(manifest.bundles, found.objects)
    for place, size in missing.items():
        if listed.get(place, (-1, ""))[0] != size:
            raise BytesMissing(where=place[1])
