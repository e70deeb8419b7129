"""Official publications: how they are laid out, what they say, and what did not fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from .submissions import Snapshot
from .words import MisfitKind


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing of a publication that did not fit: row as Excel counts, column, what stood there, whether it was taken."""

    kind: MisfitKind
    row: int
    column: str
    text: str
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """How one official publication is laid out; a versioned profile. `is_checked` False: 未確認, shown as such.

    Of a table of values: the names of its indicators, the words that may stand in it, columns beside them that say nothing of
    an indicator, and which rate is which number of which（rate, all, of them）.
    """

    code: str
    title: str
    edition: str
    publisher: str
    source: str
    is_checked: bool
    kind: str
    code_columns: tuple[str, ...]
    name_columns: tuple[str, ...]
    concept_columns: tuple[str, ...]
    rate_columns: tuple[str, ...]
    statuses: Mapping[str, str]
    short_statuses: Mapping[str, str]
    missing: tuple[str, ...]
    pack: str = ""
    pack_edition: str = ""
    indicators: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    fractions: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BodyValues:
    """Indicator values of one body as published; a missing one says why and is never zero."""

    body: str
    name: str
    values: Mapping[str, str]
    missing: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReadPublication:
    """What a file of a publication said, and all that did not fit."""

    snapshots: tuple[Snapshot, ...]
    values: tuple[BodyValues, ...]
    misfits: tuple[Misfit, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Publication:
    """One imported publication with its report."""

    uuid: UUID
    layout: str
    title: str
    as_of: date
    sha256: str
    rows: int
    bodies: int
    misfits: tuple[Misfit, ...]
    misfit_counts: Mapping[MisfitKind, int]
    taken_at: datetime
