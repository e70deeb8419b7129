"""Reads the directory of a ZIP archive strictly: one end record, every byte explained, nothing inflated.

Source: PKWARE APPNOTE.TXT 6.3.10 §4.3 (records), §4.5.3 (ZIP64), §4.6.9 (Unicode path).
"""

import zlib
from struct import Struct
from typing import NamedTuple

from .errors import ArchiveRefused

_END = Struct("<4s4H2LH")
_END64 = Struct("<4sQ2H2L4Q")
_LOCATOR64 = Struct("<4sLQL")
_CENTRAL = Struct("<4s6H3L5H2L")
_LOCAL = Struct("<4s5H3L2H")
_FIELD = Struct("<HH")
_END_SIGNATURE = b"PK\x05\x06"
_CENTRAL_SIGNATURE = b"PK\x01\x02"
_LOCAL_SIGNATURE = b"PK\x03\x04"
_LONGEST_COMMENT = 65_535
_ZIP64_FIELD = 0x0001
_UNICODE_PATH_FIELD = 0x7075
_FULL16 = 0xFFFF
_FULL32 = 0xFFFFFFFF


class Directory(NamedTuple):
    """Where the central directory lies and how many entries it promises."""

    start: int
    end: int
    promised: int


class Entry(NamedTuple):
    """One entry of the central directory as its writer stated it."""

    position: int
    raw_name: bytes
    unicode_name: bytes | None
    flags: int
    method: int
    crc: int
    compressed_size: int
    size: int
    external_attributes: int
    offset: int


class LocalHeader(NamedTuple):
    """The header in front of an entry's bytes; `data_offset` is where these begin."""

    raw_name: bytes
    unicode_name: bytes | None
    flags: int
    method: int
    crc: int
    compressed_size: int
    size: int
    data_offset: int


def find_directory(view: memoryview, most_members: int) -> Directory:
    """Find the single end record and the directory it points to; the count is judged before anything is read."""
    position = _position_of_end(view)
    _, disk, directory_disk, here, count, size, offset, _ = _END.unpack_from(view, position)
    if max(here, count) > most_members:
        raise ArchiveRefused("PKG-119", members=max(here, count), limit=most_members)
    if disk or directory_disk or here != count:
        raise ArchiveRefused("PKG-115", reason="end_record")
    end = position
    if position >= _LOCATOR64.size and bytes(view[position - 20 : position - 16]) == b"PK\x06\x07":
        end, count, size, offset = _widened(view, position, (count, size, offset))
        if count > most_members:
            raise ArchiveRefused("PKG-119", members=count, limit=most_members)
    elif _FULL32 in (size, offset):
        raise ArchiveRefused("PKG-105", reason="zip64")
    if count == 0:
        raise ArchiveRefused("PKG-117" if position == 0 else "PKG-115", reason="no_entries")
    if offset + size != end:
        raise _misplaced(view, end, (count, size, offset))
    return Directory(offset, end, count)


def read_entries(view: memoryview, directory: Directory, longest_name: int) -> list[Entry]:
    """Read exactly the promised entries; they must fill the directory to its last byte."""
    entries = []
    cursor = directory.start
    for position in range(directory.promised):
        if cursor + _CENTRAL.size > directory.end or view[cursor : cursor + 4] != _CENTRAL_SIGNATURE:
            raise ArchiveRefused("PKG-115", reason="count")
        fields = _CENTRAL.unpack_from(view, cursor)
        name_length, extra_length, comment_length = fields[10:13]
        names = cursor + _CENTRAL.size
        cursor = names + name_length + extra_length + comment_length
        if cursor > directory.end:
            raise ArchiveRefused("PKG-115", reason="directory_size")
        if name_length > longest_name:
            raise ArchiveRefused("PKG-110", reason="long", bytes=name_length, limit=longest_name)
        raw_name = bytes(view[names : names + name_length])
        extra = view[names + name_length : names + name_length + extra_length]
        entries.append(_entry(position, fields, raw_name, extra))
    if cursor != directory.end:
        raise ArchiveRefused("PKG-115", reason="count")
    return entries


