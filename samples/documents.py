"""Small but valid documents made by hand: PDF, DOCX, XLSX and text, the same bytes under any zlib."""

from collections.abc import Mapping
from random import Random

from . import zips


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
