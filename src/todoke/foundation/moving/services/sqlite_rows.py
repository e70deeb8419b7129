"""SQLite: a body's rows held, copied with their values as they are, counted and cleared; each in one transaction."""

import sqlite3
from pathlib import Path
from typing import Self

from django.db import DEFAULT_DB_ALIAS, connections

from todoke.foundation.moving.errors import IdsTaken

from .places import append_only, tables

_EVENTS = {"INSERT": "NEW", "UPDATE": "OLD", "DELETE": "OLD"}


class Rows:
    """One database file, on a connection of its own."""

    def __init__(self, alias: str) -> None:
        """Of this database."""
        self.alias = alias
        self._raw = sqlite3.connect(_file(alias), isolation_level=None, timeout=30)
        self._raw.execute("PRAGMA secure_delete=ON")

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close; what was not committed is gone."""
        self._raw.close()

    def hold(self, body: str) -> None:
        """From now on nobody writes a row of this body here, until `release`."""
        self._raw.execute("BEGIN IMMEDIATE")
        for table in tables():
            for event, row in _EVENTS.items():
                self._raw.execute(
                    f'CREATE TRIGGER IF NOT EXISTS "{_held(table, body, event)}" BEFORE {event} ON "{table}" '
                    f"WHEN {row}.organisation_id = '{body}' BEGIN SELECT RAISE(ABORT, 'todoke: moving'); END"
                )
        self._raw.execute("COMMIT")

    def release(self, body: str) -> None:
        """Let the body be written again."""
        self._raw.execute("BEGIN IMMEDIATE")
        self._drop_holds(body)
        self._raw.execute("COMMIT")

    def _drop_holds(self, body: str) -> None:
        for table in tables():
            for event in _EVENTS:
                self._raw.execute(f'DROP TRIGGER IF EXISTS "{_held(table, body, event)}"')

    def clear(self, body: str) -> None:
        """Remove every row of this body, the append-only ones too; whether it is held stays as it was."""
        self._raw.execute("BEGIN IMMEDIATE")
        self._raw.execute("PRAGMA defer_foreign_keys=ON")
        lifted = self._in_the_way(body)
        for name, _ in lifted:
            self._raw.execute(f'DROP TRIGGER "{name}"')
        for table in tables():
            self._raw.execute(f'DELETE FROM "{table}" WHERE organisation_id = ?', [body])  # noqa: S608  # names are ours
        if self.alias != DEFAULT_DB_ALIAS:
            self._raw.execute("DELETE FROM foundation_organisation WHERE code = ?", [body])
        for _, made in lifted:
            self._raw.execute(made)
        self._raw.execute("COMMIT")

    def _in_the_way(self, body: str) -> list[tuple[str, str]]:
        """Name and text of the triggers that would refuse the removal."""
        found = self._raw.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        holding = {_held(table, body, event) for table in tables() for event in _EVENTS}
        return [
            (name, made)
            for name, table, made in found.fetchall()
            if name in holding or (table in append_only() and name == f"{table}_no_delete")
        ]

    def take_from(self, source: str, body: str) -> None:
        """Copy every row of this body from another database. Raises IdsTaken, and then nothing is copied."""
        self._raw.execute("ATTACH DATABASE ? AS source", [str(_file(source))])
        self._raw.execute("BEGIN IMMEDIATE")
        self._raw.execute("PRAGMA defer_foreign_keys=ON")
        if self.alias != DEFAULT_DB_ALIAS:
            self._copy("foundation_organisation", "code", body, without="id")
        for table in tables():
            try:
                self._copy(table, "organisation_id", body)
            except sqlite3.IntegrityError as taken:
                self._raw.execute("ROLLBACK")
                raise IdsTaken(table=table) from taken
        self._raw.execute("COMMIT")

    def _copy(self, table: str, column: str, body: str, *, without: str = "") -> None:
        known = [row[1] for row in self._raw.execute(f'PRAGMA main.table_info("{table}")')]
        names = ", ".join(f'"{name}"' for name in known if name != without)
        self._raw.execute(
            f'INSERT INTO main."{table}" ({names}) SELECT {names} FROM source."{table}" WHERE "{column}" = ?',  # noqa: S608  # names are ours
            [body],
        )

    def counts(self, body: str) -> dict[str, int]:
        """How many rows of this body each table has."""
        return {table: self._count(table, body) for table in tables()}

    def _count(self, table: str, body: str) -> int:
        question = f'SELECT COUNT(*) FROM "{table}" WHERE organisation_id = ?'  # noqa: S608  # names are ours
        return int(self._raw.execute(question, [body]).fetchone()[0])


def _file(alias: str) -> Path:
    return Path(str(connections[alias].settings_dict["NAME"]))


def _held(table: str, body: str, event: str) -> str:
    return f"{table}_moving_{body}_{event.lower()}"
