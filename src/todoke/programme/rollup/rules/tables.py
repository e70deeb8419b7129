"""What every table of a publication has in common: names as they are compared, codes of bodies, rates, and the report; pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from todoke.foundation.errors import TodokeError
from todoke.foundation.workbooks import Cell, Table
from todoke.programme.rollup.values import Layout, Misfit, MisfitKind

_BLANK = re.compile(r"\s+")
_DASH = re.compile(r"[‐‑‒–—―−]")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?[%％]\Z", re.ASCII)
LONGEST = 80  # characters of a cell that a report repeats


def plain(value: Cell) -> str:
    """A cell as a text without white space, by which names are compared; a whole number as Excel shows it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else _BLANK.sub("", str(value))


def named(value: Cell) -> str:
    """A heading as it is compared: full-width digits and dashes are as good as others（NFKC）."""
    return _DASH.sub("-", unicodedata.normalize("NFKC", plain(value)))


@dataclass
class Report:
    """What is being noted while a file is read."""

    misfits: list[Misfit] = field(default_factory=list)

    def note(self, kind: MisfitKind, row: int, column: str, text: str, *, is_taken: bool = False) -> None:
        """Note one thing that did not fit; `is_taken`: read as something else, and taken."""
        self.misfits.append(Misfit(kind, row, column[:LONGEST], text[:LONGEST], is_taken))


@dataclass(frozen=True, slots=True)
class Columns:
    """The headings of the columns that a layout names, and how many digits the codes have."""

    code: str
    name: str
    concept: str
    rate: str
    digits: int


def column(header: Sequence[str], names: Iterable[str]) -> str:
    """The heading that is one of these names; empty without."""
    wanted = {plain(one) for one in names}
    return next((one for one in header if plain(one) in wanted), "")


def columns_of(table: Table, layout: Layout) -> Columns:
    """The columns of a table of this layout; an empty name where there is none."""
    code = column(table.header, layout.code_columns)
    return Columns(
        code, column(table.header, layout.name_columns), column(table.header, layout.concept_columns),
        column(table.header, layout.rate_columns), _digits(table, code),
    )  # fmt: skip


def code_in(
    cells: Mapping[str, Cell], columns: Columns, number: int, code_of: Callable[[str], str], report: Report
) -> str:
    """The code of the body of a row; empty, and noted, where it is none."""
    text = plain(cells.get(columns.code))
    full = text.zfill(columns.digits) if text.isdecimal() and len(text) == columns.digits - 1 else text
    try:
        found = code_of(full)
    except TodokeError:
        report.note(MisfitKind.UNKNOWN_CODE, number, columns.code, text)
        return ""
    if full != text:
        report.note(MisfitKind.LOST_ZERO, number, columns.code, text, is_taken=True)
    return found


def _digits(table: Table, column: str) -> int:
    """How long the codes of a column are: one that is shorter by one has lost its leading zero, as Excel makes it.

    No body has a number from 001 to 099: five digits that would say so are six whose zero is lost.
    """
    texts = [plain(cells.get(column)) for _, cells in table.rows]
    is_six = any(
        len(one) == 6 or (len(one) == 5 and one.isdecimal() and 0 < int(one[2:]) < 100) for one in texts
    )
    return 6 if is_six else 5


def rate_of(value: Cell) -> tuple[Fraction, Fraction] | None:
    """A printed rate and the unit of its last digit; Excel stores 97.5 % as 0.975. None for what is no rate."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return (Fraction(str(value)), Fraction(1, 10**6)) if 0 <= value <= 1 else None
    matched = _PERCENT.match(plain(value))
    if not matched:
        return None
    digits = len(matched[1].partition(".")[2])
    return Fraction(matched[1]) / 100, Fraction(1, 100 * 10**digits)
