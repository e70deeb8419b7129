"""Writes ZIP archives byte by byte, so that a test can lie about any single field."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

STORED, DEFLATED = 0, 8


@dataclass(slots=True)
class Part:
    """One entry; `local` and `central` overwrite what the two headers say."""

    name: bytes
    content: bytes = b""
    method: int = DEFLATED
    flags: int = 0
    mode: int = 0
    extra: bytes = b""
    local: dict[str, int | bytes] = field(default_factory=dict)
    central: dict[str, int | bytes] = field(default_factory=dict)
    raw: bytes | None = None
    descriptor: bytes | None = None
    gap: bytes = b""

    def stream(self) -> bytes:
        """The bytes behind the local header."""
        if self.raw is not None:
            return self.raw
        if self.method != DEFLATED:
            return self.content
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(self.content) + packer.flush()


def build(
    parts: Sequence[Part], *, prefix: bytes = b"", comment: bytes = b"", end: dict[str, int] | None = None
) -> bytes:
    """An archive of the parts, in order."""
    body = bytearray(prefix)
    directory = b""
    for part in parts:
        offset = len(body)
        body += local_header(part) + part.stream() + (descriptor(part) if part.flags & 8 else b"") + part.gap
        directory += central_header(part, offset)
    start = len(body)
    fields = {
        "disk": 0,
        "cd_disk": 0,
        "here": len(parts),
        "count": len(parts),
        "size": len(directory),
        "offset": start,
    }
    return bytes(body) + directory + end_record(fields | (end or {}), comment)


def end_record(fields: dict[str, int], comment: bytes = b"") -> bytes:
    order = ("disk", "cd_disk", "here", "count", "size", "offset")
    return struct.pack("<4s4H2LH", b"PK\x05\x06", *(fields[name] for name in order), len(comment)) + comment


def fields_of(part: Part) -> dict[str, int | bytes]:
    """What an honest header says."""
    return {
        "name": part.name,
        "flags": part.flags,
        "method": part.method,
        "crc": zlib.crc32(part.content),
        "csize": len(part.stream()),
        "size": len(part.content),
        "extra": part.extra,
    }


def local_header(part: Part) -> bytes:
    told = fields_of(part)
    if part.flags & 8:
        told |= {"crc": 0, "csize": 0, "size": 0}
    told |= part.local
    name, extra = told["name"], told["extra"]
    assert isinstance(name, bytes)
    assert isinstance(extra, bytes)
    numbers = (
        [told[key] for key in ("flags", "method")] + [0, 0] + [told[key] for key in ("crc", "csize", "size")]
    )
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, *numbers, len(name), len(extra)) + name + extra


def central_header(part: Part, offset: int) -> bytes:
    told = fields_of(part) | {"offset": offset, "disk": 0} | part.central
    name, extra = told["name"], told["extra"]
    assert isinstance(name, bytes)
    assert isinstance(extra, bytes)
    numbers = (
        [told[key] for key in ("flags", "method")] + [0, 0] + [told[key] for key in ("crc", "csize", "size")]
    )
    rest = (len(name), len(extra), 0, told["disk"], 0, part.mode << 16, told["offset"])
    return struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 0x0314, 20, *numbers, *rest) + name + extra


def descriptor(part: Part) -> bytes:
    if part.descriptor is not None:
        return part.descriptor
    return struct.pack(
        "<4s3L", b"PK\x07\x08", zlib.crc32(part.content), len(part.stream()), len(part.content)
    )


def zip64_field(*numbers: int) -> bytes:
    body = b"".join(number.to_bytes(8, "little") for number in numbers)
    return struct.pack("<HH", 1, len(body)) + body


def unicode_path(raw_name: bytes, name: str) -> bytes:
    body = b"\x01" + zlib.crc32(raw_name).to_bytes(4, "little") + name.encode()
    return struct.pack("<HH", 0x7075, len(body)) + body


def full_overlap(entries: int, content: bytes) -> bytes:
    """Every directory entry quotes the same local header（zbsm style）."""
    part = Part(b"a", content)
    body = local_header(part) + part.stream()
    directory = central_header(part, 0) * entries
    fields = {
        "disk": 0,
        "cd_disk": 0,
        "here": entries,
        "count": entries,
        "size": len(directory),
        "offset": len(body),
    }
    return body + directory + end_record(fields)


def quoted_overlap(entries: int, content: bytes) -> bytes:
    """Every entry quotes the next local headers in stored deflate blocks before the shared kernel."""
    names = [str(number).encode() for number in range(entries)]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = packer.compress(content) + packer.flush()
    plain, body, directory_parts = content, b"", []
    tail = stream
    for name in reversed(names):
        part = Part(name, plain, raw=tail)
        header = local_header(part)
        directory_parts.append((part, len(header) + len(tail)))
        body = header + tail
        tail = b"\x00" + struct.pack("<HH", len(header), len(header) ^ 0xFFFF) + header + tail
        plain = header + plain
    total = len(body)
    directory = b"".join(
        central_header(part, total - distance) for part, distance in reversed(directory_parts)
    )
    fields = {
        "disk": 0,
        "cd_disk": 0,
        "here": entries,
        "count": entries,
        "size": len(directory),
        "offset": total,
    }
    return body + directory + end_record(fields)
