"""What the parent believes of the confined worker: plain pictures, plain text, and a container of its own making."""

import io
import zlib

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.casework.screening.rules import copies
from todoke.casework.screening.rules.paper import pdf_of
from todoke.casework.screening.rules.pictures import NotPlain, size_of_jpeg, size_of_png
from todoke.casework.screening.rules.previews import CHARACTERS, CUT, preview
from todoke.casework.screening.values import CopyRefused, MadeCopy

from .pictures import drawn, photograph

JPEG, PNG = drawn("JPEG", size=(31, 17)), drawn("PNG", size=(31, 17))


def chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")


def test_a_plain_picture_is_measured() -> None:
    assert size_of_jpeg(JPEG) == (31, 17, 3)
    assert size_of_jpeg(drawn("JPEG", "L")) == (40, 30, 1)
    assert size_of_png(PNG) == (31, 17)


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xd8", JPEG[:-2], JPEG + b"x", JPEG[:2] + JPEG[4:], photograph(), drawn("JPEG", "CMYK"), PNG, JPEG[:60]],
)  # fmt: skip
def test_what_is_no_plain_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(NotPlain):
        size_of_jpeg(data)


@pytest.mark.parametrize(
    "data",
    [
        b"", PNG[:-12], PNG + b"x", PNG[:8] + PNG[33:], PNG.replace(b"IDAT", b"IDAt"),
        PNG[:33] + chunk(b"tEXt", b"who\0me") + PNG[33:], PNG[:33] + chunk(b"iTXt", b"x") + PNG[33:],
        PNG[:33] + chunk(b"acTL", bytes(8)) + PNG[33:], PNG[:20] + b"\x7f" + PNG[21:], JPEG,
    ],
)  # fmt: skip
def test_what_is_no_plain_png_is_refused(data: bytes) -> None:
    with pytest.raises(NotPlain):
        size_of_png(data)


@given(st.binary(max_size=200), st.integers(0, len(JPEG)))
def test_no_bytes_break_the_walk_over_a_jpeg(noise: bytes, place: int) -> None:
    for data in (noise, JPEG[:place] + noise + JPEG[place:]):
        try:
            size_of_jpeg(data)
        except NotPlain:
            continue


@given(st.binary(max_size=200), st.integers(0, len(PNG)))
def test_no_bytes_break_the_walk_over_a_png(noise: bytes, place: int) -> None:
    for data in (noise, PNG[:place] + noise + PNG[place:]):
        try:
            size_of_png(data)
        except NotPlain:
            continue


def test_the_container_is_a_pdf_of_so_many_pages_and_always_the_same() -> None:
    data = pdf_of([JPEG, drawn("JPEG", "L"), JPEG])
    document = pypdfium2.PdfDocument(data)
    assert len(document) == 3
    assert document[0].get_size() == pytest.approx((31 * 72 / 150, 17 * 72 / 150), abs=0.01)
    assert data == pdf_of([JPEG, drawn("JPEG", "L"), JPEG])
    assert document[0].render().to_pil().size == (15, 9)


@given(
    st.sampled_from(["pdf", "jpeg", "png", "gif", "tiff", "text", "csv", "svg"]),
    st.dictionaries(
        st.sampled_from(["kind", "lengths", "pages", "tool", "refused", "is_partial"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=3),
    ),
    st.binary(max_size=50),
)
def test_no_answer_of_a_worker_breaks_its_parent(
    kind: str, document: dict[str, object], output: bytes
) -> None:
    found = copies.checked(kind, document, output)
    assert isinstance(found, MadeCopy | CopyRefused)


def answer(*parts: bytes, kind: str = "jpeg", pages: int | None = None) -> tuple[dict[str, object], bytes]:
    lengths = [len(one) for one in parts]
    return {"kind": kind, "lengths": lengths, "pages": pages or len(parts), "tool": "t\n1"}, b"".join(parts)


@pytest.mark.parametrize(
    ("kind", "document", "made"),
    [
        ("pdf", answer(JPEG, JPEG), "pdf"), ("jpeg", answer(JPEG), "jpeg"), ("png", answer(PNG, kind="png"), "png"),
        ("tiff", answer(JPEG, JPEG), "pdf"), ("gif", answer(PNG, kind="png"), "png"),
        ("text", answer(b"text", kind="text"), "text"),
    ],
)  # fmt: skip
def test_a_good_answer_becomes_a_copy(
    kind: str, document: tuple[dict[str, object], bytes], made: str
) -> None:
    found = copies.checked(kind, *document)
    assert isinstance(found, MadeCopy)
    assert (found.kind, found.tool) == (made, "t1")


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("pdf", answer(JPEG, pages=2)), ("pdf", answer(PNG, kind="png")), ("pdf", answer(b"text", kind="text")),
        ("jpeg", answer(photograph())), ("png", answer(JPEG)), ("text", answer(b"a\x1b[2J", kind="text")),
        ("text", answer(b"\xff", kind="text")), ("text", answer("\u202e".encode(), kind="text")),
        ("pdf", answer(b"%PDF-1.7 /JavaScript")), ("svg", answer(b"<svg>\x00", kind="svg")),
    ],
)  # fmt: skip
def test_a_bad_answer_becomes_none(kind: str, document: tuple[dict[str, object], bytes]) -> None:
    assert isinstance(copies.checked(kind, *document), CopyRefused)


def test_how_much_of_a_file_the_worker_gets() -> None:
    assert copies.wanted("pdf", copies.MOST_BYTES) == copies.MOST_BYTES
    assert copies.wanted("pdf", copies.MOST_BYTES + 1) == -1
    assert copies.wanted("text", 10**9) < 10_000_000
    assert copies.question("text", 10**9)["is_cut"] is True


@given(st.binary(max_size=300))
def test_any_bytes_give_a_text_without_control_characters(data: bytes) -> None:
    text, _ = preview(data, is_cut=False)
    found = copies.checked("text", *answer(text.encode() or b"-", kind="text"))
    assert isinstance(found, MadeCopy)


def test_one_line_of_a_gigabyte_is_read_no_further_than_shown() -> None:
    text, is_partial = preview(b"x" * 2_500_000, is_cut=True)
    assert is_partial
    assert len(text) <= CHARACTERS + CHARACTERS // 400 + len(CUT)
    assert io.StringIO(text).readline() == "x" * 400 + "\n"
