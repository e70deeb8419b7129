"""The geometry of charts: where a day or a figure lies in a drawing. Pure; every chart has its table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from todoke.foundation.calendars.values import next_month
from todoke.japanese import eras

WIDTH = 800
STEPS = (1, 3, 6, 12, 24, 60)
MOST_TICKS = 10


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of a scale: where it lies and what stands beside it."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Axis:
    """Days laid out from the first of a month to the end of another over so many units of width."""

    first: date
    last: date
    width: int = WIDTH

    def x(self, day: date) -> float:
        """Where a day begins; what lies outside is drawn at the edge."""
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(min(max(share, 0), 1) * self.width, 1)

    def ticks(self) -> tuple[Tick, ...]:
        """The beginnings of months, as many as can be read."""
        months = [one for one in months_between(self.first, self.last) if self.x(one) < self.width - 32]
        step = next((one for one in STEPS if len(months) / one <= MOST_TICKS), STEPS[-1])
        return tuple(
            Tick(self.x(one), month_words(one)) for one in months if (one.month - 4) % min(step, 12) == 0
        )


def axis_over(days: Sequence[date], *, width: int = WIDTH) -> Axis:
    """An axis that holds all these days, with room for a mark at its end."""
    return Axis(min(days).replace(day=1), next_month(next_month(max(days))), width)


def months_between(first: date, last: date) -> list[date]:
    """The first days of months from one day's month to another's."""
    found = [first.replace(day=1)]
    while next_month(found[-1]) <= last:
        found.append(next_month(found[-1]))
    return found


def month_words(day: date) -> str:
    """「R9.4」: a month as it is written where there is no room."""
    found = eras.in_era(day)
    letter = {"令和": "R", "平成": "H"}.get(found.era.label, "")
    return f"{letter}{found.year}.{day.month}" if letter else f"{day.year}.{day.month}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from left to right, and how it looks."""

    x: float
    width: float
    tone: str


def bar_between(axis: Axis, first: date, last: date, tone: str) -> Bar:
    """A bar over days, wide enough to be seen."""
    begin = axis.x(first)
    return Bar(begin, round(max(axis.x(last) - begin, 4), 1), tone)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a chart: its corner, its size, and the words under it."""

    x: float
    y: float
    width: float
    height: float
    words: str


def columns_of(
    values: Sequence[tuple[str, float]], *, height: int = 160, width: int = WIDTH
) -> tuple[Column, ...]:
    """Columns as high as their values; not every one can have its words."""
    highest = max((value for _, value in values), default=0) or 1
    each = width / max(len(values), 1)
    every = max(-(-len(values) // 12), 1)
    return tuple(
        Column(
            round(index * each + each * 0.1, 1), round(height - value / highest * height, 1), round(each * 0.8, 1),
            round(value / highest * height, 1), words if index % every == 0 else "",
        )
        for index, (words, value) in enumerate(values)
    )  # fmt: skip


def line_of(values: Sequence[float | None], *, highest: float, height: int = 160, width: int = WIDTH) -> str:
    """The path of a line through values evenly spread; it breaks where a value is missing."""
    parts, pen = [], "M"
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x = (index + 0.5) * width / max(len(values), 1)
        parts.append(f"{pen}{x:.1f} {height - value / (highest or 1) * height:.1f}")
        pen = "L"
    return " ".join(parts)
