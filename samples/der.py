"""A DER writer just large enough for certificates' otherName values and CMS signatures (X.690)."""

from collections.abc import Iterable
from datetime import UTC, datetime


def tagged(tag: int, content: bytes) -> bytes:
    """Return one definite-length TLV."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def sequence(*parts: bytes) -> bytes:
    return tagged(0x30, b"".join(parts))


def set_of(parts: Iterable[bytes]) -> bytes:
    """Return a SET OF with its elements in DER order (X.690 §11.6)."""
    return tagged(0x31, b"".join(sorted(parts)))


def context(number: int, content: bytes) -> bytes:
    """Return a constructed context-specific element."""
    return tagged(0xA0 | number, content)


def integer(value: int) -> bytes:
    return tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(content: bytes) -> bytes:
    return tagged(0x04, content)


def null() -> bytes:
    return b"\x05\x00"


def utf8(text: str) -> bytes:
    return tagged(0x0C, text.encode())


def utc_time(moment: datetime) -> bytes:
    """Return a UTCTime of an aware moment between 1950 and 2049 (RFC 5280 §4.1.2.5.1)."""
    return tagged(0x17, moment.astimezone(UTC).strftime("%y%m%d%H%M%SZ").encode())


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return tagged(0x06, b"".join(_base128(arc) for arc in (first * 40 + second, *rest)))


def _base128(arc: int) -> bytes:
    septets = [arc & 0x7F]
    while arc := arc >> 7:
        septets.append(arc & 0x7F | 0x80)
    return bytes(reversed(septets))
