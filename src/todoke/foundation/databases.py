"""Which database a body's rows are in（団体の置き場所）, by setting; and followers for reading（読み取り専用の複製）.

An installation has one directory database: the register of bodies, sign-in names, sessions. Bodies stay in it too, or
live in groups on databases of their own. While a scope of such a body is open its group's connection *is* the default
one, so that no query, transaction or lock has to know of groups; the directory is then reached by the router alone.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, Error, connections, models

from .walls import is_fenced

log = logging.getLogger("todoke.databases")
DIRECTORY = "directory"
_STANDING = "todoke_standing_in"
FOLLOWER = "-follower"
HOMES_SECONDS = 2.0
REFUSAL = "todoke: moving"  # what the triggers of a move say
_MOVED = frozenset({"switched", "done"})
_is_of_a_body = cache(is_fenced)
_homes: dict[str, tuple[float, dict[str, tuple[str, str]]]] = {}
# Beside what the leader has written: a follower that receives nothing more has replayed all that it received, and one
# that was a leader and is cut off takes itself for one.
_WRITTEN = "SELECT pg_current_wal_lsn()::text"
_LAG = (
    "SELECT CASE WHEN CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END >= %s::pg_lsn "
    "THEN 0 WHEN pg_is_in_recovery() THEN EXTRACT(EPOCH FROM now() - pg_last_xact_replay_timestamp()) END"
)


def group_of(organisation: str) -> str:
    """The alias of the database in which a body's rows are; `default` for every body that no group names."""
    moved, step = _moves().get(organisation, ("", ""))
    if step in _MOVED:
        return moved
    alias: str = settings.TODOKE_GROUPS.get(organisation, DEFAULT_DB_ALIAS)
    return alias


def moving() -> list[str]:
    """The bodies that are on their way to another database: nothing of theirs is written meanwhile."""
    return sorted(code for code, (_, step) in _moves().items() if step not in _MOVED)


def is_refused_by_move(trouble: BaseException) -> bool:
    """Whether a write was refused because its body is on its way; nothing of it was kept."""
    return isinstance(trouble, DatabaseError) and REFUSAL in str(trouble)


def forget_homes() -> None:
    """Ask again where bodies live: this process has just changed it."""
    _homes.clear()


def _moves() -> dict[str, tuple[str, str]]:
    """By body: where its newest move leads and how far it is, at most so many seconds old; nothing without groups."""
    if not groups():
        return {}
    place = str(connections[directory()].settings_dict["NAME"])
    read_at, found = _homes.get(place, (-HOMES_SECONDS, {}))
    if time.monotonic() - read_at >= HOMES_SECONDS:
        with connections[directory()].cursor() as cursor:
            cursor.execute("SELECT code, target, step FROM foundation_bodymove")
            found = {code: (target, step) for code, target, step in cursor.fetchall()}
        _homes[place] = (time.monotonic(), found)
    return found


def groups() -> list[str]:
    """The aliases of the databases of groups, without the directory and without followers."""
    return sorted(name for name in settings.TODOKE_OWNER_URLS if name != DEFAULT_DB_ALIAS)


def directory() -> str:
    """The alias under which the directory is reached now."""
    return DIRECTORY if _is_away() else DEFAULT_DB_ALIAS


def _is_away() -> bool:
    """Whether the connection of a group stands in for the default one in this thread."""
    return hasattr(connections._connections, DIRECTORY)  # type: ignore[attr-defined]  # where Django keeps them


@contextmanager
def home_of(organisation: str) -> Iterator[None]:
    """Let the default connection be the one to the database of this body, in this thread, until the block ends."""
    if _is_away() or hasattr(connections._connections, _STANDING):  # type: ignore[attr-defined]  # as above
        yield
        return
    alias = group_of(organisation)
    if alias == DEFAULT_DB_ALIAS:
        yield
        return
    home = connections[DEFAULT_DB_ALIAS]
    connections[DIRECTORY] = home
    connections[DEFAULT_DB_ALIAS] = connections[alias]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = home
        del connections[DIRECTORY]


def has_follower(organisation: str) -> bool:
    """Whether a follower of this body's database is set up."""
    return f"{group_of(organisation)}{FOLLOWER}" in settings.DATABASES


def follower_of(organisation: str) -> str | None:
    """The alias of a follower of this body's database; None when none is set up, none answers, or it lags too far.

    Call in the scope of the body: its own database says how far it has come.
    """
    if not has_follower(organisation):
        return None
    alias = f"{group_of(organisation)}{FOLLOWER}"
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_WRITTEN)
        (written,) = cursor.fetchone()
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(_LAG, [written])
            (lag,) = cursor.fetchone()
    except Error as trouble:
        log.warning("databases.follower_away alias=%s error=%s", alias, type(trouble).__name__)
        connections[alias].close()
        return None
    return alias if lag is not None and lag <= settings.TODOKE_FOLLOWER_LAG_SECONDS else None


@contextmanager
def standing_in(alias: str) -> Iterator[None]:
    """Let this connection be the default one in this thread until the block ends, whoever is asked for."""
    before = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections[alias]
    is_first = not hasattr(connections._connections, _STANDING)  # type: ignore[attr-defined]  # as above
    setattr(connections._connections, _STANDING, True)  # type: ignore[attr-defined]  # as above
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = before
        if is_first:
            delattr(connections._connections, _STANDING)  # type: ignore[attr-defined]  # as above


class Router:
    """Sends what belongs to no body to the directory, and everything else to the default connection of the moment."""

    @staticmethod
    def _place(model: type[models.Model], **_hints: Any) -> str | None:
        return None if _is_of_a_body(model) else directory()

    db_for_read = _place
    db_for_write = _place

    @staticmethod
    def allow_relation(_one: models.Model, _other: models.Model, **_hints: Any) -> bool:
        """A row of a body may name its body: every group keeps a copy of the row that does."""
        return True
