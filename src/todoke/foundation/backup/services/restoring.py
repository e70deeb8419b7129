"""Restoring a set into an empty place: keys, bytes, seals, and last of all the database, which brings the hold along.

Killed at any moment, there is no database to work on, or one whose outgoing traffic is held; begun again with the
same set, the restore goes on.
"""

import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from todoke.foundation import databases, durable
from todoke.foundation.audit.values import Actor
from todoke.foundation.backup import queries
from todoke.foundation.backup.errors import (
    GroupUnknown,
    ManifestDamaged,
    NoRoom,
    NotEmpty,
    OtherDatabase,
    OwnerNeeded,
    PieceDamaged,
    RestoreUnfinished,
    RowsMissing,
    VersionUnknown,
)
from todoke.foundation.backup.rules import coverage
from todoke.foundation.backup.values import (
    DIRECTORY,
    DatabaseCopy,
    Gap,
    Identities,
    Manifest,
    Piece,
    RestoreReport,
)
from todoke.foundation.fence import scope
from todoke.foundation.first_tables import made_quickly

from . import keys, postgres_rows, sqlite_copies, stored_objects, streams
from .drafts import Tell
from .holds import hold
from .places import STATE, path_of

MARK = "restoring"


def restore(
    sets: Path,
    name: str,
    by: Identities,
    *,
    actor: Actor,
    at: datetime,
    group: str | None = None,
    tell: Tell | None = None,
) -> RestoreReport:
    """Bring a set back, hold what would go outside, and say what is lost. Connect as the owner of the tables.

    `group`: only the bodies of that group, into its empty database, while the others go on. Everything is checked
    against the list while it is read. Raises NotEmpty, OtherDatabase, GroupUnknown, VersionUnknown, OwnerNeeded,
    KeysMissing, BucketMissing, and whatever a verification would find.
    """
    manifest = queries.manifest(sets, name)
    queries.is_signed(sets, name, by.public)
    job = _Job(sets, manifest, streams.identities(by.sets), tell or (lambda stage, done, total: None))
    chosen = [copy for copy in manifest.databases if group in (None, copy.group)]
    bodies = frozenset(head.code for copy in chosen for head in copy.bodies)
    if not chosen:
        raise GroupUnknown(where=str(group))
    waiting = [copy for copy in chosen if not _is_restored(copy, name)]
    with _marked(name if group is None else f"{name} {group}", bodies):
        if by.keys_file is not None:
            keys.put_back(by.keys_file, streams.identities(by.keys or by.sets))
        owners = {one.organisation for one in manifest.pieces} | {
            one.organisation for one in manifest.bundles
        }
        keys.check_in_place(bodies & owners)
        size = _put_segments(job, bodies)
        objects = stored_objects.put_back(sets, manifest, bodies, job.by, job.tell)
        gaps = _put_state(job, bodies)
        for copy in waiting:
            _put_database(job, copy, [gap for gap in gaps if _is_home(copy, gap)], actor=actor, at=at)
    return _report(manifest, chosen, (size, objects), gaps)


