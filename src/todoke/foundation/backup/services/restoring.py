"""Restoring a set into an empty place: keys, bytes, seals, and last of all the database, which brings the hold along.

Killed at any moment, there is no database to work on, or one whose outgoing traffic is held; begun again with the
same set, the restore goes on.
"""

import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from todoke.foundation import durable
from todoke.foundation.audit.values import Actor
from todoke.foundation.backup import queries
from todoke.foundation.backup.errors import (
    ManifestDamaged,
    NoRoom,
    NotEmpty,
    OtherDatabase,
    OwnerNeeded,
    PieceDamaged,
    RowsMissing,
    VersionUnknown,
)
from todoke.foundation.backup.rules import coverage
from todoke.foundation.backup.values import Gap, Identities, Manifest, Piece, RestoreReport
from todoke.foundation.fence import scope

from . import keys, postgres_rows, sqlite_copies, streams
from .holds import hold
from .places import DATABASE, STATE, path_of
from .taking import Tell

MARK = "restoring"


def restore(
    sets: Path, name: str, by: Identities, *, actor: Actor, at: datetime, tell: Tell | None = None
) -> RestoreReport:
    """Bring a set back, hold what would go outside, and say what is lost. Connect as the owner of the tables.

    Everything is checked against the list while it is read. Raises NotEmpty, OtherDatabase, VersionUnknown,
    OwnerNeeded, KeysMissing, and whatever a verification would find.
    """
    manifest = queries.manifest(sets, name)
    queries.is_signed(sets, name, by.public)
    opening = streams.identities(by.sets)
    say = tell or (lambda stage, done, total: None)
    _refuse_unless_fitting(manifest)
    with _marked(name):
        if by.keys_file is not None:
            keys.put_back(by.keys_file, streams.identities(by.keys or by.sets))
        keys.check_in_place(frozenset(piece.organisation for piece in manifest.pieces))
        size = _put_segments(sets, manifest, opening, say)
        gaps = _put_state(sets, manifest, opening)
        say("database", 0, 1)
        begin = _hold_everything(manifest, gaps, actor, at)
        put = _put_rows if connection.vendor == "postgresql" else _put_file
        put(sets, manifest, opening, begin)
        say("database", 1, 1)
    places = {(piece.organisation, piece.segment) for piece in manifest.pieces}
    return RestoreReport(name, manifest.taken_at, manifest.tables, len(places), size, tuple(gaps))


def _refuse_unless_fitting(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise OtherDatabase(where=manifest.vendor)
    graph = MigrationExecutor(None).loader.graph
    unknown = [one for one in manifest.migrations if tuple(one.split(".", 1)) not in graph.nodes]
    if unknown:
        raise VersionUnknown(where=f"{manifest.todoke}, {unknown[0]}")
    if connection.vendor == "postgresql" and not postgres_rows.owns_tables():
        raise OwnerNeeded(where=str(connection.settings_dict["USER"]))
    is_empty = postgres_rows.is_empty if connection.vendor == "postgresql" else sqlite_copies.is_empty
    if not is_empty():
        raise NotEmpty(where="TODOKE_DATABASE_URL")


@contextmanager
def _marked(name: str) -> Iterator[None]:
    """A mark in TODOKE_VAR while a restore is under way, so that the same one may go on. Raises NotEmpty."""
    mark = Path(settings.VAR) / MARK
    begun = mark.read_text(encoding="utf-8").strip() if mark.exists() else ""
    if begun not in ("", name):
        raise NotEmpty(where=f"{MARK}: {begun}")
    if not begun and any(Path(settings.TODOKE_VAULT_DIR).glob("*/*.seg")):
        raise NotEmpty(where="vault")
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(name, encoding="utf-8")
    durable.sync_folder(mark.parent)
    yield
    mark.unlink()


def _put_segments(sets: Path, manifest: Manifest, by: streams.Identities, tell: Tell) -> int:
    """Write every segment from its pieces; returns bytes. Raises NoRoom, PieceMissing, PieceDamaged, WrongKey."""
    done, total = 0, sum(piece.end - piece.start for piece in manifest.pieces)
    for (organisation, segment), pieces in coverage.by_segment(manifest.pieces).items():
        folder = Path(settings.TODOKE_VAULT_DIR) / organisation
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _put_segment(sets, manifest, folder / segment, pieces, by)
            durable.sync_folder(folder)
        except OSError as refusal:
            raise NoRoom(where=segment) from refusal
        done += sum(piece.end - piece.start for piece in pieces)
        tell("vault", done, total)
    return done


def _put_segment(
    sets: Path, manifest: Manifest, path: Path, pieces: list[Piece], by: streams.Identities
) -> None:
    draft = path.with_name(f"{path.name}.partial")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for piece in pieces:
            if file.tell() != piece.start:
                raise ManifestDamaged(where=manifest.name)
            streams.open_into(path_of(sets, manifest, piece.file), piece.file, by, file.write)
        file.flush()
        os.fsync(file.fileno())
    os.rename(draft, path)


def _put_state(sets: Path, manifest: Manifest, by: streams.Identities) -> list[Gap]:
    """Seals, trust anchors and form checks; what the seals outside have more than the set is never touched."""
    stored = next(file for file in manifest.files if file.name == STATE)
    folders = {
        "seals": Path(settings.TODOKE_SEAL_COPY_DIR), "trust": Path(settings.TODOKE_TRUST_DIR),
        "form-checks": Path(settings.TODOKE_FORM_CHECKS_DIR),
    }  # fmt: skip
    with TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as plain:
        streams.open_into(path_of(sets, manifest, stored), stored, by, plain.write)
        plain.seek(0)
        try:
            with tarfile.open(fileobj=plain) as archive:
                for entry in archive:
                    place, _, inside = entry.name.partition("/")
                    if not entry.isfile() or place not in folders or ".." in inside.split("/"):
                        raise PieceDamaged(where=STATE)
                    _put_new(archive, entry, folders[place] / inside)
        except tarfile.TarError as damage:
            raise PieceDamaged(where=STATE) from damage
    return [_gap(body.code, body.sequence, folders["seals"]) for body in manifest.bodies]


def _put_new(archive: tarfile.TarFile, entry: tarfile.TarInfo, path: Path) -> None:
    """Write one file unless there is one: a copy of the seals that outlived the accident is worth more than ours."""
    content = archive.extractfile(entry)
    if path.exists() or content is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.partial")
    with open(draft, "wb") as file:
        shutil.copyfileobj(content, file, streams.CHUNK)
        file.flush()
        os.fsync(file.fileno())
    os.rename(draft, path)
    durable.sync_folder(path.parent)


def _gap(code: str, kept: int, seals: Path) -> Gap:
    """What the seals outside tell of entries after the set."""
    path = seals / f"{code}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    newest = max(
        (json.loads(line) for line in lines), key=lambda seal: int(seal["last_sequence"]), default=None
    )
    if newest is None or int(newest["last_sequence"]) <= kept:
        return Gap(code, kept, 0, "")
    return Gap(code, kept, int(newest["last_sequence"]), str(newest["sealed_at"]))


