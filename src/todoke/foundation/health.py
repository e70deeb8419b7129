"""Whether this process can do its work now: stable codes of what is missing, and nothing about anybody."""

import errno
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from todoke.foundation import databases
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit.errors import SealOverdue
from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.patience import Patience
from todoke.foundation.vault.errors import KeyMissing, StoreFailed
from todoke.foundation.vault.queries import master_key

DATABASE_AWAY, NOT_MIGRATED, NO_ROOM = "SYS-941", "SYS-942", "SYS-943"
SEALS_SECONDS = 30.0  # how long the answer about the seals of all bodies serves
SHARE = 20
ROOM_SECONDS = 10.0  # how long an answer about the disks serves
REFUSED_SECONDS = 60.0  # how long a refusal is told of
STALLED_SECONDS = 2.0  # a disk that takes longer hangs, whatever it answers later
_FULL = frozenset({errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO})
_NO_WRITES = frozenset({"53100", "25006", "58030"})  # PostgreSQL: disk full, read-only transaction, I/O error
_NO_SERVER = frozenset(
    {"53300", "57P01", "57P02", "57P03"}
)  # PostgreSQL: too many connections, stopping, starting
_SQLITE_REFUSALS = frozenset({8, 10, 13})  # SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL


class StorageStalled(TodokeError):
    """The place of the originals does not answer: a network share or a disk that hangs."""

    code: ClassVar[str] = "SYS-943"
    sentence: ClassVar[str] = (
        "原本の置き場所が応答しません。しばらくしてからやり直し、続くときは情報政策課へ「SYS-943」と伝えてください。"
    )


class DatabaseAhead(TodokeError):
    """The database has been brought to a newer version than this program: old code on a new schema is refused（F23）."""

    code: ClassVar[str] = "SYS-954"
    sentence: ClassVar[str] = (
        "データベースはこのプログラムより新しい版です（{step}）。新しい版のプログラムで動かすか、その前の控えに戻してください。"
    )


class Readiness:
    """What is missing, as one process sees it. What cannot change back is asked once; the seals now and then."""

    def __init__(self, *, with_originals: bool = True) -> None:
        """Ask nothing yet. A process that never touches originals（the sealer）needs neither their place nor their keys."""
        self._with_originals = with_originals
        self._originals = Patience(_missing_of_originals, seconds=STALLED_SECONDS)
        self._lock = threading.Lock()
        self._is_migrated = self._are_seals_overdue = False
        self._seals_serve_until = 0.0

    def missing(self) -> tuple[str, ...]:
        """The codes of what is missing, in the order in which one would mend it; empty when it is ready."""
        codes = list(self._missing_of_originals()) if self._with_originals else []
        try:
            codes += self._missing_in_database()
        except Error:
            codes.append(DATABASE_AWAY)
            if not connection.in_atomic_block:
                connection.close()
        return tuple(codes)

    def _missing_of_originals(self) -> tuple[str, ...]:
        """A place that does not answer in time is as one that cannot be written: no probe waits for it."""
        found = self._originals.answer()
        return (NO_ROOM,) if found is None else found

    def _missing_in_database(self) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not self._is_migrated:
            executor = MigrationExecutor(connection)
            self._is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not self._is_migrated:
            return [NOT_MIGRATED]
        if unknown_steps():
            return [DatabaseAhead.code]
        return [SealOverdue.code] if self._overdue() else []

    def _overdue(self) -> bool:
        """Whether no body can write any more. Where some can, the others raise an alert and close nobody's desk."""
        with self._lock:
            began = time.monotonic()
            if began < self._seals_serve_until:
                return self._are_seals_overdue
            oldest = _unsealed_by_body()
            limit = now() - timedelta(hours=settings.TODOKE_SEAL_LIMIT_HOURS)
            self._are_seals_overdue = bool(oldest) and all(one is not None and one < limit for one in oldest)
            took = time.monotonic() - began
            self._seals_serve_until = time.monotonic() + max(SEALS_SECONDS, SHARE * took)
            return self._are_seals_overdue


def _unsealed_by_body() -> list[datetime | None]:
    """Since when an entry waits, of every body whose database answers. Raises Error when the directory or none does.

    The bodies of a group whose database is away can do nothing; those of the others go on, and so does their desk.
    """
    found: list[datetime | None] = []
    away: Error | None = None
    for body in organisations():
        try:
            found.append(_unsealed_since(body.code))
        except Error as trouble:
            if databases.group_of(body.code) == DEFAULT_DB_ALIAS:
                raise
            away = trouble
    if away is not None and not found:
        raise away
    return found


