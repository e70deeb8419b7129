"""Storing the links of a generation in the order of both indexes, in short transactions, and removing them again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from django.db import connection

from todoke.casework.identify.models import IdentityLink, LinkGeneration, NumberSerial
from todoke.casework.identify.rules.successive import NUMBER, SERIAL, Row
from todoke.casework.identify.values import GenerationState
from todoke.foundation.courtesy import Courtesy
from todoke.foundation.fence import current_organisation, insert_rows, scope
from todoke.foundation.sorted_rows import SortedRows, batches

SWEEP_ROWS = 10_000
ALONE_STEPS = 5  # so many steps make one while nobody else writes
LINK_COLUMNS = (
    "serial", "number", "issuer_key", "number_kind", "valid_from", "valid_to", "reason", "is_inferred",
)  # fmt: skip
Portion = TypeVar("Portion", bound="tuple[str | int | None, ...]")
Held = Callable[[], None]


class Storing:
    """Stores rows of one generation as they come, a transaction at a time, and at last the way back from numbers.

    `hold` runs first in each transaction, and raises when the load was taken over.
    """

    def __init__(self, organisation: str, generation: int, hold: Held, *, folder: Path, step: int) -> None:
        """`folder` is for the file in which numbers are sorted; `step` rows make a transaction beside others."""
        self._organisation, self._generation, self._hold, self._step = organisation, generation, hold, step
        self._numbers = SortedRows[tuple[str, str]](folder, key=itemgetter(0))
        self._others = Courtesy()
        self._size = step

    def __enter__(self) -> Self:
        """Itself; the file goes at the end of the block."""
        self._numbers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file, which removes it."""
        self._numbers.__exit__(kind, error, trace)

    def links(self, parts: Iterable[Sequence[Row]]) -> Iterator[int]:
        """Store links that come in the order of serials; yields how many, transaction by transaction."""
        for part in self._portions(parts):
            self._insert(IdentityLink, LINK_COLUMNS, part)
            self._numbers.add([(row[NUMBER], row[SERIAL]) for row in part])
            yield len(part)

    def numbers(self) -> None:
        """Store the way back from numbers for all links so far, in the order of numbers."""
        for part in self._portions(self._numbers.parts()):
            self._insert(NumberSerial, ("number", "serial"), part)

    def _insert(
        self,
        model: type[IdentityLink | NumberSerial],
        columns: Sequence[str],
        part: Sequence[tuple[str | int | None, ...]],
    ) -> None:
        generation = self._generation
        with scope(self._organisation):
            self._hold()
            insert_rows(model, ("generation_id", *columns), [(generation, *row) for row in part])
        self._size = self._step * ALONE_STEPS if self._others.give_way() else self._step

    def _portions(self, parts: Iterable[Sequence[Portion]]) -> Iterator[Sequence[Portion]]:
        """The rows again in portions of the size that is right at the moment."""
        held: list[Portion] = []
        for part in parts:
            held += part
            while len(held) >= self._size:
                portion, held = held[: self._size], held[self._size :]
                yield portion
        for portion in batches(held, self._size):
            yield portion


def sweep(organisation: str) -> None:
    """Remove the rows of generations that no longer count, in steps short enough for the intake beside us."""
    others = Courtesy()
    for generation in _swept_generations(organisation):
        for model, column in ((IdentityLink, "serial"), (NumberSerial, "number")):
            while _sweep_step(organisation, model, column, generation):
                others.give_way()


def _swept_generations(organisation: str) -> list[int]:
    gone = (GenerationState.RETIRED.value, GenerationState.REFUSED.value)
    with scope(organisation, read_only=True):
        return list(LinkGeneration.objects.filter(state__in=gone).order_by("pk").values_list("pk", flat=True))


def _sweep_step(
    organisation: str, model: type[IdentityLink | NumberSerial], column: str, generation: int
) -> int:
    """Remove the first rows of a generation in the order of its index, with all that share the last one's place in it."""
    quote = connection.ops.quote_name
    table, place = quote(model._meta.db_table), quote(column)
    least, at_most = (
        ("USING ~<~", "~<=~") if connection.vendor == "postgresql" and column == "serial" else ("", "<=")
    )
    mine = f"FROM {table} WHERE generation_id = %s AND organisation_id = %s"
    with scope(organisation), connection.cursor() as cursor:
        ours: list[str | int] = [generation, current_organisation()]
        cursor.execute(
            f"SELECT {place} {mine} ORDER BY {place} {least} LIMIT 1 OFFSET %s", [*ours, SWEEP_ROWS - 1]
        )
        last = cursor.fetchone()
        upto, values = ("", []) if last is None else (f" AND {place} {at_most} %s", [last[0]])
        cursor.execute(f"DELETE {mine}{upto}", [*ours, *values])
        return int(cursor.rowcount) if last else 0
