"""Small but valid attachments made by hand: PDF, JPEG, PNG, DOCX, XLSX, text; all bytes from one random source."""

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from . import zips


class Size(StrEnum):
    """How large the attachments of a package are."""

    SMALL = "small"
    STANDARD = "standard"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class SizeProfile:
    """Ranges in bytes for documents and photographs, and how many photographs there are."""

    document: tuple[int, int]
    photograph: tuple[int, int]
    photographs: tuple[int, int]


PROFILES = {
    Size.SMALL: SizeProfile((2_000, 24_000), (4_000, 60_000), (0, 2)),
    # ≈ 600 KB a package in the mean, as the bench assumes.
    Size.STANDARD: SizeProfile((50_000, 70_000), (50_000, 500_000), (1, 3)),
    Size.LARGE: SizeProfile((500_000, 2_000_000), (2_000_000, 6_000_000), (2, 4)),
}
Maker = Callable[[Random, int], bytes]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the `Attachment/` folder."""

    name: str
    content: bytes


def draw(rng: Random, size: Size) -> tuple[Attachment, ...]:
    """Draw a document (or none) and some photographs for one package."""
    profile = PROFILES[size]
    found: list[Attachment] = []
    if size is not Size.SMALL or rng.random() < 0.85:
        name, maker = rng.choice(
            tuple(DOCUMENTS.items()) if size is Size.SMALL else (("shinseisho.pdf", pdf),)
        )
        found.append(Attachment(name, maker(rng, rng.randint(*profile.document))))
    for number in range(1, rng.randint(*profile.photographs) + 1):
        name, maker = rng.choice(PHOTOGRAPHS)
        found.append(Attachment(name.format(number), maker(rng, rng.randint(*profile.photograph))))
    return tuple(found)


def pdf(rng: Random, size: int) -> bytes:
    """Return a one-page PDF 1.7 with a line of text and a grey 'scan' that fills up to about `size` bytes."""
    width = 100
    height = max(1, (size - 900) // width)
    text = b"BT /F1 14 Tf 60 780 Td (TODOKE SAMPLE - INVENTED) Tj ET q 475 0 0 600 60 120 cm /Scan Do Q"
    image = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> /XObject << /Scan 6 0 R >> >> >>",
        _pdf_stream(b"", text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        _pdf_stream(f"{image} /BitsPerComponent 8".encode(), rng.randbytes(width * height)),
    ]
    return _pdf_file(objects)


def _pdf_stream(keys: bytes, content: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n" % (keys, len(content)) + content + b"\nendstream"


def _pdf_file(objects: list[bytes]) -> bytes:
    body, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return bytes(body) + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer


# ITU-T T.81 annex K: the typical Huffman table for luminance DC; for AC only EOB is needed by flat blocks.
_DC_LENGTHS = (0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
_DC_CODES = ("00", "010", "011", "100", "101", "110", "1110", "11110", "111110")
_AC_LENGTHS = (0, 1, *(0,) * 14)
_EOB = "00"
_COMMENT_MAX = 65_533


def jpeg(rng: Random, size: int) -> bytes:
    """Return a baseline grey JPEG mosaic of 160×120 pixels; comment segments fill up to about `size` bytes."""
    columns, rows = 20, 15
    frame = struct.pack(">BHHBBBB", 8, rows * 8, columns * 8, 1, 1, 0x11, 0)
    head = b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            _segment(0xDB, b"\0" + b"\x10" * 64),
            _segment(0xC0, frame),
            _segment(0xC4, b"\x00" + bytes(_DC_LENGTHS) + bytes(range(12))),
            _segment(0xC4, b"\x10" + bytes(_AC_LENGTHS) + b"\0"),
        )
    )
    scan = _segment(0xDA, b"\1\1\0\0\x3f\0") + _mosaic(rng, columns * rows) + b"\xff\xd9"
    filler = bytearray()
    while (missing := size - len(head) - len(filler) - len(scan) - 4) > 0:
        filler += _segment(0xFE, rng.randbytes(min(missing, _COMMENT_MAX)))
    return head + bytes(filler) + scan


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _mosaic(rng: Random, blocks: int) -> bytes:
    """Encode flat 8×8 blocks of random brightness (T.81 §F.1.2.1), with 0xFF stuffed and 1-bits as padding."""
    bits, last = [], 0
    for _ in range(blocks):
        value = rng.randint(-60, 60)
        bits.append(_dc(value - last) + _EOB)
        last = value
    stream = "".join(bits)
    stream += "1" * (-len(stream) % 8)
    return int(stream, 2).to_bytes(len(stream) // 8, "big").replace(b"\xff", b"\xff\0")


def _dc(difference: int) -> str:
    category = abs(difference).bit_length()
    offset = difference if difference >= 0 else difference + (1 << category) - 1
    return _DC_CODES[category] + (f"{offset:0{category}b}" if category else "")


def png(rng: Random, size: int) -> bytes:
    """Return a grey PNG of random pixels in stored deflate blocks: the same bytes under any zlib."""
    width = 128
    height = max(1, size // (width + 1))
    lines = b"".join(b"\0" + rng.randbytes(width) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", _stored_zlib(lines)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _stored_zlib(content: bytes) -> bytes:
    blocks = [content[start : start + 65_535] for start in range(0, len(content), 65_535)]
    body = b"".join(
        struct.pack("<BHH", index == len(blocks) - 1, len(block), len(block) ^ 0xFFFF) + block
        for index, block in enumerate(blocks)
    )
    return b"\x78\x01" + body + struct.pack(">I", zlib.adler32(content))


_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
_RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/></Relationships>'
)
_DEFAULTS = (
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
)
_OFFICE = "application/vnd.openxmlformats-officedocument"


def docx(rng: Random, size: int) -> bytes:
    """Return a minimal WordprocessingML document (ECMA-376) of about `size` bytes."""
    paragraph = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    lines = "".join(paragraph.format(rng.randbytes(40).hex()) for _ in range(max(1, size // 120)))
    document = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{lines}</w:body></w:document>"
    )
    override = f'<Override PartName="/word/document.xml" ContentType="{_OFFICE}.wordprocessingml.document.main+xml"/>'
    return _ooxml(
        {
            "[Content_Types].xml": _TYPES.format(_DEFAULTS + override),
            "_rels/.rels": _RELATION.format("officeDocument", "word/document.xml"),
            "word/document.xml": document,
        }
    )


def xlsx(rng: Random, size: int) -> bytes:
    """Return a minimal SpreadsheetML workbook (ECMA-376) of about `size` bytes."""
    row = '<row r="{0}"><c r="A{0}"><v>{1}</v></c></row>'
    rows = "".join(row.format(number, rng.randint(0, 999_999)) for number in range(1, max(2, size // 50)))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = (("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"))
    overrides = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_OFFICE}.spreadsheetml.{kind}+xml"/>'
        for part, kind in parts
    )
    workbook = (
        f'<workbook xmlns="{main}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    return _ooxml(
        {
            "[Content_Types].xml": _TYPES.format(_DEFAULTS + overrides),
            "_rels/.rels": _RELATION.format("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": workbook,
            "xl/_rels/workbook.xml.rels": _RELATION.format("worksheet", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
        }
    )


def _ooxml(parts: Mapping[str, str]) -> bytes:
    # Stored, not deflated: the manifest carries these bytes' hash, which must not depend on the zlib build.
    prolog = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return zips.archive(
        [zips.entry(name, (prolog + text).encode(), method=zips.STORED) for name, text in parts.items()]
    )


def text(rng: Random, size: int) -> bytes:
    """Return plain UTF-8 text of about `size` bytes."""
    line = "これは架空の添付資料です。番号 "
    return "".join(f"{line}{rng.randint(0, 9999):04d}\r\n" for _ in range(max(1, size // 50))).encode()


def heic(rng: Random, size: int) -> bytes:
    """Return the outline of a HEIC photograph: an `ftyp` box with brand heic, then a filled `mdat` box."""
    brands = struct.pack(">I4s4sI8s", 24, b"ftyp", b"heic", 0, b"mif1heic")
    content = rng.randbytes(max(64, size))
    return brands + struct.pack(">I4s", len(content) + 8, b"mdat") + content


DOCUMENTS: Mapping[str, Maker] = {
    "shinseisho.pdf": pdf,
    "shoumeisho.pdf": pdf,
    "setsumei.docx": docx,
    "shotoku.xlsx": xlsx,
    "memo.txt": text,
}
PHOTOGRAPHS: tuple[tuple[str, Maker], ...] = (
    ("photo{}.jpg", jpeg),
    ("photo{}.jpg", jpeg),
    ("scan{}.png", png),
)