def _hold_everything(manifest: Manifest, gaps: list[Gap], actor: Actor, at: datetime) -> Callable[[], None]:
    """What is done in the restored database before anybody else can see it: nothing leaves until it is released."""

    def begin() -> None:
        for gap in gaps:
            with scope(gap.code):
                hold(manifest, gap, actor=actor, at=at)

    return begin


def _database_into(sets: Path, manifest: Manifest, by: streams.Identities, sink: streams.Sink) -> None:
    stored = next(file for file in manifest.files if file.name == DATABASE)
    streams.open_into(path_of(sets, manifest, stored), stored, by, streams.Unpacking(sink))


def _put_file(sets: Path, manifest: Manifest, by: streams.Identities, begin: Callable[[], None]) -> None:
    """SQLite: the file beside its place, checked and held, then renamed."""
    connection.close()
    with sqlite_copies.putting_in_place() as path:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            _database_into(sets, manifest, by, file.write)
            file.flush()
            os.fsync(file.fileno())
        sqlite_copies.check(path)
        _compare(manifest.tables, sqlite_copies.contents(path).tables)
        with sqlite_copies.connected_to(path):
            begin()
    durable.sync_folder(sqlite_copies.live_file().parent)


def _compare(expected: Mapping[str, int], found: Mapping[str, int]) -> None:
    wrong = sorted(name for name in {*expected, *found} if expected.get(name, 0) != found.get(name, 0))
    if wrong:
        raise RowsMissing(where=", ".join(wrong))


def _put_rows(sets: Path, manifest: Manifest, by: streams.Identities, begin: Callable[[], None]) -> None:
    """PostgreSQL: the tables as they were then, and all rows with the hold in one transaction."""
    executor = MigrationExecutor(connection)
    executor.migrate(_leaves(executor, manifest))
    with transaction.atomic():
        postgres_rows.load(lambda reading: _database_into(sets, manifest, by, reading), manifest.tables)
        begin()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _leaves(executor: MigrationExecutor, manifest: Manifest) -> list[tuple[str, str]]:
    """The last migration of each app that the set knows: the tables are made as they were then."""
    nodes = [(app, name) for app, name in (one.split(".", 1) for one in manifest.migrations)]
    before = {
        parent.key for node in nodes for parent in executor.loader.graph.node_map[node].parents
        if parent.key[0] == node[0]
    }  # fmt: skip
    return [node for node in nodes if node not in before]
