"""Reading a file of rows（CSV）line by line in flat memory, whatever stands in it: links, resident records.

A bad line is reported by its number and the wrong column, never by its content, and the reading goes on（X26, X27）.
What is no such file at all（HTML, JSON, another system's answer）has no header of ours and is refused before any row.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar, Generic, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import TodokeError

if TYPE_CHECKING:
    import _csv

_OTHER_KINDS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:[<{\[]|PK\x03\x04|\x1f\x8b|%PDF|HTTP/)")
_BREAK = re.compile(r"\r\n|\r|\n")
LINES_AT_ONCE, BLOCK_CHARACTERS = 2_000, 65_536
LINE_CHARACTERS = 10_000  # a line of short columns never needs more; a longer one is cut and refused
Row = TypeVar("Row")


class HeaderWrong(TodokeError):
    """The first line of a file lacks a column of the profile, or has one twice (X27)."""

    code: ClassVar[str] = "CSV-241"
    sentence: ClassVar[str] = (
        "見出し行の列（{column}）が不足または重複しています。ファイルとレイアウト設定を確かめてください。"
    )


class NoRows(HeaderWrong):
    """What came is no file of rows at all: a page, a message, an archive, another system's answer (C19)."""

    code: ClassVar[str] = "IDN-322"
    sentence: ClassVar[str] = (
        "番号の照会先から届いたものが、番号の一覧ではありません。照会先と取り込むファイルを確かめてください。"
    )


class RowWrong(ValueError):
    """The column of this name does not hold what it should."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """One refused line of a file: its line number and the column that is wrong. Never its content (C-codes §2)."""

    line: int
    column: str
    code: str = "CSV-240"


@dataclass(frozen=True, slots=True)
class RowFile(Generic[Row]):
    """How a file is read: its encoding, its delimiter, the header words by column, and what makes a row of cells.

    `read` gets the cells in the order of `columns`; it raises RowWrong with the name of the first wrong column.
    A column whose word is empty is not in the file: its cell is always empty.
    `read_many` gets whole columns of many lines and says the same as `read` of each, or None: then they are read one by one.
    """

    encoding: str
    delimiter: str
    columns: Mapping[str, str]
    read: Callable[[Sequence[str]], Row]
    read_many: Callable[[Sequence[Sequence[str]]], Sequence[Row] | None] | None = None


class RowFileProfile(BaseModel):
    """What every layout of a file of rows says of itself; each kind of file adds what is its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: str
    title: str
    publisher: str
    edition: str
    status: Literal["確認済", "未確認"]
    encoding: Literal["utf-8", "utf-8-sig", "cp932"]
    delimiter: str


Profile = TypeVar("Profile", bound=RowFileProfile)


def load_profile(
    kind: type[Profile], name_or_path: str, *, folder: Path, refuse: type[TodokeError]
) -> Profile:
    """The layout that is shipped in `folder` under this name, or a town's own at this path; raises `refuse`."""
    path = Path(name_or_path)
    if path.suffix not in {".yaml", ".yml"}:
        path = next((file for file in folder.glob("*.yaml") if file.stem == name_or_path), folder / "-")
    try:
        return kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, ValidationError, yaml.YAMLError) as unfit:
        raise refuse(profile=Path(name_or_path).name) from unfit


def of_one_body(layout: RowFile[Row], word: str, organisation: str) -> RowFile[Row]:
    """The same file where a column of this word names the body of each line: another body's line is refused (C18).

    An answer that was meant for somebody else（取り違え）then changes nothing here. Without a word nothing is asked.
    """
    if not word:
        return layout

    def read(cells: Sequence[str]) -> Row:
        if cells[-1].strip() != organisation:
            raise RowWrong("organisation")
        return layout.read(cells[:-1])

    many = layout.read_many

    def read_many(columns: Sequence[Sequence[str]]) -> Sequence[Row] | None:
        is_ours = many is not None and {cell.strip() for cell in set(columns[-1])} == {organisation}
        return many(columns[:-1]) if many is not None and is_ours else None

    return RowFile(
        layout.encoding, layout.delimiter, {**layout.columns, "organisation": word}, read, read_many
    )


@dataclass(slots=True)
class Chunk(Generic[Row]):
    """Some accepted lines in file order, the refused ones, and how far the file has been read."""

    rows: list[Row] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    bad_rows: int = 0
    bytes_read: int = 0
    bytes_total: int = 0


