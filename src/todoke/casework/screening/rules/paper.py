"""Writes pictures as the pages of a PDF that holds nothing else: no script, no form, no attachment, no metadata.

The parent writes it, not the confined worker, so that the container is ours to the last byte（ISO 32000-1 §7, §8.9）.
"""

from collections.abc import Sequence

from .pictures import size_of_jpeg

DPI = 150
POINTS = 72


def pdf_of(pictures: Sequence[bytes]) -> bytes:
    """A PDF with one page for each JPEG, at 150 dpi. The same pictures give the same bytes. Raises NotPlain."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    pages = " ".join(f"{3 + 3 * number} 0 R" for number in range(len(pictures)))
    objects.append(f"<< /Type /Pages /Kids [{pages}] /Count {len(pictures)} >>".encode())
    for number, picture in enumerate(pictures):
        objects += _page(3 + 3 * number, picture)
    return _file(objects)


def _page(first: int, picture: bytes) -> list[bytes]:
    """The three objects of a page: itself, what it draws, the picture."""
    width, height, components = size_of_jpeg(picture)
    across, down = (f"{pixels * POINTS / DPI:.2f}" for pixels in (width, height))
    page = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {across} {down}] /Contents {first + 1} 0 R "
        f"/Resources << /XObject << /P {first + 2} 0 R >> >> >>"
    )
    colours = "/DeviceGray" if components == 1 else "/DeviceRGB"
    image = (
        f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace {colours} "
        "/BitsPerComponent 8 /Filter /DCTDecode"
    )
    return [
        page.encode(),
        _stream("", f"q {across} 0 0 {down} 0 0 cm /P Do Q".encode()),
        _stream(image, picture),
    ]


def _stream(words: str, content: bytes) -> bytes:
    return f"<< {words} /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream"


def _file(objects: Sequence[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for place in places:
        out += f"{place:010d} 00000 n \n".encode()
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
