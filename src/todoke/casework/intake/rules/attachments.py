"""Attachments by content: what they are, whether the layout allows them, and how they come out of the original again.

A doubtful attachment is flagged and the application goes on（A01–A15）; only an archive inside refuses the package.
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
from todoke.proof import archive, sniff
from todoke.proof.archive import Member
from todoke.proof.sniff import FileKind

from .refusals import Refusal

TAIL = sniff.TAIL_BYTES
LABEL_LENGTH = 200
PIECE = 262_144
_STREAM_ERROR: type[Exception] = zlib_ng.error  # type: ignore[assignment]  # the stub calls the class an instance


def look(content: bytes) -> FileKind:
    """What an attachment that lies in memory is."""
    return sniff.kind_of(content, content, len(content))


def refuse_archive(kind: FileKind, name: str) -> None:
    """An archive inside is never opened: the package is refused（Z01）."""
    if kind in {FileKind.ZIP, FileKind.ARCHIVE}:
        raise Refusal("PKG-101", where=name)


def judge_all(
    looks: Iterable[tuple[Member, str, FileKind]], profile: LayoutProfile
) -> list[tuple[Attachment, list[Finding]]]:
    """Judge every attachment; returns each with what was found about it."""
    return [_judged(number, *one, profile) for number, one in enumerate(looks, start=1)]


def _judged(
    position: int, member: Member, digest: str, seen: FileKind, profile: LayoutProfile
) -> tuple[Attachment, list[Finding]]:
    codes = _codes(member, seen, profile)
    attachment = Attachment(
        position=position,
        label=label_of(member.name, profile),
        raw_name=member.raw_name.hex(),
        kind=seen.value,
        size=member.size,
        sha256=digest,
        method=member.method,
        data_offset=member.data_offset,
        compressed_size=member.compressed_size,
        state=AttachmentState.FLAGGED if codes else AttachmentState.SOUND,
        code=codes[0] if codes else "",
    )
    where = f"{position}"
    return attachment, [Finding(code, Severity.WARN, where, {"kind": seen.value}) for code in codes]


def _codes(member: Member, seen: FileKind, profile: LayoutProfile) -> list[str]:
    """What is wrong with an attachment, the gravest first."""
    if not member.size:
        return ["ATT-604"]
    codes = []
    if seen is FileKind.ENCRYPTED_OFFICE:
        codes.append("ATT-602")
    if seen.has_macro:
        codes.append("ATT-608")
    extension = member.name.rpartition(".")[2].lower()
    allowed = profile.types.get(extension, frozenset())
    every = frozenset().union(*profile.types.values())
    if not member.name.startswith(profile.attachment_folder) or not allowed or seen.value not in every:
        codes.append("ATT-606")
    elif seen.value not in allowed:
        codes.append("ATT-607")
    return codes


def label_of(name: str, profile: LayoutProfile) -> str:
    """A member's name as a label: without the folder, printable, at most 200 characters."""
    return printable(name.removeprefix(profile.attachment_folder))


def printable(text: str) -> str:
    """A text from outside as it may be shown and stored: no control or direction characters, at most 200."""
    return "".join(character if character.isprintable() else "?" for character in text[:LABEL_LENGTH])


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
