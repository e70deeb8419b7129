"""A ZIP writer that keeps control of every header byte, so that sound and broken archives come from one place."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

UTF8_NAMES = 0x0800
ENCRYPTED = 0x0001
STORED, DEFLATED = 0, 8
# 2026-04-01 00:00:00 in MS-DOS form: archives carry no clock of the machine that made them.
DOS_DATE = (2026 - 1980) << 9 | 4 << 5 | 1
MADE_BY_UNIX = 3 << 8 | 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One member; `claimed_*` and `local_name` lie about it when a sample must be broken."""

    name: bytes
    content: bytes
    flags: int = 0
    method: int = DEFLATED
    claimed_crc: int | None = None
    local_name: bytes | None = None
    unix_mode: int = 0o100644


def entry(name: str, content: bytes, *, method: int = DEFLATED) -> Entry:
    """Return an ordinary member: ASCII names unflagged, others as flagged UTF-8 (APPNOTE appendix D)."""
    return Entry(name.encode(), content, 0 if name.isascii() else UTF8_NAMES, method)


def archive(entries: Sequence[Entry], *, comment: bytes = b"") -> bytes:
    """Return the bytes of a ZIP file without zip64 (APPNOTE 6.3.10 §4.3)."""
    body, directory = bytearray(), bytearray()
    for member in entries:
        packed = _packed(member)
        fields = _fields(member, packed)
        directory += _central(member, fields, offset=len(body))
        local_name = member.name if member.local_name is None else member.local_name
        body += struct.pack("<4sH", b"PK\x03\x04", 20) + fields + struct.pack("<HH", len(local_name), 0)
        body += local_name + packed
    count = len(entries)
    end = struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), len(comment)
    )
    return bytes(body) + bytes(directory) + end + comment


def _packed(member: Entry) -> bytes:
    if member.method == STORED:
        return member.content
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    return deflate.compress(member.content) + deflate.flush()


def _fields(member: Entry, packed: bytes) -> bytes:
    crc = zlib.crc32(member.content) if member.claimed_crc is None else member.claimed_crc
    return struct.pack(
        "<HHHHIII", member.flags, member.method, 0, DOS_DATE, crc, len(packed), len(member.content)
    )


def _central(member: Entry, fields: bytes, *, offset: int) -> bytes:
    head = struct.pack("<4sHH", b"PK\x01\x02", MADE_BY_UNIX, 20) + fields
    tail = struct.pack("<HHHHHII", len(member.name), 0, 0, 0, 0, member.unix_mode << 16, offset)
    return head + tail + member.name
