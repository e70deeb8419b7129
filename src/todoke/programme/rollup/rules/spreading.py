"""How figures are spread over bodies: count, quartiles, how much of it is stale and how much could be compared; pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from todoke.programme.progress.values import Spread
from todoke.programme.rollup.rules.accepting import is_prefecture_code
from todoke.programme.rollup.values import LATE_DAYS, Aggregate, AreaLine, BodyLine, Counts, Submission


def line(code: str, name: str, submission: Submission | None, counts: Counts | None, as_of: date) -> BodyLine:
    """One body as of a day: a late submission shows its age, a missing one nothing."""
    if submission is None:
        return BodyLine(code, name, None, None, None, is_late=True)
    age = (as_of - submission.as_of).days
    return BodyLine(code, name, submission, counts, age, is_late=age > LATE_DAYS)


def aggregate(
    lines: Sequence[BodyLine], figures: Sequence[Fraction | None], compared: Sequence[Counts]
) -> Aggregate:
    """Figures of lines（in the same order; None: the body has none）with what every aggregate carries.

    Quartiles are linear between neighbours, as numpy's default.
    """
    with_figure = [(one, figure) for one, figure in zip(lines, figures, strict=True) if figure is not None]
    found = Spread.of(figure for _, figure in with_figure)
    steps = sum(one.steps for one in compared)
    comparable = Fraction(sum(one.known for one in compared), steps) if steps else None
    if found is None:
        return Aggregate(0, len(lines), None, None, None, None, None, None, comparable)
    late = sum(one.is_late for one, _ in with_figure)
    return Aggregate(
        found.count, len(lines), found.lowest, found.first, found.median, found.third, found.highest,
        Fraction(late, found.count), comparable,
    )  # fmt: skip


def areas(lines: Sequence[BodyLine]) -> tuple[AreaLine, ...]:
    """The bodies by prefecture; each aggregate is over its bodies, never over aggregates."""
    by_code: dict[str, list[BodyLine]] = {}
    for one in lines:
        by_code.setdefault(one.code[:2], []).append(one)
    return tuple(_area(code, some) for code, some in sorted(by_code.items()))


def _area(code: str, lines: Sequence[BodyLine]) -> AreaLine:
    name = next((one.name for one in lines if is_prefecture_code(one.code)), code)
    known = [one.counts for one in lines if one.counts is not None]
    spread = aggregate(lines, [one.rate for one in lines], known)
    submitted = sum(one.submission is not None for one in lines)
    return AreaLine(code, name, len(lines), submitted, sum(one.is_late for one in lines), spread)


def permille(values: Iterable[int | None]) -> list[Fraction | None]:
    """Thousandths as fractions; what is not known stays so."""
    return [Fraction(one, 1000) if one is not None else None for one in values]
