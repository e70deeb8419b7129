"""A document as the sheets of a workbook（one row per node, link, code …）and back, without loss.

A header is the field's path in the document and its Japanese name（`estimate.low 最短`）. Lists stand one per line, effort
as `役割=人日`. What a cell cannot hold as it is, such as a blank at the end, is written as `json:` and read back so.
"""

import json
import re
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum, auto
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from todoke.foundation.workbooks import LONGEST_TEXT, Cell, Sheet, Table
from todoke.programme.packs.errors import WorkbookMisfit
from todoke.programme.packs.values import (
    Adjustment,
    Citation,
    Concept,
    Deadline,
    Edition,
    IndicatorDefinition,
    Link,
    Node,
    Succession,
    Support,
    Window,
)

from .documents import ROOT, Document
from .sheet_words import SHEET_WORDS, WORDS

KINDS: Mapping[str, type] = {
    "nodes": Node, "links": Link, "windows": Window, "deadlines": Deadline, "succession": Succession,
    "supports": Support, "indicators": IndicatorDefinition, "adjustments": Adjustment, "codelists": Concept,
}  # fmt: skip
WIDE = frozenset({"label", "text", "note", "definition", "covers", "title"})
LIST_COLUMN = "list 一覧"
ITEM, CONTENT = "項目", "内容"
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_")


class Shape(Enum):
    """How a field stands in a cell."""

    TEXT = auto()
    DAY = auto()
    NUMBER = auto()
    FLAG = auto()
    LIST = auto()
    EFFORT = auto()
    PAIRS = auto()
    CITES = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the path of its field in the document, how it stands in a cell, the words to choose from."""

    path: tuple[str, ...]
    shape: Shape
    choices: tuple[str, ...] = ()

    @property
    def header(self) -> str:
        """As it stands in the sheet."""
        return f"{'.'.join(self.path)} {WORDS[self.path[-1]]}"


def sheets_of(document: Mapping[str, Any]) -> list[Sheet]:
    """The sheets of a document; `document_from` gives it back."""
    found = [_cover(document)]
    for part, kind in KINDS.items():
        entries = _entries(part, document.get(part, []))
        found.append(_sheet(part, columns_of(kind), entries))
    return found


def _cover(document: Mapping[str, Any]) -> Sheet:
    rows = [
        (column.header, _cell(_inside(document, column.path), column.shape)) for column in _cover_columns()
    ]
    notes = ("一行目の言葉と「項目」の列は変えないでください。分からないことは「未収録」と書きます。",)
    return Sheet(
        SHEET_WORDS["cover"], (ITEM, CONTENT), rows, frozenset({ITEM}), {}, {ITEM: 28, CONTENT: 90}, notes
    )


@cache
def _cover_columns() -> tuple[Column, ...]:
    rest = [one for one in columns_of(Edition) if one.path[0] not in ("ref", "sha256")]
    shapes = (Shape.TEXT, Shape.TEXT, Shape.NUMBER)
    return (*(Column((name,), shape) for name, shape in zip(ROOT, shapes, strict=True)), *rest)


def _entries(part: str, inside: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if part == "codelists":
        yield from ((name, one) for name, concepts in dict(inside).items() for one in concepts)
    else:
        yield from (("", one) for one in inside)


def _sheet(part: str, columns: Sequence[Column], entries: Iterable[tuple[str, Mapping[str, Any]]]) -> Sheet:
    lead = (LIST_COLUMN,) if part == "codelists" else ()
    rows = [
        ((name,) if lead else ())
        + tuple(_cell(_inside(one, column.path), column.shape) for column in columns)
        for name, one in entries
    ]
    choices = {one.header: one.choices for one in columns if one.choices}
    widths = {one.header: 48 if one.path[-1] in WIDE else 18 for one in columns}
    return Sheet(
        SHEET_WORDS[part], (*lead, *(one.header for one in columns)), rows, frozenset(), choices, widths
    )


@cache
def columns_of(kind: type, above: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """The columns of a value, those of its inner values flat in it; parts with a sheet of their own are left out."""
    hints, found = get_type_hints(kind), list[Column]()
    for one in fields(kind):
        hint, path = _bare(hints[one.name]), (*above, one.name)
        if kind is Edition and one.name in KINDS:
            continue
        if isinstance(hint, type) and is_dataclass(hint):
            found += columns_of(hint, path)
        else:
            found.append(Column(path, _shape(hint), _choices(hint)))
    return tuple(found)


def _bare(hint: Any) -> Any:  # Any: annotations
    if get_origin(hint) in (Union, types.UnionType):
        return get_args(hint)[0]
    return hint


def _shape(hint: Any) -> Shape:  # Any: annotations
    if hint == tuple[int, int]:
        return Shape.DAY
    if get_origin(hint) is tuple:
        return Shape.CITES if get_args(hint)[0] is Citation else Shape.LIST
    if get_args(hint):
        return Shape.EFFORT if get_args(hint)[1] is float else Shape.PAIRS
    return {int: Shape.NUMBER, float: Shape.NUMBER, bool: Shape.FLAG}.get(hint, Shape.TEXT)


def _choices(hint: Any) -> tuple[str, ...]:  # Any: annotations
    if hint is bool:
        return ("true", "false")
    return tuple(one.value for one in hint) if isinstance(hint, type) and issubclass(hint, Enum) else ()


def _inside(document: Any, path: Sequence[str]) -> Any:  # Any: JSON
    for name in path:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def _cell(value: Any, shape: Shape) -> Cell:  # Any: JSON
    if value is None or shape is Shape.NUMBER:
        return value if value is None or isinstance(value, int | float) else str(value)
    plain = _plain(value, shape)
    if plain and _is_safe(plain) and _is_back(plain, shape, value):
        return plain
    return f"json:{json.dumps(value, ensure_ascii=True)}"


def _is_back(plain: str, shape: Shape, value: Any) -> bool:  # Any: JSON
    try:
        return bool(_back(plain, shape) == value)
    except (ValueError, KeyError):
        return False


def _is_safe(plain: str) -> bool:
    return (
        not plain.startswith("json:")
        and plain == plain.strip()
        and len(plain) <= LONGEST_TEXT
        and not _ODD.search(plain)
    )


def _plain(value: Any, shape: Shape) -> str:  # Any: JSON
    if shape is Shape.FLAG:
        return "true" if value else "false"
    if shape is Shape.LIST:
        return "\n".join(value)
    if shape in (Shape.EFFORT, Shape.PAIRS):
        return "\n".join(f"{name}={one}" for name, one in value.items())
    if shape is Shape.CITES:
        return "\n".join(f"{one.get('page', '')}｜{one.get('place', '')}" for one in value)
    return str(value)


def _back(text: str, shape: Shape) -> Any:  # Any: JSON
    """The value of a cell's text. Raises ValueError."""
    if text.startswith("json:"):
        return json.loads(text[5:])
    if shape is Shape.FLAG:
        return {"true": True, "false": False}[text.lower()]
    if shape in (Shape.TEXT, Shape.DAY):
        return text
    lines = [line for line in text.split("\n") if line]
    if shape is Shape.LIST:
        return lines
    if shape is Shape.CITES:
        pages = [line.partition("｜")[::2] for line in lines]
        return [
            {name: one for name, one in zip(("page", "place"), both, strict=True) if one} for both in pages
        ]
    pairs = [line.rpartition("=") if shape is Shape.EFFORT else line.partition("=") for line in lines]
    return {name: _number(one) if shape is Shape.EFFORT else one for name, _, one in pairs}


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


