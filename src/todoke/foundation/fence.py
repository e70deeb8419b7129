"""The fence between bodies（団体の境）: no scope, no rows; a scope shows one body's rows and no other's.

`scope()` is the only way to query. It opens the transaction, names the organisation to Django and, on
PostgreSQL, to the server (`SET LOCAL todoke.organisation`), where row-level security is the second fence.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any, ClassVar, TypeAlias, TypeVar

from django.db import connection, models, transaction

from todoke.foundation.errors import TodokeError

from . import databases

_organisation: ContextVar[str | None] = ContextVar("todoke_organisation", default=None)
Row = TypeVar("Row", bound=models.Model)
# In the order of ids, but not by an index for it: where SQLite finds that order in an index that begins with the body, it
# reads all rows of the body rather than look up a hundred.
BY_ID = models.F("pk") + 0
ROWS_AT_ONCE = 50  # SQLite keeps the counter of ids once per statement, not once per row
SqlValue: TypeAlias = str | int | float | bytes | date | None


class NoScope(TodokeError):
    """Something asked for the organisation outside any scope."""

    code: ClassVar[str] = "SYS-946"
    sentence: ClassVar[str] = "団体が選ばれていません。サインインし直してください。"


class ScopeConflict(TodokeError):
    """A scope of one organisation was opened inside that of another."""

    code: ClassVar[str] = "SYS-947"
    sentence: ClassVar[str] = "ほかの団体のデータは扱えません。サインインし直してください。"


class OutsideScope(TodokeError):
    """A row of one organisation was about to be written in the scope of another, or of none."""

    code: ClassVar[str] = "SYS-948"
    sentence: ClassVar[str] = "ほかの団体のデータは書き込めません。サインインし直してください。"


def current_organisation() -> str:
    """The 団体コード (6 digits) of the open scope; raises NoScope."""
    organisation = _organisation.get()
    if organisation is None:
        raise NoScope
    return organisation


def in_scope() -> bool:
    """Whether a scope is open in this context."""
    return _organisation.get() is not None


@contextmanager
def scope(organisation: str, *, read_only: bool = False) -> Iterator[None]:
    """Work for one organisation, in one transaction (a savepoint when one is open already).

    `read_only` promises that the caller writes nothing: on SQLite it then takes no write lock. Nested scopes
    of the same organisation are fine; of another one raise ScopeConflict.
    """
    outer = _organisation.get()
    if outer is not None and outer != organisation:
        raise ScopeConflict
    with databases.home_of(organisation) if outer is None else nullcontext():
        with _fenced(organisation, read_only=read_only, is_outermost=outer is None):
            yield


@contextmanager
def _fenced(organisation: str, *, read_only: bool, is_outermost: bool) -> Iterator[None]:
    sqlite = connection.vendor == "sqlite"
    with nullcontext() if read_only and sqlite else transaction.atomic():
        token = _organisation.set(organisation)
        try:
            if not sqlite:
                _tell_server(organisation)  # may find the server gone; the scope must be left all the same
            yield
        finally:
            _organisation.reset(token)
        if not sqlite and is_outermost and not connection.needs_rollback:
            _tell_server("")  # after an exception the rollback takes the setting back


@contextmanager
def from_follower() -> Iterator[None]:
    """Inside a scope: what this block reads may come from a follower（複製）, some seconds old; it writes nothing.

    Without a follower by setting, or while it is away or lags, it reads where the scope does. For lists and exports.
    """
    organisation = current_organisation()
    alias = databases.follower_of(organisation)
    if alias is None:
        yield
        return
    with databases.standing_in(alias), transaction.atomic():
        if connection.vendor != "sqlite":
            _tell_server(organisation)
        yield


def _tell_server(organisation: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('todoke.organisation', %s, true)", [organisation])


def one_at_a_time(lock: int) -> None:
    """Until the end of the transaction nobody else is past this point for the organisation in scope and this number.

    SQLite lets one writer in at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [lock, int(current_organisation())])


class OwnedQuerySet(models.QuerySet[Row]):
    """A query set that can only insert rows of the organisation in scope."""

    def _insert(self, objs: Sequence[Any], *args: Any, **kwargs: Any) -> Any:  # Django's one door for inserts
        organisation = _organisation.get()
        if organisation is None or any(row.organisation_id != organisation for row in objs):
            raise OutsideScope
        return super()._insert(objs, *args, **kwargs)  # type: ignore[misc]  # private, untyped in the stubs

    _insert.alters_data = True  # type: ignore[attr-defined]  # as Django marks its own
    _insert.queryset_only = False  # type: ignore[attr-defined]  # Model.save() reaches it through the manager


class OwnedManager(models.Manager[Row]):
    """Shows the rows of the organisation in scope; without a scope, none."""

    def get_queryset(self) -> OwnedQuerySet[Row]:
        """The fence itself."""
        rows: OwnedQuerySet[Row] = OwnedQuerySet(self.model, using=self._db)
        organisation = _organisation.get()
        return rows.none() if organisation is None else rows.filter(organisation_id=organisation)


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[SqlValue]],
    *,
    skip_known: bool = False,
) -> None:
    """Insert many rows with a prepared statement of many rows, for hot paths; the organisation comes from the scope.

    `columns` are database columns without `organisation_id`. Values are what the database driver takes
    (JSON as text). Constraints hold as ever; no ORM object is made. `skip_known` leaves out rows that a unique
    constraint refuses, instead of raising.
    """
    organisation, quote = current_organisation(), connection.ops.quote_name
    names = ", ".join(quote(name) for name in ("organisation_id", *columns))
    marks = f"({', '.join(['%s'] * (len(columns) + 1))})"
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES "  # noqa: S608  # names are ours
    end = " ON CONFLICT DO NOTHING" if skip_known else ""
    ours = [(organisation, *row) for row in rows]
    whole = len(ours) - len(ours) % ROWS_AT_ONCE
    with connection.cursor() as cursor:
        if whole:
            many = [
                tuple(chain.from_iterable(ours[start : start + ROWS_AT_ONCE]))
                for start in range(0, whole, ROWS_AT_ONCE)
            ]
            cursor.executemany(statement + ", ".join([marks] * ROWS_AT_ONCE) + end, many)
        if whole < len(ours):
            cursor.executemany(statement + marks + end, ours[whole:])


