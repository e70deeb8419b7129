"""Looks into Office documents of 1997-2003 (doc, xls, ppt): encryption, macros, embedded objects, live links.

Source: [MS-CFB], [MS-DOC] §2.5.1 (FibBase), [MS-XLS] §2.4 (BoundSheet8, FilePass, ExternName), [MS-PPT] §2.4.10
(VBAInfoAtom), [MS-OVBA] §2.2 (storages of a VBA project), [MS-OFFCRYPTO] §2.3 (EncryptedPackage).
"""

import re
from struct import Struct

from .compound import CompoundFile
from .report import DAMAGED, ENCRYPTED, MACRO, UNSEEN, Inspection
from .sniff import FileKind

_RECORD = Struct("<HH")
_FIB = Struct("<HH6xH")
_MACRO_STORAGES = frozenset({"_vba_project_cur", "macros", "vba", "_vba_project", "_vbaproject", "dir"})
_OBJECTS = re.compile(r"_\d{6,}|mbd[0-9a-f]{6,}|\x01ole10native|package", re.IGNORECASE)
_WORD_FIELD = re.compile(rb"\x13(?:[ \t]{0,20}DDE|\0(?:[ \t]\0){0,20}D\0D\0E\0)", re.IGNORECASE)
_VBA_IN_SLIDES = b"\xff\x03\x14\0\0\0\x02\0\0\x04\x0c\0\0\0"
_OBJECT_IN_SLIDES = b"\x01\0\xc3\x0f\x18\0\0\0"
_SLIDES_ENCRYPTED = b"\xdf\xc4\xd1\xf3"
_FILE_PASS, _BOUND_SHEET, _EXTERN_NAME, _END_OF_GLOBALS = 0x2F, 0x85, 0x23, 0x0A
_MACRO_SHEETS = frozenset({1, 6})  # Excel 4.0 macro sheet, Visual Basic module
_LIVE_LINK = 0x02 | 0x08 | 0x10  # fWantAdvise, fOle, fOleLink


def look(data: bytes, inspection: Inspection) -> FileKind | None:
    """Look into a compound file; returns its kind where its streams tell it, else None."""
    file = CompoundFile(data)
    names = {one.name.lower() for one in file.entries}
    inspection.step(len(file.entries))
    if file.is_broken:
        inspection.flag(DAMAGED, "compound_file")
    if "encryptedpackage" in names:
        inspection.seal(ENCRYPTED)
        return FileKind.ENCRYPTED_OFFICE
    if names & _MACRO_STORAGES:
        inspection.seal(MACRO, "macro")
    if any(_OBJECTS.fullmatch(name) for name in names):
        inspection.seal(MACRO, "ole_object")
    for stream, kind, look_closer in _KINDS:
        if stream.lower() in names:
            look_closer(data, file, stream, inspection)
            return kind
    return None


def _look_at_word(data: bytes, file: CompoundFile, stream: str, inspection: Inspection) -> None:
    start = file.beginning(stream, 32)
    if len(start) < _FIB.size:
        inspection.flag(DAMAGED, "header")
        return
    _, _, flags = _FIB.unpack_from(start)
    if flags & 0x0100:
        inspection.seal(ENCRYPTED)
    if _WORD_FIELD.search(data):
        inspection.seal(MACRO, "dde")


def _look_at_sheets(data: bytes, file: CompoundFile, stream: str, inspection: Inspection) -> None:
    """Walk the records of the workbook's globals; behind FilePass their contents are encrypted."""
    reach = inspection.left_to_inflate
    book = file.beginning(stream, reach)
    place = 0
    while place + _RECORD.size <= len(book):
        if not inspection.step():
            return
        kind, length = _RECORD.unpack_from(book, place)
        content = book[place + 4 : place + 4 + length]
        if kind == _FILE_PASS:
            inspection.seal(ENCRYPTED)
            return
        if kind == _BOUND_SHEET and len(content) > 5 and content[5] in _MACRO_SHEETS:
            inspection.seal(MACRO, "macro_sheet")
        if kind == _EXTERN_NAME and content[:1] and content[0] & _LIVE_LINK:
            inspection.seal(MACRO, "dde")
        if kind == _END_OF_GLOBALS:
            return
        place += 4 + length
    if len(book) >= reach:
        inspection.flag(UNSEEN, "workbook")
    elif not book:
        inspection.flag(DAMAGED, "header")


def _look_at_slides(data: bytes, file: CompoundFile, stream: str, inspection: Inspection) -> None:
    if file.beginning("Current User", 16)[12:16] == _SLIDES_ENCRYPTED:
        inspection.seal(ENCRYPTED)
    at = data.find(_VBA_IN_SLIDES)
    if at >= 0 and data[at + 18 : at + 19] not in (b"", b"\0"):
        inspection.seal(MACRO, "macro")
    if _OBJECT_IN_SLIDES in data:
        inspection.seal(MACRO, "ole_object")


_KINDS = (
    ("WordDocument", FileKind.DOC, _look_at_word),
    ("Workbook", FileKind.XLS, _look_at_sheets),
    ("Book", FileKind.XLS, _look_at_sheets),
    ("PowerPoint Document", FileKind.PPT, _look_at_slides),
)