def document_from(tables: Sequence[Table]) -> Document:
    """The document of a workbook's tables, in the order that they have. Raises WorkbookMisfit with sheet, row and column."""
    by_name = {table.name: table for table in tables}
    if SHEET_WORDS["cover"] not in by_name:
        raise WorkbookMisfit(where=SHEET_WORDS["cover"], reason="シートがありません")
    document = _cover_back(by_name[SHEET_WORDS["cover"]])
    for part, kind in KINDS.items():
        table = by_name.get(SHEET_WORDS[part])
        if table is None or not table.rows:
            continue
        entries = [_entry(table, number, cells, columns_of(kind)) for number, cells in table.rows]
        document[part] = _listed(table, entries) if part == "codelists" else entries
    return document


def _listed(table: Table, entries: Sequence[Document]) -> Document:
    found: Document = {}
    for (number, cells), entry in zip(table.rows, entries, strict=True):
        name = cells.get(LIST_COLUMN)
        if not isinstance(name, str) or not name:
            raise WorkbookMisfit(where=f"{table.name} {number}行目", reason="一覧の名前がありません")
        found.setdefault(name, []).append(entry)
    return found


def _cover_back(table: Table) -> Document:
    columns = {one.header: one for one in _cover_columns()}
    cells: dict[str, Cell] = {}
    for number, row in table.rows:
        name = row.get(ITEM)
        if name not in columns:
            raise WorkbookMisfit(where=f"{table.name} {number}行目", reason="知らない項目です")
        cells[str(name)] = row.get(CONTENT)
    return _entry(table, 0, cells, tuple(columns.values()))


def _entry(table: Table, number: int, cells: Mapping[str, Cell], columns: Sequence[Column]) -> Document:
    found: Document = {}
    for column in columns:
        cell = cells.get(column.header)
        if cell in (None, ""):
            continue
        at, where = found, f"{table.name} {number}行目 {column.header}"
        for name in column.path[:-1]:
            at = at.setdefault(name, {})
        at[column.path[-1]] = _read(cell, column.shape, where)
    return found


def _read(cell: Cell, shape: Shape, where: str) -> Any:  # Any: JSON
    if isinstance(cell, date):  # Excel makes dates of what looks like one
        cell = f"{cell:%m-%d}" if shape is Shape.DAY else cell.isoformat()
    if isinstance(cell, bool) and shape is Shape.FLAG:
        return cell
    try:
        if shape is Shape.NUMBER:
            return _number(str(cell))
        if not isinstance(cell, str):
            raise WorkbookMisfit(where=where, reason="数ではなく文字で入れてください（先頭に ' を付ける）")
        return _back(cell, shape)
    except (ValueError, KeyError) as broken:
        raise WorkbookMisfit(where=where, reason="書き方が違います") from broken
