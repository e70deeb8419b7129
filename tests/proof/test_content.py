"""Looking into files: good files pass untouched, any bytes at all end in a report, and the work stays bounded."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from random import Random

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from samples import documents, photographs
from tests.hostile import attachments
from tests.hostile.material import compounds, offices, pdfs, pictures
from tests.proof.content_entries import ENTRIES
from todoke.proof import content, sniff
from todoke.proof.compound import CompoundFile
from todoke.proof.report import (
    LOCATION,
    QUICK,
    THOROUGH,
    TOO_LARGE,
    UNSEEN,
    USUAL,
    ContentLimits,
    Effort,
    Gravity,
    Inspection,
    Trait,
)
from todoke.proof.sniff import FileKind

NOTHING = Effort(inflated_bytes=0, steps=0, text_bytes=0)


def drawn_pdf(pages: int = 1) -> bytes:
    """A PDF as Pillow writes it."""
    sheets = [Image.new("RGB", (120, 90), (shade, 9, 9)) for shade in range(pages)]
    out = BytesIO()
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:], title="架空")
    return out.getvalue()


def rewritten_pdf(pages: int = 3) -> bytes:
    """A PDF as PDFium writes it."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    out = BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


GOOD: dict[str, tuple[Callable[[], bytes], FileKind, int]] = {
    "pdf of the samples": (lambda: documents.pdf(Random(1), 60_000), FileKind.PDF, 1),
    "pdf by Pillow": (drawn_pdf, FileKind.PDF, 1),
    "pdf of 40 pages by Pillow": (lambda: drawn_pdf(40), FileKind.PDF, 40),
    "pdf by PDFium": (rewritten_pdf, FileKind.PDF, 3),
    "jpeg of the samples": (lambda: photographs.jpeg(Random(1), 90_000), FileKind.JPEG, 1),
    "jpeg by Pillow": (lambda: pictures.drawn("JPEG"), FileKind.JPEG, 1),
    "progressive jpeg": (lambda: pictures.drawn("JPEG", progressive=True), FileKind.JPEG, 1),
    "png of the samples": (lambda: photographs.png(Random(1), 90_000), FileKind.PNG, 1),
    "png by Pillow": (lambda: pictures.drawn("PNG", "RGBA"), FileKind.PNG, 1),
    "apng": (lambda: pictures.several("PNG", 5), FileKind.PNG, 5),
    "gif": (lambda: pictures.drawn("GIF", "P"), FileKind.GIF, 1),
    "animated gif": (lambda: pictures.several("GIF", 7), FileKind.GIF, 7),
    "tiff": (lambda: pictures.drawn("TIFF", compression="tiff_lzw"), FileKind.TIFF, 1),
    "tiff of 9 pages": (lambda: pictures.several("TIFF", 9), FileKind.TIFF, 9),
    "docx": (lambda: documents.docx(Random(1), 20_000), FileKind.DOCX, 0),
    "xlsx": (lambda: documents.xlsx(Random(1), 20_000), FileKind.XLSX, 0),
    "doc": (lambda: compounds.word(b"text"), FileKind.DOC, 0),
    "xls": (lambda: compounds.sheets(compounds.bound_sheet(0)), FileKind.XLS, 0),
    "ppt": (compounds.slides, FileKind.PPT, 0),
    "text": (lambda: documents.text(Random(1), 3_000), FileKind.TEXT, 0),
    "csv": (lambda: "品目,金額\r\n机,1\r\n".encode("cp932"), FileKind.CSV, 0),
}
good = pytest.mark.parametrize("name", GOOD)


@good
def test_a_good_file_is_sound_however_closely_it_is_looked_at(name: str) -> None:
    make, kind, pages = GOOD[name]
    data = make()
    for effort in (QUICK, THOROUGH):
        report = content.look(data, effort=effort)
        assert (report.kind, report.findings, report.pages) == (kind, (), pages)


def test_a_picture_is_measured_by_its_header() -> None:
    assert content.look(pictures.drawn("JPEG", size=(64, 48))).pixels == 64 * 48
    assert content.look(pictures.tiff(300, 200)).pixels == 60_000


@pytest.mark.parametrize(
    ("make", "trait"),
    [
        (lambda: pictures.drawn("JPEG", "CMYK"), Trait.CMYK),
        (lambda: pictures.drawn("TIFF", "CMYK"), Trait.CMYK),
        (lambda: pictures.drawn("PNG", "I;16"), Trait.DEEP_COLOUR),
        (lambda: pictures.drawn("TIFF", "I;16"), Trait.DEEP_COLOUR),
        (lambda: pictures.photograph(orientation=6), Trait.ROTATED),
        (lambda: pictures.photograph(place=True), Trait.LOCATED),
        (lambda: pictures.several("GIF", 3), Trait.ANIMATED),
        (lambda: pictures.several("PNG", 3), Trait.ANIMATED),
    ],
)
def test_what_a_picture_is_like_is_told(make: Callable[[], bytes], trait: Trait) -> None:
    report = content.look(make())
    assert trait in report.traits
    assert {one.code for one in report.findings} <= {LOCATION}


