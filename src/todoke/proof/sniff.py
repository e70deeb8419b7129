"""Tells the kind of a file by its content, never by its name or by what a sender declares.

Source of the accepted kinds: マイナポータル よくある質問 No.4288（地方公共団体向けの添付ファイル形式）.
"""

import codecs
import re

from . import archive, directory
from .words import Word

HEAD_BYTES = 65_536
TAIL_BYTES = 65_536


class FileKind(Word):
    """What a file is（ファイルの種類）."""

    PDF = "pdf", "PDF"
    JPEG = "jpeg", "JPEG画像"
    PNG = "png", "PNG画像"
    GIF = "gif", "GIF画像"
    TIFF = "tiff", "TIFF画像"
    HEIC = "heic", "HEIC画像（変換が必要）"
    BMP = "bmp", "BMP画像"
    WEBP = "webp", "WebP画像"
    DOC = "doc", "Word文書（97-2003）"
    XLS = "xls", "Excelブック（97-2003）"
    PPT = "ppt", "PowerPoint（97-2003）"
    OLE = "ole", "複合ファイル（種類不明）"
    DOCX = "docx", "Word文書"
    XLSX = "xlsx", "Excelブック"
    PPTX = "pptx", "PowerPoint"
    DOCM = "docm", "マクロ有効Word文書"
    XLSM = "xlsm", "マクロ有効Excelブック"
    PPTM = "pptm", "マクロ有効PowerPoint"
    ENCRYPTED_OFFICE = "encrypted_office", "パスワード付きOffice文書"
    OPEN_DOCUMENT = "open_document", "OpenDocument文書"
    XML = "xml", "XML"
    SVG = "svg", "SVG画像"
    HTML = "html", "HTML"
    RTF = "rtf", "リッチテキスト"
    CSV = "csv", "CSV"
    TEXT = "text", "テキスト"
    ZIP = "zip", "ZIP"
    ARCHIVE = "archive", "圧縮ファイル"
    PROGRAM = "program", "実行形式"
    EMPTY = "empty", "空のファイル"
    UNKNOWN = "unknown", "不明"

    @property
    def has_macro(self) -> bool:
        """Whether the kind itself promises a macro（old formats may hold one unannounced）."""
        return self in _MACRO_KINDS

    def fits_extension(self, extension: str) -> bool:
        """Whether a file of this kind may bear the extension（without dot, any case）."""
        return extension.lower() in _EXTENSIONS.get(self, ())


