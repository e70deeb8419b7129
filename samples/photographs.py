"""Small but valid photographs made by hand: JPEG, PNG, and the outline of a HEIC."""

import struct
import zlib
from random import Random

# ITU-T T.81 annex K: the typical Huffman table for luminance DC; for AC only EOB is needed by flat blocks.
_DC_LENGTHS = (0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
_DC_CODES = ("00", "010", "011", "100", "101", "110", "1110", "11110", "111110")
_AC_LENGTHS = (0, 1, *(0,) * 14)
_EOB = "00"
_COMMENT_MAX = 65_533


def jpeg(rng: Random, size: int) -> bytes:
    """Return a baseline grey JPEG mosaic of 160×120 pixels; comment segments fill up to about `size` bytes."""
    columns, rows = 20, 15
    frame = struct.pack(">BHHBBBB", 8, rows * 8, columns * 8, 1, 1, 0x11, 0)
    head = b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            _segment(0xDB, b"\0" + b"\x10" * 64),
            _segment(0xC0, frame),
            _segment(0xC4, b"\x00" + bytes(_DC_LENGTHS) + bytes(range(12))),
            _segment(0xC4, b"\x10" + bytes(_AC_LENGTHS) + b"\0"),
        )
    )
    scan = _segment(0xDA, b"\1\1\0\0\x3f\0") + _mosaic(rng, columns * rows) + b"\xff\xd9"
    filler = bytearray()
    while (missing := size - len(head) - len(filler) - len(scan) - 4) > 0:
        filler += _segment(0xFE, rng.randbytes(min(missing, _COMMENT_MAX)))
    return head + bytes(filler) + scan


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _mosaic(rng: Random, blocks: int) -> bytes:
    """Encode flat 8×8 blocks of random brightness (T.81 §F.1.2.1), with 0xFF stuffed and 1-bits as padding."""
    bits, last = [], 0
    for _ in range(blocks):
        value = rng.randint(-60, 60)
        bits.append(_dc(value - last) + _EOB)
        last = value
    stream = "".join(bits)
    stream += "1" * (-len(stream) % 8)
    return int(stream, 2).to_bytes(len(stream) // 8, "big").replace(b"\xff", b"\xff\0")


def _dc(difference: int) -> str:
    category = abs(difference).bit_length()
    offset = difference if difference >= 0 else difference + (1 << category) - 1
    return _DC_CODES[category] + (f"{offset:0{category}b}" if category else "")


def png(rng: Random, size: int) -> bytes:
    """Return a grey PNG of random pixels in stored deflate blocks: the same bytes under any zlib."""
    width = 128
    height = max(1, size // (width + 1))
    lines = b"".join(b"\0" + rng.randbytes(width) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", _stored_zlib(lines)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _stored_zlib(content: bytes) -> bytes:
    blocks = [content[start : start + 65_535] for start in range(0, len(content), 65_535)]
    body = b"".join(
        struct.pack("<BHH", index == len(blocks) - 1, len(block), len(block) ^ 0xFFFF) + block
        for index, block in enumerate(blocks)
    )
    return b"\x78\x01" + body + struct.pack(">I", zlib.adler32(content))


def heic(rng: Random, size: int) -> bytes:
    """Return the outline of a HEIC photograph: an `ftyp` box with brand heic, then a filled `mdat` box."""
    brands = struct.pack(">I4s4sI8s", 24, b"ftyp", b"heic", 0, b"mif1heic")
    content = rng.randbytes(max(64, size))
    return brands + struct.pack(">I4s", len(content) + 8, b"mdat") + content
