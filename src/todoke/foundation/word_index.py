"""An index of the words of a table of a body（語の索引）, kept by the database itself in the transaction of the row.

The indexed column holds words with blanks between them; a lone "|" parts what belongs to different things. Every word is
stored with its body before it, so that a question of one body never reads a list of another's rows. Triggers follow every
insert, change and deletion, whoever makes it. SQLite: a contentless FTS5 table. PostgreSQL: a GIN index outside the fence,
because the planner uses no index for `@@` behind row-level security; nobody but the owner reads that table, and a
function answers for the body in scope alone（decision 0019）. What is found are ids: rows still come through the fence,
and whoever asks compares the column itself, since the index knows neither order nor neighbourhood of words.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, models
from django.db.models.expressions import RawSQL

from .fence import current_organisation, in_scope

_LEAST, _MOST = 0, 2**63 - 1
_SETTLED = 2  # SQLite counts fewer changes than this for a merge that had nothing to do


@dataclass(frozen=True, slots=True)
class Reach:
    """Where to look: ids above and below these, exclusive; the newest（highest）first or the oldest; so many."""

    most: int
    above: int | None = None
    below: int | None = None
    is_newest_first: bool = True


def ids_with(table: str, words: Iterable[str], reach: Reach) -> list[int]:
    """The ids of the rows of the body in scope that hold all these words, in the order of the reach; outside a scope none."""
    wanted = sorted(set(words))
    if not in_scope() or not wanted:
        return []
    above = _LEAST if reach.above is None else reach.above
    below = _MOST if reach.below is None else reach.below
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            order = "DESC" if reach.is_newest_first else "ASC"
            cursor.execute(
                f"SELECT rowid FROM {table}_words WHERE {table}_words MATCH %s AND rowid > %s AND rowid < %s "  # noqa: S608  # names are ours
                f"ORDER BY rowid {order} LIMIT %s",
                [_match(current_organisation(), wanted), above, below, reach.most],
            )
        else:
            cursor.execute(
                f"SELECT {table}_words(%s, %s, %s, %s, %s)",
                [wanted, above, below, reach.is_newest_first, reach.most],
            )
        return [row[0] for row in cursor.fetchall()]


def one_of(column: str, ids: Sequence[int]) -> RawSQL:
    """The condition that a column（with its table）is one of many ids: one parameter, however many."""
    condition: str = f"{column} = ANY(%s)"
    value: list[int] | str = list(ids)
    if connection.vendor == "sqlite":
        condition, value = f"{column} IN (SELECT value FROM json_each(%s))", json.dumps(value)  # noqa: S608  # ours
    return RawSQL(condition, [value], output_field=models.BooleanField())  # noqa: S611  # the ids are a parameter


def forget_deleted(table: str) -> None:
    """On SQLite, let no deleted word stay behind in the parts of the index; short steps, each committed by itself.

    PostgreSQL's vacuum does it there. Inside a transaction it is one long step.
    """
    if connection.vendor != "sqlite":
        return
    command = f"INSERT INTO {table}_words({table}_words, rank) VALUES ('merge', %s)"  # noqa: S608  # names are ours
    with connection.cursor() as cursor:
        pages = -1_000  # below zero: all parts become one
        while True:
            before = connection.connection.total_changes
            cursor.execute(command, [pages])
            if connection.connection.total_changes - before < _SETTLED:
                return
            pages = 1_000


def _match(body: str, words: Sequence[str]) -> str:
    """The expression of FTS5 for all of these words."""
    return " AND ".join('"' + f"{body}{word}".replace('"', '""') + '"' for word in words)
