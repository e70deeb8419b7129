"""Reads the directory of a compound file and the beginnings of its streams, within bounds whatever the bytes say.

Source: [MS-CFB] §2.2 (header), §2.3 (FAT), §2.4 (mini FAT), §2.5 (DIFAT), §2.6 (directory).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct, error

_HEADER = Struct("<8s16xHHHHH6x9L")
_ENTRY = Struct("<64sHBBLLL16xL8x8xLQ")
_NUMBER = Struct("<L")
MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFFA  # from here on the numbers are marks
_STREAM, _ROOT = 2, 5
_ENTRIES = 16_384
_MINI_CUTOFF = 4_096


@dataclass(frozen=True, slots=True)
class CompoundEntry:
    """One storage or stream: its name, whether it is a stream, where it starts, its size in bytes."""

    name: str
    is_stream: bool
    start: int
    size: int


class CompoundFile:
    """A compound file over bytes in memory; whatever is broken in it reads as absent."""

    def __init__(self, data: bytes) -> None:
        """Read header, FAT and directory."""
        self._data = data
        self.entries: tuple[CompoundEntry, ...] = ()
        self.is_broken = True
        self._shift, self._mini_shift = 9, 6
        self._fat_sectors: list[int] = []
        self._mini_fat = self._mini_start = _LAST
        try:
            self._read_header()
        except error:
            return

    def _read_header(self) -> None:
        fields = _HEADER.unpack_from(self._data, 0)
        magic, _, major, order, shift, mini_shift = fields[:6]
        directory, mini_fat, difat, difats = fields[8], fields[11], fields[13], fields[14]
        if magic != MAGIC or order != 0xFFFE or (major, shift) not in ((3, 9), (4, 12)) or mini_shift != 6:
            return
        self._shift, self._mini_shift = shift, mini_shift
        self._fat_sectors = self._listed_fat(difat, min(difats, 1_024))
        self._mini_fat = mini_fat
        entries = list(self._read_entries(directory))
        self.entries = tuple(entry for entry, _ in entries)
        root = next((entry for entry, kind in entries if kind == _ROOT), None)
        self._mini_start = root.start if root else _LAST
        self.is_broken = root is None

    def beginning(self, name: str, length: int) -> bytes:
        """The first bytes of a stream, fewer where it or the file ends; empty without such a stream."""
        entry = next((one for one in self.entries if one.is_stream and one.name == name), None)
        if entry is None:
            return b""
        length = min(length, entry.size)
        if entry.size < _MINI_CUTOFF:
            return self._mini(entry.start, length)
        return self._chained(entry.start, length)

    def _sector(self, number: int) -> bytes:
        start = (number + 1) << self._shift
        return self._data[start : start + (1 << self._shift)]

    def _listed_fat(self, difat: int, difats: int) -> list[int]:
        """The FAT's sectors: 109 in the header, the others in the DIFAT's chain."""
        listed = [one for (one,) in _NUMBER.iter_unpack(self._data[76:512]) if one < _LAST]
        while difat < _LAST and difats:
            numbers = [one for (one,) in _NUMBER.iter_unpack(self._whole(self._sector(difat)))]
            if not numbers:
                break
            listed.extend(one for one in numbers[:-1] if one < _LAST)
            difat, difats = numbers[-1], difats - 1
        return listed

    @staticmethod
    def _whole(sector: bytes) -> bytes:
        return sector[: len(sector) & ~3]

    def _next(self, number: int) -> int:
        per_sector = 1 << self._shift - 2
        place = number // per_sector
        if place >= len(self._fat_sectors):
            return _LAST
        start = ((self._fat_sectors[place] + 1) << self._shift) + (number % per_sector) * 4
        if start + 4 > len(self._data):
            return _LAST
        (following,) = _NUMBER.unpack_from(self._data, start)
        return int(following)

    def _chain(self, number: int, most: int) -> Iterator[bytes]:
        """The sectors of a chain, at most so many: a chain that turns back ends there."""
        while number < _LAST and most > 0:
            sector = self._sector(number)
            if not sector:
                return
            yield sector
            number, most = self._next(number), most - 1

    def _chained(self, start: int, length: int) -> bytes:
        most = (length >> self._shift) + 1
        return b"".join(self._chain(start, most))[:length]

    def _mini(self, start: int, length: int) -> bytes:
        """The first bytes of a small stream, which lies in 64-byte pieces of the root's stream."""
        pieces, missing, steps = [], length, _MINI_CUTOFF >> self._mini_shift
        table = self._chained(self._mini_fat, 1 << 20)
        stream = self._chained(self._mini_start, 1 << 22)
        while start < _LAST and missing > 0 and steps:
            at = start << self._mini_shift
            piece = stream[at : at + min(missing, 1 << self._mini_shift)]
            pieces.append(piece)
            missing, steps = missing - len(piece), steps - 1
            if not piece or start * 4 + 4 > len(table):
                break
            (start,) = _NUMBER.unpack_from(table, start * 4)
        return b"".join(pieces)

    def _read_entries(self, start: int) -> Iterator[tuple[CompoundEntry, int]]:
        most = _ENTRIES * _ENTRY.size >> self._shift
        for sector in self._chain(start, most):
            for raw in range(0, len(sector) - _ENTRY.size + 1, _ENTRY.size):
                name, length, kind, _, _, _, _, _, first, size = _ENTRY.unpack_from(sector, raw)
                if kind and 2 <= length <= 64:
                    text = name[: length - 2].decode("utf-16-le", "replace")
                    size = size & 0xFFFFFFFF if self._shift == 9 else size
                    yield CompoundEntry(text, kind == _STREAM, first, size), kind