def _report(
    manifest: Manifest, chosen: Sequence[DatabaseCopy], brought: tuple[int, int], gaps: list[Gap]
) -> RestoreReport:
    """What came back; `brought`: bytes of segments, and objects."""
    bodies = {head.code for copy in chosen for head in copy.bodies}
    places = {(one.organisation, one.segment) for one in manifest.pieces if one.organisation in bodies}
    tables: dict[str, int] = {}
    for copy in chosen:
        tables.update({table: tables.get(table, 0) + rows for table, rows in copy.tables.items()})
    return RestoreReport(
        name=manifest.name, taken_at=manifest.taken_at, tables=tables, segments=len(places), size=brought[0],
        databases={copy.group: copy.taken_at for copy in chosen}, objects=brought[1], gaps=tuple(gaps),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Job:
    """One restore: the set, how it is opened, and who hears of it."""

    sets: Path
    manifest: Manifest
    by: streams.Identities
    tell: Tell


def _is_home(copy: DatabaseCopy, gap: Gap) -> bool:
    return any(head.code == gap.code for head in copy.bodies)


def _is_restored(copy: DatabaseCopy, name: str) -> bool:
    """Whether a restore of this set that was killed at its very end has brought this database already.

    Raises NotEmpty, GroupUnknown, OtherDatabase, VersionUnknown, OwnerNeeded where it cannot be brought.
    """
    if copy.group != DIRECTORY and copy.group not in databases.groups():
        raise GroupUnknown(where=copy.group)
    with databases.standing_in(copy.group):
        _refuse_unless_fitting(copy)
        is_empty = postgres_rows.is_empty if connection.vendor == "postgresql" else sqlite_copies.is_empty
        if is_empty():
            return False
        mark = Path(settings.VAR) / MARK
        if not mark.exists() or mark.read_text(encoding="utf-8").split(" ")[0] != name:
            raise NotEmpty(where="TODOKE_DATABASE_URL")
        for head in copy.bodies:
            with scope(head.code, read_only=True):
                found = queries.open_restoration()
            if found is None or found.set_name != name:
                raise NotEmpty(where="TODOKE_DATABASE_URL")
    return True


def _refuse_unless_fitting(copy: DatabaseCopy) -> None:
    if copy.vendor != connection.vendor:
        raise OtherDatabase(where=copy.vendor)
    graph = MigrationExecutor(None).loader.graph
    unknown = [one for one in copy.migrations if tuple(one.split(".", 1)) not in graph.nodes]
    if unknown:
        raise VersionUnknown(where=unknown[0])
    if connection.vendor == "postgresql" and not postgres_rows.owns_tables():
        raise OwnerNeeded(where=str(connection.settings_dict["USER"]))


@contextmanager
def _marked(what: str, bodies: frozenset[str]) -> Iterator[None]:
    """A mark in TODOKE_VAR while a restore is under way, so that the same one may go on. Raises NotEmpty.

    While a mark of a whole set is there, neither desk nor worker starts（`refuse_while_restoring`）.
    """
    mark = Path(settings.VAR) / MARK
    begun = mark.read_text(encoding="utf-8").strip() if mark.exists() else ""
    if begun not in ("", what):
        raise NotEmpty(where=f"{MARK}: {begun}")
    vault = Path(settings.TODOKE_VAULT_DIR)
    if not begun and any(path for body in bodies for path in (vault / body).glob("*.seg")):
        raise NotEmpty(where="vault")
    durable.put(mark, what.encode())
    yield
    mark.unlink()
    durable.sync_folder(mark.parent)


def refuse_while_restoring() -> None:
    """Let nothing start on half of an installation. Raises RestoreUnfinished."""
    mark = Path(settings.VAR) / MARK
    if mark.exists():
        what = mark.read_text(encoding="utf-8").strip()
        if " " not in what:  # of one group alone, the others go on
            raise RestoreUnfinished(where=what or MARK)


def _put_segments(job: _Job, bodies: frozenset[str]) -> int:
    """Write every segment from its pieces; returns bytes. Raises NoRoom, PieceMissing, PieceDamaged, WrongKey."""
    pieces = [piece for piece in job.manifest.pieces if piece.organisation in bodies]
    done, total = 0, sum(piece.end - piece.start for piece in pieces)
    for (organisation, segment), some in coverage.by_segment(pieces).items():
        folder = Path(settings.TODOKE_VAULT_DIR) / organisation
        try:
            durable.make_folder(folder)
            _put_segment(job, folder / segment, some)
            durable.sync_folder(folder)
        except OSError as refusal:
            raise NoRoom(where=segment) from refusal
        done += sum(piece.end - piece.start for piece in some)
        job.tell("vault", done, total)
    return done


def _put_segment(job: _Job, path: Path, pieces: list[Piece]) -> None:
    draft = path.with_name(f"{path.name}.partial")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for piece in pieces:
            if file.tell() != piece.start:
                raise ManifestDamaged(where=job.manifest.name)
            streams.open_into(path_of(job.sets, job.manifest, piece.file), piece.file, job.by, file.write)
        file.flush()
        os.fsync(file.fileno())
    os.rename(draft, path)


def _put_state(job: _Job, bodies: frozenset[str]) -> list[Gap]:
    """Seals, trust anchors and form checks; what the seals outside have more than the set is never touched."""
    stored = next(file for file in job.manifest.files if file.name == STATE)
    folders = {
        "seals": Path(settings.TODOKE_SEAL_COPY_DIR), "trust": Path(settings.TODOKE_TRUST_DIR),
        "form-checks": Path(settings.TODOKE_FORM_CHECKS_DIR),
    }  # fmt: skip
    with TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as plain:
        streams.open_into(path_of(job.sets, job.manifest, stored), stored, job.by, plain.write)
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
    heads = [head for copy in job.manifest.databases for head in copy.bodies if head.code in bodies]
    return [
        _gap(head.code, head.sequence, folders["seals"]) for head in sorted(heads, key=lambda one: one.code)
    ]


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


def _put_database(job: _Job, copy: DatabaseCopy, gaps: list[Gap], *, actor: Actor, at: datetime) -> None:
    """One database with what is held; nobody sees anything of it before all is there."""

    def begin() -> None:
        for gap in gaps:
            with scope(gap.code):
                hold(job.manifest, gap, actor=actor, at=at)

    job.tell("database", 0, 1)
    with databases.standing_in(copy.group):
        put = _put_rows if connection.vendor == "postgresql" else _put_file
        put(job, copy, begin)
    job.tell("database", 1, 1)


def _database_into(job: _Job, copy: DatabaseCopy, sink: streams.Sink) -> None:
    streams.open_into(path_of(job.sets, job.manifest, copy.file), copy.file, job.by, streams.Unpacking(sink))


def _put_file(job: _Job, copy: DatabaseCopy, begin: Callable[[], None]) -> None:
    """SQLite: the file beside its place, checked and held, then renamed."""
    connection.close()
    with sqlite_copies.putting_in_place() as path:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            _database_into(job, copy, file.write)
            file.flush()
            os.fsync(file.fileno())
        sqlite_copies.check(path)
        _compare(copy.tables, sqlite_copies.contents(path).tables)
        with sqlite_copies.connected_to(path):
            begin()
    durable.sync_folder(sqlite_copies.live_file().parent)


def _compare(expected: Mapping[str, int], found: Mapping[str, int]) -> None:
    wrong = sorted(name for name in {*expected, *found} if expected.get(name, 0) != found.get(name, 0))
    if wrong:
        raise RowsMissing(where=", ".join(wrong))


def _put_rows(job: _Job, copy: DatabaseCopy, begin: Callable[[], None]) -> None:
    """PostgreSQL: the tables as they were then, and all rows with the hold in one transaction.

    Killed between the two, the tables are there and empty: the next restore finds them made and goes on.
    """
    executor = MigrationExecutor(connection)
    with made_quickly(connection):
        executor.migrate(_leaves(executor, copy))
    with transaction.atomic():
        postgres_rows.load(lambda reading: _database_into(job, copy, reading), copy.tables)
        begin()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _leaves(executor: MigrationExecutor, copy: DatabaseCopy) -> list[tuple[str, str]]:
    """The last migration of each app that the set knows: the tables are made as they were then."""
    nodes = [(app, name) for app, name in (one.split(".", 1) for one in copy.migrations)]
    before = {
        parent.key for node in nodes for parent in executor.loader.graph.node_map[node].parents
        if parent.key[0] == node[0]
    }  # fmt: skip
    return [node for node in nodes if node not in before]
