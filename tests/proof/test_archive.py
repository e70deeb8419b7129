"""Containers: what opens, what is refused and with which code, and that no byte goes unexplained."""

import io
import os
import random
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.proof import zips
from tests.proof.zips import STORED, Part, build
from todoke.proof import archive
from todoke.proof.archive import Limits
from todoke.proof.errors import ArchiveRefused

LIMITS = Limits(package_bytes=50_000_000, member_bytes=20_000_000, total_bytes=40_000_000)
GOOD = [Part(b"sinsei.xml", b"<a/>" * 50), Part(b"Attachment/a.pdf", b"%PDF-1.7 x", method=STORED)]


def opened(data: bytes, limits: Limits = LIMITS) -> dict[str, bytes]:
    return {member.name: archive.inflate(data, member) for member in archive.walk(data, limits)}


def refusal(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(ArchiveRefused) as caught:
        opened(data, limits)
    return caught.value.code


def outcome(data: bytes) -> str:
    try:
        opened(data)
    except ArchiveRefused as error:
        return error.code
    return "opened"


def named(*names: bytes, flags: int = 0) -> bytes:
    return build([Part(name, b"x" * (position + 1), flags=flags) for position, name in enumerate(names)])


def test_an_honest_archive_opens_byte_for_byte() -> None:
    assert opened(build(GOOD)) == {"sinsei.xml": b"<a/>" * 50, "Attachment/a.pdf": b"%PDF-1.7 x"}


def test_what_pythons_zipfile_writes_opens() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("申請.xml", b"<a/>" * 99)
        writer.mkdir("Attachment")
        writer.writestr("Attachment/x.bin", os.urandom(3000))
    assert sorted(opened(out.getvalue())) == ["Attachment/x.bin", "申請.xml"]


class Unseekable(io.RawIOBase):
    """A stream that can only be written, as a server sees its answer."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        block = bytes(piece)  # type: ignore[call-overload]  # the protocol's buffer
        self.written += block
        return len(block)


def test_Z30_a_streamed_archive_with_data_descriptors_opens() -> None:
    out = Unseekable()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("a.xml", b"<a/>" * 99)
        with writer.open("wide.bin", "w", force_zip64=True) as wide:
            wide.write(b"wide" * 100)
    assert opened(bytes(out.written)) == {"a.xml": b"<a/>" * 99, "wide.bin": b"wide" * 100}


def test_a_file_written_with_zip64_fields_opens() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as writer, writer.open("wide.bin", "w", force_zip64=True) as wide:
        wide.write(b"wide" * 100)
    assert opened(out.getvalue()) == {"wide.bin": b"wide" * 100}


def test_a_zip64_end_record_that_agrees_is_accepted() -> None:
    assert opened(with_zip64_end(build(GOOD))) == opened(build(GOOD))


def with_zip64_end(data: bytes, **lies: int) -> bytes:
    count, size, offset = (
        int.from_bytes(data[at : at + width], "little") for at, width in ((-12, 2), (-10, 4), (-6, 4))
    )
    told = {"count": count, "size": size, "offset": offset} | lies
    record = b"PK\x06\x06" + (44).to_bytes(8, "little") + bytes([45, 0, 45, 0]) + bytes(8)
    record += b"".join(told[key].to_bytes(8, "little") for key in ("count", "count", "size", "offset"))
    locator = b"PK\x06\x07" + bytes(4) + (len(data) - 22).to_bytes(8, "little") + (1).to_bytes(4, "little")
    return data[:-22] + record + locator + data[-22:]


@pytest.mark.parametrize("lie", [{"count": 3}, {"size": 7}, {"offset": 1}])
def test_Z29_a_zip64_end_record_that_contradicts_is_refused(lie: dict[str, int]) -> None:
    assert refusal(with_zip64_end(build(GOOD), **lie)) == "PKG-105"


@pytest.mark.parametrize(
    "extra",
    [zips.zip64_field(5_000_000_000), zips.zip64_field(), zips.zip64_field(4, 4, 4, 4), b"\x01\x00\x09\x00x"],
)
def test_Z29_zip64_fields_that_contradict_the_32_bit_fields_are_refused(extra: bytes) -> None:
    part = Part(b"a.xml", b"<a/>", central={"extra": extra})
    if extra == zips.zip64_field():
        part.central["size"] = 0xFFFFFFFF
    assert refusal(build([part])) == "PKG-105"


@pytest.mark.parametrize("entries", [2, 50, 200])
def test_Z02_overlapped_entries_are_found_from_the_offsets(entries: int) -> None:
    data = zips.full_overlap(entries, b"\0" * 1_000_000)
    with pytest.raises(ArchiveRefused) as caught:
        archive.walk(data, LIMITS)
    assert caught.value.code == "PKG-102"


def test_Z03_quoted_overlap_is_found_from_the_offsets() -> None:
    data = zips.quoted_overlap(20, b"\0" * 100_000)
    with zipfile.ZipFile(io.BytesIO(data)) as stock:
        assert len(stock.infolist()) == 20, (
            "the sample must be one that a lenient reader takes for an archive"
        )
    assert refusal(data) == "PKG-102"


def test_Z04_a_thousandfold_ratio_is_refused_before_inflating() -> None:
    with pytest.raises(ArchiveRefused) as caught:
        archive.walk(build([Part(b"bomb", b"\0" * 15_000_000)]), LIMITS)
    assert caught.value.code == "PKG-103"


def test_a_small_member_may_compress_well() -> None:
    assert opened(build([Part(b"blank.csv", b"," * 20_000)]))


def test_Z05_reading_stops_one_byte_after_the_stated_size() -> None:
    data = build([Part(b"a", os.urandom(50_000), local={"size": 100}, central={"size": 100})])
    (member,) = archive.walk(data, LIMITS)
    with pytest.raises(ArchiveRefused) as caught:
        list(archive.inflate_chunks(data, member, 64))
    assert caught.value.code == refusal(data) == "PKG-104"


@pytest.mark.parametrize("stated", [2_000_000_000, 1_000, 2])
def test_Z06_a_stated_size_that_was_never_there_is_refused(stated: int) -> None:
    assert refusal(build([Part(b"a", b"x", local={"size": stated}, central={"size": stated})])) == "PKG-104"


def test_Z06_a_stored_member_must_be_as_long_as_stated() -> None:
    assert refusal(build([Part(b"a", b"xyz", STORED, local={"size": 9}, central={"size": 9})])) == "PKG-104"


def test_members_over_the_size_limits_are_refused() -> None:
    noise = random.Random(1).randbytes(3_000)
    data = build([Part(b"a", noise), Part(b"b", noise)])
    assert refusal(data, Limits(package_bytes=10_000, member_bytes=2_999, total_bytes=9_000)) == "PKG-102"
    assert refusal(data, Limits(package_bytes=10_000, member_bytes=3_000, total_bytes=5_999)) == "PKG-102"
    assert refusal(data, Limits(package_bytes=6_000, member_bytes=3_000, total_bytes=6_000)) == "PKG-122"
    assert opened(data, Limits(package_bytes=10_000, member_bytes=3_000, total_bytes=6_000))


@pytest.mark.parametrize(
    "name",
    [
        b"../../etc/passwd",
        b"/etc/passwd",
        rb"..\..\x",
        rb"C:\x",
        rb"\\srv\share\x",
        b"x:ads",
        b"C:/x",
        b"a.xml\0.exe",
        b"",
        b"a/../b",
        b"./a",
        b"a//b",
        b"a/..",
        b"/",
        "‥/x".encode(),
        b"a\r\nb",
        b"\x1b[2Jx",
        b"x" * 1_001,
        b"x" * 60_000,
    ],
)
def test_Z08_Z09_Z10_Z11_Z20_Z22_Z23_names_that_could_escape_are_refused(name: bytes) -> None:
    assert refusal(named(name)) == "PKG-110"


@pytest.mark.parametrize("mode", [0o120777, 0o020600, 0o060600, 0o010600, 0o140600])
def test_Z12_Z13_links_and_devices_are_refused(mode: int) -> None:
    assert refusal(build([Part(b"a", b"/etc/passwd", mode=mode)])) == "PKG-111"


@pytest.mark.parametrize(
    "names",
    [
        (b"a.xml", b"a.xml"),
        (b"a.xml", b"A.XML"),
        ("が".encode(), "か\u3099".encode()),
        ("ａ.xml".encode(), b"a.xml"),
        ("ｱ.pdf".encode(), "ア.pdf".encode()),
        ("straße".encode(), b"STRASSE"),
        (b"a.xml", b"a.xml/b"),
        (b"A/b", b"a"),
    ],
)
def test_Z15_Z16_names_that_some_system_confuses_are_refused(names: tuple[bytes, bytes]) -> None:
    assert refusal(named(*names)) == "PKG-112"


def test_Z16_a_file_and_a_folder_of_one_name_are_refused() -> None:
    assert refusal(build([Part(b"a", b"x"), Part(b"a/", method=STORED)])) == "PKG-112"
    assert refusal(build([Part(b"a.xml/", b"text", STORED), Part(b"b", b"x")])) == "PKG-112"
    assert refusal(build([Part(b"a", b"x", mode=0o040755)])) == "PKG-112"


@pytest.mark.parametrize("method", [STORED, zips.DEFLATED])
def test_an_empty_folder_entry_is_left_out_of_the_list(method: int) -> None:
    assert list(opened(build([Part(b"Attachment/", method=method), *GOOD]))) == [
        "sinsei.xml",
        "Attachment/a.pdf",
    ]


def test_Z17_a_cp932_name_without_flag_is_read_and_its_bytes_kept() -> None:
    raw = "申請書.pdf".encode("cp932")
    (member,) = archive.walk(named(raw), LIMITS)
    assert (member.name, member.raw_name) == ("申請書.pdf", raw)


def test_Z18_utf8_without_flag_is_tried_first() -> None:
    assert list(opened(named("申請書.pdf".encode()))) == ["申請書.pdf"]


def test_Z19_bytes_that_are_not_what_the_flag_says_are_refused() -> None:
    with pytest.raises(ArchiveRefused) as caught:
        archive.walk(named("申請書.pdf".encode("cp932"), flags=0x800), LIMITS)
    assert caught.value.code == "PKG-113"
    assert caught.value.facts == {"offset": "0", "hex": "90"}
    assert refusal(named(b"\xff\xfe.pdf")) == "PKG-113"


def test_a_unicode_path_beside_a_cp932_name_wins() -> None:
    raw = "申請書.pdf".encode("cp932")
    data = build([Part(raw, b"x", extra=zips.unicode_path(raw, "申請書（髙）.pdf"))])
    assert list(opened(data)) == ["申請書（髙）.pdf"]


def test_a_unicode_path_for_another_name_is_refused() -> None:
    assert refusal(build([Part(b"a.pdf", b"x", extra=zips.unicode_path(b"b.pdf", "b.pdf"))])) == "PKG-115"


@pytest.mark.parametrize("name", [b"CON", b"nul.txt", b"a.", b"a ", b"x" * 255, b"x" * 1_000])
def test_Z23_Z24_awkward_but_harmless_names_are_accepted(name: bytes) -> None:
    assert list(opened(named(name))) == [name.decode()]


@pytest.mark.parametrize("lie", [{"flags": 1}, {"flags": 0x2041}, {"method": 99}])
def test_Z25_encrypted_entries_are_refused(lie: dict[str, int | bytes]) -> None:
    assert refusal(build([Part(b"a", b"x", local=lie, central=lie)])) == "PKG-114"


@pytest.mark.parametrize("method", [1, 9, 12, 14, 93, 97])
def test_Z26_other_methods_are_refused(method: int) -> None:
    assert refusal(build([Part(b"a", os.urandom(30), method)])) == "PKG-105"


def test_Z27_a_truncated_archive_is_refused_at_every_length() -> None:
    whole = build(GOOD)
    for length in range(1, len(whole)):
        assert refusal(whole[:length]) == ("PKG-105" if length >= 4 else "PKG-118"), length


@pytest.mark.parametrize(
    "descriptor",
    [
        b"",
        b"PK\x07\x08" + bytes(12),
        bytes(12),
        bytes(20),
        b"PK\x07\x08" + bytes(5),
        b"PK\x07\x08" + bytes(20),
    ],
)
def test_Z30_a_wrong_data_descriptor_is_refused(descriptor: bytes) -> None:
    assert refusal(build([Part(b"a", b"xyz", flags=8, descriptor=descriptor), Part(b"b", b"1")])) == "PKG-105"


def test_Z30_a_descriptor_without_signature_is_accepted() -> None:
    part = Part(b"a", b"xyz", flags=8)
    part.descriptor = zips.descriptor(part)[4:]
    assert opened(build([part])) == {"a": b"xyz"}


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        ({"name": b"b.xml"}, "PKG-115"),
        ({"name": b"longer.xml"}, "PKG-115"),
        ({"method": 0}, "PKG-115"),
        ({"flags": 2}, "PKG-115"),
        ({"csize": 1}, "PKG-115"),
        ({"size": 1}, "PKG-104"),
        ({"crc": 1}, "PKG-105"),
    ],
)
def test_Z31_a_local_header_that_differs_from_the_directory_is_refused(
    lie: dict[str, int | bytes], code: str
) -> None:
    assert refusal(build([Part(b"a.xml", b"<a/>", local=lie)])) == code


def test_Z32_a_wrong_checksum_is_refused() -> None:
    data = build([Part(b"a", b"xyz", local={"crc": 1}, central={"crc": 1})])
    (member,) = archive.walk(data, LIMITS)
    with pytest.raises(ArchiveRefused) as caught:
        list(archive.inflate_chunks(data, member))
    assert caught.value.code == refusal(data) == "PKG-105"


@pytest.mark.parametrize(
    "end",
    [
        {"count": 1},
        {"count": 3},
        {"count": 1, "here": 1},
        {"count": 3, "here": 3},
        {"disk": 1},
        {"cd_disk": 1},
        {"size": 10},
        {"offset": 0},
        {"count": 0, "here": 0},
    ],
)
def test_Z33_an_end_record_that_lies_is_refused(end: dict[str, int]) -> None:
    assert refusal(build(GOOD, end=end)) == "PKG-115"


def test_Z33_two_end_records_are_refused() -> None:
    whole = build(GOOD)
    assert refusal(whole + whole[-22:]) == "PKG-115"
    assert refusal(whole + whole) == "PKG-115"
    assert refusal(build(GOOD, comment=whole[-22:])) == "PKG-115"
    assert refusal(build(GOOD, comment=b"PK\x05\x06 and more")) == "PKG-115"


def test_an_archive_comment_is_accepted() -> None:
    assert opened(build(GOOD, comment=b"made by a tool")) == opened(build(GOOD))


@pytest.mark.parametrize(
    "data",
    [
        build(GOOD, prefix=b"%PDF-1.7\n"),
        b"%PDF-1.7\n" + build(GOOD),
        build(GOOD) + b"<html>",
        build([Part(b"a", b"x", gap=b"hidden"), Part(b"b", b"y")]),
        build([Part(b"a", b"x", flags=8, gap=b"hidden" * 9), Part(b"b", b"y")]),
        build(GOOD)[:-22] + b"junk" + build(GOOD)[-22:],
    ],
)
def test_Z34_bytes_that_belong_to_nothing_are_refused(data: bytes) -> None:
    assert refusal(data) == "PKG-116"


def test_Z36_an_empty_archive_is_refused() -> None:
    assert refusal(build([])) == "PKG-117"
    assert refusal(build([Part(b"only/", method=STORED)])) == "PKG-117"


@pytest.mark.parametrize(
    "data", [b"", b"MZ\x90", b"Rar!\x1a\x07\x00", b"7z\xbc\xaf\x27\x1c", b"\x21\x00-lh5-", b"x" * 99]
)
def test_Z37_what_is_no_archive_is_refused(data: bytes) -> None:
    assert refusal(data) == "PKG-118"


@pytest.mark.parametrize("entries", [201, 10_000, 70_000])
def test_Z38_too_many_entries_are_known_from_the_end_record(entries: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as writer:
        for number in range(entries):
            writer.writestr(str(number), b"")
    assert refusal(out.getvalue()) == "PKG-119"


@pytest.mark.parametrize(
    "head", [b"PK\x03\x04", b"Rar!\x1a\x07\x01", b"\x1f\x8b\x08", b"xx-lh5-", b"7z\xbc\xaf\x27\x1c"]
)
def test_Z01_a_nested_archive_is_recognised(head: bytes) -> None:
    assert archive.looks_like_archive(head + bytes(300))
    assert not archive.looks_like_archive(b"%PDF-1.7")


@given(
    chunk=st.integers(1, 5_000), size=st.integers(0, 9_000), method=st.sampled_from([STORED, zips.DEFLATED])
)
@settings(deadline=None)
def test_pieces_join_to_the_same_bytes(chunk: int, size: int, method: int) -> None:
    content = random.Random(size).randbytes(size // 2) * 2
    data = build([Part(b"a", content, method)])
    (member,) = archive.walk(data, LIMITS)
    pieces = list(archive.inflate_chunks(data, member, chunk))
    assert b"".join(pieces) == content == archive.inflate(data, member)
    assert all(len(piece) <= chunk for piece in pieces)


def test_bytes_after_the_end_of_a_deflate_stream_are_refused() -> None:
    packed = zlib.compress(b"x" * 500, 9, -15)
    data = build([Part(b"a", b"x" * 500, raw=packed + b"hidden")])
    (member,) = archive.walk(data, LIMITS)
    for chunk in (4, 65_536):
        with pytest.raises(ArchiveRefused):
            list(archive.inflate_chunks(data, member, chunk))
    assert refusal(data) == "PKG-105"


def rich_archive() -> bytes:
    raw = "申請.pdf".encode("cp932")
    parts = [
        *GOOD,
        Part(b"d.xml", b"<d/>" * 9, flags=8),
        Part(raw, b"pdf", extra=zips.unicode_path(raw, "申請.pdf")),
    ]
    return build([Part(b"Attachment/", method=STORED), *parts], comment=b"c")


def test_no_flipped_bit_changes_the_content_unnoticed() -> None:
    whole = rich_archive()
    expected = opened(whole)
    for place in range(len(whole)):
        for bit in range(8):
            flipped = bytearray(whole)
            flipped[place] ^= 1 << bit
            try:
                found = opened(bytes(flipped))
            except ArchiveRefused:
                continue
            assert found == expected, (place, bit)


@given(data=st.data())
@settings(deadline=None, max_examples=400)
def test_broken_bytes_are_refused_and_nothing_else_is_raised(data: st.DataObject) -> None:
    whole = bytearray(rich_archive())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole)))
        whole[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    assert outcome(bytes(whole)).startswith(("opened", "PKG-1"))


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_opened(junk: bytes) -> None:
    assert outcome(junk).startswith(("opened", "PKG-1"))


def test_a_refusal_never_quotes_a_name() -> None:
    with pytest.raises(ArchiveRefused) as caught:
        opened(build([Part("山田太郎.pdf".encode(), b"x", local={"crc": 1}, central={"crc": 1})]))
    assert "山田" not in str(caught.value)
    assert caught.value.member == "山田太郎.pdf"
