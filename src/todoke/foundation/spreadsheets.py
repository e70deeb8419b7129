"""Tables for people's spreadsheets: what a program like Excel would take for a formula is told to be text（X25）.

Source: OWASP, CSV Injection; the catalogue's row X25, by which full-width signs count too. This writer is for eyes. What
goes to a core system is written by the hand-over's profiles and never prefixed: there a leading "=" is data.
"""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_STARTS = frozenset("=+-@＝＋－＠−\t\r\n")
BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows UTF-8


def cell(text: str) -> str:
    """The text of a cell, with an apostrophe before what would be computed; blanks before it do not hide it."""
    first = text.lstrip(" \u3000\u00a0\u200b\ufeff")[:1]
    return f"'{text}" if first in FORMULA_STARTS else text


def csv_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A whole table as CSV（RFC 4180, UTF-8 with byte order mark, CRLF）for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([cell(text) for text in row] for row in rows)
    return (BYTE_ORDER_MARK + out.getvalue()).encode()
