"""Rows in bulk for the benchmarks: what no service makes by the million, laid into tables by template.

Foreign keys are off while they are laid down: what a row belongs to is not measured and need not be there.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar, cast

from django.db import connection, models

from todoke.foundation.fence import SqlValue, insert_rows, scope
from todoke.foundation.sorted_rows import batches

Row = TypeVar("Row", bound=models.Model)
STEP = 20_000


def lay_down(template: models.Model, count: int, change: Callable[[int], dict[str, object]]) -> None:
    """Insert so many copies of a row that was never saved; `change` gives each its own columns by attribute name."""
    fields = [
        one
        for one in template._meta.concrete_fields
        if not one.primary_key and one.attname != "organisation_id"
    ]
    same = {one.attname: _prepared(one, getattr(template, one.attname)) for one in fields}
    columns = [str(one.column) for one in fields]
    by_name = {one.attname: one for one in fields}

    def lines() -> Iterator[Sequence[SqlValue]]:
        for number in range(count):
            own = {name: _prepared(by_name[name], value) for name, value in change(number).items()}
            yield tuple({**same, **own}.values())

    with _without_foreign_keys():
        for part in batches(lines(), STEP):
            with scope(template.organisation_id):  # type: ignore[attr-defined]  # every such row has one
                insert_rows(type(template), columns, part)


def _prepared(field: "models.Field[object, object]", value: object) -> SqlValue:
    return cast("SqlValue", field.get_db_prep_save(value, connection))  # what the driver takes


@contextmanager
def _without_foreign_keys() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys=ON")
