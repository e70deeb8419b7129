"""Looks into text: formulas in tables, terminal control, lines too long to show, scripts in markup, objects in RTF.

Source: OWASP "CSV Injection" (first characters of formula cells), ECMA-48 §5 (control sequences); rows A06, A15, X25
of the catalogue of bad inputs.
"""

import html
import re

from .report import FORMULA, MACRO, PREVIEW, SCRIPT, TERMINAL, UNSEEN, Inspection
from .sniff import FileKind, decoded

_BEGINNING = 4_096
_FORMULA = re.compile(r'(?:\A\ufeff?|[\n,])"?(?:[=+@\t\uff1d\uff0b\uff0d\uff20-]|\r(?!\n))')
_SEQUENCE = re.compile(rb"\x1b[\[\]PX^_c78=>]")  # not ISO-2022-JP, whose sequences begin ESC $ and ESC (
_ACTIVE_MARKUP = re.compile(
    r"<\s{0,20}(?:[\w.-]{1,40}:)?(?:script|foreignobject|iframe|object|embed|applet|animate|handler|set|base|meta)\b"
    r"|\bon[a-z]{3,20}\s{0,20}=|(?:javascript|vbscript)\s{0,20}:|<!entity|<!doctype\s[^>]{0,200}\[",
    re.IGNORECASE,
)
_REMOTE = re.compile(
    r"(?:href|src|data)\s{0,20}+=\s{0,20}+[\"']?+\s{0,20}+(?:https?:|ftp:|file:|//)|url\(\s{0,20}+[\"']?+\s{0,20}+(?:https?:|ftp:|file:|//)"
    r"|@import|<\?xml-stylesheet",
    re.IGNORECASE,
)
_ACTIVE_XML = re.compile(
    r"<!entity|<!doctype\s[^>]{0,200}\[|//www\.w3\.org/1999/xhtml|//www\.w3\.org/2000/svg|<\?xml-stylesheet",
    re.IGNORECASE,
)
_OFFICE_XML = re.compile(
    r"macrosPresent\s{0,20}=\s{0,20}[\"']yes|<[\w.-]{0,40}:?(?:binData|binaryData|ocxPresent|docOleData)\b|editdata\.mso",
    re.IGNORECASE,
)
_SYLK = re.compile(r"\ufeff?\s{0,20}ID;P")
_MAIL = re.compile(r"\s{0,200}MIME-Version:", re.IGNORECASE)
_OFFICE_MAIL = re.compile(rb"application/x-mso|editdata\.mso|ActiveMime|QWN0aXZlTWltZ", re.IGNORECASE)
_RTF_OBJECT = re.compile(
    rb"\\(?:object|objdata|objemb|objlink|objautlink|objupdate)\b|\\\*?\\?template\b|\bDDE(?:AUTO)?\b"
)


def look(data: bytes, kind: FileKind, inspection: Inspection) -> None:
    """Look into text, a table, markup or RTF; `data` may be the beginning of it."""
    if kind is FileKind.RTF:
        if _RTF_OBJECT.search(data, 0, _reach(inspection)):
            inspection.seal(MACRO, "ole_object")
        _admit_rest(data, inspection)
        return
    if _SEQUENCE.search(data):
        inspection.flag(TERMINAL)
    reach = _reach(inspection)
    text = decoded(data[:reach], is_whole=len(data) <= reach) or ""
    if kind in (FileKind.CSV, FileKind.TEXT):
        _look_at_plain(data, text, kind, inspection)
    elif "&#" in text:
        text += html.unescape(text)
    if kind in (FileKind.SVG, FileKind.HTML) and (_ACTIVE_MARKUP.search(text) or _REMOTE.search(text)):
        inspection.seal(SCRIPT, kind.value)
    if kind is FileKind.XML:
        _look_at_xml(text, inspection)
    if kind in (FileKind.SVG, FileKind.HTML, FileKind.XML):
        _admit_rest(data, inspection)


def _look_at_plain(data: bytes, text: str, kind: FileKind, inspection: Inspection) -> None:
    """Text that spreadsheets and word processors open as a document of theirs, and cells that they would calculate."""
    if _SYLK.match(text) or (_MAIL.match(text) and _OFFICE_MAIL.search(data)):
        inspection.seal(MACRO, "macro")
    if kind is FileKind.CSV and _FORMULA.search(text):
        inspection.note(FORMULA)


def _reach(inspection: Inspection) -> int:
    """How many bytes of text are read: what the effort allows, a beginning always."""
    return max(inspection.effort.text_bytes, _BEGINNING)


def _admit_rest(data: bytes, inspection: Inspection) -> None:
    if len(data) > _reach(inspection):
        inspection.flag(UNSEEN, "text")


def look_at_shape(data: bytes, size: int, inspection: Inspection) -> None:
    """Whether a preview must be cut: very large, or a line that no screen can show."""
    if size > inspection.limits.preview_bytes or _has_long_line(data, inspection.limits.line_bytes):
        inspection.note(PREVIEW)


def _look_at_xml(text: str, inspection: Inspection) -> None:
    if _ACTIVE_XML.search(text):
        inspection.seal(SCRIPT, "xml")
    if _OFFICE_XML.search(text):
        inspection.seal(MACRO, "office_xml")


def _has_long_line(data: bytes, most: int) -> bool:
    """Jump from the last line end within reach to the next: as many steps as there are reaches in the data."""
    place = 0
    while len(data) - place > most:
        end = max(data.rfind(b"\n", place, place + most + 1), data.rfind(b"\r", place, place + most + 1))
        if end < 0:
            return True
        place = end + 1
    return False