def read_local_header(view: memoryview, entry: Entry, directory_start: int) -> LocalHeader:
    """Read the header an entry points to; it must lie in front of the directory."""
    offset = entry.offset
    if offset + _LOCAL.size > directory_start or view[offset : offset + 4] != _LOCAL_SIGNATURE:
        raise ArchiveRefused("PKG-115", reason="local_header", position=entry.position)
    _, _, flags, method, _, _, crc, compressed_size, size, name_length, extra_length = _LOCAL.unpack_from(
        view, offset
    )
    names = offset + _LOCAL.size
    data_offset = names + name_length + extra_length
    if data_offset + entry.compressed_size > directory_start:
        raise ArchiveRefused("PKG-105", reason="beyond_directory", position=entry.position)
    raw_name = bytes(view[names : names + name_length])
    unicode_name = None
    if extra_length:
        fields = _extra_fields(view[names + name_length : data_offset])
        unicode_name = _unicode_name(fields.get(_UNICODE_PATH_FIELD), raw_name)
        size, compressed_size = _wide(fields.get(_ZIP64_FIELD), (size, compressed_size))
    elif _FULL32 in (size, compressed_size):
        raise ArchiveRefused("PKG-105", reason="zip64", position=entry.position)
    return LocalHeader(raw_name, unicode_name, flags, method, crc, compressed_size, size, data_offset)


def names_in_ending(ending: bytes, missing: int) -> list[str]:
    """The names of the directory when only the end of an archive is at hand, `missing` bytes of it not; else none.

    For telling what kind of file it is, not for opening it.
    """
    view = memoryview(ending)
    try:
        position = _position_of_end(view)
        _, _, _, _, count, size, offset, _ = _END.unpack_from(view, position)
        start = offset - missing
        if start < 0 or start + size != position:
            return []
        entries = read_entries(view, Directory(start, position, count), _FULL16)
    except ArchiveRefused:
        return []
    return [entry.raw_name.decode("utf-8", "replace") for entry in entries]


def _position_of_end(view: memoryview) -> int:
    base = max(0, len(view) - _LONGEST_COMMENT - _END.size)
    tail = bytes(view[base:])
    found = _places_of_end(tail)
    exact = [at for at in found if _end_of_comment(tail, at) == len(tail)]
    if not exact:
        raise _without_end(view, [at + base for at in found])
    if len(exact) > 1 or found[0] != exact[0]:
        raise ArchiveRefused("PKG-115", reason="two_end_records")
    return base + exact[0]


def _places_of_end(tail: bytes) -> list[int]:
    """Where end records may begin, the last one first. Two letters are looked for because that is faster than four."""
    found = []
    at = tail.rfind(_END_SIGNATURE[2:])
    while at >= 0:
        if tail.startswith(_END_SIGNATURE, at - 2) and at >= 2:
            found.append(at - 2)
        at = tail.rfind(_END_SIGNATURE[2:], 0, at)
    return found


def _end_of_comment(tail: bytes, at: int) -> int:
    comment_length = int.from_bytes(tail[at + 20 : at + 22], "little")
    return at + _END.size + comment_length


def _without_end(view: memoryview, found: list[int]) -> ArchiveRefused:
    for at in found:
        if at + _END.size <= len(view):
            _, _, _, _, _, size, offset, comment_length = _END.unpack_from(view, at)
            if offset + size == at and at + _END.size + comment_length < len(view):
                return ArchiveRefused("PKG-116", reason="after_the_end")
    if view[:4] == _LOCAL_SIGNATURE or found:
        return ArchiveRefused("PKG-105", reason="truncated")
    return ArchiveRefused("PKG-118", size=len(view))


