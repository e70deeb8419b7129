"""A strict walk over the JPEG and PNG files that the confined worker hands out: only what a plain picture needs.

The worker has parsed hostile bytes, so it is not believed. A marker or chunk that could carry anything but pixels
refuses the whole copy. Sources: ITU-T T.81 (JPEG) Annex B, RFC 2083 and PNG third edition §5.
"""

import re
import zlib

MOST_PIXELS = 50_000_000
_NEXT_MARKER = re.compile(rb"\xff(?![\x00\xd0-\xd7])")
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_TABLES = frozenset({0xDB, 0xC4, 0xDD, 0xE0})  # quantisation, Huffman, restart interval, JFIF
_START, _SCAN, _END = 0xD8, 0xDA, 0xD9
_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


Buffer = bytes | memoryview


class NotPlain(ValueError):
    """The bytes are no plain picture."""


def size_of_jpeg(data: Buffer) -> tuple[int, int, int]:
    """Width, height and number of components of a plain JPEG. Raises NotPlain."""
    if data[:2] != b"\xff\xd8":
        raise NotPlain
    place, found = 2, None
    while True:
        marker, length = _segment(data, place)
        if marker == _END:
            break
        if marker in _FRAMES and found is None:
            found = _frame(data, place)
        elif marker not in _TABLES and marker != _SCAN:
            raise NotPlain
        place += 2 + length
        if marker == _SCAN:
            place = _after_scan(data, place)
    if found is None or place + 2 != len(data):
        raise NotPlain
    return found


def _segment(data: Buffer, place: int) -> tuple[int, int]:
    head = data[place : place + 4]
    if len(head) < 2 or head[0] != 0xFF:
        raise NotPlain
    if head[1] == _END:
        return _END, 0
    length = int.from_bytes(head[2:4], "big")
    if len(head) < 4 or length < 2 or place + 2 + length > len(data):
        raise NotPlain
    return head[1], length


def _frame(data: Buffer, place: int) -> tuple[int, int, int]:
    height, width = (int.from_bytes(data[place + at : place + at + 2], "big") for at in (5, 7))
    components = data[place + 9]
    if not 0 < width * height <= MOST_PIXELS or components not in (1, 3):
        raise NotPlain
    return width, height, components


def _after_scan(data: Buffer, place: int) -> int:
    found = _NEXT_MARKER.search(data, place)
    if found is None:
        raise NotPlain
    return found.start()


def size_of_png(data: Buffer) -> tuple[int, int]:
    """Width and height of a plain PNG whose checksums are right. Raises NotPlain."""
    if data[: len(_PNG)] != _PNG:
        raise NotPlain
    place, names = len(_PNG), list[bytes]()
    while place < len(data):
        length, name = int.from_bytes(data[place : place + 4], "big"), bytes(data[place + 4 : place + 8])
        end = place + 12 + length
        if name not in _CHUNKS or end > len(data):
            raise NotPlain
        if zlib.crc32(data[place + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise NotPlain
        names.append(name)
        place = end
    if names[:1] != [b"IHDR"] or names[-1:] != [b"IEND"] or names.count(b"IEND") != 1:
        raise NotPlain
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    if not 0 < width * height <= MOST_PIXELS:
        raise NotPlain
    return width, height
