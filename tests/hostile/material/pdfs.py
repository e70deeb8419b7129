"""PDFs made by hand with a true cross-reference, so that one thing at a time can be wrong with them."""

import zlib
from collections.abc import Mapping, Sequence

CATALOGUE, PAGES, PAGE = 1, 2, 3
_BOX = b"/MediaBox [0 0 595 842]"


def page(extra: bytes = b"", box: bytes = _BOX) -> bytes:
    """A page of the tree."""
    return b"<< /Type /Page /Parent 2 0 R %s %s >>" % (box, extra)


def pages(kids: Sequence[int], count: int | None = None) -> bytes:
    """The root of the page tree."""
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    return b"<< /Type /Pages /Kids [%s] /Count %d >>" % (listed, len(kids) if count is None else count)


def stream(content: bytes, keys: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (keys, len(content), content)


def object_stream(objects: Mapping[int, bytes]) -> bytes:
    """Objects packed into a stream（ISO 32000-1 §7.5.7）."""
    body, pairs = b"", []
    for number, content in objects.items():
        pairs.append(b"%d %d" % (number, len(body)))
        body += content + b"\n"
    head = b" ".join(pairs) + b"\n"
    keys = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (len(objects), len(head))
    return stream(zlib.compress(head + body), keys)


def sound(catalogue: bytes = b"", **objects: bytes) -> dict[int, bytes]:
    """The objects of a one-page document, with keys added to the catalogue and further objects `o7=…`."""
    found = {
        CATALOGUE: b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue,
        PAGES: pages([PAGE]),
        PAGE: page(b"/Contents 4 0 R"),
        4: stream(b"BT /F1 12 Tf 60 780 Td (invented) Tj ET"),
    }
    return found | {int(name[1:]): content for name, content in objects.items()}


def build(objects: Mapping[int, bytes], trailer: bytes = b"", ending: bytes = b"%%EOF\n") -> bytes:
    """The file with table and trailer."""
    body, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number, content in objects.items():
        offsets[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    size = max(objects) + 1
    rows = [
        b"%010d 00000 n \n" % offsets[n] if n in offsets else b"0000000000 65535 f \n" for n in range(size)
    ]
    body += b"xref\n0 %d\n%s" % (size, b"".join(rows))
    body += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%s" % (size, trailer, start, ending)
    return bytes(body)


def with_xref_stream(objects: Mapping[int, bytes], keys: bytes = b"") -> bytes:
    """The file with a cross-reference stream instead of a table（§7.5.8）; its entries are left empty."""
    body = bytearray(b"%PDF-1.7\n")
    for number, content in objects.items():
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    rows = zlib.compress(bytes(4 * (max(objects) + 2)))
    keys = b"/Type /XRef /W [1 2 1] /Size %d /Root 1 0 R /Filter /FlateDecode %s" % (max(objects) + 2, keys)
    body += b"%d 0 obj\n%s\nendobj\n" % (max(objects) + 1, stream(rows, keys))
    return bytes(body) + b"startxref\n%d\n%%%%EOF\n" % start


def action(kind: bytes) -> bytes:
    """A document that acts on opening."""
    return build(sound(b"/OpenAction 7 0 R", o7=b"<< /Type /Action %s >>" % kind))


def many_pages(count: int) -> bytes:
    """A flat document of so many pages."""
    kids = list(range(10, 10 + count))
    return build(sound() | {PAGES: pages(kids)} | dict.fromkeys(kids, page()))


def fan(levels: int, width: int) -> bytes:
    """Few objects, very many pages: every level lists the next one several times, and states one page."""
    nodes = {10 + level: pages([11 + level] * width, 1) for level in range(levels)}
    return build(sound() | {PAGES: pages([10], 1)} | nodes | {10 + levels: page()})


def deep_tree(levels: int) -> bytes:
    """A page under very many levels of the page tree."""
    nodes = {10 + level: pages([11 + level], 1) for level in range(levels)}
    return build(sound() | {PAGES: pages([10])} | nodes | {10 + levels: page()})


def turning_back(*, over_two: bool = False) -> bytes:
    """A cross-reference whose /Prev leads to itself, or over a second section back to the first."""
    plain = build(sound())
    start = plain.index(b"xref\n0")
    if not over_two:
        return build(sound(), b"/Prev %d" % start)
    padded = build(sound(), b"/Prev 0000000000")
    second = len(padded)
    return padded.replace(b"/Prev 0000000000", b"/Prev %010d" % second) + (
        b"xref\n0 0\ntrailer\n<< /Size 1 /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
        % (padded.index(b"xref\n0"), second)
    )
