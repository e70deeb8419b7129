"""SQLite: a copy of one moment while others write, by SQLite's own backup, and what the copy says of itself."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from todoke.foundation.backup.errors import DatabaseDamaged, NoRoom
from todoke.foundation.backup.values import BodyHead, Contents
from todoke.foundation.vault.queries import end_of

FORGOTTEN = ("django_session",)  # who was signed in signs in again
# SQLite gives the size of the row that has the maximum.
_ENDS = (
    'SELECT organisation_id, segment, MAX("offset"), size FROM foundation_blob '
    "WHERE destroyed_at IS NULL AND segment LIKE '%.seg' GROUP BY organisation_id, segment"
)
_OBJECTS = "SELECT organisation_id, segment, size FROM foundation_blob WHERE destroyed_at IS NULL AND segment LIKE '%.obj'"
_HEADS = (
    "SELECT code, COALESCE((SELECT MAX(sequence) FROM foundation_auditlink l WHERE l.organisation_id = code), 0), "
    "COALESCE((SELECT hash FROM foundation_auditlink l WHERE l.organisation_id = code ORDER BY sequence DESC LIMIT 1), ''), "
    "COALESCE((SELECT stamp FROM foundation_auditseal s WHERE s.organisation_id = code ORDER BY last_sequence DESC LIMIT 1), '') "
    "FROM foundation_organisation ORDER BY code"
)


def live_file() -> Path:
    """The file of the database in use."""
    return Path(str(connection.settings_dict["NAME"]))


@contextmanager
def snapshot(folder: Path) -> Iterator[Path]:
    """A checked copy of the live database in a private folder; gone afterwards. Raises DatabaseDamaged, NoRoom.

    One read transaction: writers go on, and what they commit meanwhile is not in it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "copy.sqlite3"
    path.unlink(missing_ok=True)
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(live_file())) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
            with target:
                for table in FORGOTTEN:
                    target.execute(f'DELETE FROM "{table}"')  # noqa: S608  # the name is ours
        check(path)
        yield path
    except sqlite3.OperationalError as refusal:
        raise NoRoom(where=str(folder)) from refusal
    except sqlite3.DatabaseError as damage:
        raise DatabaseDamaged(where="sqlite") from damage
    finally:
        path.unlink(missing_ok=True)


def check(path: Path) -> None:
    """SQLite's own check of a whole file. Raises DatabaseDamaged."""
    try:
        with closing(sqlite3.connect(path)) as database:
            found = [row[0] for row in database.execute("PRAGMA integrity_check(5)")]
            orphans = database.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as damage:
        raise DatabaseDamaged(where=path.name) from damage
    if found != ["ok"] or orphans is not None:
        raise DatabaseDamaged(where=path.name)


def contents(path: Path) -> Contents:
    """What a copy says of itself. Raises DatabaseDamaged when it is no database of Todoke."""
    try:
        with closing(sqlite3.connect(path)) as database:
            names = [
                row[0]
                for row in database.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
                )
            ]
            tables = {name: _count(database, name) for name in names}
            ends = {
                (body, name): end_of(offset, size) for body, name, offset, size in database.execute(_ENDS)
            }
            objects = {(body, name): end_of(0, size) for body, name, size in database.execute(_OBJECTS)}
            heads = tuple(BodyHead(*row) for row in database.execute(_HEADS))
            applied = database.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id")
            return Contents(ends, heads, tables, tuple(row[0] for row in applied), objects)
    except sqlite3.DatabaseError as damage:
        raise DatabaseDamaged(where=path.name) from damage


def _count(database: sqlite3.Connection, table: str) -> int:
    count: int = database.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]  # noqa: S608  # its own name
    return count


def is_empty() -> bool:
    """Whether the live database holds no body: there is no file, no table, or no row that counts."""
    if not live_file().exists():
        return True
    with closing(sqlite3.connect(live_file())) as database:
        is_there = database.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'foundation_organisation'"
        ).fetchone()
        return (
            is_there is None or database.execute("SELECT 1 FROM foundation_organisation").fetchone() is None
        )


@contextmanager
def putting_in_place() -> Iterator[Path]:
    """Yields where to write the restored file; it takes the place of the live one when the block ends well.

    While the block runs, Django may be led there by `connected_to`.
    """
    live = live_file()
    path = live.with_name(f"{live.name}.restoring")
    for one in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        one.unlink(missing_ok=True)
    yield path
    connection.close()
    for end in ("-wal", "-shm"):
        live.with_name(live.name + end).unlink(missing_ok=True)
    with open(path, "rb") as file:
        os.fsync(file.fileno())
    os.rename(path, live)


@contextmanager
def connected_to(path: Path) -> Iterator[None]:
    """Let Django work on another file for a while; afterwards everything stands in that one file."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
