"""PostgreSQL: every row of one moment as COPY text in frames, read through the fence body by body, and back again.

Reading needs no special role. Row-level security hides what is not the scope's, so the rows of each body are read in
its scope; because every fenced row belongs to a registered body by a foreign key, nothing is left out. Where that
reasoning would not hold (another policy, no key, no right to read) nothing is written and the reason is told: an
empty copy that looks like a good one is the one thing that must not be.
"""

import json
import struct
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection

from todoke.foundation.backup.errors import PieceDamaged, RowsMissing
from todoke.foundation.backup.values import BodyHead, Contents
from todoke.foundation.vault.queries import end_of

MAGIC = b"TODOKE ROWS 1\n"
FORGOTTEN = frozenset({"django_session"})  # who was signed in signs in again
FRAME = struct.Struct(">cI")
LARGEST = 64 * 1_048_576
GATHERED = 1_048_576
TABLE, ROWS, END, SEQUENCES, LAST = b"T", b"R", b"E", b"S", b"Z"
_TABLES = """
SELECT c.relname, c.relrowsecurity,
  COALESCE((SELECT count(*) = 1 AND bool_and(p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}' AND
      pg_get_expr(p.polqual, p.polrelid) LIKE '%organisation_id%=%current_setting(''todoke.organisation''%')
    FROM pg_policy p WHERE p.polrelid = c.oid), false)
  AND EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.convalidated
    AND k.confrelid = 'public.foundation_organisation'::regclass),
  ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = '' ORDER BY a.attnum)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname
"""
_ENDS = (
    'SELECT DISTINCT ON (segment) segment, "offset", size FROM foundation_blob '
    "WHERE organisation_id = %s AND destroyed_at IS NULL AND segment LIKE '%%.seg' "
    'ORDER BY segment, "offset" DESC'
)
_OBJECTS = "SELECT segment, size FROM foundation_blob WHERE organisation_id = %s AND destroyed_at IS NULL AND segment ~ '.obj$'"
_HEAD = (
    "SELECT COALESCE((SELECT sequence FROM foundation_auditlink WHERE organisation_id = %s ORDER BY sequence DESC LIMIT 1), 0), "
    "COALESCE((SELECT hash FROM foundation_auditlink WHERE organisation_id = %s ORDER BY sequence DESC LIMIT 1), ''), "
    "COALESCE((SELECT stamp FROM foundation_auditseal WHERE organisation_id = %s ORDER BY last_sequence DESC LIMIT 1), ''), "
    "(SELECT count(*) FROM foundation_auditlink WHERE organisation_id = %s)"
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns, and whether its rows are read body by body."""

    name: str
    is_fenced: bool
    columns: tuple[str, ...]


class Snapshot:
    """One moment of the database, on a connection of its own, read only; other work is neither stopped nor seen."""

    def __init__(self, raw: Any) -> None:
        """Begin the one transaction. Raises RowsMissing when rows could be hidden."""
        self._raw = raw
        self._cursor = raw.cursor()
        self._do("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        self.tables = self._tables()
        self.bodies = [row[0] for row in self._rows("SELECT code FROM foundation_organisation ORDER BY code")]
        if not self.bodies:
            raise RowsMissing(where="foundation_organisation")

    def _do(self, statement: str, values: Sequence[object] = ()) -> None:
        try:
            self._cursor.execute(statement, values or None)
        except self._raw_errors as refusal:
            raise RowsMissing(where=type(refusal).__name__) from refusal

    @property
    def _raw_errors(self) -> type[Exception]:
        driver: Any = connection  # the wrapper knows its driver; the stubs do not
        errors: type[Exception] = driver.Database.Error
        return errors

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        self._do(statement, values)
        found: list[tuple[Any, ...]] = self._cursor.fetchall()
        return found

    def _tables(self) -> list[Table]:
        tables = []
        for name, has_policy, is_certain, columns in self._rows(_TABLES):
            if has_policy and not is_certain:
                raise RowsMissing(where=name)
            if name not in FORGOTTEN:
                tables.append(Table(name, has_policy, tuple(columns)))
        if not any(table.is_fenced for table in tables):
            raise RowsMissing(where="row-level security")
        return tables

    def _enter(self, body: str) -> None:
        self._do("SELECT set_config('todoke.organisation', %s, true)", [body])

    def contents(self) -> Contents:
        """What this moment holds, counted by itself: to be compared with what is then copied. Raises RowsMissing."""
        tables, heads = dict[str, int](), list[BodyHead]()
        ends, objects = dict[tuple[str, str], int](), dict[tuple[str, str], int]()
        for table in (one for one in self.tables if not one.is_fenced):
            tables[table.name] = self._count(table, "")
        for body in self.bodies:
            self._enter(body)
            for table in (one for one in self.tables if one.is_fenced):
                tables[table.name] = tables.get(table.name, 0) + self._count(table, body)
            for segment, offset, size in self._rows(_ENDS, [body]):
                ends[body, segment] = end_of(offset, size)
            for segment, size in self._rows(_OBJECTS, [body]):
                objects[body, segment] = end_of(0, size)
            ((sequence, head, stamp, links),) = self._rows(_HEAD, [body] * 4)
            if links != sequence:  # the chain has no gaps: a link is hidden
                raise RowsMissing(where="foundation_auditlink")
            heads.append(BodyHead(body, sequence, head, stamp))
        applied = self._rows("SELECT app || '.' || name FROM django_migrations ORDER BY id")
        return Contents(ends, tuple(heads), tables, tuple(row[0] for row in applied), objects)

    def _count(self, table: Table, body: str) -> int:
        statement = f'SELECT count(*) FROM "{table.name}"'  # noqa: S608  # names come from the catalogue
        where = " WHERE organisation_id = %s" if body else ""
        count: int = self._rows(statement + where, [body] if body else [])[0][0]
        return count

    def rows(self, expected: Mapping[str, int]) -> Iterator[bytes]:
        """Frames with every row. Raises RowsMissing at the end when a table has another number of rows."""
        yield MAGIC
        found: dict[str, int] = {}
        for table in self.tables:
            for body in self.bodies if table.is_fenced else [""]:
                found[table.name] = found.get(table.name, 0) + (yield from self._copied(table, body))
        yield _framed(SEQUENCES, json.dumps(self._sequences()).encode())
        wrong = sorted(name for name in {*found, *expected} if found.get(name, 0) != expected.get(name, 0))
        if wrong:
            raise RowsMissing(where=", ".join(wrong))
        yield _framed(LAST, b"")

    def _copied(self, table: Table, body: str) -> Generator[bytes, None, int]:
        if body:
            self._enter(body)
        document = {"table": table.name, "columns": table.columns, "organisation": body}
        yield _framed(TABLE, json.dumps(document).encode())
        names = ", ".join(f'"{name}"' for name in table.columns)
        where = " WHERE organisation_id = %s" if body else ""
        statement = f'COPY (SELECT {names} FROM "{table.name}"{where}) TO STDOUT'  # noqa: S608  # as above
        try:
            with self._cursor.copy(statement, [body] if body else None) as copy:
                for block in _gathered(copy):
                    yield _framed(ROWS, block)
        except self._raw_errors as refusal:
            raise RowsMissing(where=table.name) from refusal
        count = int(self._cursor.rowcount)
        yield _framed(END, json.dumps({"rows": count}).encode())
        return count

    def _sequences(self) -> Mapping[str, int]:
        rows = self._rows(
            "SELECT sequencename::text, COALESCE(last_value, 0) FROM pg_sequences WHERE schemaname = 'public'"
        )
        return dict(rows)


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """One moment of the database that Django is connected to. Raises RowsMissing."""
    raw = connection.get_new_connection(connection.get_connection_params())
    try:
        yield Snapshot(raw)
    finally:
        raw.close()


def _framed(kind: bytes, payload: bytes) -> bytes:
    return FRAME.pack(kind, len(payload)) + payload


def _gathered(blocks: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """Whole rows, joined to pieces of about 1 MiB."""
    waiting = bytearray()
    for block in blocks:
        waiting += block
        if len(waiting) >= GATHERED:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


class Reading:
    """A sink for frames: calls back for each table, its rows and its end. Raises PieceDamaged for anything else."""

    def __init__(
        self,
        begin: Callable[[Table, str], object],
        rows: Callable[[bytes], object],
        end: Callable[[int], object],
    ) -> None:
        """`begin` gets table and body, `rows` whole rows, `end` how many there were."""
        self._begin, self._rows, self._end = begin, rows, end
        self._waiting = bytearray()
        self._has_magic = self.is_complete = False
        self.sequences: Mapping[str, int] = {}

    def __call__(self, data: bytes) -> None:
        """Take the next bytes."""
        self._waiting += data
        if not self._has_magic:
            if len(self._waiting) < len(MAGIC):
                return
            if not self._waiting.startswith(MAGIC):
                raise PieceDamaged(where="database")
            del self._waiting[: len(MAGIC)]
            self._has_magic = True
        while self._next_frame():
            pass

    def _next_frame(self) -> bool:
        if len(self._waiting) < FRAME.size:
            return False
        kind, length = FRAME.unpack_from(self._waiting)
        if length > LARGEST or self.is_complete:
            raise PieceDamaged(where="database")
        if len(self._waiting) < FRAME.size + length:
            return False
        payload = bytes(self._waiting[FRAME.size : FRAME.size + length])
        del self._waiting[: FRAME.size + length]
        self._take(kind, payload)
        return True

    def _take(self, kind: bytes, payload: bytes) -> None:
        if kind == TABLE:
            document = json.loads(payload)
            body = document["organisation"]
            self._begin(Table(document["table"], bool(body), tuple(document["columns"])), body)
        elif kind == ROWS:
            self._rows(payload)
        elif kind == END:
            self._end(json.loads(payload)["rows"])
        elif kind == SEQUENCES:
            self.sequences = json.loads(payload)
        elif kind == LAST:
            self.is_complete = True
        else:
            raise PieceDamaged(where="database")


class Counting:
    """Reads a copy without a database: how many rows each table has, and where the segments end."""

    def __init__(self) -> None:
        """Nothing read yet."""
        self.tables: dict[str, int] = {}
        self.ends: dict[tuple[str, str], int] = {}
        self.objects: dict[tuple[str, str], int] = {}
        self._at: dict[str, int] | None = None
        self._table, self._body, self._seen = "", "", 0
        self.reading = Reading(self._begin, self._rows, self._end)

    def _begin(self, table: Table, body: str) -> None:
        self._table, self._body, self._seen = table.name, body, 0
        self._at = (
            {name: place for place, name in enumerate(table.columns)}
            if table.name == "foundation_blob"
            else None
        )

    def _rows(self, block: bytes) -> None:
        self._seen += block.count(b"\n")
        if self._at is None:
            return
        for line in block.decode().removesuffix("\n").split("\n"):
            cells = line.split("\t")
            if cells[self._at["destroyed_at"]] != r"\N":
                continue
            place = (self._body, cells[self._at["segment"]])
            end = end_of(int(cells[self._at["offset"]]), int(cells[self._at["size"]]))
            if place[1].endswith(".seg"):
                self.ends[place] = max(end, self.ends.get(place, 0))
            else:
                self.objects[place] = end

    def _end(self, rows: int) -> None:
        if rows != self._seen:
            raise RowsMissing(where=self._table)
        self.tables[self._table] = self.tables.get(self._table, 0) + rows


def is_empty() -> bool:
    """Whether the database holds no body: there is no table, or no row that counts."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('public.foundation_organisation') IS NOT NULL")
            if not cursor.fetchone()[0]:
                return True
            cursor.execute("SELECT NOT EXISTS (SELECT 1 FROM foundation_organisation)")
            return bool(cursor.fetchone()[0])
    finally:
        connection.close()


