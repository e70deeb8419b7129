"""Group Z: containers that are broken, hostile or merely unusual."""

import random
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

from tests.hostile.rows import CANARY, OPENED, Row
from tests.proof import zips
from tests.proof.zips import STORED, Part, build

_MEGABYTE = 1_000_000
_FORM = Part(b"sinsei.xml", b"<Data/>" * 200)
_NOISE = random.Random(2026).randbytes(40_000)


def _one(name: str | bytes, *, flags: int = 0, encoding: str = "utf-8", mode: int = 0) -> Callable[[], bytes]:
    raw = name if isinstance(name, bytes) else name.encode(encoding)
    return lambda: build([_FORM, Part(raw, b"x", flags=flags, mode=mode)])


def _two(one: str, other: str) -> Callable[[], bytes]:
    return lambda: build([_FORM, Part(one.encode(), b"1"), Part(other.encode(), b"2")])


def _parts(*parts: Part, **shape: bytes) -> Callable[[], bytes]:
    return lambda: build(parts, prefix=shape.get("prefix", b""), comment=shape.get("comment", b""))


def _lying(**lie: int | bytes) -> Part:
    return Part(b"a", b"<a/>" * 9, local=lie, central=lie)


def _zeros(megabytes: int, stated: int | None = None) -> Callable[[], bytes]:
    """Zeros that deflate about a thousandfold, without holding them."""

    def make() -> bytes:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        block = packer.compress(bytes(_MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
        crc = 0
        for _ in range(megabytes):
            crc = zlib.crc32(bytes(_MEGABYTE), crc)
        said: dict[str, int | bytes] = {
            "size": megabytes * _MEGABYTE if stated is None else stated,
            "crc": crc,
        }
        return build([Part(b"zeros", raw=block * megabytes + b"\x03\x00", local=said, central=said)])

    return make


def _nested(levels: int) -> Callable[[], bytes]:
    def make() -> bytes:
        inner = build([Part(b"kernel", bytes(_MEGABYTE // 2))])
        for _ in range(levels):
            inner = build([Part(f"{number}.zip".encode(), inner, STORED) for number in range(3)])
        return inner

    return make


def _entries(count: int) -> Callable[[], bytes]:
    def make() -> bytes:
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as writer:
            for number in range(count):
                writer.writestr(f"Attachment/{number}.txt", b"")
        return out.getvalue()

    return make


def _good() -> bytes:
    return build([_FORM, Part(b"Attachment/a.jpg", _NOISE)])


def _cut(length: float) -> Callable[[], bytes]:
    return lambda: _good()[: int(len(_good()) * length)]


def _end(**fields: int) -> Callable[[], bytes]:
    return lambda: build([_FORM, Part(b"a", b"x")], end=fields)


ROWS = (
    Row("Z02", "fully overlapped entries", lambda: zips.full_overlap(50, bytes(_MEGABYTE)), "PKG-102"),
    Row("Z03", "quoted overlap", lambda: zips.quoted_overlap(50, bytes(_MEGABYTE // 10)), "PKG-102"),
    Row("Z04", "a thousandfold ratio", _zeros(200), "PKG-103"),
    Row("Z04", "a ratio just over the limit", _zeros(1), "PKG-103"),
    Row("Z05", "200 MB behind a stated size of 100", _zeros(200, stated=100), "PKG-104"),
    Row("Z06", "2 GB stated and 1 byte there", _parts(_lying(size=2_000_000_000)), "PKG-104"),
    Row("Z08", "dots lead out", _one("../../etc/passwd"), "PKG-110"),
    Row("Z08", "dots inside", _one("Attachment/../../x"), "PKG-110"),
    Row("Z08", "dots in another width", _one("‥/x"), "PKG-110"),
    Row("Z09", "an absolute name", _one("/etc/passwd"), "PKG-110"),
    Row("Z10", "backslashes lead out", _one(r"..\..\x"), "PKG-110"),
    Row("Z11", "a drive", _one(r"C:\x"), "PKG-110"),
    Row("Z11", "a share", _one(r"\\srv\share\x"), "PKG-110"),
    Row("Z11", "a stream", _one("x:ads"), "PKG-110"),
    Row("Z12", "a symbolic link", _one("link", mode=0o120777), "PKG-111"),
    Row("Z13", "a character device", _one("device", mode=0o020600), "PKG-111"),
    Row("Z13", "a block device", _one("device", mode=0o060600), "PKG-111"),
    Row("Z13", "a fifo", _one("fifo", mode=0o010600), "PKG-111"),
    Row("Z13", "a socket", _one("socket", mode=0o140600), "PKG-111"),
    Row("Z15", "equal but for case", _two("a.xml", "A.XML"), "PKG-112"),
    Row("Z15", "equal but for composition", _two("が.pdf", "か\u3099.pdf"), "PKG-112"),
    Row("Z15", "equal but for width", _two("ａ.pdf", "a.pdf"), "PKG-112"),
    Row("Z15", "equal", _two("a.pdf", "a.pdf"), "PKG-112"),
    Row("Z16", "a file and a folder", _parts(Part(b"a", b"x"), Part(b"a/", method=STORED)), "PKG-112"),
    Row("Z16", "a file that is another's folder", _two("a.xml", "a.xml/b"), "PKG-112"),
    Row("Z16", "a folder with content", _parts(_FORM, Part(b"a.xml/", b"x", STORED)), "PKG-112"),
    Row("Z17", "a cp932 name without flag", _one("申請書.pdf", encoding="cp932"), OPENED),
    Row("Z17", "cp932 with a backslash as second byte", _one("表示.pdf", encoding="cp932"), OPENED),
    Row("Z18", "a UTF-8 name without flag", _one("申請書.pdf"), OPENED),
    Row("Z19", "a UTF-8 flag over cp932", _one(f"{CANARY}.pdf", flags=0x800, encoding="cp932"), "PKG-113"),
    Row("Z20", "NUL in a name", _one(b"a.xml\0.exe"), "PKG-110"),
    Row("Z22", "an empty name", _one(b""), "PKG-110"),
    Row("Z23", "a component of 255 bytes", _one("x" * 255), OPENED),
    Row("Z23", "a name of 60000 bytes", _one("x" * 60_000), "PKG-110"),
    Row("Z24", "a reserved name", _one("CON"), OPENED),
    Row("Z24", "a final dot", _one("a."), OPENED),
    Row("Z24", "a final blank", _one("a "), OPENED),
    Row("Z25", "an encrypted entry", _parts(_lying(flags=1)), "PKG-114"),
    Row("Z25", "AES", _parts(_lying(method=99)), "PKG-114"),
    Row("Z26", "bzip2 garbage", _parts(_lying(method=12)), "PKG-105"),
    Row("Z26", "LZMA garbage", _parts(_lying(method=14)), "PKG-105"),
    Row("Z26", "an unknown method", _parts(_lying(method=77)), "PKG-105"),
    Row("Z27", "cut in the middle", _cut(0.5), "PKG-105"),
    Row("Z27", "tail missing", _cut(0.99), "PKG-105"),
    Row(
        "Z29",
        "zip64 contradicts",
        _parts(Part(b"a", b"x", central={"extra": zips.zip64_field(9)})),
        "PKG-105",
    ),
    Row("Z30", "a correct data descriptor", _parts(Part(b"a", b"xyz", flags=8)), OPENED),
    Row(
        "Z30", "a wrong data descriptor", _parts(Part(b"a", b"xyz", flags=8, descriptor=bytes(12))), "PKG-105"
    ),
    Row("Z31", "another local name", _parts(Part(b"a.xml", b"x", local={"name": b"b.xml"})), "PKG-115"),
    Row("Z32", "a wrong checksum", _parts(_lying(crc=1)), "PKG-105"),
    Row("Z33", "the count lies", _end(count=1, here=1), "PKG-115"),
    Row("Z33", "two end records", lambda: _good() + _good()[-22:], "PKG-115"),
    Row("Z33", "an end record in the comment", _parts(_FORM, comment=build([_FORM])[-22:]), "PKG-115"),
    Row("Z34", "a PDF in front", lambda: b"%PDF-1.7\n" + _good(), "PKG-116"),
    Row("Z34", "a PDF in front with corrected offsets", _parts(_FORM, prefix=b"%PDF-1.7\n"), "PKG-116"),
    Row("Z36", "an empty archive", _parts(), "PKG-117"),
    Row("Z37", "no bytes", lambda: b"", "PKG-118"),
    Row("Z37", "a program", lambda: b"MZ" + bytes(500), "PKG-118"),
    Row("Z37", "RAR", lambda: b"Rar!\x1a\x07\x01\x00" + _NOISE, "PKG-118"),
    Row("Z37", "7z", lambda: b"7z\xbc\xaf\x27\x1c" + _NOISE, "PKG-118"),
    Row("Z37", "LZH", lambda: b"\x21\x00-lh5-" + _NOISE, "PKG-118"),
    Row("Z38", "10000 attachments", _entries(10_000), "PKG-119"),
    Row("Z38", "70000 entries", _entries(70_000), "PKG-119"),
)

NESTED = (
    Row("Z01", "five levels of archives", _nested(5), "PKG-101"),
    Row("Z01", "an archive under another name", _parts(_FORM, Part(b"a.pdf", build([_FORM]))), "PKG-101"),
)
