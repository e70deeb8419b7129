"""Windows and freezes as tables: from any working day to the next, and the last, on which something may begin."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from todoke.programme.forecast.errors import NetworkBroken
from todoke.programme.forecast.values import StartWindow, WorkingDays


@dataclass(frozen=True, slots=True)
class Openings:
    """On which days something may begin: `next` and `last` by day index, and the open runs [first, end).

    `next` ends where nothing opens any more, so that asking beyond is an IndexError and never a wrong day.
    """

    next: list[int]
    last: list[int]
    runs: tuple[tuple[int, int], ...]


@lru_cache(maxsize=256)
def openings(windows: tuple[StartWindow, ...], calendar: WorkingDays) -> Openings:
    """Windows of one kind are alternatives; kinds, and every freeze, hold together. Raises NetworkBroken: never open.

    Kept, because a plan is placed again and again on the same calendar; nobody changes the tables.
    """
    size = len(calendar.days)
    bits = (1 << size) - 1
    for kind in dict.fromkeys(one.kind for one in windows if not one.is_freeze):
        bits &= _union((one for one in windows if not one.is_freeze and one.kind == kind), calendar)
    bits &= ~_union((one for one in windows if one.is_freeze), calendar)
    runs = _runs(bits, size)
    if not runs:
        raise NetworkBroken(where="・".join(one.label for one in windows))
    return Openings(_next_table(runs), _last_table(runs, size), runs)


def _union(windows: Iterable[StartWindow], calendar: WorkingDays) -> int:
    """The working days of all spans, one bit each."""
    bits = 0
    for one in windows:
        for first, last in spans(one, calendar):
            begin = max(calendar.index_from(first), 0)
            end = calendar.count_through(last)
            if end > begin:
                bits |= ((1 << (end - begin)) - 1) << begin
    return bits


def spans(window: StartWindow, calendar: WorkingDays) -> list[tuple[date, date]]:
    """The window of every year of the calendar, as first and last date; one that runs over the new year counts whole."""
    found = []
    for year in range(calendar.days[0].year - 1, calendar.days[-1].year + 1):
        ends_next_year = window.ends < window.begins
        first, last = _date(year, *window.begins), _date(year + ends_next_year, *window.ends)
        found.append((first, last))
    return found


def _date(year: int, month: int, day: int) -> date:
    """The date, or the last of the month where the month is shorter."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _runs(bits: int, size: int) -> tuple[tuple[int, int], ...]:
    text = format(bits, f"0{size}b")[::-1]
    runs, begin = [], text.find("1")
    while begin >= 0:
        end = text.find("0", begin)
        end = size if end < 0 else end
        runs.append((begin, end))
        begin = text.find("1", end)
    return tuple(runs)


def _next_table(runs: Sequence[tuple[int, int]]) -> list[int]:
    table: list[int] = []
    for begin, end in runs:
        table += [begin] * (begin - len(table))
        table += range(begin, end)
    return table


def _last_table(runs: Sequence[tuple[int, int]], size: int) -> list[int]:
    """-1: before the first opening, so it would have had to begin before today."""
    table: list[int] = []
    previous = -1
    for begin, end in runs:
        table += [previous] * (begin - len(table))
        table += range(begin, end)
        previous = end - 1
    return table + [previous] * (size - len(table))
