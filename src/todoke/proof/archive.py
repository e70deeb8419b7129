"""Opens an application package (ZIP) that may be broken or hostile: judge first, inflate after, within a budget.

Source: PKWARE APPNOTE.TXT 6.3.10. Every byte from the first to the last belongs to a header, an entry, a data
descriptor, the directory or the end record; a byte that belongs to none is a finding.
"""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap
from typing import NamedTuple

from zlib_ng import zlib_ng

from . import directory, membernames
from .directory import Entry, LocalHeader
from .errors import ArchiveRefused

Buffer = bytes | bytearray | memoryview | mmap

STORED = 0
DEFLATED = 8
_AES = 99
_ENCRYPTED_FLAGS = 0x0001 | 0x0040 | 0x2000
_DESCRIPTOR_FLAG = 0x0008
_KNOWN_FLAGS = _ENCRYPTED_FLAGS | _DESCRIPTOR_FLAG | membernames.UTF8_FLAG | 0x0006
_REPARSE_POINT = 0x0400
_DEFLATE_LIMIT = 1032  # a byte of deflate codes at most four matches of 258 bytes
_EMPTY_DEFLATE = b"\x03\x00"
_STREAM_ERROR: type[Exception] = zlib_ng.error  # type: ignore[assignment]  # the stub calls the class an instance


@dataclass(frozen=True, slots=True)
class Limits:
    """What a package may be: sizes in bytes, `ratio` inflated : compressed for members from `ratio_from_bytes` on."""

    package_bytes: int
    member_bytes: int
    total_bytes: int
    members: int = 200
    ratio: int = 100
    ratio_from_bytes: int = 65_536
    name_bytes: int = 1_000


class Member(NamedTuple):
    """One file of the archive（アーカイブ内のファイル）; `position` is its place in the directory, `crc` as stated."""

    position: int
    name: str
    raw_name: bytes
    method: int
    crc: int
    size: int
    compressed_size: int
    data_offset: int


def walk(data: Buffer, limits: Limits) -> list[Member]:
    """List the files of a package in directory order after every check that needs no inflating.

    Folders are checked and left out. Raises ArchiveRefused: PKG-102 overlap or size, 103 ratio, 104 stated size,
    105 broken, 110 name, 111 link, 112 clash, 113 encoding, 114 encrypted, 115 directory and content disagree,
    116 unexplained bytes, 117 empty, 118 not a ZIP, 119 too many, 122 package too large.
    """
    view = memoryview(data)
    if len(view) > limits.package_bytes:
        raise ArchiveRefused("PKG-122", size=len(view), limit=limits.package_bytes)
    found = directory.find_directory(view, limits.members)
    entries = directory.read_entries(view, found, limits.name_bytes)
    headers = [directory.read_local_header(view, entry, found.start) for entry in entries]
    _check_cover(view, list(zip(entries, headers, strict=True)), found.start)
    members = [_member(view, entry, header) for entry, header in zip(entries, headers, strict=True)]
    membernames.refuse_clashes([member.name for member in members])
    for entry, header, member in zip(entries, headers, members, strict=True):
        _check_agreement(entry, header, member.name)
    files = [member for member in members if not member.name.endswith("/")]
    if not files:
        raise ArchiveRefused("PKG-117", reason="folders_only")
    _check_sizes(files, limits)
    return files


def inflate(data: Buffer, member: Member) -> bytes:
    """The bytes of a member; stops one byte after the stated size（PKG-104）, checks stream and checksum（PKG-105）."""
    raw = memoryview(data)[member.data_offset : member.data_offset + member.compressed_size]
    if member.method == STORED:
        content = bytes(raw)
    else:
        stream = zlib_ng.decompressobj(-15)
        try:
            content = stream.decompress(raw, member.size + 1)
        except _STREAM_ERROR:
            raise ArchiveRefused("PKG-105", member=member.name, reason="stream") from None
        _check_end(stream, len(content), member)
    if zlib_ng.crc32(content) != member.crc:
        raise ArchiveRefused("PKG-105", member=member.name, reason="checksum")
    return content


