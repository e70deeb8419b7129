"""Looks into TIFF directories: the pages of a TIFF picture, and the EXIF block of a photograph.

Source: TIFF 6.0 section 2; BigTIFF; Exif 2.32 §4.6 (the same directories inside JPEG and PNG).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

from .report import DAMAGED, LOCATION, TOO_LARGE, Inspection, Trait

WIDTH, HEIGHT, BITS, COLOURS, ORIENTATION, PLACE = 256, 257, 258, 262, 274, 34_853
_CMYK = 5
_SIZES = {1: 1, 3: 2, 4: 4, 16: 8}  # BYTE, SHORT, LONG, LONG8
_ENTRIES = 4_096  # no picture needs more in one directory


@dataclass(frozen=True, slots=True)
class _Form:
    """Byte order and widths of a file: how to read counts, offsets and entries."""

    order: str
    is_wide: bool

    @property
    def count(self) -> Struct:
        return Struct(self.order + ("Q" if self.is_wide else "H"))

    @property
    def offset(self) -> Struct:
        return Struct(self.order + ("Q" if self.is_wide else "L"))

    @property
    def entry(self) -> Struct:
        return Struct(self.order + ("HHQ8s" if self.is_wide else "HHL4s"))


def look(data: bytes, inspection: Inspection) -> None:
    """Measure every page of a TIFF picture; a chain of pages that turns back is refused（A10）."""
    pages = 0
    for tags in _directories(data, inspection):
        pages += 1
        inspection.picture(tags.get(WIDTH, 0), tags.get(HEIGHT, 0))
        _describe(tags, inspection)
        if pages > inspection.limits.pages:
            break
    inspection.count_pages(pages)
    if not pages:
        inspection.flag(DAMAGED, "no_pages")


def look_exif(block: bytes, inspection: Inspection) -> None:
    """What a photograph's EXIF block says of its orientation and of where it was taken; its faults do not matter."""
    tried = Inspection(inspection.limits, inspection.effort)
    for tags in _directories(block, tried):
        _describe(tags, inspection)
        return


def _describe(tags: dict[int, int], inspection: Inspection) -> None:
    if tags.get(COLOURS) == _CMYK:
        inspection.traits.add(Trait.CMYK)
    if tags.get(BITS, 0) > 8:
        inspection.traits.add(Trait.DEEP_COLOUR)
    if tags.get(ORIENTATION, 1) not in (0, 1):
        inspection.traits.add(Trait.ROTATED)
    if PLACE in tags:
        inspection.traits.add(Trait.LOCATED)
        inspection.note(LOCATION)


def _directories(data: bytes, inspection: Inspection) -> Iterator[dict[int, int]]:
    """The numbers of each directory by tag, in the order of the chain."""
    form = _form_of(data)
    start = form.offset if form else None
    at = 8 if form and form.is_wide else 4
    if form is None or start is None or at + start.size > len(data):
        return
    place, seen = start.unpack_from(data, at)[0], set[int]()
    while place and inspection.step():
        if place in seen:
            inspection.seal(TOO_LARGE, "page_loop")
            return
        seen.add(place)
        if place + form.count.size > len(data):
            inspection.flag(DAMAGED, "truncated")
            return
        count = form.count.unpack_from(data, place)[0]
        entries = place + form.count.size
        end = entries + count * form.entry.size
        if count > _ENTRIES or end + form.offset.size > len(data):
            inspection.flag(DAMAGED, "truncated")
            return
        inspection.step(count >> 4)
        yield _numbers(data[entries:end], form)
        place = form.offset.unpack_from(data, end)[0]


def _form_of(data: bytes) -> _Form | None:
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        return None
    mark = data[2:4] if order == ">" else data[3:1:-1]
    return (
        _Form(order, is_wide=True)
        if mark == b"\0+"
        else _Form(order, is_wide=False)
        if mark == b"\0*"
        else None
    )


def _numbers(entries: bytes, form: _Form) -> dict[int, int]:
    """The first number of each entry of the tags that are asked for; one that lies elsewhere counts as 0."""
    found: dict[int, int] = {}
    for tag, kind, count, raw in form.entry.iter_unpack(entries):
        if tag in (WIDTH, HEIGHT, BITS, COLOURS, ORIENTATION, PLACE) and count:
            size = _SIZES.get(kind, 0)
            inside = size * count <= len(raw)
            found[tag] = int.from_bytes(raw[:size], "little" if form.order == "<" else "big") if inside else 0
    return found
