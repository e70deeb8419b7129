"""Tables for people's spreadsheets: what a program like Excel would take for a formula is told to be text（X25）.

Source: OWASP, CSV Injection; the catalogue's row X25, by which full-width signs count too. This writer is for eyes. What
goes to a core system is written by the hand-over's profiles and never prefixed: there a leading "=" is data.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

FORMULA_STARTS = frozenset("=+-@＝＋－＠−\t\r\n")
BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows UTF-8


def cell(text: str) -> str:
    """The text of a cell, with an apostrophe before what would be computed; blanks before it do not hide it."""
    if text[:1].isalnum():  # nearly every cell of a long file
        return text
    first = text.lstrip(" \u3000\u00a0\u200b\ufeff")[:1]
    return f"'{text}" if first in FORMULA_STARTS else text


def pieces(header: Sequence[str], steps: Iterable[Iterable[Sequence[str | int]]]) -> Iterator[bytes]:
    """A table as CSV（RFC 4180, UTF-8 with byte order mark, CRLF）for a spreadsheet, one piece for each step of its lines.

    No more than a step is in memory. Whatever a cell holds of others' words has been through `cell`.
    """
    yield BYTE_ORDER_MARK.encode() + _written([header])
    for lines in steps:
        yield _written(lines)


def _written(lines: Iterable[Sequence[str | int]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode()
