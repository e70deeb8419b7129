"""Sanitisers that fail, each in its own way; run in the confined worker instead of the real one."""

import os
import time
from collections.abc import Mapping

from PIL import Image

JPEG = None
Answer = tuple[dict[str, object], bytes]


def prepare() -> None:
    """Load what draws, while files can still be opened."""
    Image.init()


def _jpeg() -> bytes:
    import io

    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "JPEG")
    return target.getvalue()


def _answer(parts: list[bytes], pages: int) -> Answer:
    lengths = [len(one) for one in parts]
    return {"kind": "jpeg", "lengths": lengths, "pages": pages, "tool": "t"}, b"".join(parts)


def broken(document: Mapping[str, object], data: memoryview) -> Answer:
    raise ValueError


def hangs(document: Mapping[str, object], data: memoryview) -> Answer:
    while True:
        time.sleep(0.05)


def dies(document: Mapping[str, object], data: memoryview) -> Answer:
    os.abort()


def eats(document: Mapping[str, object], data: memoryview) -> Answer:
    held = []
    while True:
        held.append(bytearray(33_554_432))


def fewer_pages(document: Mapping[str, object], data: memoryview) -> Answer:
    return _answer([_jpeg()], 2)


def more_pages(document: Mapping[str, object], data: memoryview) -> Answer:
    return _answer([_jpeg()], 1_000_000)


def babbles(document: Mapping[str, object], data: memoryview) -> Answer:
    return {"kind": "jpeg", "lengths": [-1, 10**12], "pages": 2}, b"x"


def hands_back(document: Mapping[str, object], data: memoryview) -> Answer:
    return _answer([bytes(data), bytes(data)], 2)


def smuggles(document: Mapping[str, object], data: memoryview) -> Answer:
    comment = b"\xff\xfe\x00\x08script"
    picture = _jpeg()
    return _answer([picture[:2] + comment + picture[2:], picture], 2)


def trails(document: Mapping[str, object], data: memoryview) -> Answer:
    return _answer([_jpeg() + b"MZ program", _jpeg()], 2)


def refuses(document: Mapping[str, object], data: memoryview) -> Answer:
    return {"refused": "broken"}, b""
