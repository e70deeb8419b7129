"""Excel workbooks（.xlsx, ECMA-376）that go out to people and come back: written plainly, read with suspicion.

What is written never computes: a text that begins like a formula stays a text. What is read is a ZIP of a stranger:
its sizes are looked at before anything is inflated, formulas count as what they showed last, and macros are not read.
"""

import io
import re
import unicodedata
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, TypeAlias

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from todoke.foundation.errors import TodokeError

Cell: TypeAlias = str | int | float | date | bool | None
MOST_BYTES = 16 * 1024 * 1024  # of a workbook as it arrives
MOST_INFLATED = 128 * 1024 * 1024
MOST_PARTS = 400
MOST_ROWS = 50_000
MOST_COLUMNS = 200
LONGEST_TEXT = 32_767  # characters of a cell, as Excel has it
_HEAD = PatternFill("solid", fgColor="E8F1FE")  # デジタル庁デザインシステム: blue 50
_FIXED = PatternFill("solid", fgColor="F2F2F2")
MOST_MERGED = 1_000
_LINE = Side(style="thin", color="B3B3B3")
_LINES = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_A4 = 9  # ST_PaperSize of a page set-up
_MERGED = re.compile(
    rb'<(?:[A-Za-z0-9]{1,20}:)?mergeCell\s{1,20}ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"'
)
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # compound files: [MS-CFB] 2.2, also around encrypted workbooks