def load(feed: Callable[[Reading], None], expected: Mapping[str, int]) -> None:
    """Write every row back, in the caller's transaction, as the owner of the tables. Raises RowsMissing, PieceDamaged.

    `feed` pushes the copy through the reading it is given. For the length of the transaction the fence does not bind
    the owner; nobody else sees anything of it before the commit.
    """
    loading = _Loading()
    with connection.cursor() as cursor:
        fenced = loading.prepare(cursor)
        feed(loading.reading)
        if not loading.reading.is_complete:
            raise PieceDamaged(where="database")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in fenced:
            cursor.execute(f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY')
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for name, last in loading.reading.sequences.items():
            if last:
                cursor.execute("SELECT setval(%s::regclass, %s)", [f'public."{name}"', last])
    wrong = sorted(
        name for name in {*loading.found, *expected} if loading.found.get(name, 0) != expected.get(name, 0)
    )
    if wrong:
        raise RowsMissing(where=", ".join(wrong))


class _Loading:
    """Writing rows table by table through COPY; what the migrations put there gives way."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}
        self.reading = Reading(self._begin, self._rows, self._end)
        self._skipped = {"django_migrations"}
        self._table = ""
        self._cursor: Any = None  # the driver's own, with what it calls copying
        self._entered: Any = None
        self._copy: Any = None

    def prepare(self, cursor: Any) -> list[str]:
        """Lift the fence off the owner and empty what the migrations filled; returns the fenced tables."""
        cursor.execute(_TABLES)
        tables = cursor.fetchall()
        fenced = [name for name, is_fenced, _, _ in tables if is_fenced]
        for name in fenced:
            cursor.execute(f'ALTER TABLE "{name}" NO FORCE ROW LEVEL SECURITY')
        for name, _, _, _ in tables:
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")')  # noqa: S608  # from the catalogue
            if cursor.fetchone()[0] and name not in self._skipped:
                cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608  # as above
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        self._cursor = connection.connection.cursor()
        return fenced

    def _begin(self, table: Table, body: str) -> None:
        self._table = table.name
        if table.name in self._skipped:
            return
        names = ", ".join(f'"{name}"' for name in table.columns)
        self._entered = self._cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN')
        self._copy = self._entered.__enter__()

    def _rows(self, block: bytes) -> None:
        if self._copy is not None:
            self._copy.write(block)

    def _end(self, rows: int) -> None:
        written = rows
        if self._entered is not None:
            self._entered.__exit__(None, None, None)
            written = int(self._cursor.rowcount)
            self._entered = self._copy = None
        if written != rows:
            raise RowsMissing(where=self._table)
        self.found[self._table] = self.found.get(self._table, 0) + rows


def owns_tables() -> bool:
    """Whether the role that Django is connected as owns the tables（or may make them）. A failed question is a no."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT has_schema_privilege(current_user, 'public', 'CREATE') AND NOT EXISTS (SELECT 1 FROM pg_class c "
                "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' "
                "AND NOT pg_has_role(current_user, c.relowner, 'USAGE'))"
            )
            return bool(cursor.fetchone()[0])
    except DatabaseError:
        return False
