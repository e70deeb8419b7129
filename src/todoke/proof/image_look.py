"""Looks into pictures by their headers alone: pixels, frames, colours, EXIF, and whether they end where they should.

Source: ITU-T T.81 annex B (JPEG), ISO/IEC 15948 and the APNG extension (PNG), GIF89a specification, ISO/IEC 23008-12
(HEIF). No pixel is decoded.
"""

from struct import Struct

from . import tiff_look
from .report import DAMAGED, UNSEEN, Inspection, Trait

_LENGTH = Struct(">H")
_FRAME = Struct(">BHHB")
_CHUNK = Struct(">L4s")
_SIZE = Struct(">LL")
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SCAN, _END, _APP1 = 0xDA, 0xD9, 0xE1
_PNG_END = b"IEND\xaeB`\x82"
_TAIL = 65_536


def look_jpeg(data: bytes, inspection: Inspection, tail: bytes | None = None) -> None:
    """Walk the segments up to the first scan; `tail` stands for the end of a picture of which this is the start."""
    place = _segments(data, inspection)
    if place < 0 and (tail is None or inspection.pixels == 0):
        _cut_short(inspection, tail)
        return
    if inspection.pixels == 0:
        inspection.flag(DAMAGED, "no_frame")
    inspection.count_pages(1)
    if tail is not None:
        is_ended = b"\xff\xd9" in tail
    else:
        is_ended = data.endswith(b"\xff\xd9") or data.rfind(b"\xff\xd9", place) >= 0
    if not is_ended:
        inspection.flag(DAMAGED, "truncated")


def _segments(data: bytes, inspection: Inspection) -> int:
    """The place of the first scan; -1 when the segments do not lead to one."""
    place = 2
    while inspection.step():
        place = _marker(data, place)
        if place < 0 or place + 4 > len(data) or data[place + 1] == _END:
            return -1
        kind = data[place + 1]
        if kind in _ALONE:
            place += 2
            continue
        (length,) = _LENGTH.unpack_from(data, place + 2)
        content = place + 4
        if kind == _SCAN:
            return place
        if kind in _FRAMES and content + _FRAME.size <= len(data):
            precision, height, width, colours = _FRAME.unpack_from(data, content)
            inspection.picture(width, height)
            inspection.traits.update(
                {Trait.CMYK} if colours == 4 else (), {Trait.DEEP_COLOUR} if precision > 8 else ()
            )
        elif kind == _APP1 and data.startswith(b"Exif\0\0", content):
            tiff_look.look_exif(data[content + 6 : place + 2 + length], inspection)
        place += 2 + max(2, length)
    return -1


def _cut_short(inspection: Inspection, tail: bytes | None) -> None:
    """The header ends too early: damage in a whole picture, not known of one whose start alone is at hand."""
    if tail is None:
        inspection.flag(DAMAGED, "truncated")
    else:
        inspection.flag(UNSEEN, "header")


def _marker(data: bytes, place: int) -> int:
    """Where the marker at a place begins when its fill bytes are passed; -1 when there is none."""
    if data[place : place + 1] != b"\xff":
        return -1
    end = min(len(data), place + 1_024)
    while place + 1 < end and data[place + 1] == 0xFF:
        place += 1
    return place if place + 1 < len(data) else -1


def look_png(data: bytes, inspection: Inspection, tail: bytes | None = None) -> None:
    """Walk the chunks up to the first piece of the picture; frames of an animation are counted, not believed."""
    place, frames, is_animated = 8, 1, False
    while inspection.step():
        if place + 12 > len(data):
            _cut_short(inspection, tail)
            return
        length, kind = _CHUNK.unpack_from(data, place)
        content = place + 8
        if kind == b"IHDR" and length >= 13 and content + 10 <= len(data):
            inspection.picture(*_SIZE.unpack_from(data, content))
            inspection.traits.update({Trait.DEEP_COLOUR} if data[content + 8] == 16 else ())
        elif kind == b"acTL" and length >= 8:
            is_animated, frames = True, int.from_bytes(data[content : content + 4], "big")
        elif kind == b"eXIf":
            tiff_look.look_exif(data[content : content + length], inspection)
        elif kind in (b"IDAT", b"IEND"):
            break
        place = content + length + 4
    if is_animated:
        inspection.traits.add(Trait.ANIMATED)
        frames = max(frames, data.count(b"fcTL"))
        if tail is not None:
            inspection.flag(UNSEEN, "frames")
    inspection.count_pages(frames)
    _png_ending(data if tail is None else tail, inspection)


def _png_ending(data: bytes, inspection: Inspection) -> None:
    if inspection.pixels == 0:
        inspection.flag(DAMAGED, "no_frame")
    if not data.endswith(_PNG_END) and data.rfind(_PNG_END) < 0:
        inspection.flag(DAMAGED, "truncated")


def look_gif(data: bytes, inspection: Inspection) -> None:
    """Walk the blocks and count the frames."""
    if len(data) < 13:
        inspection.flag(DAMAGED, "truncated")
        return
    inspection.picture(int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"))
    place, frames = 13 + _colours(data[10]), 0
    while inspection.step():
        kind = data[place : place + 1]
        if kind == b"!":
            place = _behind_pieces(data, place + 2, inspection)
        elif kind == b"," and place + 10 <= len(data):
            frames += 1
            left, top, width, height = (
                int.from_bytes(data[at : at + 2], "little") for at in range(place + 1, place + 9, 2)
            )
            inspection.picture(left + width, top + height)
            place = _behind_pieces(data, place + 11 + _colours(data[place + 9]), inspection)
        else:
            if kind != b";":
                inspection.flag(DAMAGED, "truncated")
            break
        if frames > inspection.limits.pages:
            break
    inspection.count_pages(frames)
    inspection.traits.update({Trait.ANIMATED} if frames > 1 else ())


def _colours(flags: int) -> int:
    """The bytes of a colour table as its flags state."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _behind_pieces(data: bytes, place: int, inspection: Inspection) -> int:
    """Behind a chain of pieces of at most 255 bytes; at the end of the data when the chain does not end."""
    steps, most = 0, inspection.effort.steps << 3
    while place < len(data) and steps < most and (length := data[place]):
        place += 1 + length
        steps += 1
    inspection.step(steps >> 3)
    return place + 1


def look_heic(data: bytes, inspection: Inspection) -> None:
    """The sizes that the properties of a HEIF picture state（`ispe`）."""
    place = data.find(b"ispe", 0, 1_048_576)
    while place >= 0 and place + 16 <= len(data) and inspection.step():
        inspection.picture(*_SIZE.unpack_from(data, place + 8))
        place = data.find(b"ispe", place + 4, 1_048_576)