def select_rows(
    model: type[models.Model],
    columns: Sequence[str],
    *,
    among: tuple[str, Collection[SqlValue]] | None = None,
    where: Mapping[str, SqlValue] | None = None,
    order: Sequence[str] = (),
    is_locking: bool = False,
) -> list[tuple[Any, ...]]:
    """Columns of the rows whose one column holds any of the values, for hot paths: no query set is built.

    Only rows of the organisation in scope, all of them without `among`. Columns are database columns; values come as the
    driver gives them, so ask for numbers and texts, and for moments through `aware`. `is_locking` locks the rows on
    PostgreSQL, in the order of their ids.
    """
    if among is not None and not among[1]:
        return []
    quote, is_postgresql = connection.ops.quote_name, connection.vendor == "postgresql"
    equal = {"organisation_id": current_organisation(), **(where or {})}
    conditions, asked = [f"{quote(one)} = %s" for one in equal], list[Any](equal.values())
    if among is not None:
        conditions.append(_is_among(model, *among))
        asked += [list(among[1])] if is_postgresql else among[1]
    statement = f"SELECT {', '.join(map(quote, columns))} FROM {quote(model._meta.db_table)}"  # noqa: S608  # names are ours
    statement += f" WHERE {' AND '.join(conditions)}"
    if order or (is_locking and is_postgresql):
        statement += f" ORDER BY {', '.join(map(quote, order or ('id',)))}"
    if is_locking and is_postgresql:
        statement += (
            " FOR NO KEY UPDATE"  # others may still refer to the rows, but neither change nor remove them
        )
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())


def _is_among(model: type[models.Model], column: str, values: Collection[SqlValue]) -> str:
    quoted = connection.ops.quote_name(column)
    marks = "= ANY(%s)" if connection.vendor == "postgresql" else f"IN ({', '.join(['%s'] * len(values))})"
    if "" not in values and isinstance(model._meta.get_field(column), models.CharField):
        # The words of our partial indexes: SQLite uses one only where the question has the same words（parameters say nothing）.
        return f"{quoted} {marks} AND NOT ({quoted} = '')"
    return f"{quoted} {marks}"


def change_rows(model: type[models.Model], ids: Collection[int], changes: Mapping[str, SqlValue]) -> None:
    """Write the same values into these rows of the organisation in scope, for hot paths; columns are database columns."""
    if not ids:
        return
    quote, is_postgresql = connection.ops.quote_name, connection.vendor == "postgresql"
    settings = ", ".join(f"{quote(column)} = %s" for column in changes)
    statement = (
        f"UPDATE {quote(model._meta.db_table)} SET {settings} "  # noqa: S608  # names are ours
        f"WHERE organisation_id = %s AND {_is_among(model, 'id', ids)}"
    )
    named: list[Any] = [list(ids)] if is_postgresql else list(ids)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*changes.values(), current_organisation(), *named])


def aware(moment: datetime) -> datetime:
    """A moment as `select_rows` gives it: SQLite's bear no zone, and are in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def create_rows(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model, for hot paths; they get no ids. Raises OutsideScope.

    Django's `bulk_create` says the same in statements that it composes anew for each batch.
    """
    if not rows:
        return
    organisation = current_organisation()
    if any(row.organisation_id != organisation for row in rows):  # type: ignore[attr-defined]  # every such row has one
        raise OutsideScope
    fields = [
        one
        for one in type(rows[0])._meta.concrete_fields
        if not one.primary_key and one.column != "organisation_id"
    ]
    insert_rows(
        type(rows[0]),
        [str(one.column) for one in fields],
        [[_prepared(one, row) for one in fields] for row in rows],
    )


def _prepared(field: "models.Field[Any, Any]", row: models.Model) -> Any:
    """The value of a field as the driver takes it; texts and numbers are that already."""
    value = getattr(row, field.attname)
    kind = str if isinstance(field, models.CharField | models.TextField) else int
    is_plain = type(value) is kind and not isinstance(field, models.JSONField)
    return value if is_plain else field.get_db_prep_save(value, connection)


def update_rows(rows: Sequence[models.Model], attributes: Sequence[str]) -> None:
    """Write these attributes of saved rows of one model back with one prepared statement, for hot paths.

    Django's `bulk_update` says the same in one statement that it composes anew for each batch, at a millisecond a row.
    """
    if not rows:
        return
    organisation, quote, table = current_organisation(), connection.ops.quote_name, type(rows[0])._meta
    fields = [one for one in table.concrete_fields if one.name in attributes]
    changes = ", ".join(f"{quote(str(one.column))} = %s" for one in fields)
    statement = f"UPDATE {quote(table.db_table)} SET {changes} WHERE id = %s AND organisation_id = %s"  # noqa: S608  # ours
    values = [
        (
            *(_prepared(one, row) for one in fields),
            row.pk,
            organisation,
        )
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
