"""Ids of groups far apart, so that a body's rows keep theirs wherever it moves."""

import zlib
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from .places import tables

WIDTH = 1_000_000_000_000  # ids per group: far more than rows, and 9,000 groups stay below 2**53
GROUPS = 9_000


def first_id(group: str) -> int:
    """Where the ids of a group begin; the directory's begin at 1."""
    return 1 if group == DEFAULT_DB_ALIAS else (zlib.crc32(group.encode()) % (GROUPS - 2) + 1) * WIDTH


def keep_ids_apart(group: str) -> int:
    """Let the ids of a group's tables that never had a row begin far from everybody else's; returns how many tables."""
    if group == DEFAULT_DB_ALIAS:
        return 0
    begin = _begin_postgres if connections[group].vendor == "postgresql" else _begin_sqlite
    with connections[group].cursor() as cursor:
        return sum(begin(cursor, table, first_id(group)) for table in tables())


def _begin_postgres(cursor: Any, table: str, first: int) -> bool:
    cursor.execute(
        "SELECT setval(s, %s, false) FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS s) AS found "
        "WHERE pg_sequence_last_value(s) IS NULL",
        [first, table],
    )
    return cursor.fetchone() is not None


def _begin_sqlite(cursor: Any, table: str, first: int) -> bool:
    cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
    if (cursor.fetchone() or (0,))[0]:
        return False
    cursor.execute(
        "DELETE FROM sqlite_sequence WHERE name = %s", [table]
    )  # a table that was remade has a row with 0
    cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first - 1])
    return True