_MACRO_KINDS = frozenset({FileKind.DOCM, FileKind.XLSM, FileKind.PPTM})
_EXTENSIONS = {
    FileKind.PDF: ("pdf",),
    FileKind.JPEG: ("jpg", "jpeg"),
    FileKind.PNG: ("png",),
    FileKind.GIF: ("gif",),
    FileKind.TIFF: ("tif", "tiff"),
    FileKind.HEIC: ("heic", "heif"),
    FileKind.BMP: ("bmp",),
    FileKind.WEBP: ("webp",),
    FileKind.OPEN_DOCUMENT: ("odt", "ods", "odp"),
    FileKind.DOC: ("doc",),
    FileKind.XLS: ("xls",),
    FileKind.PPT: ("ppt",),
    FileKind.DOCX: ("docx",),
    FileKind.XLSX: ("xlsx",),
    FileKind.PPTX: ("pptx",),
    FileKind.DOCM: ("docm",),
    FileKind.XLSM: ("xlsm",),
    FileKind.PPTM: ("pptm",),
    FileKind.XML: ("xml", "txt"),
    FileKind.SVG: ("svg",),
    FileKind.HTML: ("html", "htm"),
    FileKind.RTF: ("rtf",),
    FileKind.CSV: ("csv", "txt"),
    FileKind.TEXT: ("txt", "csv"),
    FileKind.ZIP: ("zip",),
    FileKind.EMPTY: ("txt", "csv"),
}
_STARTS = (
    (b"%PDF-", FileKind.PDF),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"GIF87a", FileKind.GIF),
    (b"GIF89a", FileKind.GIF),
    (b"II*\0", FileKind.TIFF),
    (b"MM\0*", FileKind.TIFF),
    (b"II+\0", FileKind.TIFF),
    (b"MM\0+", FileKind.TIFF),
    (rb"{\rtf", FileKind.RTF),
    (b"MZ", FileKind.PROGRAM),
    (b"\x7fELF", FileKind.PROGRAM),
    (b"#!", FileKind.PROGRAM),
)
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
_COMPOUND_STREAMS = (
    ("EncryptedPackage", FileKind.ENCRYPTED_OFFICE),
    ("WordDocument", FileKind.DOC),
    ("Workbook", FileKind.XLS),
    ("Book", FileKind.XLS),
    ("PowerPoint Document", FileKind.PPT),
)
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
_OFFICE_FOLDERS = (
    ("word/", FileKind.DOCX, FileKind.DOCM),
    ("xl/", FileKind.XLSX, FileKind.XLSM),
    ("ppt/", FileKind.PPTX, FileKind.PPTM),
)
_MARKUP = re.compile(  # atomic: what stands in front of the first element is read in one way only
    r"""\s*+(?:(?>
        <\?[^>]{0,500}+> | <!--.{0,20000}?--> | <!doctype\s++(?!html)[^>\[]{0,500}+(?:\[[^\]]{0,5000}+\]\s*+)?+>
    )\s*+)*+<(!doctype\s++html|[^\W\d][\w:.-]*+)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_HTML_ELEMENTS = frozenset({"html", "head", "body", "script", "iframe", "!doctype html"})


def kind_of(head: bytes, tail: bytes, size: int) -> FileKind:
    """The kind of a file from its first and last bytes.

    `head` and `tail` should each hold 64 KiB, or the whole file; `size` is the size of the file in bytes. Office
    documents are told apart by the directory at their end, so with less of them the answer is ZIP or OLE.
    """
    if size == 0:
        return FileKind.EMPTY
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return FileKind.HEIC
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return FileKind.WEBP
    if head.startswith(b"BM") and head[6:10] == bytes(4) and int.from_bytes(head[2:6], "little") <= size:
        return FileKind.BMP
    if head.startswith(_COMPOUND_FILE):
        return _kind_of_compound_file(head, tail)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(head, tail, size)
    if archive.looks_like_archive(head):
        return FileKind.ARCHIVE
    return _kind_of_text(head, size)


def _kind_of_compound_file(head: bytes, tail: bytes) -> FileKind:
    """The names of the streams stand in 128-byte entries as UTF-16 with the length behind them（[MS-CFB] §2.6.1）."""
    for name, kind in _COMPOUND_STREAMS:
        stored = name.encode("utf-16-le")
        entry = (stored + b"\0\0").ljust(64, b"\0") + (len(stored) + 2).to_bytes(2, "little")
        if entry in head or entry in tail:
            return kind
    return FileKind.OLE


def _kind_of_zip(head: bytes, tail: bytes, size: int) -> FileKind:
    ending = head if len(head) >= size else tail
    names = directory.names_in_ending(ending, size - len(ending))
    if "mimetype" in names and head[30:].startswith(_OPEN_DOCUMENT):
        return FileKind.OPEN_DOCUMENT
    if "[Content_Types].xml" not in names:
        return FileKind.ZIP
    has_macro = any(name.endswith("vbaProject.bin") or "/macrosheets/" in name for name in names)
    for folder, plain, with_macro in _OFFICE_FOLDERS:
        if any(name.startswith(folder) for name in names):
            return with_macro if has_macro else plain
    return FileKind.ZIP


def _kind_of_text(head: bytes, size: int) -> FileKind:
    text = decoded(head, is_whole=len(head) >= size)
    if text is None or _CONTROL.search(text):
        return FileKind.UNKNOWN
    markup = _MARKUP.match(text)
    if markup:
        return _kind_of_markup(" ".join(markup[1].lower().split()))
    return FileKind.CSV if _is_table(text) else FileKind.TEXT


def _kind_of_markup(element: str) -> FileKind:
    if element in _HTML_ELEMENTS:
        return FileKind.HTML
    if element.rpartition(":")[2] == "svg":
        return FileKind.SVG
    return FileKind.XML


def decoded(head: bytes, *, is_whole: bool) -> str | None:
    """The text in UTF-8, marked UTF-16 or cp932, in this order; a character cut at the end does not count."""
    encodings = ["utf-8-sig", "cp932"]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return codecs.getincrementaldecoder(encoding)().decode(head, is_whole)
        except UnicodeDecodeError:
            continue
    return None


def _is_table(text: str) -> bool:
    """Whether the first lines have the same number of commas, at least one."""
    lines = [line for line in text[:HEAD_BYTES].splitlines()[:5] if line]
    counts = {re.sub(r'"[^"]*"', "", line).count(",") for line in lines}
    return len(counts) == 1 and counts != {0}
