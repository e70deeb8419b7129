"""Looks into Office documents in ZIP form (docx, xlsx, pptx): macros, live links, objects, and files inside the file.

Source: ECMA-376 part 1 §17.16.5 (fields), §18.14 (external links), part 2 §9 (relationships and content types).
"""

import re
from collections.abc import Callable, Iterator, Sequence

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
_TYPES = "[content_types].xml"
_WORDS = re.compile(r"word/[^/]*\.xml", re.IGNORECASE)
_LINKS = re.compile(r"xl/externalLinks/[^/]*\.xml", re.IGNORECASE)
_RELATION_TYPE, _WORD_TYPE, _LINK_TYPE = (
    "package.relationships+xml",
    ".wordprocessingml.",
    ".externallink+xml",
)
_CONNECTION_TYPE = ".connections+xml"
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


class _Package:
    """A document while it is looked into: its bytes, and the types that it states for its parts."""

    def __init__(self, data: bytes, inspection: Inspection) -> None:
        """No types known yet."""
        self.data = data
        self.inspection = inspection
        self._types: dict[str, str] = {}

    def learn(self, element: etree._Element) -> None:
        """One line of [Content_Types].xml: the type of a part, or of an extension."""
        name = element.get("PartName") or "." + element.get("Extension", "")
        self._types[name.lower()] = element.get("ContentType", "").lower()

    def type_of(self, name: str) -> str:
        """The stated type of a part; Office compares names without regard to case（ECMA-376 part 2 §6.2.2.3）."""
        lowered = name.lower()
        return self._types.get("/" + lowered) or self._types.get("." + lowered.rpartition(".")[2], "")


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
    for member in members:
        if member.name.lower() == _TYPES:
            _look_at_types(package, member)
    _look_at_members(package, members)


def _look_at_types(package: _Package, member: Member) -> None:
    content = _plain(package, member)
    if content is None:
        return
    lowered = content.replace(b"\0", b"").lower()
    if any(word in lowered for word in _MACRO_TYPES):
        package.inspection.seal(MACRO, "macro")
    for element in _elements(package, content):
        package.learn(element)


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
        kind, name = package.type_of(member.name), member.name.lower()
        if name.endswith(".rels") or kind.endswith(_RELATION_TYPE):
            _look_at_part(package, member, _look_at_relation)
        elif kind.endswith(_LINK_TYPE) or _LINKS.fullmatch(name):
            _look_at_part(package, member, _look_at_link)
        elif _WORD_TYPE in kind or _WORDS.fullmatch(name):
            _look_at_words(package, member)
        elif "/embeddings/" in name:
            _look_at_embedded(package, member)
        else:
            if kind.endswith(_CONNECTION_TYPE):
                package.inspection.flag(MACRO, "connection")
            _look_at_start(package, member)


def _look_at_part(
    package: _Package, member: Member, act: Callable[[Inspection, etree._Element], None]
) -> None:
    content = _plain(package, member)
    if content is not None:
        for element in _elements(package, content):
            act(package.inspection, element)


def _look_at_words(package: _Package, member: Member) -> None:
    content = _plain(package, member)
    if content is not None and any(mark in content.replace(b"\0", b"") for mark in _FIELD_MARKS):
        _look_at_fields(package, content)


def _elements(package: _Package, content: bytes) -> Iterator[etree._Element]:
    root = _parsed(package, content)
    if root is not None:
        yield from root.iter(etree.Element)


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
    instruction = ""
    for element in _elements(package, content):
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
