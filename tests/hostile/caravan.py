"""Rows on their way together: each is taken in alone and measured; the stages behind intake carry the group at once.

A good package follows every hostile one into the same batch of the worker, and another comes when all are done. What
is asserted afterwards is asserted row by row: `Arrived.check` is I1 to I6 for one row and for the good one behind it.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Generic, Self, TypeVar

from tests.casework.intake.packages import MINASE, as_person
from tests.hostile.house import House, secrets_of, sound, undone
from tests.hostile.invariants import Passage, assert_invariants, assert_nobody_lost, release_holds
from tests.hostile.rows import CANARY
from todoke.foundation.fence import scope

GROUP = 10
LAST = 99
Row = TypeVar("Row")


class Listener(logging.Handler):
    """Keeps all that is logged, extra fields and exceptions included."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the whole record."""
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        self.heard.append(f"{record.getMessage()} {record.__dict__} {trace}")


@contextmanager
def listening() -> Iterator[Listener]:
    """All loggers at their most talkative."""
    root, listener = logging.getLogger(), Listener()
    before = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    try:
        yield listener
    finally:
        root.removeHandler(listener)
        root.setLevel(before)


@dataclass
class Traveller:
    """One row's turn to be taken in: `place` is its place in the group, and whose packages it sends."""

    house: House
    place: int

    def take_in(self, *packages: bytes, more: Callable[[], None] | None = None, **arrival: object) -> Passage:
        """The row's packages arrive, a good one behind them, and the worker opens all; `more` follows, measured too."""
        house, good = self.house, sound(self.place)
        room = house.room_taken()
        house.watch.begin()
        with listening() as listener:
            hostile = {
                house.arrive(data, 100 * self.place + number, **arrival): data  # type: ignore[arg-type]  # arrive's own
                for number, data in enumerate(packages, 1)
            }
            neighbour = house.arrive(good, 100 * self.place)
            house.open()
            if more is not None:
                more()
        grown = house.room_taken() - room
        return Passage(hostile, {neighbour: good}, house.watch.used(), grown, listener.heard)


TakeIn = Callable[[Traveller, Row], Passage]


@dataclass
class Caravan(Generic[Row]):
    """The rows of a module in groups of ten; `of` gives a row's passage when its whole group has come to rest."""

    house: House
    rows: Sequence[Row]
    take_in: TakeIn[Row]
    size: int = GROUP
    _life: ExitStack = field(default_factory=ExitStack)
    _passages: Mapping[int, Passage] = field(default_factory=dict)  # by the row's identity: two may be alike

    def of(self, row: Row) -> Passage:
        """How the row fared; the database is that of its group until another group is asked for."""
        if id(row) not in self._passages:
            self.close()
            self._life.enter_context(undone(self.house))
            place = next(at for at, one in enumerate(self.rows) if one is row)
            start = place // self.size * self.size
            try:
                self._passages = self._travel(self.rows[start : start + self.size])
            except BaseException:
                self.close()
                raise
        return self._passages[id(row)]

    def _travel(self, rows: Sequence[Row]) -> Mapping[int, Passage]:
        passages: dict[int, Passage] = {}
        for place, row in enumerate(rows):
            with as_person(self.size + 1 + place):
                passages[id(row)] = self.take_in(Traveller(self.house, place), row)
                passages[id(row)].secrets = {CANARY, *secrets_of(0)}
        with listening() as listener:
            self._arrive_at_last(passages)
        for one in passages.values():
            one.heard += listener.heard
        return passages

    def _arrive_at_last(self, passages: Mapping[int, Passage]) -> None:
        """All stages behind intake; whoever holds a case then lets it go, so that its delivery can be seen."""
        last = {self.house.arrive(sound(self.size), LAST): sound(self.size)}
        self.house.open()
        assert self.house.drain(), "the journey never came to rest"
        with scope(MINASE):
            for one in passages.values():
                one.note_first_standing()
            is_released = release_holds(
                [package for one in passages.values() if not one.stay_held for package in one.hostile]
            )
        if is_released:
            assert self.house.drain(), "the journey never came to rest"
        assert_nobody_lost(
            self.house, [*passages.values(), Passage({}, last, self.house.watch.used(), 0, [])]
        )

    def check(self, row: Row) -> None:
        """I1 to I6 after this row."""
        assert_invariants(self.house, self.of(row))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Undo the present group."""
        self._life.close()
        self._life, self._passages = ExitStack(), {}
