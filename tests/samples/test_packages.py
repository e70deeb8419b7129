"""Sound packages are what their manifest says, with items and attachments that other programs can read."""

import hashlib
import io
import zipfile
from pathlib import Path
from random import Random

import pytest
from lxml import etree

from samples import attachments, documents, names, photographs, world, zips
from samples.attachments import Size
from tests.samples.conftest import Built, Row

MANIFEST = "{urn:todoke:sample:manifest:1}file"


def accepted(built: Built) -> list[Row]:
    return [row for row in built.rows if row["package"] == "accepted"]


def open_row(built: Built, row: Row) -> zipfile.ZipFile:
    # Names without the UTF-8 flag are cp932 in two of the planted kinds.
    encoding = "cp932" if row["kind"] == "names_cp932" else "utf-8"
    return zipfile.ZipFile(io.BytesIO(built.read(row)), metadata_encoding=encoding)


def items_of(archive: zipfile.ZipFile) -> dict[str, str]:
    form = etree.fromstring(archive.read("sinsei_info.xml").replace(b"Windows-31J", b"cp932"))
    return {
        str(item.get("std-code")): "".join(value.text or "" for value in item.iter("value"))
        for item in form.iter("FormItem")
    }


def test_a_manifest_lists_every_other_member_with_its_hash(built: Built) -> None:
    for row in accepted(built):
        with open_row(built, row) as archive:
            listed = {
                line.get("name"): (int(line.get("size", "")), line.get("sha256"))
                for line in etree.fromstring(archive.read("manifest.xml")).iter(MANIFEST)
            }
            others = set(archive.namelist()) - {"manifest.xml", "signature.p7s"}
            assert set(listed) == others
            for name in others:
                content = archive.read(name)
                assert listed[name] == (len(content), hashlib.sha256(content).hexdigest())


def test_a_signature_is_there_exactly_where_the_truth_says_so(built: Built) -> None:
    for row in accepted(built):
        with open_row(built, row) as archive:
            assert ("signature.p7s" in archive.namelist()) == (row["signature"] == "valid")


def test_items_carry_addressee_time_and_serial(built: Built) -> None:
    for row in accepted(built):
        with open_row(built, row) as archive:
            items = items_of(archive)
        assert items["TDK-LG-CODE"] == row["organisation"]
        assert "2026-03-30" <= items["TDK-APPLIED-AT"] < "2026-04-06T09"
        assert len(items["TDK-AUTH-ISSUER"]) == 40
        digits = items["TDK-AUTH-SERIAL"].removeprefix("0x").replace(" ", "").replace(":", "")
        assert 0 < int(digits, 16) < 1 << 32


def test_a_resubmission_names_the_receipt_before_it(built: Built) -> None:
    firsts = {row["receipt_number"] for row in built.of_kind("resubmission") if row["duplicate"] == "none"}
    seconds = [row for row in built.of_kind("resubmission") if row["duplicate"] == "resubmission"]
    named = set()
    for row in seconds:
        with open_row(built, row) as archive:
            named.add(items_of(archive)["TDK-PREVIOUS-RECEIPT"])
    assert named == firsts
    assert len(seconds) == 4


def test_only_the_planted_names_cannot_be_written_in_windows_31j(built: Built) -> None:
    for row in accepted(built):
        with open_row(built, row) as archive:
            form = etree.fromstring(archive.read("sinsei.xml").replace(b"Windows-31J", b"cp932"))
        written = "".join(value.text or "" for value in form.iter("value"))
        assert names.fits_windows_31j(written) == (row["kind"] != "unencodable_name")


def test_some_forms_are_windows_31j_and_decode_as_such(built: Built) -> None:
    rows = built.of_kind("xml_windows_31j")
    assert len(rows) == 4
    for row in rows:
        with open_row(built, row) as archive:
            content = archive.read("sinsei.xml")
        assert b'encoding="Windows-31J"' in content
        assert "生年月日" in content.decode("cp932")


def test_a_lying_encoding_is_no_utf_8_although_declared_so(built: Built) -> None:
    (row,) = built.of_kind("lying_encoding")
    with open_row(built, row) as archive, pytest.raises(UnicodeDecodeError):
        archive.read("sinsei.xml").decode()


def test_a_pdf_has_a_cross_reference_that_points_at_its_objects() -> None:
    content = documents.pdf(Random("pdf"), 9_000)
    start = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
    assert content[start:].startswith(b"xref\n0 7\n")
    for number, line in enumerate(content[start:].splitlines()[3:9], start=1):
        assert content[int(line[:10]) :].startswith(b"%d 0 obj" % number)


def test_office_files_are_archives_whose_parts_are_well_formed() -> None:
    for make, part in ((documents.docx, "word/document.xml"), (documents.xlsx, "xl/worksheets/sheet1.xml")):
        with zipfile.ZipFile(io.BytesIO(make(Random("office"), 9_000))) as archive:
            assert archive.testzip() is None
            assert part in archive.namelist()
            for name in archive.namelist():
                etree.fromstring(archive.read(name))


def test_a_jpeg_is_a_chain_of_segments_up_to_its_scan_and_end() -> None:
    content = photographs.jpeg(Random("jpeg"), 200_000)
    assert len(content) == 200_000
    at = 2
    while content[at + 1] != 0xDA:
        assert content[at] == 0xFF
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    assert content.endswith(b"\xff\xd9")


def test_standard_packages_are_about_six_hundred_kilobytes() -> None:
    drawn = [attachments.draw(Random(f"size/{number}"), Size.STANDARD) for number in range(200)]
    mean = sum(len(file.content) for files in drawn for file in files) / 200
    assert 450_000 < mean < 750_000


def test_bench_packages_are_all_sound(tmp_path: Path) -> None:
    made = world.bench_packages(tmp_path, 12, 5, size="small")
    assert made.summary["accepted"] == made.summary["received"] == 12
    assert len(list(tmp_path.glob("portal/992011/*.zip"))) == 12
    assert (tmp_path / "links/992011.csv").is_file()


def test_the_archive_writer_agrees_with_the_standard_library() -> None:
    content = zips.archive([zips.entry("申請.txt", b"a" * 999), zips.entry("b", b"", method=zips.STORED)])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["申請.txt", "b"]
        assert archive.read("申請.txt") == b"a" * 999