def positions(header: Sequence[str], columns: Mapping[str, str]) -> tuple[int, ...]:
    """Where each column stands in the file, in any order; -1 for one that the profile does not have. HeaderWrong."""
    names = [name.strip() for name in header]
    for word in columns.values():
        if word and names.count(word) != 1:
            raise HeaderWrong(column=word)
    return tuple(names.index(word) if word else -1 for word in columns.values())


def chunks(file: IO[bytes], layout: RowFile[Row], size: int) -> Iterator[Chunk[Row]]:
    """Yield the lines of a file in chunks of `size`; raises HeaderWrong or NoRows before the first."""
    total = file.seek(0, 2)
    file.seek(0)
    if _OTHER_KINDS.match(file.read(64)):
        raise NoRows
    file.seek(0)
    # Undecodable bytes become lone surrogates, which no column accepts: the line is reported, the rest is read on.
    text = TextIOWrapper(file, encoding=layout.encoding, errors="surrogateescape", newline="")
    reader = csv.reader(_lines(text), delimiter=layout.delimiter, strict=True)
    where = positions(_header(reader), layout.columns)
    try:
        while True:
            chunk: Chunk[Row] = Chunk(bytes_total=total)
            read = _read(reader, where, layout, chunk, size)
            chunk.bytes_read = file.tell()
            if read == 0:
                return
            yield chunk
    finally:
        text.detach()


def _header(reader: "_csv.Reader") -> list[str]:
    try:
        return next(reader)
    except (StopIteration, csv.Error) as empty:
        raise HeaderWrong(column="見出し") from empty


def _lines(text: TextIOWrapper) -> Iterator[str]:
    """Lines of bounded length; what is too long comes as one over-long line without its tail."""
    while block := text.read(BLOCK_CHARACTERS):
        block += text.readline(LINE_CHARACTERS)
        if not block.endswith(("\n", "\r")):
            _skip_rest(text)
        lines = StringIO(block, newline="").readlines()
        if max(map(len, lines)) > LINE_CHARACTERS:
            lines = [line[:LINE_CHARACTERS] for line in lines]
        yield from lines


def _skip_rest(text: TextIOWrapper) -> None:
    while (rest := text.readline(LINE_CHARACTERS)) and not rest.endswith(("\n", "\r")):
        pass


def _read(
    reader: "_csv.Reader", where: tuple[int, ...], layout: RowFile[Row], chunk: Chunk[Row], size: int
) -> int:
    """Fill a chunk with up to `size` lines; returns how many were read. Some at a time, because a million lines pass."""
    read = 0
    while read < size:
        before, lines, is_broken = reader.line_num, list[list[str]](), False
        try:
            lines.extend(islice(reader, min(size - read, LINES_AT_ONCE)))
        except csv.Error:  # what was read before it stands in `lines`
            is_broken = True
        if not lines and not is_broken:
            break
        read += len(lines) + is_broken
        many = _columns(lines, where, layout)
        if many is None:
            _one_by_one(_numbered(lines, before, reader.line_num - before), where, layout.read, chunk)
        else:
            chunk.rows += many
        if is_broken:
            _report(chunk, reader.line_num, "引用符")
    return read


def _columns(lines: list[list[str]], where: tuple[int, ...], layout: RowFile[Row]) -> Sequence[Row] | None:
    """The rows of these lines read column by column; None where any of them needs a closer look."""
    widths = set(map(len, lines))
    if layout.read_many is None or len(widths) != 1 or max(where) >= min(widths):
        return None
    columns = list(zip(*lines, strict=True))
    return layout.read_many([("",) * len(lines) if index < 0 else columns[index] for index in where])


def _numbered(lines: list[list[str]], before: int, taken: int) -> Iterator[tuple[int, list[str]]]:
    """Each line with its number; `before` lines of the file came earlier, and these took so many."""
    has_breaks, number = taken > len(lines), before
    for cells in lines:
        number += 1 + (sum(len(_BREAK.findall(cell)) for cell in cells) if has_breaks else 0)
        yield number, cells


def _one_by_one(
    lines: Iterable[tuple[int, list[str]]],
    where: tuple[int, ...],
    make: Callable[[Sequence[str]], Row],
    chunk: Chunk[Row],
) -> None:
    width = max(where) + 1
    for number, cells in lines:
        if not cells:
            continue  # an empty line says nothing
        try:
            if len(cells) < width:
                raise RowWrong("列数")
            chunk.rows.append(make(["" if index < 0 else cells[index] for index in where]))
        except RowWrong as wrong:
            _report(chunk, number, str(wrong))


def _report(chunk: Chunk[Row], line: int, column: str) -> None:
    chunk.bad_rows += 1
    if len(chunk.bad) < 100:
        chunk.bad.append(BadRow(line, column))
