"""A full load that succeeds former ones: read side by side in the order of serials, in steps, nothing held in memory.

Where little has changed only that is written, into a generation of its own beside the former ones, which stay current:
the usual reload of a night then costs what reading costs. Where much has changed, or much of what is stored has been
said anew since, the whole file is written with the history that it lacks, and the former generations retire.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.db import connection

from todoke.casework.identify.models import IdentityLink
from todoke.casework.identify.rules import successive
from todoke.casework.identify.rules.successive import (
    KIND,
    NUMBER,
    SERIAL,
    Compared,
    FormerRow,
    Row,
)
from todoke.casework.identify.values import ENDED_INFERRED, RENEWED_INFERRED
from todoke.foundation.fence import scope
from todoke.foundation.sorted_rows import SortedRows

PAGE_ROWS = 20_000
ALWAYS_WHOLE = 10_000  # a file of so few lines is written whole
CORRECTED = 1_000  # more corrections than these do not fit into the small transaction at the end
ASKED_AT_ONCE = 500
GENERATIONS = 12  # a look-up asks each of them
_BY_SERIAL, _BY_NUMBER = itemgetter(SERIAL), itemgetter(KIND, NUMBER)


@dataclass(frozen=True, slots=True)
class Listed:
    """The file: its rows sorted by serial, and whether it says since when links hold."""

    rows: SortedRows[Any]
    count: int
    has_beginnings: bool

    def parts(self) -> Iterator[list[Row]]:
        """The rows in order, many at a time, as the database takes them."""
        for part in self.rows.parts():
            yield [
                (serial, number, issuer, kind, since, until, reason, inferred)
                for serial, number, (issuer, kind, since, until, reason, inferred) in part
            ]


@dataclass(frozen=True, slots=True)
class Former:
    """The generations of the body that count, oldest first."""

    organisation: str
    generations: Sequence[int]

    def upto(self, after: str, last: str | None) -> list[FormerRow]:
        """Every row whose serial comes after one and not after another（None: to the end）."""
        words = _words()
        end = "" if last is None else f" AND serial {words.at_most} %s"
        return self._rows(words, f"serial {words.more} %s{end}", [after, *([] if last is None else [last])])

    def _rows(self, words: "_Words", condition: str, values: Sequence[str]) -> list[FormerRow]:
        marks = ", ".join(["%s"] * len(self.generations))
        statement = f"""SELECT generation_id, id, serial, number, issuer_key, number_kind, {words.moments}, reason,
            {words.inferred} FROM {IdentityLink._meta.db_table} WHERE organisation_id = %s
            AND generation_id IN ({marks}) AND {condition} ORDER BY id"""  # noqa: S608  # ours
        with scope(self.organisation, read_only=True), connection.cursor() as cursor:
            cursor.execute(statement, [self.organisation, *self.generations, *values])
            return list(cursor.fetchall())

    def of(self, serials: Sequence[str]) -> list[Row]:
        """What was last said of these serials, for a file that lists few."""
        words, rows = _words(), list[FormerRow]()
        for start in range(0, len(serials), ASKED_AT_ONCE):
            asked = serials[start : start + ASKED_AT_ONCE]
            one_of = f"serial IN ({', '.join(['%s'] * len(asked))})"
            rows += self._rows(words, one_of, asked)
        return list(successive.last_word(rows).values())

    def far(self, after: str) -> str | None:
        """A serial so far after this one that about a page of rows lies between; None when less is left."""
        words, found = _words(), list[str]()
        statement = f"""SELECT serial FROM {IdentityLink._meta.db_table} WHERE organisation_id = %s AND generation_id = %s
            AND serial {words.more} %s ORDER BY serial {words.order} LIMIT 1 OFFSET %s"""  # noqa: S608  # ours
        with scope(self.organisation, read_only=True), connection.cursor() as cursor:
            for generation in self.generations:
                cursor.execute(statement, [self.organisation, generation, after, PAGE_ROWS])
                found += [row[0] for row in cursor.fetchall()]
        return min(found, default=None)


@dataclass(frozen=True, slots=True)
class _Words:
    more: str
    at_most: str
    order: str
    moments: str
    inferred: str


def _words() -> _Words:
    """Serials are compared byte by byte on either database; moments come as they are written, for no one reads them."""
    if connection.vendor == "postgresql":
        moments = "valid_from::text, valid_to::text"
        return _Words("~>~", "~<=~", "USING ~<~", moments, "is_inferred")
    return _Words(">", "<=", "", "valid_from || '', valid_to || ''", "+is_inferred")


def pages(listed: Listed, former: Former) -> Iterator[tuple[list[Row], list[FormerRow]]]:
    """What the file lists and what former loads said of the same serials, page by page in the order of serials."""
    parts, held, after, is_read = listed.parts(), list[Row](), "", False
    while True:
        while not is_read and len(held) < PAGE_ROWS:
            part = next(parts, None)  # rows of one serial never lie in two parts
            is_read = part is None
            held += part or []
        ends = [former.far(after), None if is_read else held[-1][SERIAL]]
        last = min((one for one in ends if one is not None), default=None)
        cut = len(held) if last is None else bisect_right(held, last, key=_BY_SERIAL)
        page, held, rows = held[:cut], held[cut:], former.upto(after, last)
        yield (page if listed.has_beginnings else successive.adopt(page, _last(rows))), rows
        if last is None:
            return
        after = last


def _last(rows: Sequence[FormerRow]) -> list[Row]:
    return list(successive.last_word(rows).values())


class Succession:
    """What became of every link since the former loads. Differences lie in files without a name until they are stored."""

    def __init__(self, listed: Listed, former: Former, *, folder: Path, ended_at: str) -> None:
        """`ended_at` is when links ended that the file no longer lists, as the database takes it."""
        self._listed, self._former, self._ended_at = listed, former, ended_at
        self._written = SortedRows[Row](folder, key=_BY_SERIAL)
        self._ended = SortedRows[Row](folder, key=_BY_NUMBER)
        self._fresh = SortedRows[tuple[str, str]](folder, key=lambda number: number)
        self._open = ExitStack()
        self._differ = self._kept = self._vanished = self._stored = 0
        self.corrected: list[int] = []

    def __enter__(self) -> Self:
        """Itself; its files go at the end of the block."""
        for rows in (self._written, self._ended, self._fresh):
            self._open.enter_context(rows)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the files, which removes them."""
        self._open.close()

    @property
    def carried(self) -> int:
        """How many links are known that the file does not list."""
        return self._kept + self._vanished

    @property
    def is_small(self) -> bool:
        """Whether the differences are few enough to stand beside what is stored."""
        rows = self._listed.count
        return (
            rows > ALWAYS_WHOLE
            and len(self.corrected) <= CORRECTED
            and len(self._former.generations) < GENERATIONS
            and 5 * (self._differ + self._vanished) < rows
            and 4 * (self._stored + self._differ + self._vanished) < 5 * (rows + self.carried)
        )

    def compare(self) -> Iterator[None]:
        """Look at every page once; yields after each, so that the caller can tell that the work goes on."""
        for page, rows in pages(self._listed, self._former):
            self._note(successive.compare(page, rows))
            self._stored += len(rows)
            yield

    def _note(self, found: Compared) -> None:
        self._written.add(found.written)
        self._ended.add(found.ended)
        self._fresh.add(found.fresh)
        self._differ += len(found.written)
        self._kept += len(found.kept)
        self._vanished += len(found.ended)
        if len(self.corrected) <= CORRECTED:
            self.corrected += found.corrected

    def small(self) -> Iterator[list[Row]]:
        """Only what differs, in the order of serials, and after it what ended."""
        yield from self._written.parts()
        yield from self._endings()

    def whole(self) -> Iterator[list[Row]]:
        """Everything that the new generation has to hold when the former ones retire, and after it what ended."""
        for page, rows in pages(self._listed, self._former):
            yield sorted(page + successive.compare(page, rows).kept, key=_BY_SERIAL)
        yield from self._endings()

    def _endings(self) -> Iterator[list[Row]]:
        """What ended now, with the reason: renewed where the same number has a certificate that is new（推定）."""
        fresh = chain.from_iterable(self._fresh.parts())
        newest = next(fresh, None)
        for part in self._ended.parts():
            rows: list[Row] = []
            for row in part:
                number = _BY_NUMBER(row)
                while newest is not None and newest < number:
                    newest = next(fresh, None)
                reason = RENEWED_INFERRED if newest == number else ENDED_INFERRED
                rows.append((*row[:5], self._ended_at, reason, True))
            yield sorted(rows, key=_BY_SERIAL)
