"""Looks into Office documents in ZIP form (docx, xlsx, pptx): macros, live links, objects, and files inside the file.

Source: ECMA-376 part 1 §17.16.5 (fields), §18.14 (external links), part 2 §9 (relationships and content types).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from lxml import etree
from zlib_ng import zlib_ng

from . import archive, sniff, xml
from .archive import Limits, Member
from .errors import ArchiveRefused, XmlRefused
from .report import DAMAGED, EMBEDDED, ENCRYPTED, MACRO, TOO_LARGE, UNSEEN, Inspection
from .sniff import FileKind
from .xml import XmlLimits

_STREAM_ERROR: type[Exception] = zlib_ng.error  # type: ignore[assignment]  # the stub calls the class an instance
_MEMBERS = 4_000
_LARGEST = 268_435_456
_XML = XmlLimits(bytes=16_777_216, depth=250, elements=500_000, attributes=1_000_000, text=8_000_000)
_MACRO_PARTS = re.compile(
    r"vbaproject\.bin$|vbadata\.xml$|/macrosheets/|/activex/|/dialogsheets/", re.IGNORECASE
)
_MACRO_TYPES = (b"vbaproject", b"macroenabled", b"macrosheet", b"activex")
_TOO_LARGE_CODES = frozenset({"PKG-102", "PKG-103", "PKG-104", "PKG-119", "PKG-122"})
_READ = re.compile(
    r"\[Content_Types\]\.xml|.*\.rels|word/[^/]*\.xml|xl/externalLinks/[^/]*\.xml|xl/connections\.xml"
)
_LIVE_ELEMENTS = frozenset({"ddeLink", "oleLink"})
_FIELD_MARKS = (b"instrText", b"fldSimple")
_LIVE_FIELD = re.compile(r"\s{0,20}\"?\s{0,20}DDE", re.IGNORECASE)
_REMOTE = re.compile(
    r"\s{0,20}(?:https?:|ftp:|smb:|mhtml:|//|\\\\|file:(?://[^/\\]|////|[/\\]{0,3}\\\\))", re.IGNORECASE
)  # a path on the own disk（file:///C:\…）is none
_SEALED_LINKS = frozenset({"attachedTemplate", "oleObject", "frame", "subDocument", "package", "control"})
_HEAD = 512
_PACKED_OFFICE = frozenset({FileKind.DOCX, FileKind.XLSX, FileKind.PPTX})
_MACRO_OFFICE = frozenset({FileKind.DOCM, FileKind.XLSM, FileKind.PPTM})


@dataclass(frozen=True, slots=True)
class _Package:
    data: bytes
    inspection: Inspection


def look(data: bytes, inspection: Inspection) -> None:
    """Look into a document; what its ZIP structure hides or blows up is not opened."""
    limits = Limits(len(data), _LARGEST, 2 * _LARGEST, _MEMBERS, inspection.limits.ratio)
    try:
        members = archive.walk(data, limits)
    except ArchiveRefused as refused:
        _judge_refusal(refused, inspection)
        return
    package = _Package(data, inspection)
    if any(_MACRO_PARTS.search(member.name) for member in members):
        inspection.seal(MACRO, "macro")
    _look_at_members(package, members)


def _judge_refusal(refused: ArchiveRefused, inspection: Inspection) -> None:
    """A broken document is flagged; one that two programs could read differently is sealed."""
    if refused.code in _TOO_LARGE_CODES:
        inspection.seal(TOO_LARGE, "container")
    elif refused.code == "PKG-114":
        inspection.seal(ENCRYPTED)
    elif refused.code == "PKG-105":
        inspection.flag(DAMAGED, "container")
    else:
        inspection.seal(DAMAGED, "container")


def _look_at_members(package: _Package, members: Sequence[Member]) -> None:
    for member in members:
        if not package.inspection.step():
            return
        if _READ.fullmatch(member.name):
            _look_at_part(package, member)
        elif "/embeddings/" in member.name.lower():
            _look_at_embedded(package, member)
        else:
            _look_at_start(package, member)


def _look_at_part(package: _Package, member: Member) -> None:
    content = _plain(package, member)
    if content is None:
        return
    name = PurePosixPath(member.name).name
    if name.endswith(".rels"):
        _each(package, content, _look_at_relation)
    elif name == "[Content_Types].xml":
        lowered = content.replace(b"\0", b"").lower()
        if any(word in lowered for word in _MACRO_TYPES):
            package.inspection.seal(MACRO, "macro")
    elif member.name.startswith("xl/"):
        _each(package, content, _look_at_link)
        if name == "connections.xml":
            package.inspection.flag(MACRO, "connection")
    elif any(mark in content.replace(b"\0", b"") for mark in _FIELD_MARKS):
        _look_at_fields(package, content)


def _each(package: _Package, content: bytes, act: Callable[[Inspection, etree._Element], None]) -> None:
    root = _parsed(package, content)
    if root is not None:
        for element in root.iter(etree.Element):
            act(package.inspection, element)


def _parsed(package: _Package, content: bytes) -> etree._Element | None:
    try:
        return xml.parse(content, limits=_XML)
    except XmlRefused:
        package.inspection.seal(DAMAGED, "part")
        return None


def _look_at_relation(inspection: Inspection, element: etree._Element) -> None:
    kind = element.get("Type", "").rpartition("/")[2]
    target = element.get("Target", "")
    if element.get("TargetMode") != "External" or kind == "hyperlink":
        return
    if kind in _SEALED_LINKS and (_REMOTE.match(target) or kind != "attachedTemplate"):
        inspection.seal(MACRO, "remote_template" if kind == "attachedTemplate" else "remote_object")
    elif _REMOTE.match(target):
        inspection.flag(MACRO, "remote_link")


def _look_at_link(inspection: Inspection, element: etree._Element) -> None:
    if etree.QName(element).localname in _LIVE_ELEMENTS:
        inspection.seal(MACRO, "dde")


def _look_at_fields(package: _Package, content: bytes) -> None:
    """The instructions of a field may be cut into runs: they are joined from one field's begin to the next's."""
    root = _parsed(package, content)
    if root is None:
        return
    instruction = ""
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        if name == "fldSimple":
            given = "".join(str(value) for key, value in element.items() if str(key).endswith("instr"))
            _judge_field(package.inspection, given)
        elif name == "instrText":
            instruction += element.text or ""
        elif name == "fldChar":
            _judge_field(package.inspection, instruction)
            instruction = ""
    _judge_field(package.inspection, instruction)


def _judge_field(inspection: Inspection, instruction: str) -> None:
    if _LIVE_FIELD.match(instruction):
        inspection.seal(MACRO, "dde")


def _look_at_embedded(package: _Package, member: Member) -> None:
    """An object inside: a chart's own workbook is common, anything else is not needed for an application."""
    content = _plain(package, member)
    if content is None:
        return
    kind = sniff.kind_of(content, content, len(content))
    if kind in _PACKED_OFFICE:
        package.inspection.flag(EMBEDDED, "document")
    elif kind in _MACRO_OFFICE:
        package.inspection.seal(MACRO, "macro")
    elif kind in (FileKind.OLE, FileKind.DOC, FileKind.XLS, FileKind.PPT, FileKind.ENCRYPTED_OFFICE):
        package.inspection.seal(MACRO, "ole_object")
    elif kind in (FileKind.ZIP, FileKind.ARCHIVE):
        package.inspection.seal(EMBEDDED, "archive")
    else:
        package.inspection.seal(EMBEDDED, "file")


def _look_at_start(package: _Package, member: Member) -> None:
    start = _start_of(package.data, member)
    if archive.looks_like_archive(start):
        package.inspection.seal(EMBEDDED, "archive")
    elif start.startswith((b"MZ", b"\x7fELF", b"%PDF-")):
        package.inspection.seal(EMBEDDED, "file")


def _start_of(data: bytes, member: Member) -> bytes:
    raw = memoryview(data)[member.data_offset : member.data_offset + min(member.compressed_size, 4 * _HEAD)]
    if member.method == archive.STORED:
        return bytes(raw[:_HEAD])
    try:
        return zlib_ng.decompressobj(-15).decompress(raw, _HEAD)
    except _STREAM_ERROR:
        return b""


def _plain(package: _Package, member: Member) -> bytes | None:
    """The plain bytes of a part within what is left of the effort."""
    if member.size > package.inspection.left_to_inflate:
        package.inspection.flag(UNSEEN, "part")
        return None
    package.inspection.inflated += member.size
    try:
        return archive.inflate(package.data, member)
    except ArchiveRefused:
        package.inspection.seal(DAMAGED, "container")
        return None
