"""The table behind a chart as a file for a spreadsheet."""

from collections.abc import Sequence

from django.http import StreamingHttpResponse

from todoke.foundation import spreadsheets
from todoke.web.shared.downloads import as_download


def csv_file(name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> StreamingHttpResponse:
    """A table as CSV; whatever people typed cannot become a formula."""
    lines = [[spreadsheets.cell(text) for text in row] for row in rows]
    return as_download(spreadsheets.pieces(header, [lines]), name=f"{name}.csv", kind="csv", size=None)
