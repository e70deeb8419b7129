"""Reads the structure of a PDF: object streams, the cross-reference from the end, and how deep objects nest.

Source: ISO 32000-1 §7.5.4 (table), §7.5.5 (trailer), §7.5.7 (object streams), §7.5.8 (cross-reference streams).
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from zlib_ng import zlib_ng

from .report import DAMAGED, TOO_LARGE, UNSEEN, Inspection

_STREAM_ERROR: type[Exception] = zlib_ng.error  # type: ignore[assignment]  # the stub calls the class an instance
_OWNER = re.compile(rb"(\d{1,10})\s{1,20}\d{1,5}\s{1,20}\Z")
_SECTION = re.compile(rb"\s{0,32}(?:(xref)\b|\d{1,10}\s{1,20}\d{1,5}\s{1,20}obj\b)")
_START = re.compile(rb"startxref\s{1,40}(\d{1,12})")
_PREVIOUS = re.compile(rb"/Prev\s{1,40}(\d{1,12})")
_FIRST = re.compile(rb"/First\s{1,40}(\d{1,9})")
_FILTER = re.compile(rb"/Filter\s{0,40}(\[[^\]]{0,200}\]|/\w{1,40})")
_BRACKETS = re.compile(rb"<<|>>|[\[\]]")
_DEEP_ARRAY, _DEEP_SPACED = b"[" * 200, b"[ " * 200
OBJECT_BYTES = 262_144
_XREF_BYTES = 16_777_216
_ENDING = 2_048


class FileObjects:
    """The objects that stand in the file itself."""

    def __init__(self, text: bytes) -> None:
        """Nothing is searched yet."""
        self.text = text

    def owner_of(self, place: int) -> int:
        """The number of the object that a place lies in; 0 when it lies in none."""
        at = self.text.rfind(b"obj", max(0, place - OBJECT_BYTES), place)
        number = _OWNER.search(self.text[max(0, at - 40) : max(0, at)])
        return int(number[1]) if number else 0

    def around(self, start: int, end: int) -> bytes:
        """The object that a stretch lies in, as far as it can be told; what lies about it where it cannot."""
        opening = self.text.rfind(b"obj", max(0, start - OBJECT_BYTES), start)
        closing = self.text.find(b"endobj", end, end + OBJECT_BYTES)
        if opening < 0 or closing < 0:
            return self.text[max(0, start - OBJECT_BYTES) : end + OBJECT_BYTES]
        return self.text[opening:closing]

    def place_of(self, number: int) -> int:
        """Where an object's content begins; -1 when it is not here. Searches the whole text."""
        mark = b"%d 0 obj" % number
        at = self.text.find(mark)
        while at > 0 and self.text[at - 1 : at].isdigit():
            at = self.text.find(mark, at + 1)
        return at + len(mark) if at >= 0 else -1


class PackedObjects(FileObjects):
    """The objects of one object stream; it begins with pairs of number and place（§7.5.7）."""

    def __init__(self, text: bytes, first: int) -> None:
        """Read the pairs."""
        super().__init__(text)
        pairs = [int(one) for one in re.findall(rb"\d{1,10}", text[: min(first, OBJECT_BYTES)])]
        listed = sorted(zip((first + at for at in pairs[1::2]), pairs[::2], strict=False))
        self._places = [place for place, _ in listed]
        self._numbers = [number for _, number in listed]

    def owner_of(self, place: int) -> int:
        """As in a file."""
        at = bisect_right(self._places, place) - 1
        return self._numbers[at] if at >= 0 else 0

    def around(self, start: int, end: int) -> bytes:
        """As in a file."""
        at = bisect_right(self._places, start)
        return self.text[
            self._places[at - 1] if at else 0 : self._places[at] if at < len(self._places) else None
        ]

    def place_of(self, number: int) -> int:
        """As in a file."""
        return self._places[self._numbers.index(number)] if number in self._numbers else -1


def packed_objects(data: bytes, places: Sequence[int], inspection: Inspection) -> Iterator[PackedObjects]:
    """The object streams at these places of a file, as far as the effort reaches."""
    for place in places:
        opening = max(0, data.rfind(b"obj", max(0, place - 4_096), place))
        keyword = data.find(b"stream", place, place + 4_096)
        first = _FIRST.search(data, opening, keyword) if keyword >= 0 else None
        text = _plain(data, opening, keyword, inspection) if first else None
        if text is None or first is None:
            inspection.flag(UNSEEN, "object_stream")
            continue
        yield PackedObjects(text, int(first[1]))


def _plain(data: bytes, opening: int, keyword: int, inspection: Inspection) -> bytes | None:
    """The plain bytes of an object stream; None when it is packed otherwise than by Flate, or larger than allowed."""
    header = data[opening:keyword]
    start = keyword + len(b"stream")
    start += 2 if data.startswith(b"\r\n", start) else 1
    if b"#" in header:  # a name that is escaped here has no honest reason
        return None
    packing = _FILTER.search(header)
    if packing is None:
        end = data.find(b"endstream", start)
        return data[start : end if end >= 0 else start + OBJECT_BYTES]
    if packing[1].strip(b"[] \t\r\n/") not in (b"FlateDecode", b"Fl") or b"/Predictor" in header:
        return None
    most = inspection.left_to_inflate
    try:
        text = zlib_ng.decompressobj().decompress(memoryview(data)[start:], most + 1) if most else b""
    except _STREAM_ERROR:
        inspection.inflated += most
        return None
    inspection.inflated += len(text)
    return text if 0 < len(text) <= most else None


def follow_xref(data: bytes, inspection: Inspection) -> None:
    """From the end along /Prev; a chain that turns back never ends in a careless reader（A10）."""
    ending = data[-_ENDING:]
    starts = _START.findall(ending)
    if not starts or b"%%EOF" not in ending:
        inspection.flag(DAMAGED, "ending")
        return
    place, seen, read = int(starts[-1]), set[int](), 0
    while inspection.step() and read < _XREF_BYTES:
        if place in seen:
            inspection.seal(TOO_LARGE, "xref_loop")
            return
        seen.add(place)
        section = _SECTION.match(data, place)
        if section is None:
            inspection.flag(DAMAGED, "xref")
            return
        at = data.find(b"trailer", place, place + _XREF_BYTES) if section[1] else place
        read += max(at - place, 0) + _ENDING
        ends = data.find(
            b"stream" if not section[1] else b"startxref", max(at, place), max(at, place) + 4_096
        )
        previous = _PREVIOUS.search(data, max(at, place), ends if ends >= 0 else max(at, place) + 4_096)
        if previous is None:
            return
        place = int(previous[1])
    inspection.flag(UNSEEN, "xref")


def is_deep(data: bytes, inspection: Inspection) -> bool:
    """Whether arrays and dictionaries nest deeper than any document needs; counted only by a thorough look."""
    if not inspection.effort.is_thorough:
        return _DEEP_ARRAY in data or _DEEP_SPACED in data
    for part in _outside_streams(data):
        depth = 0
        for match in _BRACKETS.finditer(part):
            if not inspection.step():
                return False
            depth = depth + 1 if match[0] in (b"<<", b"[") else max(0, depth - 1)
            if depth > len(_DEEP_ARRAY):
                return True
    return False


def _outside_streams(data: bytes) -> Iterator[bytes]:
    place = 0
    while (at := data.find(b"stream", place)) >= 0:
        yield data[place:at]
        end = data.find(b"endstream", at)
        if end < 0:
            return
        place = end + len(b"endstream")
    yield data[place:]
