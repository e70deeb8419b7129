"""Pictures: true ones by Pillow, and outlines whose headers promise more than there is."""

import struct
import zlib
from io import BytesIO

from PIL import Image

SIDE = (40, 30)


def drawn(form: str, mode: str = "RGB", *, size: tuple[int, int] = SIDE, **options: object) -> bytes:
    """A small true picture."""
    out = BytesIO()
    Image.new(mode, size, 7).save(out, form, **options)
    return out.getvalue()


def several(form: str, count: int) -> bytes:
    """A true picture of several frames or pages, each another shade."""
    frames = [Image.new("L", (8, 8), number % 256) for number in range(count)]
    out = BytesIO()
    options = {"duration": 20} if form in ("GIF", "PNG") else {}
    frames[0].save(out, form, save_all=True, append_images=frames[1:], **options)
    return out.getvalue()


def photograph(*, place: bool = False, orientation: int = 1) -> bytes:
    """A JPEG with an EXIF block."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    if place:
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (35.0, 41.0, 0.0)
    return drawn("JPEG", exif=exif.tobytes())


def png(
    width: int, height: int, *, stated_frames: int | None = None, frames: int = 0, bits: int = 8
) -> bytes:
    """The outline of a PNG: a header, as many animation frames as wanted, and one empty piece of picture."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0))]
    if stated_frames is not None:
        chunks.append((b"acTL", struct.pack(">II", stated_frames, 0)))
    chunks.append((b"IDAT", zlib.compress(bytes(10))))
    chunks += [(b"fcTL", bytes(26)), (b"fdAT", bytes(8))] * frames
    chunks.append((b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def jpeg(width: int, height: int) -> bytes:
    """The outline of a JPEG of that size."""
    frame = struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11, 0)
    return b"\xff\xd8" + _segment(0xC0, frame) + _segment(0xDA, b"\1\1\0\0\x3f\0") + b"\0\0\xff\xd9"


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def gif(width: int, height: int, frames: int = 1) -> bytes:
    """The outline of a GIF of so many tiny frames on a canvas of that size."""
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + frame * frames + b";"


def tiff(width: int, height: int, pages: int = 1, *, is_loop: bool = False, is_wide: bool = False) -> bytes:
    """The outline of a TIFF: one directory per page, each with width and height only."""
    count, offset, entry = ("<Q", "<Q", "<HHQQ") if is_wide else ("<H", "<L", "<HHLL")
    head = b"II+\0\x08\0\0\0" if is_wide else b"II*\0"
    first = len(head) + struct.calcsize(offset)
    size = struct.calcsize(count) + 2 * struct.calcsize(entry) + struct.calcsize(offset)
    body = bytearray(head + struct.pack(offset, first))
    for number in range(1, pages + 1):
        following = first + number * size if number < pages else (first if is_loop else 0)
        body += (
            struct.pack(count, 2)
            + struct.pack(entry, 256, 4, 1, width)
            + struct.pack(entry, 257, 4, 1, height)
        )
        body += struct.pack(offset, following)
    return bytes(body)


def heic(width: int = 4_032, height: int = 3_024) -> bytes:
    """The outline of a HEIC photograph with its size property."""
    size = struct.pack(">I4sIII", 20, b"ispe", 0, width, height)
    brand = struct.pack(">I4s4sI8s", 24, b"ftyp", b"heic", 0, b"mif1heic")
    return brand + struct.pack(">I4s", len(size) + 8, b"meta") + size
