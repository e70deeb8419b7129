"""Attachments by content: what they are, whether the layout allows them, and how they come out of the original again.

A doubtful attachment is flagged and the application goes on（A01–A15）; only an archive inside refuses the package.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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

from .refusals import Refusal

TAIL = 65_536
LABEL_LENGTH = 200
PIECE = 262_144
_STREAM_ERROR: type[Exception] = zlib_ng.error  # type: ignore[assignment]  # the stub calls the class an instance


@dataclass(frozen=True, slots=True)
class Look:
    """What an attachment is by its content; `kind` is a word of the layout's list, `unknown` or another kind."""

    kind: str
    is_archive: bool = False
    is_encrypted: bool = False
    has_macro: bool = False


def look(content: bytes) -> Look:
    """Look at an attachment that lies in memory."""
    return look_at_ends(content, content[-TAIL:], len(content))


def look_at_ends(head: bytes, tail: bytes, size: int) -> Look:
    """Look at the beginning and the end of an attachment of `size` bytes."""
    kind = sniff.kind_of(head, tail, size)
    return Look(kind.value)


def judge_all(
    looks: Iterable[tuple[Member, str, Look]], profile: LayoutProfile
) -> list[tuple[Attachment, list[Finding]]]:
    """Judge every attachment; returns each with what was found about it."""
    return [_judged(number, *one, profile) for number, one in enumerate(looks, start=1)]


def _judged(
    position: int, member: Member, digest: str, seen: Look, profile: LayoutProfile
) -> tuple[Attachment, list[Finding]]:
    codes = _codes(member, seen, profile)
    attachment = Attachment(
        position=position,
        label=label_of(member.name, profile),
        raw_name=member.raw_name.hex(),
        kind=seen.kind,
        size=member.size,
        sha256=digest,
        method=member.method,
        data_offset=member.data_offset,
        compressed_size=member.compressed_size,
        state=AttachmentState.FLAGGED if codes else AttachmentState.SOUND,
        code=codes[0] if codes else "",
    )
    where = f"{position}"
    return attachment, [Finding(code, Severity.WARN, where, {"kind": seen.kind}) for code in codes]


def _codes(member: Member, seen: Look, profile: LayoutProfile) -> list[str]:
    """What is wrong with an attachment, the gravest first."""
    if not member.size:
        return ["ATT-604"]
    codes = []
    if seen.is_encrypted:
        codes.append("ATT-602")
    if seen.has_macro:
        codes.append("ATT-608")
    extension = member.name.rpartition(".")[2].lower()
    allowed = profile.types.get(extension, frozenset())
    every = frozenset().union(*profile.types.values())
    if not member.name.startswith(profile.attachment_folder) or not allowed or seen.kind not in every:
        codes.append("ATT-606")
    elif seen.kind not in allowed:
        codes.append("ATT-607")
    return codes


def label_of(name: str, profile: LayoutProfile) -> str:
    """A member's name as a label: without the folder, printable, at most 200 characters."""
    bare = name.removeprefix(profile.attachment_folder)
    return "".join(character if character.isprintable() else "?" for character in bare)[:LABEL_LENGTH]


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