def _unsealed_since(body: str) -> datetime | None:
    with scope(body, read_only=True):
        return audit.unsealed_since()


def _has_room(where: Path | None = None) -> bool:
    """Whether a file can be made where originals are kept, or there: a full or read-only device says no."""
    place = where or Path(settings.TODOKE_VAULT_DIR)
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, draft = tempfile.mkstemp(prefix=".ready-", dir=place)
        try:
            os.write(descriptor, b"ready")
        finally:
            os.close(descriptor)
            os.unlink(draft)
    except OSError:
        return False
    return True


class Storing:
    """Whether what people type can be kept, as one process knows: asked of the disks now and then, told by refusals."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._lock = threading.Lock()
        self._room = Patience(_has_room_everywhere, seconds=STALLED_SECONDS)
        self._serves_until = self._refused_until = 0.0
        self._is_refused = False

    def note(self, refusal: BaseException | None) -> bool:
        """Whether an error, or what caused it, is a disk or database that takes nothing; then pages say so for a minute."""
        if not is_storage_refusal(refusal):
            return False
        self._refused_until = time.monotonic() + REFUSED_SECONDS
        return True

    def is_refused(self) -> bool:
        """Whether nothing can be stored now. One page asks; the others meanwhile go on with the last answer."""
        began = time.monotonic()
        if began < self._refused_until:
            return True
        if began >= self._serves_until and self._lock.acquire(blocking=False):
            try:
                self._is_refused = not self._room.answer()
                self._serves_until = time.monotonic() + ROOM_SECONDS
            finally:
                self._lock.release()
        return self._is_refused

    def check_answering(self) -> None:
        """Before an original is read for a page: a disk that hangs would hold the page, and one after the other all.

        Raises StorageStalled.
        """
        if self._room.answer() is None:
            raise StorageStalled

    def forget(self) -> None:
        """Ask anew at the next question."""
        self._serves_until = self._refused_until = 0.0


def unknown_steps(alias: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Changes of a database that this version of the program does not know, as "app.name"."""
    known = _known_steps()
    ours = {app for app, _ in known}
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in set(applied) - known if app in ours)


@cache
def _known_steps() -> frozenset[tuple[str, str]]:
    """Every change that this program brings, by app and name; read once."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def refuse_newer_database() -> None:
    """Let old code begin on no newer database. Raises DatabaseAhead."""
    for alias in settings.TODOKE_OWNER_URLS:
        if steps := unknown_steps(alias):
            raise DatabaseAhead(step=steps[0])


def is_storage_refusal(refusal: BaseException | None) -> bool:
    """Whether an error says that a disk is full, read-only or failing, or that a database takes no writes."""
    while refusal is not None:
        number = getattr(refusal, "sqlite_errorcode", None)
        if (
            isinstance(refusal, StoreFailed)
            or (isinstance(refusal, OSError) and refusal.errno in _FULL)
            or getattr(refusal, "sqlstate", None) in _NO_WRITES
            or (number is not None and number & 0xFF in _SQLITE_REFUSALS)
        ):
            return True
        refusal = refusal.__cause__ or refusal.__context__
    return False


def is_database_away(refusal: BaseException | None) -> bool:
    """Whether an error, or what caused it, says that there is no connection to a database: outage, restart, failover."""
    while refusal is not None:
        if isinstance(refusal, OperationalError | InterfaceError):
            cause = refusal.__cause__
            if isinstance(cause, sqlite3.Error):
                return getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CANTOPEN
            state = getattr(cause, "sqlstate", None)
            return state is None or state[:2] == "08" or state in _NO_SERVER
        refusal = refusal.__cause__ or refusal.__context__
    return False


def _has_keys() -> bool:
    try:
        master_key()
    except (TodokeError, OSError):
        return False
    return True


def _missing_of_originals() -> tuple[str, ...]:
    return tuple(code for code, is_well in ORIGINALS.items() if not is_well())


def _has_room_everywhere() -> bool:
    return _has_room() and _has_room(Path(settings.VAR))


ORIGINALS: Mapping[str, Callable[[], bool]] = {NO_ROOM: _has_room, KeyMissing.code: _has_keys}
STORING = Storing()
