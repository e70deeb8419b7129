"""The entries of one revocation list, read in windows and kept as one sorted table（失効した証明書の一覧）.

Source: RFC 5280 §5.1.2.6, §5.3.1. A list has a million entries, nearly all of the same few forms: those are read many
at a time by one expression that must match from entry to entry without a gap; any other is walked one by one.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, datetime
from mmap import mmap
from typing import NamedTuple, Self

from . import der
from .der import DerRefused, Element, Reader

OCTETS = 20  # of a serial, RFC 5280 §4.1.2.2
_RECORD = OCTETS + 8  # serial, the digits of YYYYMMDDHHMMSS two to an octet, reason
_STRIDE = 64  # one fence post in so many records: the table is then searched in a single short piece
_AT_ONCE = 4_096
_WINDOW = 1 << 15  # octets of a list that are read at a time
_WALKED = 256  # entries that are walked one by one before the expression is tried again
_REASON = bytes.fromhex("551d15")
_USUAL_REASON = "\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01"  # not critical, one octet: it follows
_WITH_REASON, _WITHOUT = 31, 17  # octets of an entry beside those of its serial
_LENGTHS = (20, 21, 16, 8, *(length for length in range(1, 20) if length not in {8, 16}))
_SERIALS = "|".join(
    rf"(?<=\x{length:02x})" + (r"\0[\x80-\xff].{19}" if length == 21 else rf"[\0-\x7f].{{{length - 1}}}")
    for length in _LENGTHS
)
# Outer length, serial's length, serial, UTCTime of this century's first half, reason; or all that does not fit.
_USUAL = re.compile(
    rf"(?s)\x30([\x14-\x7f])\x02([\x01-\x15])({_SERIALS})\x17\x0d([0-4][0-9]{{11}})Z(?:{re.escape(_USUAL_REASON)}(.))?|(.+)"
)


class Entry(NamedTuple):
    """What a list says of one serial: the number of the reason（0 when it says none）and since when."""

    code: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Entries:
    """Sorted records of 28 octets, and every 64th serial again, by which a record is found; the DER is not kept.

    A date that is none（31 February）counts from `this_update`, without a reason: it is revoked all the same.
    """

    this_update: datetime
    records: mmap | bytes = field(default=b"", repr=False)
    fence: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def read(cls, content: bytes, revoked: Element | None, this_update: datetime) -> Self:
        """The entries inside `revokedCertificates`; raises DerRefused where they cannot be told apart."""
        if revoked is None:
            return cls(this_update)
        records = _sorted(_texts(content, revoked, this_update))
        return cls(this_update, records, _posts(records))

    def __len__(self) -> int:
        """How many entries the list has."""
        return len(self.records) // _RECORD

    def find(self, serial: bytes) -> Entry | None:
        """What is said of a serial (20 octets), its earliest word first, or None when it is not listed."""
        post = max(bisect_left(self.fence, serial) - 1, 0) * _STRIDE * _RECORD
        piece = self.records[post : post + (_STRIDE + 1) * _RECORD]
        at = piece.find(serial)
        while at % _RECORD and at >= 0:
            at = piece.find(serial, at + 1)  # the same octets across two records
        return self._entry(piece[at + OCTETS : at + _RECORD]) if at >= 0 else None

    def _entry(self, meaning: bytes) -> Entry:
        text = meaning[:7].hex()
        try:
            since = datetime(
                int(text[:4]), int(text[4:6]), int(text[6:8]), int(text[8:10]), int(text[10:12]), int(text[12:]),
                tzinfo=UTC,
            )  # fmt: skip
        except ValueError:
            return Entry(0, self.this_update)
        return Entry(meaning[7], since)


def _sorted(texts: list[str]) -> mmap | bytes:
    """The records in order, in memory that goes back to the system with them."""
    if not texts:
        return b""
    texts.sort()  # Latin 1 text sorts as the bytes do, and twice as fast
    table = mmap(-1, len(texts) * _RECORD)
    for at in range(0, len(texts), _AT_ONCE):
        table.write("".join(texts[at : at + _AT_ONCE]).encode("latin-1"))
    return table


def _posts(records: mmap | bytes) -> tuple[bytes, ...]:
    """Read back from the table: made earlier, they would lie among the texts and keep their memory."""
    return tuple(records[at : at + OCTETS] for at in range(0, len(records), _STRIDE * _RECORD))


def _texts(content: bytes, revoked: Element, this_update: datetime) -> list[str]:
    texts: list[str] = []
    at, stop = revoked.start, revoked.stop
    while at < stop:
        read = _usual(content[at : min(at + _WINDOW, stop)].decode("latin-1"), texts)
        at += read
        for _ in range(0 if read else _WALKED):
            if at < stop:
                text, at = _walked(content, at, stop, this_update)
                texts.append(text)
    return texts


def _usual(window: str, texts: list[str]) -> int:
    """Add the records of the usual entries that a window begins with; returns how many octets they fill."""
    parts = _USUAL.split(window)  # an empty text and six groups per match, and an empty text
    count = len(parts) // 7 - (parts[-2] is not None)
    if count and not _fits(parts[count * 7 - 6], parts[count * 7 - 5], parts[count * 7 - 2]):
        count -= 1  # it goes on with something else, such as another extension
    if not count:
        return 0
    outer, lengths, serials, moments, reasons = (parts[group : count * 7 : 7] for group in range(1, 6))
    if not all(_fits(*shape) for shape in _shapes(outer, lengths, reasons)):
        raise DerRefused
    if set(lengths) != {"\x14"}:
        serials = [one[-OCTETS:].rjust(OCTETS, "\0") for one in serials]
    packed = bytes.fromhex("20" + "20".join(moments)).decode("latin-1")
    dates = [packed[at : at + 7] for at in range(0, len(packed), 7)]
    texts += map("".join, zip(serials, dates, [one or "\0" for one in reasons], strict=True))
    return sum("".join(outer).encode("latin-1")) + 2 * count


def _shapes(
    outer: list[str], lengths: list[str], reasons: list[str | None]
) -> set[tuple[str, str, str | None]]:
    """The different forms among entries; nearly always there is only one."""
    if len(set(outer)) == len(set(lengths)) == 1 and None not in set(reasons):
        return {(outer[0], lengths[0], reasons[0])}
    return set(zip(outer, lengths, reasons, strict=True))


def _fits(outer: str, length: str, reason: str | None) -> bool:
    """Whether the outer length is that of what was read."""
    return ord(outer) == ord(length) + (_WITHOUT if reason is None else _WITH_REASON)


def _walked(content: bytes, at: int, stop: int, this_update: datetime) -> tuple[str, int]:
    """The record of one entry of any form, and where the next begins."""
    outer = der.read(content, at, stop)
    fields = Reader(content, outer)
    serial = der.content(content, fields.take(der.INTEGER))
    if outer.tag != der.SEQUENCE or not serial or serial[0] >= 0x80:
        raise DerRefused
    serial = serial.removeprefix(b"\0") if len(serial) > OCTETS else serial
    if len(serial) > OCTETS:
        raise DerRefused
    try:
        code, since = _meaning(fields, content)
    except DerRefused:
        code, since = 0, this_update  # revoked without reason, at the latest when the list was made
    moment = bytes.fromhex(f"{since.year:04}{since:%m%d%H%M%S}")
    record = serial.rjust(OCTETS, b"\0") + moment + bytes((code,))
    return record.decode("latin-1"), outer.stop


def _meaning(fields: Reader, content: bytes) -> tuple[int, datetime]:
    since = der.time(content, fields.take(der.UTC_TIME, der.GENERALIZED_TIME))
    extensions = fields.take_if(der.SEQUENCE)
    for extension in Reader(content, extensions).rest() if extensions else ():
        parts = Reader(content, extension)
        kind = der.content(content, parts.take(der.OBJECT_IDENTIFIER))
        parts.take_if(der.BOOLEAN)
        value = der.content(content, parts.take(der.OCTET_STRING))
        if kind == _REASON:
            number = der.content(value, Reader(value).take(der.ENUMERATED))
            return min(int.from_bytes(number, "big"), 255), since
    return 0, since
