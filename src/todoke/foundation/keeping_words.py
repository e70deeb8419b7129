"""Making an index of words（語の索引）in a migration: its statements for both databases. See word_index."""

import string
from dataclasses import dataclass
from textwrap import dedent

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

SCHEMA = "todoke_words"
BLOCK = 32_768  # ids whose words one list of the index holds on PostgreSQL: the newest are read first, and no more


class KeepWords(Operation):
    """Make the index of one column, fill it from the rows that are there, and let triggers keep it; twice changes nothing.

    On SQLite a migration that builds the table anew loses its triggers: end it with this operation again.
    """

    reversible = True

    def __init__(self, table: str, column: str) -> None:
        """For this table and column, as the database names them."""
        self.table, self.column = table, column

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        """As a migration file writes it."""
        return (self.__class__.__qualname__, [self.table, self.column], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models do not change."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Write index, triggers and, where the index is new, its content: row by row, whatever their number."""
        is_sqlite = schema_editor.connection.vendor == "sqlite"
        is_new = not _exists(schema_editor, self.table)
        made = _sqlite(self.table, self.column) if is_sqlite else _postgresql(self.table, self.column)
        for statement in (*(made.index if is_new else ()), *made.keeping):
            schema_editor.execute(statement, params=None)
        if not is_sqlite:
            _allow(schema_editor, self.table)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Take triggers and index away."""
        is_sqlite = schema_editor.connection.vendor == "sqlite"
        made = _sqlite(self.table, self.column) if is_sqlite else _postgresql(self.table, self.column)
        for statement in made.undoing:
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        """As `migrate` prints it."""
        return f"Keep the words of {self.table}.{self.column}"


@dataclass(frozen=True, slots=True)
class _Made:
    """Statements: the index with its content, the triggers that keep it, and what takes all of it away."""

    index: tuple[str, ...]
    keeping: tuple[str, ...]
    undoing: tuple[str, ...]


def _exists(editor: BaseDatabaseSchemaEditor, table: str) -> bool:
    asked = (
        "SELECT 1 FROM sqlite_master WHERE name = %s"
        if editor.connection.vendor == "sqlite"
        else f"SELECT 1 FROM pg_tables WHERE schemaname = '{SCHEMA}' AND tablename = %s"  # noqa: S608  # a constant
    )
    name = f"{table}_words" if editor.connection.vendor == "sqlite" else table
    with editor.connection.cursor() as cursor:
        cursor.execute(asked, [name])
        return cursor.fetchone() is not None


def _sqlite(table: str, column: str) -> _Made:
    """FTS5 without content, order or columns. Its tokens are what lies between blanks: every sign is part of a word."""
    signs = string.punctuation.replace("'", "''").replace("'", "''")  # once for SQL, once for FTS5
    index = f"{table}_words"
    new, old = _words_in_sqlite("new", column), _words_in_sqlite("old", column)
    put = f"INSERT INTO {index}(rowid, words) SELECT new.id, {new} WHERE new.{column} <> ''"
    take = (
        f"INSERT INTO {index}({index}, rowid, words) SELECT 'delete', old.id, {old} WHERE old.{column} <> ''"
    )
    has_changed = " OR ".join(f"old.{name} <> new.{name}" for name in (column, "id", "organisation_id"))
    moments = (
        ("insert", f"INSERT ON {table}", f"{put};"),
        (
            "update",
            f"UPDATE OF {column}, id, organisation_id ON {table} WHEN {has_changed}",
            f"{take}; {put};",
        ),
        ("delete", f"DELETE ON {table}", f"{take};"),
    )
    dropped = [f"DROP TRIGGER IF EXISTS {index}_{name}" for name, _, _ in moments]
    made = [
        f"CREATE TRIGGER {index}_{name} AFTER {moment} BEGIN {does} END" for name, moment, does in moments
    ]
    return _Made(
        index=(
            f"CREATE VIRTUAL TABLE {index} USING fts5(words, content='', detail=none, "
            f"tokenize='ascii tokenchars ''{signs}''')",
            f"INSERT INTO {index}(rowid, words) SELECT id, {_words_in_sqlite(table, column)} FROM {table} "  # noqa: S608
            f"WHERE {column} <> '' ORDER BY id",
        ),
        keeping=(*dropped, *made),
        undoing=(*dropped, f"DROP TABLE IF EXISTS {index}"),
    )  # fmt: skip


def _words_in_sqlite(row: str, column: str) -> str:
    """The words of a row, the body before each."""
    bare = f"rtrim(replace({row}.{column} || ' ', ' | ', ' '))"
    return f"replace({bare}, ' ', ' ' || {row}.organisation_id)"


def _postgresql(table: str, column: str) -> _Made:
    """A table of ids and word lists in a schema of its own, by blocks of ids; a function that answers; a trigger."""
    names = {"table": table, "column": column, "schema": SCHEMA, "block": BLOCK}
    fill, keep = (_FILL % names).replace("ROW", "one"), (_KEEP % names).replace("ROW", "new")
    return _Made(
        index=(
            f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
            f"CREATE TABLE {SCHEMA}.{table} (id bigint PRIMARY KEY, words tsvector NOT NULL)",
            dedent(fill),
            f"CREATE INDEX {table}_words ON {SCHEMA}.{table} USING gin (words)",
            f"ANALYZE {SCHEMA}.{table}",
        ),
        keeping=(
            dedent(keep),
            f'DROP TRIGGER IF EXISTS "{table}_words" ON "{table}"',
            f'CREATE TRIGGER "{table}_words" AFTER INSERT OR DELETE OR UPDATE OF {column}, id, organisation_id '
            f'ON "{table}" FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.keep_{table}()',
            dedent(_FIND % names),
        ),
        undoing=(
            f'DROP TRIGGER IF EXISTS "{table}_words" ON "{table}"',
            f"DROP FUNCTION IF EXISTS {SCHEMA}.keep_{table}()",
            f"DROP FUNCTION IF EXISTS {table}_words(text[], bigint, bigint, boolean, integer)",
            f"DROP TABLE IF EXISTS {SCHEMA}.{table}",
        ),
    )


def _allow(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Let the application role ask the function; the table behind it stays out of its reach."""
    function = f"{table}_words(text[], bigint, bigint, boolean, integer)"
    editor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    role = settings.TODOKE_APPLICATION_ROLE
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname <> current_user", [role])
        if cursor.fetchone() is not None:
            editor.execute(
                f"GRANT EXECUTE ON FUNCTION {function} TO {editor.connection.ops.quote_name(role)}"
            )


_WORDS = """array_to_tsvector(ARRAY(
            SELECT ROW.organisation_id || word || '#' || ROW.id / %(block)s
            FROM unnest(string_to_array(replace(ROW.%(column)s || ' ', ' | ', ' '), ' ')) AS word WHERE word <> ''
          ))"""
# Body by body, because the fence binds the owner too.
_FILL = f"""
    DO $$ DECLARE body text; BEGIN
      FOR body IN SELECT code FROM foundation_organisation LOOP
        PERFORM set_config('todoke.organisation', body, true);
        INSERT INTO %(schema)s.%(table)s
          SELECT one.id, {_WORDS} FROM %(table)s one WHERE one.organisation_id = body AND one.%(column)s <> '';
      END LOOP;
      PERFORM set_config('todoke.organisation', '', true);
    END $$
"""  # noqa: S608  # names are ours
_KEEP = f"""
    CREATE OR REPLACE FUNCTION %(schema)s.keep_%(table)s() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
      IF tg_op = 'UPDATE' AND (old.id, old.organisation_id, old.%(column)s) = (new.id, new.organisation_id, new.%(column)s)
        THEN RETURN NULL; END IF;
      IF tg_op <> 'INSERT' THEN DELETE FROM %(schema)s.%(table)s WHERE id = old.id; END IF;
      IF tg_op <> 'DELETE' AND new.%(column)s <> '' THEN
        INSERT INTO %(schema)s.%(table)s VALUES (new.id, {_WORDS});
      END IF;
      RETURN NULL;
    END $$
"""  # noqa: S608  # as above
# One block of ids after another: of a frequent word the newest rows are found without its other rows being touched. `+ 0`:
# the key has nothing to add to the words, and a plan for any range would read all of it. No compiling for milliseconds.
_FIND = """
    CREATE OR REPLACE FUNCTION %(table)s_words(
      wanted text[], above bigint, below bigint, newest boolean, most integer
    ) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET jit = off SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
      body text := nullif(current_setting('todoke.organisation', true), '');
      low bigint; high bigint; block bigint; part tsquery; got integer := 0; more integer;
    BEGIN
      SELECT min(id), max(id) INTO low, high FROM public.%(table)s
        WHERE organisation_id = body AND id > above AND id < below;
      block := CASE WHEN newest THEN high ELSE low END / %(block)s;
      WHILE got < most AND block BETWEEN low / %(block)s AND high / %(block)s LOOP
        SELECT string_agg(
          '''' || replace(replace(body || word || '#' || block, E'\\\\', E'\\\\\\\\'), '''', '''''') || '''', '&'
        )::tsquery INTO part FROM unnest(wanted) AS word;
        RETURN QUERY SELECT id FROM %(schema)s.%(table)s WHERE words @@ part AND id + 0 > above AND id + 0 < below
          ORDER BY CASE WHEN newest THEN -id ELSE id END LIMIT most - got;
        GET DIAGNOSTICS more = ROW_COUNT;
        got := got + more;
        block := block + CASE WHEN newest THEN -1 ELSE 1 END;
      END LOOP;
    END $$
"""
