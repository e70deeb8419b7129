"""Opening a package: directory first, then every member inflated once, hashed on the way, kept only if it is a form.

Order of checks: security reference §6.8. An attachment of any size passes through in pieces.
"""

import hashlib
import mmap
from collections.abc import Mapping
from dataclasses import dataclass

from todoke.casework.intake.values import LayoutProfile
from todoke.proof import archive
from todoke.proof.archive import Buffer, Member
from todoke.proof.report import ContentReport

from . import attachments
from .attachments import Looked
from .refusals import Refusal

PIECE = 262_144
PIECES_IN_MEMORY = 64  # so much of a mapped original is let go at a time: 16 MiB of what comes out of it
WHOLE_UP_TO = 4_194_304  # smaller members are inflated in one call; larger ones in pieces


@dataclass(frozen=True, slots=True)
class Digest:
    """Size in bytes and SHA-256 (hex) of a member's plain bytes."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a package holds: digests by name, the bytes of forms, manifest and signature, a look at each attachment."""

    digests: Mapping[str, Digest]
    kept: Mapping[str, bytes]
    looks: tuple[Looked, ...]


def open_package(data: Buffer, profile: LayoutProfile) -> Contents:
    """Open a package within the layout's limits. Raises ArchiveRefused, and Refusal PKG-101 for an archive inside."""
    view = memoryview(data)
    named = _named_members(profile)
    digests: dict[str, Digest] = {}
    kept: dict[str, bytes] = {}
    looks: list[Looked] = []
    for member in archive.walk(view, profile.limits):
        if member.name in named:
            if member.size > profile.xml_limits.bytes:
                raise Refusal("XML-203", where=member.name, bytes=member.size, limit=profile.xml_limits.bytes)
            content = archive.inflate(view, member)
            kept[member.name] = content
            digests[member.name] = Digest(len(content), hashlib.sha256(content).hexdigest())
        else:
            digest, report = _look_at(view, member, profile)
            digests[member.name] = digest
            looks.append((member, digest.sha256, report))
    return Contents(digests, kept, tuple(looks))


def _named_members(profile: LayoutProfile) -> frozenset[str]:
    parts = (profile.applicant, profile.application, profile.manifest, profile.signature)
    return frozenset(part.member for part in parts if part is not None)


def _look_at(view: memoryview, member: Member, profile: LayoutProfile) -> tuple[Digest, ContentReport]:
    """Hash an attachment and look into it, without keeping it."""
    if member.size <= WHOLE_UP_TO:
        content = archive.inflate(view, member)
        found = attachments.look(content, member, profile)
        return Digest(len(content), hashlib.sha256(content).hexdigest()), found
    digest, head, tail, size = hashlib.sha256(), b"", b"", 0
    for number, piece in enumerate(archive.inflate_chunks(view, member, PIECE), start=1):
        if number % PIECES_IN_MEMORY == 0:
            _let_go(view)
        digest.update(piece)
        size += len(piece)
        head = head or piece
        tail = piece if len(piece) >= attachments.TAIL else (tail + piece)[-attachments.TAIL :]
    _let_go(view)
    return Digest(size, digest.hexdigest()), attachments.look_at_ends(head, tail, member, profile)


def _let_go(view: memoryview) -> None:
    """A mapped original need not stay in memory once it is read; what is needed again is read again."""
    if isinstance(view.obj, mmap.mmap):
        view.obj.madvise(mmap.MADV_DONTNEED)
