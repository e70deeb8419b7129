"""Parses XML from outside: no DTD, no network, bounded in size, depth and count, in an encoding that was agreed.

Source: Extensible Markup Language (XML) 1.0 §2.2 (characters), §4.3.3 and appendix F (encodings).
"""

import codecs
import re
from dataclasses import dataclass
from functools import cache

from lxml import etree

from .errors import XmlRefused

UTF_8 = "utf-8"
UTF_16 = "utf-16"
WINDOWS_31J = "windows-31j"
UNICODE_ONLY = frozenset({UTF_8, UTF_16})

_SAME_ENCODING = {
    "utf8": UTF_8,
    "utf-16le": UTF_16,
    "utf-16be": UTF_16,
    "shift_jis": WINDOWS_31J,
    "shift-jis": WINDOWS_31J,
    "sjis": WINDOWS_31J,
    "x-sjis": WINDOWS_31J,
    "ms_kanji": WINDOWS_31J,
    "ms932": WINDOWS_31J,
    "cp932": WINDOWS_31J,
}
_UNASSIGNED_IN_CP932 = frozenset("\x80\xa0\uf8f0\uf8f1\uf8f2\uf8f3")
_USUAL_HEADS = tuple(f'<?xml version="1.0" encoding="{name}"?>'.encode() for name in ("UTF-8", "utf-8"))
_BLANK = re.compile(rb"[ \t\r\n]*")
_PLAIN_PROLOGUE = re.compile(rb"(?:<\?xml[ \t\r\n][^?]*+\?>)?+[ \t\r\n]*+<[A-Za-z_]")
_DECLARED = re.compile(
    r"""<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*["'][0-9.]*["']"""
    r"""[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z][A-Za-z0-9._-]*)["']"""
)
SHALLOW = 12  # few documents are deeper: to ask a hundred levels costs ten times as much
_INVALID_CHARACTER = 9  # XML_ERR_INVALID_CHAR
_CDATA_NOT_FINISHED = 63  # XML_ERR_CDATA_NOT_FINISHED, also said of a section over 10 MB
_RESOURCE_LIMIT = 114  # XML_ERR_RESOURCE_LIMIT
_ENCODING_ERRORS = frozenset({31, 32, 81})  # unknown, unsupported, invalid

# Comments and processing instructions are dropped while reading, so that a value that a comment cuts in two
# (`1<!-- -->0`) is one text for the schema, for the mapper and for whoever reads the screen.
_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,
)

# The same, but nothing is dropped: what a signature covers is written canonically from the whole document.
COMPLETE_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    huge_tree=False,
    collect_ids=False,
)


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """What a document may be: bytes, levels, elements, attributes in all, characters in one text or attribute.

    `elements` and `attributes` are counted by their markup (`<` and `=`) before parsing, so a text that is full
    of such signs counts a little more than its elements.
    """

    bytes: int = 10_000_000
    depth: int = 100
    elements: int = 100_000
    attributes: int = 100_000
    text: int = 1_000_000


def parse(
    data: bytes, *, encodings: frozenset[str] = UNICODE_ONLY, limits: XmlLimits = XmlLimits()
) -> etree._Element:
    """Parse a whole document and return its root.

    `encodings` names what the layout allows: utf-8, utf-16 (with byte order mark), windows-31j (also declared as
    Shift_JIS; read as cp932). Raises XmlRefused: XML-201 DOCTYPE, 202 too deep, 203 too large, 210 not well
    formed, 220 encoding, 221 characters that XML cannot hold; the fact `where` says line and column.
    """
    return _parsed(data, encodings, limits, _PARSER)


def parse_complete(
    data: bytes, *, encodings: frozenset[str] = UNICODE_ONLY, limits: XmlLimits = XmlLimits()
) -> etree._Element:
    """As `parse`, but with comments and processing instructions: for verifying signatures, not for reading values."""
    return _parsed(data, encodings, limits, COMPLETE_PARSER)


def parse_canonical(octets: bytes) -> etree._Element:
    """Parse canonical octets of a part of a document that `parse_complete` accepted; nothing is left to check."""
    return etree.fromstring(octets, _PARSER)


def _parsed(
    data: bytes, encodings: frozenset[str], limits: XmlLimits, parser: etree.XMLParser
) -> etree._Element:
    if len(data) > limits.bytes:
        raise XmlRefused("XML-203", bytes=len(data), limit=limits.bytes)
    text = _as_utf8(data, _canonical_all(encodings))
    _check_markup(text, limits)
    if _has_doctype(text):
        raise XmlRefused("XML-201")
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(error) from None
    if b"<!DOCTYPE" in text and root.getroottree().docinfo.internalDTD is not None:
        raise XmlRefused("XML-201")
    _check_tree(root, text, limits)
    return root


def _as_utf8(data: bytes, allowed: frozenset[str]) -> bytes:
    """The same characters in UTF-8 without byte order mark; UTF-8 is passed on byte for byte."""
    encoding, start = _encoding_of(data)
    if encoding not in allowed:
        raise XmlRefused("XML-220", declared=encoding)
    body = data[start:] if start else data
    if encoding == UTF_8:
        if not body.isascii():
            _decoded(body, UTF_8)
        return body
    if encoding == UTF_16:
        return _decoded(body, "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be").encode()
    text = _decoded(body, "cp932")
    if not _UNASSIGNED_IN_CP932.isdisjoint(text):
        raise XmlRefused("XML-220", declared=encoding)
    return text.encode()


