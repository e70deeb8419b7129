"""Reading a link file line by line in flat memory, whatever stands in it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import TextIOWrapper
from itertools import islice
from typing import IO, TYPE_CHECKING

from todoke.casework.identify.errors import HeaderWrong
from todoke.casework.identify.rules import rows as rules
from todoke.casework.identify.values import BadRow, LinkFileProfile, LinkRow

if TYPE_CHECKING:
    import _csv

LINE_CHARACTERS = 10_000  # a line of seven short columns never needs more; a longer one is cut and refused


@dataclass(slots=True)
class Chunk:
    """Some accepted lines in file order, the refused ones, and how far the file has been read."""

    rows: list[LinkRow] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    bad_rows: int = 0
    bytes_read: int = 0
    bytes_total: int = 0


def chunks(file: IO[bytes], profile: LinkFileProfile, size: int) -> Iterator[Chunk]:
    """Yield the lines of a file in chunks of `size`; raises HeaderWrong before the first."""
    total = file.seek(0, 2)
    file.seek(0)
    # Undecodable bytes become lone surrogates, which no column accepts: the line is reported, the rest is read on.
    text = TextIOWrapper(file, encoding=profile.encoding, errors="surrogateescape", newline="")
    reader = csv.reader(_lines(text), delimiter=profile.delimiter, strict=True)
    where = rules.positions(_header(reader), profile)
    try:
        while True:
            chunk = Chunk(bytes_total=total)
            read = _read(reader, where, profile, chunk, size)
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
    reader: "_csv.Reader", where: tuple[int, ...], profile: LinkFileProfile, chunk: Chunk, size: int
) -> int:
    """Fill a chunk with up to `size` lines; returns how many were read. One loop, because a million lines pass."""
    link_row, add, width = rules.link_row, chunk.rows.append, max(where) + 1
    read = 0
    while read < size:
        try:
            for cells in islice(reader, size - read):
                read += 1
                if not cells:
                    continue  # an empty line says nothing
                if len(cells) < width:
                    raise rules.RowWrong("列数")
                add(link_row(cells, where, profile))
            return read
        except rules.RowWrong as wrong:
            _report(chunk, reader.line_num, str(wrong))
        except csv.Error:
            read += 1
            _report(chunk, reader.line_num, "引用符")
    return read


def _report(chunk: Chunk, line: int, column: str) -> None:
    chunk.bad_rows += 1
    if len(chunk.bad) < 100:
        chunk.bad.append(BadRow(line, column))
