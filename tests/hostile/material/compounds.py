"""Writes compound files（[MS-CFB], version 3）and the beginnings of Word, Excel and PowerPoint documents in them."""

import struct
from collections.abc import Mapping

_SECTOR, _MINI = 512, 64
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_STORAGE, _STREAM, _ROOT = 1, 2, 5


def build(streams: Mapping[str, bytes], storages: tuple[str, ...] = ()) -> bytes:
    """A compound file with these streams and empty storages; small streams lie in the mini stream as they should."""
    sectors: list[bytes] = []
    chain: dict[int, int] = {}

    def put(content: bytes) -> int:
        first = len(sectors)
        pieces = [content[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(content), _SECTOR)]
        for piece in pieces:
            chain[len(sectors)] = len(sectors) + 1
            sectors.append(piece)
        if not pieces:
            return _END
        chain[len(sectors) - 1] = _END
        return first

    mini, mini_fat = bytearray(), list[int]()
    placed: dict[str, int] = {}
    for name, content in streams.items():
        if len(content) >= 4_096:
            placed[name] = put(content)
            continue
        placed[name] = len(mini_fat) if content else _END
        count = -(-len(content) // _MINI)
        mini_fat += [len(mini_fat) + number + 1 for number in range(count - 1)] + [_END] * bool(count)
        mini += content.ljust(count * _MINI, b"\0")
    mini_start = put(bytes(mini))
    mini_fat_start = put(struct.pack(f"<{len(mini_fat)}L", *mini_fat))
    entries = [_entry("Root Entry", _ROOT, mini_start, len(mini))]
    entries += [_entry(name, _STREAM, placed[name], len(content)) for name, content in streams.items()]
    entries += [_entry(name, _STORAGE, 0, 0) for name in storages]
    directory = put(b"".join(entries).ljust(-(-len(entries) // 4) * _SECTOR, b"\0"))
    fat_sectors = -(-(len(sectors) + 1) // (_SECTOR // 4 - 1))
    first_fat = len(sectors)
    numbers = [chain[number] for number in range(len(sectors))] + [_FAT] * fat_sectors
    numbers += [_FREE] * (fat_sectors * _SECTOR // 4 - len(numbers))
    listed = [*range(first_fat, first_fat + fat_sectors)]
    header = struct.pack(
        "<8s16xHHHHH6x9L", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
        0, fat_sectors, directory, 0, 4_096, mini_fat_start, 1, _END, 0,
    ) + struct.pack("<109L", *(listed + [_FREE] * (109 - len(listed))))  # fmt: skip
    return header + b"".join(sectors) + struct.pack(f"<{len(numbers)}L", *numbers)


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    stored = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBLLL16xL8x8xLQ", stored, len(stored) + 2, kind, 1, _FREE, _FREE, _FREE, 0, start, size
    )  # fmt: skip


def word(text: bytes = b"", *, flags: int = 0, storages: tuple[str, ...] = ()) -> bytes:
    """A Word document: a FIB and some text."""
    fib = struct.pack("<HH6xH", 0xA5EC, 0xC1, flags).ljust(1_472, b"\0")
    return build({"WordDocument": (fib + text).ljust(4_096, b"\0"), "1Table": bytes(4_096)}, storages)


def sheets(*records: bytes, storages: tuple[str, ...] = ()) -> bytes:
    """An Excel workbook with records between the begin and the end of its globals."""
    book = record(0x809, b"\0\x06\x05\0".ljust(16, b"\0")) + b"".join(records) + record(0x0A)
    return build({"Workbook": book + bytes(4_096)}, storages)


def record(kind: int, content: bytes = b"") -> bytes:
    """A BIFF record."""
    return struct.pack("<HH", kind, len(content)) + content


def bound_sheet(kind: int) -> bytes:
    """BoundSheet8: 0 worksheet, 1 Excel 4.0 macro sheet, 6 Visual Basic module."""
    return record(0x85, struct.pack("<LBBBB", 0x400, 0, kind, 1, 0) + b"S")


def slides(content: bytes = b"", token: int = 0xE391C05F) -> bytes:
    """A PowerPoint file and the user's stream that says whether it is encrypted."""
    user = struct.pack("<HHLLL", 0, 0x0FF6, 0x14, 0x14, token).ljust(64, b"\0")
    return build({"PowerPoint Document": content.ljust(4_096, b"\0"), "Current User": user})


def macro_slides() -> bytes:
    """A PowerPoint file whose VBAInfoAtom says that it has macros."""
    atom = struct.pack("<HHL", 0x02, 0x0400, 12) + struct.pack("<LLL", 5, 1, 2)
    return slides(struct.pack("<HHL", 0x1F, 0x03FF, 0x14) + atom)
