"""Attachments by content: what they are, whether the layout allows them, and how they come out of the original again.

A doubtful attachment is flagged, a dangerous one sealed, and the application goes on（A01–A15）; only an archive
inside refuses the package（Z01）.
"""

import hashlib
from collections.abc import Iterable, Iterator

from zlib_ng import zlib_ng

from todoke.casework.intake.values import (
    Attachment,
    AttachmentState,
    Finding,
    LayoutProfile,
    Severity,
)
from todoke.proof import archive, content, sniff
from todoke.proof.archive import Member
from todoke.proof.report import UNSEEN, ContentReport, Gravity
from todoke.proof.sniff import FileKind

from .refusals import Refusal

TAIL = sniff.TAIL_BYTES
LABEL_LENGTH = 200
PIECE = 262_144
_STREAM_ERROR: type[Exception] = zlib_ng.error  # type: ignore[assignment]  # the stub calls the class an instance

Looked = tuple[Member, str, ContentReport]
_STATES = {Gravity.SEAL: AttachmentState.SEALED, Gravity.FLAG: AttachmentState.FLAGGED}
_COMPOUND_EXTENSIONS = frozenset({"doc", "xls", "ppt"})
_SEVERITIES = {Gravity.SEAL: Severity.WARN, Gravity.FLAG: Severity.WARN, Gravity.NOTE: Severity.NOTE}


def look(data: bytes, member: Member, profile: LayoutProfile) -> ContentReport:
    """What an attachment that lies in memory is. Raises Refusal PKG-101 for an archive."""
    kind = sniff.kind_of(data, data, len(data))
    _refuse_archive(kind, member.name)
    return content.look(data, _read_as(kind, member.name), limits=profile.content_limits)


def look_at_ends(head: bytes, tail: bytes, member: Member, profile: LayoutProfile) -> ContentReport:
    """What a large attachment is by its start and end; ATT-616 where that is not all. Raises Refusal PKG-101."""
    kind = sniff.kind_of(head, tail, member.size)
    _refuse_archive(kind, member.name)
    return content.look_at_ends(head, tail, member.size, _read_as(kind, member.name), profile.content_limits)


def _refuse_archive(kind: FileKind, name: str) -> None:
    """An archive inside is never opened: the package is refused（Z01）."""
    if kind in {FileKind.ZIP, FileKind.ARCHIVE}:
        raise Refusal("PKG-101", where=name)


def _read_as(kind: FileKind, name: str) -> FileKind:
    """Text under a table's name is opened by spreadsheets as a table, of one column too."""
    return FileKind.CSV if kind is FileKind.TEXT and name.lower().endswith(".csv") else kind


def judge_all(looks: Iterable[Looked], profile: LayoutProfile) -> list[tuple[Attachment, list[Finding]]]:
    """Judge every attachment; returns each with what was found about it."""
    return [_judged(number, *one, profile) for number, one in enumerate(looks, start=1)]


def _judged(
    position: int, member: Member, digest: str, seen: ContentReport, profile: LayoutProfile
) -> tuple[Attachment, list[Finding]]:
    found = _found(member, seen, profile)
    gravest = found[0] if found and found[0][1] is not Gravity.NOTE else None
    attachment = Attachment(
        position=position,
        label=label_of(member.name, profile),
        raw_name=member.raw_name.hex(),
        kind=seen.kind.value,
        size=member.size,
        sha256=digest,
        method=member.method,
        data_offset=member.data_offset,
        compressed_size=member.compressed_size,
        state=_STATES[gravest[1]] if gravest else AttachmentState.SOUND,
        code=gravest[0] if gravest else "",
    )
    facts = {"kind": seen.kind.label}
    return attachment, [
        Finding(code, _SEVERITIES[gravity], f"{position}", {**facts, "what": what} if what else facts)
        for code, gravity, what in found
    ]


def _found(member: Member, seen: ContentReport, profile: LayoutProfile) -> list[tuple[str, Gravity, str]]:
    """What is wrong with an attachment, the gravest first: what its content showed, then what its kind and name are."""
    if not member.size:
        return [("ATT-604", Gravity.FLAG, "")]
    found = [(one.code, one.severity, one.what) for one in seen.findings]
    found += _by_kind(member, seen, profile)
    if len(found) < 2:
        return found
    order = list(Gravity)[::-1]
    return sorted(found, key=lambda one: (order.index(one[1]), one[0] == UNSEEN))


def _by_kind(member: Member, look: ContentReport, profile: LayoutProfile) -> list[tuple[str, Gravity, str]]:
    extension, seen = member.name.rpartition(".")[2].lower(), look.kind
    if seen is FileKind.OLE and not look.is_complete and extension in _COMPOUND_EXTENSIONS:
        return []  # which document it is stands in its middle
    allowed = profile.types.get(extension, frozenset())
    if member.name.startswith(profile.attachment_folder) and seen.value in allowed:
        return []
    every = frozenset().union(*profile.types.values())
    if not member.name.startswith(profile.attachment_folder) or not allowed or seen.value not in every:
        return [("ATT-606", Gravity.SEAL if seen is FileKind.PROGRAM else Gravity.FLAG, "")]
    return [("ATT-607", Gravity.FLAG, "")]


def label_of(name: str, profile: LayoutProfile) -> str:
    """A member's name as a label: without the folder, printable, at most 200 characters."""
    return printable(name.removeprefix(profile.attachment_folder))


def printable(text: str) -> str:
    """A text from outside as it may be shown and stored: no control or direction characters, at most 200."""
    shown = text[:LABEL_LENGTH]
    if shown.isprintable():
        return shown
    return "".join(character if character.isprintable() else "?" for character in shown)


def inflated(pieces: Iterable[bytes], attachment: Attachment) -> Iterator[bytes]:
    """The plain bytes of an attachment from its stored bytes. Raises Refusal when they are not what was stored."""
    digest, size = hashlib.sha256(), 0
    for piece in _plain(pieces, attachment):
        size += len(piece)
        if size > attachment.size:
            break
        digest.update(piece)
        yield piece
    if size != attachment.size or digest.hexdigest() != attachment.sha256:
        raise Refusal("PKG-105")


def _plain(pieces: Iterable[bytes], attachment: Attachment) -> Iterator[bytes]:
    if attachment.method == archive.STORED:
        yield from pieces
        return
    stream = zlib_ng.decompressobj(-15)
    try:
        for piece in pieces:
            plain = stream.decompress(piece, PIECE)
            while plain:
                yield plain
                plain = stream.decompress(stream.unconsumed_tail, PIECE) if stream.unconsumed_tail else b""
    except _STREAM_ERROR:
        raise Refusal("PKG-105") from None
