"""Writes pictures as the pages of a PDF that holds nothing else: no script, no form, no attachment, no metadata.

The parent writes it, not the confined worker, so that the container is ours to the last byte（ISO 32000-1 §7, §8.9）.
"""

from collections.abc import Sequence

from .pictures import Buffer, size_of_jpeg

DPI = 150
POINTS = 72


def pdf_of(pictures: Sequence[Buffer]) -> bytes:
    """A PDF with one page for each JPEG, at 150 dpi. The same pictures give the same bytes. Raises NotPlain."""
    paper = _Paper()
    pages = " ".join(f"{3 + 3 * number} 0 R" for number in range(len(pictures)))
    paper.add(b"<< /Type /Catalog /Pages 2 0 R >>")
    paper.add(f"<< /Type /Pages /Kids [{pages}] /Count {len(pictures)} >>".encode())
    for number, picture in enumerate(pictures):
        _add_page(paper, 3 + 3 * number, picture)
    return paper.ended()


def _add_page(paper: "_Paper", first: int, picture: Buffer) -> None:
    """The three objects of a page: itself, what it draws, the picture."""
    width, height, components = size_of_jpeg(picture)
    across, down = (f"{pixels * POINTS / DPI:.2f}" for pixels in (width, height))
    paper.add(
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {across} {down}] /Contents {first + 1} 0 R "
        f"/Resources << /XObject << /P {first + 2} 0 R >> >> >>".encode()
    )
    paper.add_stream("", f"q {across} 0 0 {down} 0 0 cm /P Do Q".encode())
    colours = "/DeviceGray" if components == 1 else "/DeviceRGB"
    words = (
        f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace {colours} "
        "/BitsPerComponent 8 /Filter /DCTDecode"
    )
    paper.add_stream(words, picture)


class _Paper:
    """A PDF in progress: objects in their order, and where each begins."""

    def __init__(self) -> None:
        self._out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
        self._places: list[int] = []

    def add(self, *pieces: Buffer) -> None:
        self._places.append(len(self._out))
        self._out += f"{len(self._places)} 0 obj\n".encode()
        for piece in pieces:
            self._out += piece
        self._out += b"\nendobj\n"

    def add_stream(self, words: str, content: Buffer) -> None:
        self.add(f"<< {words} /Length {len(content)} >>\nstream\n".encode(), content, b"\nendstream")

    def ended(self) -> bytes:
        count, start = len(self._places) + 1, len(self._out)
        self._out += f"xref\n0 {count}\n0000000000 65535 f \n".encode()
        for place in self._places:
            self._out += f"{place:010d} 00000 n \n".encode()
        self._out += f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
        return bytes(self._out)