def _widened(view: memoryview, position: int, narrow: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """The ZIP64 end record: it must end at its locator and agree with every 32-bit field that is not full."""
    _, disk, at, disks = _LOCATOR64.unpack_from(view, position - _LOCATOR64.size)
    if (
        disk
        or disks > 1
        or at + _END64.size > position - _LOCATOR64.size
        or bytes(view[at : at + 4]) != b"PK\x06\x06"
    ):
        raise ArchiveRefused("PKG-105", reason="zip64")
    record = _END64.unpack_from(view, at)
    length, own_disk, directory_disk, here = record[1], record[4], record[5], record[6]
    wide = record[7:10]
    if at + 12 + length != position - _LOCATOR64.size or own_disk or directory_disk or here != wide[0]:
        raise ArchiveRefused("PKG-105", reason="zip64")
    for stated, true, full in zip(narrow, wide, (_FULL16, _FULL32, _FULL32), strict=True):
        if stated not in (true, full):
            raise ArchiveRefused("PKG-105", reason="zip64")
    return at, *wide


def _misplaced(view: memoryview, end: int, stated: tuple[int, int, int]) -> ArchiveRefused:
    """Say whether a directory that is not where the end record says was shifted, doubled or plainly wrong."""
    count, size, offset = stated
    shift = end - (offset + size)
    if shift < 0:
        return ArchiveRefused("PKG-115", reason="directory_offset")
    if bytes(view[offset : offset + 4]) == _CENTRAL_SIGNATURE:
        try:
            read_entries(view, Directory(offset, offset + size, count), _FULL16)
        except ArchiveRefused as refused:
            return refused
        gap = bytes(view[offset + size : end])
        return ArchiveRefused("PKG-115" if _END_SIGNATURE in gap else "PKG-116", reason="before_the_end")
    if _is_shifted(view, offset, shift):
        whole_archive = bytes(view[max(0, shift - _END.size) : shift]).startswith(_END_SIGNATURE)
        return ArchiveRefused("PKG-115" if whole_archive else "PKG-116", reason="in_front")
    return ArchiveRefused("PKG-115", reason="directory_offset")


def _is_shifted(view: memoryview, offset: int, shift: int) -> bool:
    """Whether directory and first entry stand where they should, had something not been put in front of them."""
    moved = offset + shift
    first = int.from_bytes(view[moved + 42 : moved + 46], "little") + shift
    return (
        bytes(view[moved : moved + 4]) == _CENTRAL_SIGNATURE
        and bytes(view[first : first + 4]) == _LOCAL_SIGNATURE
    )


def _entry(position: int, fields: tuple[int, ...], raw_name: bytes, extra: memoryview) -> Entry:
    flags, method, crc, compressed_size, size = fields[3], fields[4], fields[7], fields[8], fields[9]
    disk, external_attributes, offset = fields[13], fields[15], fields[16]
    if disk:
        raise ArchiveRefused("PKG-115", reason="disk", position=position)
    unicode_name = None
    if len(extra):
        extras = _extra_fields(extra)
        unicode_name = _unicode_name(extras.get(_UNICODE_PATH_FIELD), raw_name)
        size, compressed_size, offset = _wide(extras.get(_ZIP64_FIELD), (size, compressed_size, offset))
    elif _FULL32 in (size, compressed_size, offset):
        raise ArchiveRefused("PKG-105", reason="zip64", position=position)
    return Entry(
        position,
        raw_name,
        unicode_name,
        flags,
        method,
        crc,
        compressed_size,
        size,
        external_attributes,
        offset,
    )


def _extra_fields(extra: memoryview) -> dict[int, bytes]:
    fields: dict[int, bytes] = {}
    cursor = 0
    while cursor < len(extra):
        if cursor + _FIELD.size > len(extra):
            raise ArchiveRefused("PKG-105", reason="extra_field")
        kind, length = _FIELD.unpack_from(extra, cursor)
        cursor += _FIELD.size
        if cursor + length > len(extra) or kind in fields:
            raise ArchiveRefused("PKG-105", reason="extra_field")
        fields[kind] = bytes(extra[cursor : cursor + length])
        cursor += length
    return fields


def _wide(field: bytes | None, narrow: tuple[int, ...]) -> tuple[int, ...]:
    """Replace full 32-bit fields by their ZIP64 values, in order; what is stated twice must agree."""
    if field is None:
        if _FULL32 in narrow:
            raise ArchiveRefused("PKG-105", reason="zip64")
        return narrow
    values = [int.from_bytes(field[at : at + 8], "little") for at in range(0, len(field) - 7, 8)]
    full = [number == _FULL32 for number in narrow]
    if len(field) % 8 or len(values) < sum(full):
        raise ArchiveRefused("PKG-105", reason="zip64")
    if len(values) == sum(full):
        remaining = iter(values)
        return tuple(
            next(remaining) if is_full else number for number, is_full in zip(narrow, full, strict=True)
        )
    stated = tuple(values[: len(narrow)])
    agrees = all(
        is_full or value == number for number, value, is_full in zip(narrow, stated, full, strict=False)
    )
    if len(values) > len(narrow) or not agrees:
        raise ArchiveRefused("PKG-105", reason="zip64")
    return stated + narrow[len(stated) :]


def _unicode_name(field: bytes | None, raw_name: bytes) -> bytes | None:
    """The UTF-8 name beside a name in another encoding; it counts only while its checksum fits the raw name."""
    if field is None:
        return None
    if len(field) < 5 or field[0] != 1 or int.from_bytes(field[1:5], "little") != zlib.crc32(raw_name):
        raise ArchiveRefused("PKG-115", reason="unicode_path")
    return field[5:]