def _encoding_of(data: bytes) -> tuple[str, int]:
    """The encoding that mark and declaration agree on, and the length of the mark; XML-220 when they do not."""
    if data.startswith(_USUAL_HEADS):
        return UTF_8, 0
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise XmlRefused("XML-220", declared="utf-32")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = data[2:402].decode("utf-16-le" if data[0] == 0xFF else "utf-16-be", "replace")
        return _agreed(UTF_16, head, UTF_16), 2
    if data.startswith(codecs.BOM_UTF8):
        return _agreed(UTF_8, data[3:203].decode("ascii", "replace"), UTF_8), 3
    if b"\0" in data[:2] or data.startswith(b"\x4c\x6f\xa7\x94"):
        raise XmlRefused("XML-220", declared="unmarked")
    encoding = _agreed(None, data[:200].decode("ascii", "replace"), UTF_8)
    if encoding == UTF_16:
        raise XmlRefused("XML-220", declared=UTF_16)
    return encoding, 0


def _agreed(marked: str | None, head: str, default: str) -> str:
    declared = _DECLARED.match(head)
    if declared is None:
        return default
    encoding = _canonical(declared[1])
    if marked is not None and encoding != marked:
        raise XmlRefused("XML-220", declared=encoding, marked=marked)
    return encoding


@cache
def _canonical(name: str) -> str:
    lowered = name.lower()[:40]
    return _SAME_ENCODING.get(lowered, lowered)


@cache
def _canonical_all(names: frozenset[str]) -> frozenset[str]:
    return frozenset(_canonical(name) for name in names)


def _decoded(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        if _is_surrogate(body, error.start, encoding):
            raise XmlRefused("XML-221", where=f"{error.start}バイト目") from None
        raise XmlRefused("XML-220", declared=encoding, where=f"{error.start}バイト目") from None


def _is_surrogate(body: bytes, at: int, encoding: str) -> bool:
    """Whether the bytes would be half of a surrogate pair: a character no XML can hold, not a wrong encoding."""
    if encoding == UTF_8:
        return len(body) >= at + 3 and body[at] == 0xED and 0xA0 <= body[at + 1] <= 0xBF
    high = body[at + 1 : at + 2] if encoding == "utf-16-le" else body[at : at + 1]
    return encoding.startswith("utf-16") and bool(high) and 0xD8 <= high[0] <= 0xDF


def _check_markup(text: bytes, limits: XmlLimits) -> None:
    elements = text.count(b"<")
    if elements > limits.elements:
        elements -= text.count(b"</")
        if elements > limits.elements:
            raise XmlRefused("XML-203", elements=elements, limit=limits.elements)
    attributes = text.count(b"=")
    if attributes > limits.attributes:
        raise XmlRefused("XML-203", attributes=attributes, limit=limits.attributes)


def _has_doctype(text: bytes) -> bool:
    """Look through the prologue, where alone a DOCTYPE may stand, before libxml2 sees it."""
    if _PLAIN_PROLOGUE.match(text):
        return False
    at = 0
    while True:
        blank = _BLANK.match(text, at)
        at = blank.end() if blank else at
        if text.startswith(b"<?", at):
            end, length = text.find(b"?>", at + 2), 2
        elif text.startswith(b"<!--", at):
            end, length = text.find(b"-->", at + 4), 3
        else:
            return text.startswith(b"<!DOCTYPE", at)
        if end < 0:
            return False  # never closed: not well formed, as the parser will say
        at = end + length


def _check_tree(root: etree._Element, text: bytes, limits: XmlLimits) -> None:
    """Levels are asked for only where there are so many: what holds another element is closed by a tag of its own."""
    if text.count(b"</") >= limits.depth and _is_deep(root, limits.depth):
        raise XmlRefused("XML-202", limit=limits.depth)
    if len(text) > limits.text and _longer_than(limits.text)(root):
        raise XmlRefused("XML-203", limit=limits.text)


def _is_deep(root: etree._Element, levels: int) -> bool:
    return bool(_deeper_than(min(levels, SHALLOW))(root) and _deeper_than(levels)(root))


@cache
def _deeper_than(levels: int) -> etree.XPath:
    return etree.XPath(f"boolean({'/*' * (levels + 1)})")


@cache
def _longer_than(characters: int) -> etree.XPath:
    too_long = f"[string-length(.) > {characters}]"
    return etree.XPath(f"boolean(//text(){too_long} | //@*{too_long} | //namespace::*{too_long})")


def _refusal(error: etree.XMLSyntaxError) -> XmlRefused:
    line, column = error.position
    where = f"{line}行{column}桁"
    code: int = error.code  # type: ignore[attr-defined]  # the stub forgets it
    if code == _INVALID_CHARACTER:
        return XmlRefused("XML-221", where=where)
    if code == _RESOURCE_LIMIT or (code == _CDATA_NOT_FINISHED and "too big" in str(error)):
        return XmlRefused("XML-202" if "depth" in str(error) else "XML-203", where=where)
    if code in _ENCODING_ERRORS:
        return XmlRefused("XML-220", where=where)
    return XmlRefused("XML-210", where=where, parser=code)
