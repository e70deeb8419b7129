"""Taking a set: the database first, then the bytes that its rows refer to; published in one step when all is durable.

Bytes are durable before a row refers to them, and never change; so bytes read after the rows hold whatever the rows
need. Only up to the last byte that a row refers to: what lies behind it may still be given back by who wrote it.
Originals in S3-compatible storage are objects that never change: they are copied in bundles, or the set relies on the
versions that the bucket keeps（TODOKE_BACKUP_OBJECTS）.
"""

import os
import secrets
import tarfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection

from todoke.foundation import databases, durable
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.backup import queries
from todoke.foundation.backup.errors import BodyIsMoving, BytesMissing, NoRoom
from todoke.foundation.backup.models import BackupRecord
from todoke.foundation.backup.rules import coverage, manifests
from todoke.foundation.backup.values import (
    DIRECTORY,
    BackupAct,
    Contents,
    DatabaseCopy,
    Manifest,
    Piece,
    Places,
    StoredFile,
)
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import current_organisation, scope
from todoke.foundation.organisations.queries import organisations

from . import keys, postgres_rows, sqlite_copies, stored_objects, streams
from .drafts import Draft, Tell, size_of
from .places import PIECES, STATE, alone, alone_in_house, clear_leftovers, database_name, keys_name

TRIES = 3  # a segment may be compacted away between the rows and their bytes: then from the beginning


def take(
    places: Places, *, actor: Actor, at: datetime, is_full: bool = False, tell: Tell | None = None
) -> Manifest:
    """Take a set while everything goes on, and record it for every body; returns what it holds.

    All databases of the installation are in it, each as of one moment of its own: a body's rows, its originals and
    its audit agree. `is_full`: copy every byte again instead of relying on pieces of earlier sets. Killed at any
    moment, what was complete before stays so. Raises AnotherRuns, NoRoom, RecipientMissing, DatabaseDamaged,
    RowsMissing, BytesMissing, KeysMissing, BodyIsMoving, NoVersions, StorageAway.
    """
    to = streams.recipients(places.recipients)
    if moving := databases.moving():
        raise BodyIsMoving(where=moving[0])
    with alone(places.sets), alone_in_house():
        clear_leftovers(places.sets)
        for left in reversed(range(TRIES)):
            try:
                taken = _take(places, to, at=at, is_full=is_full, tell=tell or _silent)
                break
            except BytesMissing:
                if not left:
                    raise
    record(taken, BackupAct.TAKEN, actor=actor, at=at)
    return taken


def _silent(stage: str, done: int, total: int) -> None:
    """Nobody wants to hear."""


def _take(places: Places, to: streams.Recipients, *, at: datetime, is_full: bool, tell: Tell) -> Manifest:
    name = manifests.set_name(at, secrets.token_hex(3))
    folder = places.sets / f".draft-{name}"
    folder.mkdir(mode=0o700)
    draft = Draft(name, folder, places, to, tell)
    copies = [_database(draft, group) for group in _groups()]
    directory, found = copies[-1][0], [contents for _, contents in copies]
    state = streams.seal(folder / STATE, STATE, _state(), to)
    ends = {place: end for one in found for place, end in one.ends.items()}
    needed = {place: size for one in found for place, size in one.objects.items()}
    bundles, listing = stored_objects.keep(draft, needed, is_full=is_full)
    manifest = Manifest(
        name=name, taken_at=at, todoke=version("todoke"), vendor=directory.vendor, migrations=directory.migrations,
        bodies=directory.bodies, tables=directory.tables, files=(directory.file, state),
        pieces=tuple(_pieces(draft, ends, is_full=is_full)), keys=_keys(places, name),
        groups=tuple(copy for copy, _ in copies[:-1]), bundles=bundles, listing=listing,
        directory_at=directory.taken_at,
    )  # fmt: skip
    _publish(draft, manifests.written(manifest))
    return manifest


def _groups() -> list[str]:
    """The databases that hold a body, the directory last: it knows every body of which another has rows."""
    return [*(name for name in databases.groups() if _has_bodies(name)), DIRECTORY]


def _has_bodies(group: str) -> bool:
    with databases.standing_in(group):
        return bool(organisations())


def _database(draft: Draft, group: str) -> tuple[DatabaseCopy, Contents]:
    """The encrypted copy of one database at one moment, and what it says of itself."""
    name = database_name(group)
    draft.tell("database", 0, 1)
    with databases.standing_in(group):
        moment, vendor = now(), connection.vendor
        seal = _sealed_rows if vendor == "postgresql" else _sealed_file
        found, stored = seal(draft, name)
    draft.tell("database", 1, 1)
    heads = tuple(head for head in found.bodies if databases.group_of(head.code) == group)
    return DatabaseCopy(group, moment, vendor, found.migrations, heads, found.tables, stored), found


def _sealed_rows(draft: Draft, name: str) -> tuple[Contents, StoredFile]:
    """PostgreSQL: every row of one snapshot."""
    with postgres_rows.snapshot() as moment:
        found = moment.contents()
        packed = streams.packed(moment.rows(found.tables))
        return found, streams.seal(draft.folder / name, name, packed, draft.to)


