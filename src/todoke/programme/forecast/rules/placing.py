"""The two passes of the critical path method and the serial placement under capacity: the inner loops of the engine."""

from collections.abc import Sequence

from .compiling import ENDS, FF, FS, SF, SS, Bond, Compiled, Row

FAR = 1 << 40  # later than any day


Placed = tuple[list[int], list[int]]


def place(rows: Sequence[Row], durations: Sequence[int], taken: int, shape: tuple[int, int]) -> Placed:
    """Each activity in its turn on the first day that order, openings and capacity allow（serial schedule generation）.

    `rows` in an order that keeps every dependency; `taken` and `shape`（grain, width）as the shelf has them. One pass
    over whole numbers: a bucket that is full is jumped over with all before it. An IndexError: nothing opens any more
    within the calendar. Kelley 1963; Kolisch 1996 on its properties.
    """
    grain, width = shape
    start, finish = [0] * len(durations), [0] * len(durations)
    for one, day, preds, bonds, opening, patterns in rows:
        lasts = durations[one]
        for before in preds:
            if finish[before] > day:
                day = finish[before]
        if bonds:
            day = max(day, bound(bonds, lasts, start, finish))
        if opening is not None:
            day = opening[day]
        if patterns is not None and lasts:
            bucket = day // grain
            pattern = patterns[lasts * grain + day - bucket * grain]
            full = (taken >> bucket * width) + pattern[0] & pattern[1]
            while full:
                day = (bucket + (full.bit_length() - 1) // width + 1) * grain
                if opening is not None:
                    day = opening[day]
                bucket = day // grain
                pattern = patterns[lasts * grain + day - bucket * grain]
                full = (taken >> bucket * width) + pattern[0] & pattern[1]
            taken += pattern[2] << bucket * width
        start[one] = day
        finish[one] = day + lasts
    return start, finish


def bound(bonds: Sequence[Bond], lasts: int, start: Sequence[int], finish: Sequence[int]) -> int:
    """The first day that lags, starts-with and ends-with allow."""
    return max(_allowed(one, lasts, start, finish) for one in bonds)


def _allowed(bond: Bond, lasts: int, start: Sequence[int], finish: Sequence[int]) -> int:
    kind, other, lag = bond
    if kind == FS:
        return finish[other] + lag
    if kind == SS:
        return start[other] + lag
    if kind == FF:
        return finish[other] + lag - lasts
    if kind == SF:
        return start[other] + lag - lasts
    assert kind == ENDS
    return lag - lasts


def earliest(compiled: Compiled, durations: Sequence[int] | None = None) -> Placed:
    """The forward pass: first days by order, dates and windows only."""
    rows = compiled.rows(compiled.order, with_capacity=False)
    return place(rows, compiled.likely if durations is None else durations, 0, (1, 1))


def latest(compiled: Compiled, target: int) -> Placed:
    """The backward pass: last starts and finishes that keep every deadline, `target` for a finish that nothing waits for.

    A last start falls back to the last day of an opening; -1 or less: it would have had to begin before today.
    """
    durations, count = compiled.likely, len(compiled.likely)
    start, finish = [0] * count, [0] * count
    for one in reversed(compiled.order):
        lasts, due, fixed = durations[one], compiled.due[one], compiled.latest[one]
        end = FAR if due is None else due
        for bond in compiled.after[one]:
            end = min(end, limit(bond, lasts, start, finish))
        if due is None and is_loose(compiled, one):
            end = min(end, target)
        begin = end - lasts if fixed is None else min(end - lasts, fixed)
        opening = compiled.openings[one]
        if opening is not None and begin >= 0:
            begin = opening.last[min(begin, len(opening.last) - 1)]
        start[one], finish[one] = begin, begin + lasts
    return start, finish


def is_loose(compiled: Compiled, one: int) -> bool:
    """Whether nothing waits for the finish of an activity: then the end of the plan limits it."""
    return all(kind in {SS, SF} for kind, _, _ in compiled.after[one])


def limit(bond: Bond, lasts: int, start: Sequence[int], finish: Sequence[int]) -> int:
    """The last finish that a bond to what comes behind allows."""
    kind, other, lag = bond
    if kind == FS:
        return start[other] - lag
    if kind == SS:
        return start[other] - lag + lasts
    if kind == FF:
        return finish[other] - lag
    return finish[other] - lag + lasts
