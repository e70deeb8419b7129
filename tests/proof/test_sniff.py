"""Kinds of files by content."""

import random
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.proof.sniff import HEAD_BYTES, TAIL_BYTES, FileKind, kind_of

CSV = "氏名,住所\r\n架空太郎,みなせ市\r\n"


def kind(content: bytes) -> FileKind:
    return kind_of(content[:HEAD_BYTES], content[-TAIL_BYTES:], len(content))


def office(*names: str, padding: int = 0) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("[Content_Types].xml", "<Types/>")
        writer.writestr("padding.bin", random.Random(1).randbytes(padding))
        for name in names:
            writer.writestr(name, "<x/>")
    return out.getvalue()


def compound(*streams: str) -> bytes:
    """A compound file's header and one directory sector with the named streams."""
    entries = b""
    for name in ("Root Entry", *streams):
        stored = name.encode("utf-16-le")
        entries += (stored.ljust(64, b"\0") + (len(stored) + 2).to_bytes(2, "little")).ljust(128, b"\0")
    return (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries).ljust(2048, b"\0")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.7\n...", FileKind.PDF),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", FileKind.JPEG),
        (b"\x89PNG\r\n\x1a\n\0\0", FileKind.PNG),
        (b"GIF89a\0\0", FileKind.GIF),
        (b"II*\0\x08\0\0\0", FileKind.TIFF),
        (b"MM\0*\0\0\0\x08", FileKind.TIFF),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", FileKind.HEIC),
        (compound("WordDocument"), FileKind.DOC),
        (compound("Workbook"), FileKind.XLS),
        (compound("Book"), FileKind.XLS),
        (compound("PowerPoint Document"), FileKind.PPT),
        (compound("EncryptionInfo", "EncryptedPackage"), FileKind.ENCRYPTED_OFFICE),
        (compound("Something"), FileKind.OLE),
        (office("word/document.xml"), FileKind.DOCX),
        (office("xl/workbook.xml"), FileKind.XLSX),
        (office("ppt/presentation.xml"), FileKind.PPTX),
        (office("word/document.xml", "word/vbaProject.bin"), FileKind.DOCM),
        (office("xl/workbook.xml", "xl/vbaProject.bin"), FileKind.XLSM),
        (office("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), FileKind.XLSM),
        (office("ppt/presentation.xml", "ppt/vbaProject.bin"), FileKind.PPTM),
        (office("xl/workbook.xml", padding=200_000), FileKind.XLSX),
        (office("word/document.xml", "word/vbaProject.bin", padding=200_000), FileKind.DOCM),
        (office("other/x"), FileKind.ZIP),
        (b"PK\x03\x04broken", FileKind.ZIP),
        (b"Rar!\x1a\x07\x01\0", FileKind.ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c", FileKind.ARCHIVE),
        (b"MZ\x90\0", FileKind.PROGRAM),
        (b"\x7fELF\x02", FileKind.PROGRAM),
        (b"#!/bin/sh\n", FileKind.PROGRAM),
        (rb"{\rtf1 x}", FileKind.RTF),
        (b'<?xml version="1.0"?><a/>', FileKind.XML),
        ("<申請/>".encode(), FileKind.XML),
        (b"<3 items\n", FileKind.TEXT),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<a/>", FileKind.XML),
        ('<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"), FileKind.XML),
        (b'<?xml version="1.0"?><!-- x --><svg xmlns="http://www.w3.org/2000/svg"/>', FileKind.SVG),
        (b"<svg onload='x()'/>", FileKind.SVG),
        (b"<!DOCTYPE html><p>", FileKind.HTML),
        (b"\n <HTML><script>", FileKind.HTML),
        (b"<script>alert(1)</script>", FileKind.HTML),
        (CSV.encode(), FileKind.CSV),
        (CSV.encode("cp932"), FileKind.CSV),
        (CSV.encode("utf-16"), FileKind.CSV),
        (b'"a,b",c\n1,2\n', FileKind.CSV),
        ("住民票の写しです。\r\n".encode("cp932"), FileKind.TEXT),
        ("髙﨑、①\n".encode(), FileKind.TEXT),
        (b"", FileKind.EMPTY),
        (b"\0\1\2\3", FileKind.UNKNOWN),
        (b"text with \0 inside", FileKind.UNKNOWN),
        (b"\x81", FileKind.UNKNOWN),
    ],
)
def test_A04_A13_a_kind_is_told_by_content(content: bytes, expected: FileKind) -> None:
    assert kind(content) is expected


def test_a_character_cut_at_the_end_of_the_head_does_not_make_text_unknown() -> None:
    for encoding in ("utf-8", "cp932"):
        content = ("あ" * HEAD_BYTES).encode(encoding)
        for cut in (HEAD_BYTES, HEAD_BYTES - 1, HEAD_BYTES - 2):
            assert kind_of(content[:cut], b"", len(content)) is FileKind.TEXT


@pytest.mark.parametrize(
    ("found", "extension", "fits"),
    [
        (FileKind.JPEG, "JPG", True),
        (FileKind.JPEG, "jpeg", True),
        (FileKind.PDF, "txt", False),
        (FileKind.CSV, "txt", True),
        (FileKind.TEXT, "csv", True),
        (FileKind.DOCM, "docx", False),
        (FileKind.HTML, "xml", False),
        (FileKind.UNKNOWN, "pdf", False),
    ],
)
def test_an_extension_fits_its_kind(found: FileKind, extension: str, fits: bool) -> None:
    assert found.fits_extension(extension) is fits


def test_every_kind_has_a_word_for_the_screen() -> None:
    assert all(each.label for each in FileKind)
    assert {each for each in FileKind if each.has_macro} == {FileKind.DOCM, FileKind.XLSM, FileKind.PPTM}


@given(
    st.binary(max_size=600),
    st.sampled_from([b"", b"PK\x03\x04", b"<?xml", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<"]),
)
def test_any_bytes_have_a_kind(junk: bytes, start: bytes) -> None:
    content = start + junk
    assert kind(content) in FileKind
    assert kind_of(content[:50], content[-50:], len(content)) in FileKind
