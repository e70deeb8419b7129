"""The table behind a chart as a file for a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

from todoke.foundation import spreadsheets
from todoke.web.shared.downloads import as_download


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A table as CSV; whatever people typed cannot become a formula."""
    return spreadsheets.pieces(header, [[[spreadsheets.cell(text) for text in row] for row in rows]])


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> StreamingHttpResponse:
    """The same as a file to save."""
    return as_download(csv_pieces(header, rows), name=f"{name}.csv", kind="csv", size=None)
