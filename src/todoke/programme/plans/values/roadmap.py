"""工程表: 年度 × 取組事項 with the column 目標時期, in the form that the founding document shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """One 年度 as its column is headed: 2026年度（令和8年度）."""

    year: int
    label: str


@dataclass(frozen=True, slots=True)
class RoadmapRow:
    """One 取組事項: its group, what is done in each 年度（one cell a year）, its 目標時期; `level` 0 is outermost."""

    group: str
    label: str
    cells: tuple[str, ...]
    target: str
    level: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class Roadmap:
    """A whole 工程表, with the vision above and the notes below. `as_of` in words."""

    body: str
    title: str
    vision: str
    principles: tuple[str, ...]
    years: tuple[FiscalYear, ...]
    rows: tuple[RoadmapRow, ...]
    notes: tuple[str, ...] = ()
    source: str = ""
    as_of: str = ""
