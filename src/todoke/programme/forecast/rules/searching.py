"""The best of several orders: late start first, late finish first, then both with seeded noise."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from todoke.programme.forecast.errors import BeyondCalendar

from .compiling import Compiled
from .ordering import topological
from .placing import bound, earliest, latest, place

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Passes:
    """Both passes of the critical path method, by index; `target` is the finish by order alone."""

    start: Sequence[int]
    finish: Sequence[int]
    late_start: Sequence[int]
    late_finish: Sequence[int]
    target: int


@dataclass(frozen=True, slots=True)
class Found:
    """A feasible placement: worst lateness（None without deadlines）, end, starts, and the order that gave it."""

    late: int | None
    end: int
    start: Sequence[int]
    finish: Sequence[int]
    order: tuple[int, ...]

    @property
    def rank(self) -> tuple[int, int, int]:
        """Smaller is better: deadlines kept, then the end, then earlier work."""
        return max(self.late or 0, 0), self.end, sum(self.finish)


def passes(compiled: Compiled) -> Passes:
    """Forward and backward pass. Raises BeyondCalendar."""
    start, finish = within(compiled, lambda: earliest(compiled))
    target = max(0, *finish, 0)
    return Passes(start, finish, *latest(compiled, target), target)


def within(compiled: Compiled, compute: Callable[[], T]) -> T:
    """What `compute` gives. Raises BeyondCalendar where no opening is left in the calendar."""
    try:
        return compute()
    except IndexError:
        days = compiled.network.calendar.days
        raise BeyondCalendar(years=days[-1].year - days[0].year) from None


def search(compiled: Compiled, both: Passes, *, seed: int, tries: int) -> Found:
    """The best placement of `tries` orders; with one, late starts decide. Raises BeyondCalendar.

    More tries never give a worse one: the orders of fewer are among them.
    """
    return best_of(compiled, orders(compiled, both, seed=seed, tries=tries))


def orders(compiled: Compiled, both: Passes, *, seed: int, tries: int) -> list[list[int]]:
    """The orders that are tried; they do not depend on the capacities."""
    chance = random.Random(seed)
    return [topological(compiled.successors, _priority(both, turn, chance)) for turn in range(max(tries, 1))]


def best_of(compiled: Compiled, tried: Sequence[Sequence[int]]) -> Found:
    """The best placement of some orders, the first of equals. Raises BeyondCalendar."""
    return min((placed(compiled, order) for order in tried), key=lambda one: one.rank)


def _priority(both: Passes, turn: int, chance: random.Random) -> list[int]:
    base = both.late_start if turn % 2 == 0 else both.late_finish
    if turn < 2:
        return list(base)
    spread = 1 + both.target * (1 + turn % 5) // 16
    return [one + chance.randrange(spread) for one in base]


def placed(compiled: Compiled, order: Sequence[int]) -> Found:
    """The placement of one order. Raises BeyondCalendar."""
    shelf = compiled.shelf
    start, finish = within(
        compiled,
        lambda: place(compiled.rows(order), compiled.likely, shelf.taken, (shelf.grain, shelf.width)),
    )
    return found_of(compiled, start, finish, order)


def found_of(compiled: Compiled, start: Sequence[int], finish: Sequence[int], order: Sequence[int]) -> Found:
    """Lateness and end of a placement. Raises BeyondCalendar."""
    end = max(0, *finish, 0)
    if end > len(compiled.network.calendar.days):
        days = compiled.network.calendar.days
        raise BeyondCalendar(years=days[-1].year - days[0].year)
    late = [ends - due for ends, due in zip(finish, compiled.due, strict=True) if due is not None]
    return Found(max(late) if late else None, end, start, finish, tuple(order))


def is_feasible(compiled: Compiled, start: Sequence[int]) -> bool:
    """Whether these starts keep dates, order, openings and capacity."""
    finish = [one + lasts for one, lasts in zip(start, compiled.likely, strict=True)]
    return _keeps_order(compiled, start, finish) and _keeps_capacity(compiled, start)


def _keeps_order(compiled: Compiled, start: Sequence[int], finish: Sequence[int]) -> bool:
    for one, release, preds, bonds, opening, _ in compiled.rows(compiled.order):
        day = max([release, *(finish[before] for before in preds)])
        if bonds:
            day = max(day, bound(bonds, compiled.likely[one], start, finish))
        if start[one] < day:
            return False
        if opening is not None and (start[one] >= len(opening) or opening[start[one]] != start[one]):
            return False
    return True


def _keeps_capacity(compiled: Compiled, start: Sequence[int]) -> bool:
    shelf, taken = compiled.shelf, compiled.shelf.taken
    for one, patterns in enumerate(compiled.patterns):
        lasts = compiled.likely[one]
        if patterns is None or not lasts:
            continue
        bucket, offset = divmod(start[one], shelf.grain)
        pattern = patterns[lasts * shelf.grain + offset]
        if (taken >> bucket * shelf.width) + pattern[0] & pattern[1]:
            return False
        taken += pattern[2] << bucket * shelf.width
    return True