def test_limits_are_the_callers() -> None:
    strict = ContentLimits(pixels=1_000, pages=2)
    report = content.look(pictures.several("TIFF", 3), limits=strict)
    assert [(one.code, one.severity) for one in report.findings] == [(TOO_LARGE, Gravity.SEAL)]
    assert content.look(pictures.drawn("PNG"), limits=strict).findings


def test_a_streamed_photograph_is_told_by_its_ends_and_a_document_is_not() -> None:
    for data in (photographs.jpeg(Random(2), 900_000), photographs.png(Random(2), 900_000)):
        kind = sniff.kind_of(data, data, len(data))
        assert content.look_at_ends(data[:300_000], data[-65_536:], len(data), kind).findings == ()
    pdf = documents.pdf(Random(2), 900_000)
    found = content.look_at_ends(pdf[:300_000], pdf[-65_536:], len(pdf), FileKind.PDF)
    assert [one.code for one in found.findings] == [UNSEEN]
    assert not found.is_complete


def test_a_stream_of_objects_that_speaks_of_streams_of_objects_is_read_once() -> None:
    """It once fed itself until the effort was spent."""
    inside = b"20 0 /ObjStm /First 5 " * 9
    data = pdfs.build(pdfs.sound(o9=pdfs.stream(inside, b"/Type /ObjStm /N 1 /First 5")))
    inspection = Inspection(USUAL, QUICK)
    content.LOOKS[FileKind.PDF](data, inspection)
    assert inspection.steps < 100


@pytest.mark.parametrize("row", [*attachments.PDFS, *attachments.PAGES, *attachments.MACROS], ids=str)
def test_with_no_effort_nothing_is_called_complete_that_was_not_seen(row: attachments.Attached) -> None:
    """What the thorough look finds, the idle look finds too or says that it has not seen all."""
    data = row.build()
    thorough = {one.code for one in content.look_whole(data).findings} - {UNSEEN}
    idle = content.look(data, effort=NOTHING)
    assert not idle.is_complete or thorough <= {one.code for one in idle.findings}