def inflate_chunks(data: Buffer, member: Member, chunk: int = 65_536) -> Iterator[bytes]:
    """As `inflate`, in pieces of at most `chunk` bytes; a refusal may come after the first pieces."""
    raw = memoryview(data)[member.data_offset : member.data_offset + member.compressed_size]
    crc = done = 0
    pieces = _stored_pieces(raw, chunk) if member.method == STORED else _inflated_pieces(raw, member, chunk)
    for piece in pieces:
        crc = zlib_ng.crc32(piece, crc)
        done += len(piece)
        if done > member.size:
            raise ArchiveRefused("PKG-104", member=member.name, stated=member.size)
        yield piece
    if done != member.size:
        raise ArchiveRefused("PKG-104", member=member.name, stated=member.size, real=done)
    if crc != member.crc:
        raise ArchiveRefused("PKG-105", member=member.name, reason="checksum")


def looks_like_archive(head: bytes) -> bool:
    """Whether content begins like an archive or compressed stream; whether to refuse it（PKG-101）is the caller's."""
    return head.startswith(_ARCHIVE_STARTS) or head[2:5] in (b"-lh", b"-lz") or head[257:262] == b"ustar"


_ARCHIVE_STARTS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"MSCF",
    b"\x60\xea",
)


def _check_cover(view: memoryview, pairs: list[tuple[Entry, LocalHeader]], directory_start: int) -> None:
    """Entries must follow one another from byte 0 to the directory without overlap and without a gap."""
    pairs.sort(key=lambda pair: pair[0].offset)
    if pairs[0][0].offset:
        raise ArchiveRefused("PKG-116", reason="in_front")
    borders = [entry.offset for entry, _ in pairs[1:]] + [directory_start]
    gaps: list[tuple[Entry, int, int]] = []
    for (entry, header), border in zip(pairs, borders, strict=True):
        end = header.data_offset + entry.compressed_size
        if end > border:
            raise ArchiveRefused("PKG-102", reason="overlap", position=entry.position)
        gaps.append((entry, end, border))
    for entry, end, border in gaps:
        if entry.flags & _DESCRIPTOR_FLAG:
            _check_descriptor(entry, bytes(view[end : min(border, end + 25)]))
        elif end != border:
            raise ArchiveRefused("PKG-116", reason="between_entries", position=entry.position)


def _check_descriptor(entry: Entry, found: bytes) -> None:
    """A data descriptor states checksum and sizes behind the data, with or without signature, in 32 or 64 bits."""
    stated = found[4:] if len(found) in (16, 24) and found[:4] == b"PK\x07\x08" else found
    if len(stated) not in (12, 20):
        raise ArchiveRefused(
            "PKG-116" if len(found) > 24 else "PKG-105", reason="descriptor", position=entry.position
        )
    width = (len(stated) - 4) // 2
    numbers = (entry.crc, entry.compressed_size, entry.size)
    expected = b"".join(n.to_bytes(w, "little") for n, w in zip(numbers, (4, width, width), strict=True))
    if stated != expected:
        raise ArchiveRefused("PKG-105", reason="descriptor", position=entry.position)


