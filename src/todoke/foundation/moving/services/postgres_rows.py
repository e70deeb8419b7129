"""PostgreSQL: a body's rows held, copied as COPY text, counted and cleared; each in one transaction, as the owner.

COPY INTO a fenced table is not possible, and lifting the fence would stop everybody else: rows go through a temporary
table and from there, in the scope of their body, into their own.
"""

from typing import Any, Self

from django.db import DEFAULT_DB_ALIAS, connections

from todoke.foundation.moving.errors import HouseBusy, IdsTaken

from .places import append_only, tables

TRIES = 5
_FUNCTION = """
CREATE OR REPLACE FUNCTION todoke_moving() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF (TG_OP <> 'INSERT' AND OLD.organisation_id = TG_ARGV[0]) OR (TG_OP <> 'DELETE' AND NEW.organisation_id = TG_ARGV[0])
    THEN RAISE EXCEPTION 'todoke: moving'; END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$
"""
_COLUMNS = """
SELECT attname::text FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""


class Rows:
    """One database, on a connection of its own."""

    def __init__(self, alias: str) -> None:
        """Of this database."""
        self.alias, self._wrapper = alias, connections[alias]
        self._raw: Any = self._wrapper.get_new_connection(self._wrapper.get_connection_params())
        self._cursor: Any = self._raw.cursor()

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close; what was not committed is gone."""
        self._raw.close()

    @property
    def _errors(self) -> Any:
        driver: Any = self._wrapper  # the wrapper knows its driver; the stubs do not
        return driver.Database.errors

    def hold(self, body: str) -> None:
        """From now on nobody writes a row of this body here, until `release`: waits for those who do just now."""

        def raise_triggers() -> None:
            self._cursor.execute(_FUNCTION)
            for table in tables():
                self._cursor.execute(f'DROP TRIGGER IF EXISTS "{_held(body)}" ON "{table}"')
                self._cursor.execute(
                    f'CREATE TRIGGER "{_held(body)}" BEFORE INSERT OR UPDATE OR DELETE ON "{table}" '
                    f"FOR EACH ROW EXECUTE FUNCTION todoke_moving('{body}')"
                )

        self._patiently(raise_triggers)

    def release(self, body: str) -> None:
        """Let the body be written again."""

        def drop_triggers() -> None:
            for table in tables():
                self._cursor.execute(f'DROP TRIGGER IF EXISTS "{_held(body)}" ON "{table}"')

        self._patiently(drop_triggers)

    def _patiently(self, change: Any) -> None:
        """Change tables that others write to: never waiting so long that they have to wait for us. Raises HouseBusy."""
        for _ in range(TRIES):
            try:
                self._cursor.execute("SET LOCAL lock_timeout = '5s'")
                change()
                self._raw.commit()
                return
            except (self._errors.LockNotAvailable, self._errors.DeadlockDetected):
                self._raw.rollback()
        raise HouseBusy

    def _enter(self, body: str) -> None:
        self._cursor.execute("SELECT set_config('todoke.organisation', %s, true)", [body])

    def clear(self, body: str) -> None:
        """Remove every row of this body, the append-only ones too; whether it is held stays as it was."""

        def remove() -> None:
            self._enter(body)
            self._cursor.execute(
                "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname = %s OR (tgrelid::regclass::text = "
                "ANY(%s) AND tgname = tgrelid::regclass::text || '_no_delete')",
                [_held(body), append_only()],
            )
            lifted = self._cursor.fetchall()
            for table, name in lifted:
                self._cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
            for table in tables():
                self._cursor.execute(f'DELETE FROM "{table}" WHERE organisation_id = %s', [body])  # noqa: S608  # names are ours
            if self.alias != DEFAULT_DB_ALIAS:
                self._cursor.execute("DELETE FROM foundation_organisation WHERE code = %s", [body])
            self._cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE"
            )  # a table with checks to come cannot be altered
            for table, name in lifted:
                self._cursor.execute(f'ALTER TABLE {table} ENABLE TRIGGER "{name}"')

        self._patiently(remove)

    def take_from(self, source: str, body: str) -> None:
        """Copy every row of this body from another database. Raises IdsTaken, and then nothing is copied."""
        with Rows(source) as there:
            there._enter(body)
            self._enter(body)
            if self.alias != DEFAULT_DB_ALIAS:
                self._copy(there, "foundation_organisation", "code", body, without="id")
            for table in tables():
                try:
                    self._copy(there, table, "organisation_id", body)
                except self._errors.UniqueViolation as taken:
                    raise IdsTaken(table=table) from taken
            self._raw.commit()

    def _copy(self, there: "Rows", table: str, column: str, body: str, *, without: str = "") -> None:
        self._cursor.execute(_COLUMNS, [table])
        names = ", ".join(f'"{row[0]}"' for row in self._cursor.fetchall() if row[0] != without)
        chosen = f'SELECT {names} FROM "{table}"'  # noqa: S608  # names are ours
        self._cursor.execute(f"CREATE TEMP TABLE moving AS {chosen} WITH NO DATA")
        reading = f'COPY (SELECT {names} FROM "{table}" WHERE "{column}" = \'{body}\') TO STDOUT'  # noqa: S608  # a body's code is six digits
        with (
            there._cursor.copy(reading) as out,
            self._cursor.copy(f"COPY moving ({names}) FROM STDIN") as into,
        ):
            for block in out:
                into.write(block)
        self._cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM moving')  # noqa: S608  # names are ours
        self._cursor.execute("DROP TABLE moving")

    def counts(self, body: str) -> dict[str, int]:
        """How many rows of this body each table has."""
        self._enter(body)
        found = {}
        for table in tables():
            self._cursor.execute(f'SELECT count(*) FROM "{table}" WHERE organisation_id = %s', [body])  # noqa: S608  # names are ours
            found[table] = int(self._cursor.fetchone()[0])
        return found


def _held(body: str) -> str:
    return f"todoke_moving_{body}"