SEEDS = tuple(sorted({row.build() for row in attachments.ROWS if row.number != "A15"}, key=len))
SMALL = [seed for seed in SEEDS if len(seed) < 6_000] + [
    make() for make, _, _ in GOOD.values() if len(make()) < 6_000
]
WORDS = [
    b"/Kids [", b"/Count 99999", b"/ObjStm", b"/MediaBox [0 0 9e9 1]", b"/Prev 0", b"/OpenAction 1 0 R", b"stream\r\n",
    b"endobj", b"obj", b"\xff\xda", b"\xff\xc0\0\x11", b"IDAT", b"acTL", b"fcTL", b"ispe", b"PK\x05\x06", b"PK\x01\x02",
    b"II*\0", b"MM\0*", b"\xff\xff\xff\xff", b"\0\0\0\0", b"=", b"\x1b[", b"<script", b"&#", b"#00", b"]", b"[[[[",
]  # fmt: skip


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A file of the catalogue, cut, spliced and overwritten."""
    data = bytearray(draw(st.sampled_from(SMALL)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        act = draw(st.sampled_from(["flip", "cut", "insert", "word", "double"]))
        if act == "flip" and data:
            data[at] = draw(st.integers(0, 255))
        elif act == "cut":
            del data[at : at + draw(st.integers(1, 64))]
        elif act == "insert":
            data[at:at] = draw(st.binary(max_size=16))
        elif act == "word":
            data[at:at] = draw(st.sampled_from(WORDS))
        else:
            data[at:at] = data[at : at + draw(st.integers(1, 400))]
    return bytes(data)


@settings(max_examples=400, deadline=None)
@given(broken())
def test_any_broken_file_ends_in_a_report(data: bytes) -> None:
    kind = sniff.kind_of(data, data, len(data))
    for report in (content.look(data), content.look_whole(data), content.look(data, effort=NOTHING)):
        assert report.pixels >= 0 <= report.pages
        assert isinstance(report.kind, FileKind)
    half = len(data) // 2
    content.look_at_ends(data[:half], data[half:], len(data), kind)


@settings(max_examples=300, deadline=None)
@given(broken(), st.sampled_from(sorted(ENTRIES)))
def test_a_file_may_be_looked_at_as_any_kind(data: bytes, entry: str) -> None:
    ENTRIES[entry](data)


STARTS = [b"%PDF-1.7\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"MM\0+", b"PK\x03\x04"]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2_000), st.sampled_from(STARTS))
def test_any_bytes_behind_a_true_beginning_end_in_a_report(junk: bytes, start: bytes) -> None:
    assert content.look(start + junk).kind in FileKind


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=4_000))
def test_any_bytes_are_a_compound_file_or_a_broken_one(junk: bytes) -> None:
    for data in (junk, compounds.word()[:600] + junk):
        file = CompoundFile(data)
        for entry in file.entries:
            assert len(file.beginning(entry.name, 5_000)) <= 5_000


MANY = 150_000
GREEDY: dict[str, Callable[[], bytes]] = {
    "kids without an end": lambda: b"%PDF-1.7\n" + b"/Kids [ 1 0 R " * MANY,
    "counts in no object": lambda: b"%PDF-1.7\n" + b"/Count 99999 " * MANY,
    "opening again and again": lambda: b"%PDF-1.7\n" + b"/OpenAction 1 0 R " * MANY,
    "streams of objects that are none": lambda: b"%PDF-1.7\n" + b"1 0 obj/ObjStm/First 9/Filter/FlateDecode stream\n" * 60_000,
    "a stream of objects that inflates without end": lambda: pdfs.build(
        pdfs.sound(o9=pdfs.object_stream({20: b" " * 50_000_000}))
    ),
    "escapes": lambda: b"%PDF-1.7\n" + b"/#41#41#41#41#41 " * MANY,
    "boxes": lambda: b"%PDF-1.7\n" + b"/MediaBox [ " * MANY,
    "segments": lambda: b"\xff\xd8" + b"\xff\xe1\0\2" * 700_000,
    "fill bytes": lambda: b"\xff\xd8" + b"\xff" * 3_000_000,
    "chunks": lambda: b"\x89PNG\r\n\x1a\n" + (bytes(4) + b"teXt" + bytes(4)) * 250_000,
    "pieces of one byte": lambda: b"GIF89a" + bytes(7) + b"!\xfe" + b"\1\1" * 1_500_000,
    "directories": lambda: pictures.tiff(8, 8, 100_000),
    "ends of archives": lambda: pdfs.build(pdfs.sound()) + b"PK\x05\x06\0\0\0\0" * 300_000,
    "one long line": lambda: b"," * 3_000_000,
    "line ends": lambda: b"\n" * 3_000_000,
    "open markup": lambda: b"<svg " + b"on" * 1_000_000,
    "spaces": lambda: b"<svg>" + b"<" + b" " * 3_000_000,
    "parts": lambda: offices.docx({f"word/part{number}.rels": offices.relation("image", "a") for number in range(2_000)}),
}  # fmt: skip
"""Files of some megabytes that ask for as much work as they can."""


@pytest.mark.parametrize("name", GREEDY)
def test_work_is_bounded_by_the_effort_and_said_to_be_incomplete(name: str) -> None:
    """The steps are counted, not the seconds; a look that ran away would end the test run by its own timeout."""
    data = GREEDY[name]()
    for effort in (QUICK, replace(QUICK, steps=500)):
        inspection = Inspection(USUAL, effort)
        kind = sniff.kind_of(data, data, len(data))
        look = content.LOOKS.get(kind)
        if look is not None:
            look(data, inspection)
            assert inspection.steps <= effort.steps + len(data) // 256 + 20_000
            assert inspection.inflated <= effort.inflated_bytes + 65_536
        content.look(data, effort=effort)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("GIF", "P"), ("TIFF", "RGB")]),
    st.integers(1, 300),
    st.integers(1, 300),
)
def test_pixels_are_those_that_a_decoder_sees(form: tuple[str, str], width: int, height: int) -> None:
    data = pictures.drawn(*form, size=(width, height))
    with Image.open(BytesIO(data)) as opened:
        assert content.look(data).pixels == opened.width * opened.height == width * height


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.sampled_from([drawn_pdf, rewritten_pdf, pdfs.many_pages]))
def test_pages_are_those_that_a_renderer_sees(count: int, make: Callable[[int], bytes]) -> None:
    data = make(count)
    opened = pypdfium2.PdfDocument(data)
    assert content.look(data).pages == len(opened) == count
    opened.close()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.sampled_from(["GIF", "TIFF", "PNG"]))
def test_frames_are_those_that_a_decoder_sees(count: int, form: str) -> None:
    data = pictures.several(form, count)
    with Image.open(BytesIO(data)) as opened:
        assert content.look(data).pages == getattr(opened, "n_frames", 1) == count