def _member(view: memoryview, entry: Entry, header: LocalHeader) -> Member:
    if entry.flags & _ENCRYPTED_FLAGS or entry.method == _AES:
        raise ArchiveRefused("PKG-114", position=entry.position)
    if entry.method not in (STORED, DEFLATED) or entry.flags & ~_KNOWN_FLAGS:
        raise ArchiveRefused("PKG-105", reason="method", position=entry.position)
    name = membernames.decode_name(entry.raw_name, entry.unicode_name, entry.flags)
    membernames.refuse_unsafe(name, entry.position)
    kind = stat.S_IFMT(entry.external_attributes >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or entry.external_attributes & _REPARSE_POINT:
        raise ArchiveRefused("PKG-111", member=name, position=entry.position)
    if name.endswith("/"):
        content = bytes(view[header.data_offset : header.data_offset + min(entry.compressed_size, 3)])
        if entry.size or content != (_EMPTY_DEFLATE if entry.method == DEFLATED and content else b""):
            raise ArchiveRefused("PKG-112", member=name, reason="folder_with_content")
    elif kind == stat.S_IFDIR:
        raise ArchiveRefused("PKG-112", member=name, reason="file_and_folder")
    return Member(
        entry.position,
        name,
        entry.raw_name,
        entry.method,
        entry.crc,
        entry.size,
        entry.compressed_size,
        header.data_offset,
    )


def _check_agreement(entry: Entry, header: LocalHeader, name: str) -> None:
    """The local header must repeat the directory; with a data descriptor its numbers may be left at zero."""
    if (entry.raw_name, entry.flags, entry.method, entry.crc, entry.compressed_size, entry.size) == (
        header.raw_name,
        header.flags,
        header.method,
        header.crc,
        header.compressed_size,
        header.size,
    ) and entry.unicode_name == header.unicode_name:
        return
    for field in ("raw_name", "unicode_name", "flags", "method"):
        if getattr(entry, field) != getattr(header, field):
            raise ArchiveRefused("PKG-115", member=name, reason=field)
    may_be_zero = entry.flags & _DESCRIPTOR_FLAG
    for field, code in (("size", "PKG-104"), ("compressed_size", "PKG-115"), ("crc", "PKG-105")):
        local = getattr(header, field)
        if local != getattr(entry, field) and not (may_be_zero and local == 0):
            raise ArchiveRefused(code, member=name, reason=f"local_{field}")


def _check_sizes(members: list[Member], limits: Limits) -> None:
    for member in members:
        size, compressed = member.size, member.compressed_size
        if size > compressed * _DEFLATE_LIMIT or (member.method == STORED and size != compressed):
            raise ArchiveRefused("PKG-104", member=member.name, stated=size)
        if size >= limits.ratio_from_bytes and size > compressed * limits.ratio:
            raise ArchiveRefused("PKG-103", member=member.name, ratio=size // compressed, limit=limits.ratio)
    total = sum(member.size for member in members)
    largest = max(members, key=lambda member: member.size)
    if largest.size > limits.member_bytes:
        raise ArchiveRefused("PKG-102", member=largest.name, size=largest.size, limit=limits.member_bytes)
    if total > limits.total_bytes:
        raise ArchiveRefused("PKG-102", size=total, limit=limits.total_bytes)


def _check_end(stream: "zlib_ng._Decompress", length: int, member: Member) -> None:
    if length > member.size:
        raise ArchiveRefused("PKG-104", member=member.name, stated=member.size)
    if not stream.eof or stream.unused_data:
        raise ArchiveRefused("PKG-105", member=member.name, reason="stream")
    if length < member.size:
        raise ArchiveRefused("PKG-104", member=member.name, stated=member.size, real=length)


def _stored_pieces(raw: memoryview, chunk: int) -> Iterator[bytes]:
    for start in range(0, len(raw), chunk):
        yield bytes(raw[start : start + chunk])


def _inflated_pieces(raw: memoryview, member: Member, chunk: int) -> Iterator[bytes]:
    """Input goes in small slices because zlib copies what it has not consumed on every call."""
    stream = zlib_ng.decompressobj(-15)
    try:
        for start in range(0, len(raw), chunk):
            piece = stream.decompress(raw[start : start + chunk], chunk)
            while piece:
                yield piece
                if stream.eof or len(piece) < chunk:
                    break
                piece = stream.decompress(stream.unconsumed_tail, chunk)
            if stream.eof and start + chunk < len(raw):
                raise ArchiveRefused("PKG-105", member=member.name, reason="stream")
    except _STREAM_ERROR:
        raise ArchiveRefused("PKG-105", member=member.name, reason="stream") from None
    if not stream.eof or stream.unused_data:
        raise ArchiveRefused("PKG-105", member=member.name, reason="stream")