class WorkbookBroken(TodokeError):
    """Not a workbook that can be read: no .xlsx, damaged, or too large."""

    code: ClassVar[str] = "XLS-801"
    sentence: ClassVar[str] = (
        "Excelファイル（.xlsx）として読めません（{why}）。この画面から書き出したファイルに記入して、保存し直してください。"
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name (31 characters at most), its header and rows, and how a person fills it in.

    `fixed` are the columns (by header) that a person leaves alone: grey and locked. `choices` offers a list for a
    column. `widths` are in characters. `notes` stand above the header, one row each.
    """

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    fixed: frozenset[str] = frozenset()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as it was read: its name, its header, and (row number as Excel shows it, cells by header).

    `covered` are the (row number, header) that lie under a merged cell and hold nothing for that reason; of forms only.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, Cell]], ...]
    covered: frozenset[tuple[int, str]] = frozenset()

    @property
    def letters(self) -> Mapping[str, str]:
        """Header → the letter of its column."""
        return {name: get_column_letter(number) for number, name in enumerate(self.header, start=1) if name}


def write(sheets: Sequence[Sheet], *, title: str, at: datetime) -> bytes:
    """The workbook's bytes. `at` stands in its properties, so that nothing depends on the clock of this machine."""
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = title, "Todoke"
    book.properties.created = book.properties.modified = at.replace(tzinfo=None)
    for sheet in sheets:
        _write(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(book: Workbook, sheet: Sheet) -> None:
    page: Any = book.create_sheet(sheet.name[:31])
    head = len(sheet.notes) + 1
    page.freeze_panes = f"A{head + 1}"
    page.print_title_rows = f"{head}:{head}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", _A4
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = (
        1,
        0,
    )  # as wide as the paper, as long as it takes
    for number, name in enumerate(sheet.header, start=1):
        page.column_dimensions[get_column_letter(number)].width = sheet.widths.get(name, 16)
    for name, words in sheet.choices.items():
        letter = get_column_letter(sheet.header.index(name) + 1)
        offer = DataValidation("list", formula1='"' + ",".join(words) + '"', allow_blank=True)
        offer.add(f"{letter}{head + 1}:{letter}{MOST_ROWS}")
        page.data_validations.append(offer)
    for note in sheet.notes:
        page.append([_cell(page, note, is_wrapped=False)])
    page.append([_cell(page, name, fill=_HEAD, bold=True) for name in sheet.header])
    is_fixed = [name in sheet.fixed for name in sheet.header]
    page.protection.sheet = bool(sheet.fixed)
    for row in sheet.rows:
        page.append(
            [
                _cell(page, value, fill=_FIXED if fixed else None, locked=fixed)
                for value, fixed in zip(row, is_fixed, strict=True)
            ]
        )


def _cell(
    page: Any,
    value: Cell,
    *,
    fill: PatternFill | None = None,
    bold: bool = False,
    locked: bool = True,
    is_wrapped: bool = True,
) -> Any:  # the library's cells have no type of their own to name
    content: Any = value[:LONGEST_TEXT] if isinstance(value, str) else value
    cell = WriteOnlyCell(page, value=content)
    if isinstance(value, str):
        cell.data_type = "s"  # also where it begins like a formula
        cell.alignment = Alignment(wrap_text=is_wrapped, vertical="top")
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    if fill is not None:
        cell.fill = fill
    if bold:
        cell.font = Font(bold=True)
    cell.protection = Protection(locked=locked)
    if is_wrapped:
        cell.border = _LINES  # all but the notes above the table
    return cell


def read(content: bytes, *, form: Collection[str] = ()) -> list[Table]:
    """The tables of a workbook; each sheet's header is its first row with at least two filled cells.

    Empty rows are left out; texts are trimmed. Of a form that people filled in, `form` names columns by which its header
    is known, wherever people moved it; then a cell that shows 40% is 40, and what merged cells cover is told.
    Raises WorkbookBroken.
    """
    _look(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        if form:
            return [_form(content, page, frozenset(map(bare, form))) for page in book.worksheets]
        return [_table(page.title, page.iter_rows(values_only=True)) for page in book.worksheets]
    except WorkbookBroken:
        raise
    except Exception as broken:  # the library raises whatever it meets in damaged parts
        raise WorkbookBroken(why="壊れています") from broken


def bare(name: str) -> str:
    """A header without the blanks, line ends and widths of letters that people change unawares."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def _form(content: bytes, page: Any, marks: frozenset[str]) -> Table:  # the library's own page
    rows = ([_shown(cell) for cell in row] for row in page.iter_rows())
    table = _table(page.title, rows, lambda cells: marks <= {bare(str(one)) for one in cells})
    covered = frozenset(_covered(table, _merged(content, page)))
    return Table(table.name, table.header, table.rows, covered)


def _shown(cell: Any) -> object:
    """The value of a cell, of a percentage what it shows: 0.4 under the format 0% is 40."""
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in str(cell.number_format):
        return round(value * 100, 6)
    return value


def _merged(content: bytes, page: Any) -> Iterator[tuple[int, int, int, int]]:
    """First column, first row, last column, last row of the merged cells of a page."""
    path = str(getattr(page, "_worksheet_path", "")).lstrip(
        "/"
    )  # the library does not tell them when it only reads
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        text = parts.read(path) if path in parts.namelist() else b""
    for number, found in enumerate(_MERGED.finditer(text)):
        if number >= MOST_MERGED:
            raise WorkbookBroken(why="結合したセルが多すぎます")
        left, top, right, bottom = range_boundaries(found[1].decode())
        if left and top and right and bottom:  # the pattern has all four
            yield left, top, right, bottom


def _covered(table: Table, merged: Iterable[tuple[int, int, int, int]]) -> Iterator[tuple[int, str]]:
    numbers = [number for number, _ in table.rows]
    for left, top, right, bottom in merged:
        for number in numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]:
            for name in table.header[left - 1 if number > top else left : right]:
                yield number, name


def _look(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise WorkbookBroken(why="大きすぎます")
    if content.startswith(_OLD):
        raise WorkbookBroken(why="古い形式（.xls）か、パスワードの付いたファイルです")
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as broken:
        raise WorkbookBroken(why="形式が違います") from broken
    if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_INFLATED:
        raise WorkbookBroken(why="大きすぎます")
    names = {one.filename for one in parts}
    if "xl/workbook.xml" not in names:
        raise WorkbookBroken(why="OpenDocument形式です" if "content.xml" in names else "形式が違います")


def _two(filled: Sequence[Cell]) -> bool:
    return len(filled) >= 2


def _table(
    name: str, rows: Iterable[Sequence[object]], is_header: Callable[[Sequence[Cell]], bool] = _two
) -> Table:
    header: tuple[str, ...] = ()
    found: list[tuple[int, Mapping[str, Cell]]] = []
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise WorkbookBroken(why="行が多すぎます")
        cells = [_value(one) for one in row[:MOST_COLUMNS]]
        filled = [one for one in cells if one not in ("", None)]
        if not header and is_header(filled):
            header = tuple(str(one) if one is not None else "" for one in cells)
        elif header and filled:
            found.append((number, dict(_named(header, cells))))
    return Table(name, header, tuple(found))


def _named(header: Sequence[str], cells: Sequence[Cell]) -> Iterator[tuple[str, Cell]]:
    return ((name, cell) for name, cell in zip(header, cells, strict=False) if name)


def _value(value: object) -> Cell:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, int | float | date | bool) else None
