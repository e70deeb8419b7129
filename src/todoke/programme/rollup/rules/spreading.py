"""How figures are spread over bodies: count, quartiles, how much of it is stale and how much could be compared; pure.

First bodies are summed up without a day of reading（`summed`）; what is late is told when the sum is read（`aggregate`）.
Quartiles are linear between neighbours, as numpy's default. There is no mean of rates, and no aggregate of aggregates.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from todoke.programme.progress.values import Spread
from todoke.programme.rollup.rules.accepting import is_prefecture_code
from todoke.programme.rollup.rules.comparing import added
from todoke.programme.rollup.values import (
    LATE_DAYS,
    Aggregate,
    AreaLine,
    BodyLine,
    Counts,
    Pile,
    Submission,
    Summed,
    SummedArea,
    SummedConcept,
)

Concepts = Mapping[str, Counts]


def line(code: str, name: str, submission: Submission | None, counts: Counts | None, as_of: date) -> BodyLine:
    """One body as of a day: a late submission shows its age, a missing one nothing."""
    if submission is None:
        return BodyLine(code, name, None, None, None, is_late=True)
    age = (as_of - submission.as_of).days
    return BodyLine(code, name, submission, counts, age, is_late=age > LATE_DAYS)


def late(days: Mapping[date, int], as_of: date) -> int:
    """How many of the submissions as of these days are late on a day."""
    limit = as_of - timedelta(days=LATE_DAYS)
    return sum(count for day, count in days.items() if day < limit)


def aggregate(one: Pile, of: int, as_of: date) -> Aggregate:
    """A pile read on a day, with what every aggregate carries; `of` bodies there are in all."""
    comparable = Fraction(one.known, one.steps) if one.steps else None
    if one.five is None:
        return Aggregate(0, of, None, None, None, None, None, None, comparable)
    n = sum(one.days.values())
    return Aggregate(n, of, *one.five, stale=Fraction(late(one.days, as_of), n), comparable=comparable)


def summed(submitted: Sequence[tuple[BodyLine, Concepts]]) -> Summed:
    """Lines of bodies that have submitted, each with its counts per 事務, summed up."""
    lines = [one for one, _ in submitted]
    whole = [one.counts for one in lines if one.counts is not None]
    weighted = permille(one.submission.weighted_permille if one.submission else None for one in lines)
    codes = sorted({code for _, of in submitted for code in of if code})
    by_area: dict[str, list[BodyLine]] = {}
    for one in lines:
        by_area.setdefault(one.code[:2], []).append(one)
    return Summed(
        _days(lines), sum(one.is_comparable for one in lines), _pile(lines, [one.rate for one in lines], whole),
        _pile(lines, weighted, whole), {code: _concept(code, submitted) for code in codes},
        {code: _area(some) for code, some in sorted(by_area.items())},
    )  # fmt: skip


def _pile(lines: Sequence[BodyLine], figures: Sequence[Fraction | None], compared: Iterable[Counts]) -> Pile:
    there = [(one, figure) for one, figure in zip(lines, figures, strict=True) if figure is not None]
    found, steps = Spread.of(figure for _, figure in there), added(compared)
    five = (found.lowest, found.first, found.median, found.third, found.highest) if found else None
    return Pile(five, _days([one for one, _ in there]), steps.known, steps.steps)


def _days(lines: Iterable[BodyLine]) -> dict[date, int]:
    return dict(sorted(Counter(one.submission.as_of for one in lines if one.submission).items()))


def _concept(code: str, submitted: Sequence[tuple[BodyLine, Concepts]]) -> SummedConcept:
    found = [(one, of[code]) for one, of in submitted if code in of]
    counts = [of for _, of in found]
    rates = _pile([one for one, _ in found], [of.rate for of in counts], counts)
    return SummedConcept(added(counts), rates)


def _area(lines: Sequence[BodyLine]) -> SummedArea:
    counts = [one.counts for one in lines if one.counts is not None]
    return SummedArea(_days(lines), _pile(lines, [one.rate for one in lines], counts))


def areas(found: Summed, names: Mapping[str, str], as_of: date) -> tuple[AreaLine, ...]:
    """The bodies by prefecture, those that are silent among them; each aggregate is over bodies."""
    bodies = Counter(code[:2] for code in names)
    called = {code[:2]: name for code, name in names.items() if is_prefecture_code(code)}
    nobody = SummedArea({}, Pile(None, {}, 0, 0))
    lines = []
    for code, count in sorted(bodies.items()):
        one = found.areas.get(code, nobody)
        there = sum(one.days.values())
        overdue = count - there + late(one.days, as_of)
        spread = aggregate(one.rate, count, as_of)
        lines.append(AreaLine(code, called.get(code, code), count, there, overdue, spread))
    return tuple(lines)


def permille(values: Iterable[int | None]) -> list[Fraction | None]:
    """Thousandths as fractions; what is not known stays so."""
    return [Fraction(one, 1000) if one is not None else None for one in values]