def _sealed_file(draft: Draft, name: str) -> tuple[Contents, StoredFile]:
    """SQLite: the file as its own backup makes it."""
    with sqlite_copies.snapshot(Path(settings.VAR) / "backup") as copy:
        found = sqlite_copies.contents(copy)
        with open(copy, "rb", buffering=0) as file:
            packed = streams.packed(streams.read_chunks(file))
            return found, streams.seal(draft.folder / name, name, packed, draft.to)


def _state() -> Iterator[bytes]:
    """Seals, trust anchors and form checks as one archive, file by file."""
    for name, place in _state_folders().items():
        for path in sorted(place.rglob("*")) if place.is_dir() else []:
            if path.is_file() and not path.is_symlink():
                yield from _archived(path, f"{name}/{path.relative_to(place).as_posix()}")
    yield bytes(2 * tarfile.BLOCKSIZE)


def _state_folders() -> dict[str, Path]:
    return {
        "seals": Path(settings.TODOKE_SEAL_COPY_DIR), "trust": Path(settings.TODOKE_TRUST_DIR),
        "form-checks": Path(settings.TODOKE_FORM_CHECKS_DIR),
    }  # fmt: skip


def _archived(path: Path, name: str) -> Iterator[bytes]:
    """One file as a tar member; a file that grows meanwhile（a seal is appended）is taken as long as it was."""
    with open(path, "rb", buffering=0) as file:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = os.fstat(file.fileno()).st_size, 0o600
        yield entry.tobuf(tarfile.PAX_FORMAT)
        left = entry.size
        while left:
            chunk = file.read(min(left, streams.CHUNK))
            if not chunk:
                raise BytesMissing(where=name)
            left -= len(chunk)
            yield chunk
        yield bytes(-entry.size % tarfile.BLOCKSIZE)


def _pieces(draft: Draft, ends: Mapping[tuple[str, str], int], *, is_full: bool) -> list[Piece]:
    """What earlier sets hold already, and new pieces with what was added since."""
    known = [] if is_full else _known(draft.places.sets)
    chains = coverage.reusable(known, ends)
    pieces, done, total = list[Piece](), 0, sum(ends.values())
    for (organisation, segment), end in sorted(ends.items()):
        chain = chains.get((organisation, segment), [])
        pieces += chain
        start = chain[-1].end if chain else 0
        if start < end:
            pieces.append(_piece(draft, organisation, segment, (start, end)))
        done += end
        draft.tell("vault", done, total)
    return pieces


def _known(sets: Path) -> list[Piece]:
    """Pieces of complete sets that are there in their full size; whether they are sound is the verification's part."""
    found = {piece.file.name: piece for one in queries.manifests_of(sets) for piece in one.pieces}
    return [piece for name, piece in found.items() if size_of(sets / name) == piece.file.size]


def _piece(draft: Draft, organisation: str, segment: str, span: tuple[int, int]) -> Piece:
    name = f"{PIECES}/{organisation}/{segment}.{span[0]}-{span[1]}.{secrets.token_hex(3)}.age"
    path = draft.places.sets / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as refusal:
        raise NoRoom(where=name) from refusal
    live = Path(settings.TODOKE_VAULT_DIR) / organisation / segment
    stored = streams.seal(path, name, _span(live, *span), draft.to)
    for folder in (path.parent, path.parent.parent, draft.places.sets):
        durable.sync_folder(folder)
    return Piece(organisation, segment, span[0], span[1], stored)


def _span(path: Path, start: int, end: int) -> Iterator[bytes]:
    """Bytes `start` … `end` − 1 of a segment. Raises BytesMissing."""
    try:
        with open(path, "rb", buffering=0) as file:
            file.seek(start)
            while start < end:
                chunk = file.read(min(end - start, streams.CHUNK))
                if not chunk:
                    raise BytesMissing(where=path.name)
                start += len(chunk)
                yield chunk
    except OSError as gone:
        raise BytesMissing(where=path.name) from gone


def _keys(places: Places, name: str) -> StoredFile | None:
    """The copy of the keys, in its own place and for its own recipients."""
    if places.keys is None:
        return None
    try:
        places.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as refusal:
        raise NoRoom(where=str(places.keys)) from refusal
    return keys.copy_keys(places.keys, keys_name(name), streams.recipients(places.keys_recipients))


def _publish(draft: Draft, content: bytes) -> None:
    """Sign the list and let the set appear under its name, whole or not at all."""
    signature = audit.sign(queries.SIGNED + content).encode() + b"\n"
    try:
        for name, text in ((queries.MANIFEST, content), (queries.SIGNATURE, signature)):
            with open(draft.folder / name, "xb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        durable.sync_folder(draft.folder)
        os.rename(draft.folder, draft.places.sets / draft.name)
        durable.sync_folder(draft.places.sets)
    except OSError as refusal:
        raise NoRoom(where=draft.name) from refusal


def record(manifest: Manifest, act: BackupAct, *, actor: Actor, at: datetime, code: str = "") -> None:
    """Note for every body of this installation, and in its audit, what was done with a set."""
    for body in organisations():
        with scope(body.code):
            BackupRecord.objects.create(
                organisation_id=current_organisation(), set_name=manifest.name, act=act.value,
                taken_at=manifest.taken_at, at=at, code=code, size=manifest.size,
            )  # fmt: skip
            audit.record(
                f"backup.{act.value}", object_kind="backup", object_id=manifest.name, actor=actor, at=at,
                facts={"bytes": manifest.size, "code": code},
            )  # fmt: skip
