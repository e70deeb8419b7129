"""Reading a file of rows（CSV）line by line in flat memory, whatever stands in it: links, resident records.

A bad line is reported by its number and the wrong column, never by its content, and the reading goes on（X26, X27）.
What is no such file at all（HTML, JSON, another system's answer）has no header of ours and is refused before any row.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import TextIOWrapper
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar, Generic, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import TodokeError

if TYPE_CHECKING:
    import _csv

_OTHER_KINDS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:[<{\[]|PK\x03\x04|\x1f\x8b|%PDF|HTTP/)")
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
    """

    encoding: str
    delimiter: str
    columns: Mapping[str, str]
    read: Callable[[Sequence[str]], Row]


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

    return RowFile(layout.encoding, layout.delimiter, {**layout.columns, "organisation": word}, read)


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
            read = _read(reader, where, layout.read, chunk, size)
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
    while line := text.readline(LINE_CHARACTERS):
        if len(line) == LINE_CHARACTERS and not line.endswith(("\n", "\r")):
            _skip_rest(text)
        yield line


def _skip_rest(text: TextIOWrapper) -> None:
    while (rest := text.readline(LINE_CHARACTERS)) and not rest.endswith(("\n", "\r")):
        pass


def _read(
    reader: "_csv.Reader",
    where: tuple[int, ...],
    make: Callable[[Sequence[str]], Row],
    chunk: Chunk[Row],
    size: int,
) -> int:
    """Fill a chunk with up to `size` lines; returns how many were read. One loop, because a million lines pass."""
    add, width, lacks = chunk.rows.append, max(where) + 1, -1 in where or len(where) < 2
    chosen = itemgetter(*where)
    read = 0
    while read < size:
        try:
            for cells in islice(reader, size - read):
                read += 1
                if not cells:
                    continue  # an empty line says nothing
                if len(cells) < width:
                    raise RowWrong("列数")
                if lacks:
                    add(make(["" if index < 0 else cells[index] for index in where]))
                else:
                    add(make(chosen(cells)))
            return read
        except RowWrong as wrong:
            _report(chunk, reader.line_num, str(wrong))
        except csv.Error:
            read += 1
            _report(chunk, reader.line_num, "引用符")
    return read


def _report(chunk: Chunk[Row], line: int, column: str) -> None:
    chunk.bad_rows += 1
    if len(chunk.bad) < 100:
        chunk.bad.append(BadRow(line, column))
