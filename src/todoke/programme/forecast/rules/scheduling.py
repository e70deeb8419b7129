"""One schedule: both passes, the placement under capacity, and what is certain about the deadlines."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

from todoke.programme.forecast.values import Network, PlacedActivity, Schedule, Verdict

from . import ENGINE
from .bounds import proofs
from .canonical import input_hash
from .compiling import FF, FS, SS, Compiled, compile_network
from .searching import Found, Passes, found_of, is_feasible, passes, placed, search

TRIES = 1  # for an answer while somebody waits; more only ever help


def schedule(
    network: Network, *, seed: int = 0, tries: int = TRIES, previous: Schedule | None = None
) -> Schedule:
    """The best schedule found in `tries` orders, for likely durations. Heuristic: no claim of being the shortest.

    With `previous`（of the same activities）its own order, and its own starts where they still fit, are among the
    candidates: so what only relaxes a network（more capacity, a link less）never makes the answer worse. Without it,
    list scheduling may answer more capacity with a later finish（Graham 1969）. Raises OrderInCircle, NetworkBroken,
    NothingToSchedule, BeyondCalendar.
    """
    compiled = compile_network(network)
    both = passes(compiled)
    found = search(compiled, both, seed=seed, tries=tries)
    if previous is not None and len(previous.starts) == len(compiled.likely):
        found = min([found, *_from_previous(compiled, previous)], key=lambda one: one.rank)
    return schedule_of(compiled, both, found, seed=seed, tries=tries)


def _from_previous(compiled: Compiled, previous: Schedule) -> list[Found]:
    candidates = []
    if sorted(previous.order) == list(range(len(compiled.likely))) and _keeps(compiled, previous.order):
        candidates.append(placed(compiled, previous.order))
    if is_feasible(compiled, previous.starts):
        finish = [one + lasts for one, lasts in zip(previous.starts, compiled.likely, strict=True)]
        candidates.append(found_of(compiled, previous.starts, finish, previous.order))
    return candidates


def _keeps(compiled: Compiled, order: Sequence[int]) -> bool:
    """Whether an order still has everything after what it depends on."""
    turn = {one: place for place, one in enumerate(order)}
    return all(turn[one] < turn[after] for one, ends in enumerate(compiled.successors) for after in ends)


def schedule_of(compiled: Compiled, both: Passes, found: Found, *, seed: int, tries: int) -> Schedule:
    """A placement in dates, with its floats, its verdict and what reproduces it."""
    certain = (
        proofs(compiled, both) if (found.late is not None and found.late > 0) or compiled.oversized else ()
    )
    calendar = compiled.network.calendar
    return Schedule(
        _placed(compiled, both, found), tuple(found.start), found.order, calendar.day(max(found.end - 1, 0)), found.end,
        found.late, verdict_of(found.late, is_certain=bool(certain)), certain, input_hash(compiled.network), seed, tries,
        ENGINE,
    )  # fmt: skip


def verdict_of(late: int | None, *, is_certain: bool) -> Verdict:
    """What may be said. Only a proof makes it impossible."""
    if is_certain:
        return Verdict.IMPOSSIBLE
    if late is None:
        return Verdict.NO_DEADLINE
    return Verdict.FOUND if late <= 0 else Verdict.NOT_FOUND


def _placed(compiled: Compiled, both: Passes, found: Found) -> tuple[PlacedActivity, ...]:
    free, span = free_days(compiled, both), spans_of(compiled.network)
    floats = [late - early for late, early in zip(both.late_start, both.start, strict=True)]
    critical = max(min(floats), 0)
    return tuple(
        PlacedActivity(
            activity.key, *span(start, lasts), *span(early, lasts), *span(late, lasts), room, free_room, late - start,
            room <= critical,
        )
        for activity, lasts, start, early, late, room, free_room in zip(
            compiled.network.activities, compiled.likely, found.start, both.start, both.late_start, floats, free,
            strict=True,
        )
    )  # fmt: skip


def spans_of(network: Network) -> Callable[[int, int], tuple[date, date]]:
    """How a start and a duration read as first and last day; a milestone lies at the end of the day before it."""
    days, size = network.calendar.days, len(network.calendar.days)
    other = lru_cache(maxsize=None)(network.calendar.day)  # plans share their dates

    def span(start: int, lasts: int) -> tuple[date, date]:
        if not lasts:
            at = other(start - 1 if start > 0 else start)
            return at, at
        last = start + lasts - 1
        return (days[start] if 0 <= start < size else other(start)), (
            days[last] if 0 <= last < size else other(last)
        )

    return span


def free_days(compiled: Compiled, both: Passes) -> list[int]:
    """By how many days each may slip, as early as all lie, without moving anything behind it or its own deadline."""
    found = []
    start, finish = both.start, both.finish
    for one, bonds in enumerate(compiled.after):
        room = both.late_start[one] - start[one]
        for kind, other, lag in bonds:
            mine = finish[one] if kind in {FS, FF} else start[one]
            theirs = start[other] if kind in {FS, SS} else finish[other]
            if theirs - lag - mine < room:
                room = theirs - lag - mine
        found.append(room)
    return found
