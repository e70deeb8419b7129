"""Tells whether a file is valid as a second kind too, so that two programs would see two different files（A04）.

Every reader is lenient in its own way: PDF readers search the first 1,024 bytes for a header (ISO 32000-1 annex H.3.4.1),
ZIP readers search the end for a directory, scripts and browsers read what looks like text.
"""

import re

from . import archive
from .report import TWO_KINDS, Inspection
from .sniff import FileKind

_PDF_HEAD = 1_024
_EDGE = 1_024
_ZIP_TAIL = 65_557
_ZIP_END = b"PK\x05\x06\0\0\0\0"
_ZIP_ENTRY = b"PK\x01\x02"
_MARKUP = re.compile(rb"<(?:script|html|iframe|svg|body|!doctype html|object|embed)[\s>/]", re.IGNORECASE)
_PACKED = frozenset(
    {
        FileKind.DOCX, FileKind.XLSX, FileKind.PPTX, FileKind.DOCM, FileKind.XLSM, FileKind.PPTM, FileKind.ZIP,
        FileKind.OPEN_DOCUMENT,
    }
)  # fmt: skip
_PICTURES = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.GIF, FileKind.TIFF})
_SCRIPT_AS_GIF = re.compile(rb"GIF8[79]a(?:/[*/]|=[\"'`(\[{]|=\s?[0-9a-zA-Z;])")
_SCRIPT_AS_JPEG = re.compile(rb"\xff\xd8\xff[\xe0-\xef\xfe]/[*/]")
_ENDS = {FileKind.JPEG: b"\xff\xd9", FileKind.PNG: b"IEND\xaeB`\x82", FileKind.PDF: b"%%EOF"}


def look(head: bytes, tail: bytes, kind: FileKind, inspection: Inspection) -> None:
    """Seal a file that is a second kind beside `kind`; `head` and `tail` are its ends, or each the whole file."""
    for second in _second_kinds(head, tail, kind):
        inspection.seal(TWO_KINDS, second)
        return


def _second_kinds(head: bytes, tail: bytes, kind: FileKind) -> list[str]:
    found = []
    if kind not in (FileKind.PDF, FileKind.UNKNOWN, FileKind.EMPTY) and b"%PDF-" in head[:_PDF_HEAD]:
        found.append("pdf")
    if kind not in _PACKED and kind is not FileKind.UNKNOWN and _ends_as_zip(tail):
        found.append("zip")
    if kind in _PICTURES or kind is FileKind.PDF:
        if _MARKUP.search(head, 0, _EDGE) or _MARKUP.search(tail, max(0, len(tail) - _EDGE)):
            found.append("html")
        if _SCRIPT_AS_GIF.match(head) or _SCRIPT_AS_JPEG.match(head):
            found.append("script")
        if _hides_behind_end(tail, kind):
            found.append("archive")
    return found


def _ends_as_zip(tail: bytes) -> bool:
    """Whether an end record stands in the tail with a directory entry in front of it（APPNOTE §4.3.16）."""
    start = max(0, len(tail) - _ZIP_TAIL)
    at = tail.rfind(_ZIP_END, start)
    tries = 0
    while at >= 0 and tries < 16:
        size = int.from_bytes(tail[at + 12 : at + 16], "little")
        if at - size >= 0 and tail.startswith(_ZIP_ENTRY, at - size):
            return True
        if size > at and size:  # the directory begins in front of the tail at hand
            return tail.rfind(_ZIP_ENTRY, 0, at) >= 0
        at = tail.rfind(_ZIP_END, start, at)
        tries += 1
    return False


def _hides_behind_end(tail: bytes, kind: FileKind) -> bool:
    """Whether an archive or a program begins right behind the end of the picture or document."""
    mark = _ENDS.get(kind)
    if mark is None or tail.endswith(mark):
        return False
    at = tail.rfind(mark, max(0, len(tail) - _ZIP_TAIL))
    if at < 0:
        return False
    behind = tail[at + len(mark) : at + len(mark) + 512].lstrip(b"\r\n\0 ")
    return len(behind) >= 8 and (
        archive.looks_like_archive(behind) or behind.startswith((b"MZ", b"\x7fELF", b"%PDF-"))
    )
