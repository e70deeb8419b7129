"""Addresses in one form for comparing: 丁目・番・号 and hyphens, 大字・字, kanji numerals, 都道府県 left out, 方書.

A key never replaces the address. Each step is named, so that a difference can be explained（一丁目2番3号 ＝ 1-2-3）.
"""

import re
from collections.abc import Callable

from .names import search_key

Step = tuple[str, Callable[[str], str]]
_DIGITS = {one: value for value, one in enumerate("〇一二三四五六七八九")}
_TENS = {"十": 10, "百": 100}
_KANJI_NUMBER = re.compile(
    "[〇一二三四五六七八九十百]+(?=丁目|番地|番|号|の[0-9〇一二三四五六七八九十]|条|線|区)"
)
_LOT_NUMBER = re.compile(
    "(?<=[0-9]の)[〇一二三四五六七八九十百]+|(?<=番地)[〇一二三四五六七八九十百]+|(?<=番)[〇一二三四五六七八九十百]+"
)
_HYPHENS = re.compile("[-‐‑‒–—―−ー－ｰ─]")
_MARKS = re.compile("(?<=[0-9])(?:丁目|番地の|番地|番の|番|号室|号|の|-)(?=[0-9])")
_LAST_MARK = re.compile("(?<=[0-9])(?:丁目|番地|番|号室|号)(?![0-9])")
_PREFECTURE = re.compile("^(?:東京都|北海道|大阪府|京都府|[^0-9都道府県市区町村]{2,3}県)")
_DISTRICT = re.compile(
    "^((?:東京都|北海道|大阪府|京都府|[^0-9都道府県市区町村]{2,3}県)?)[^0-9都道府県市区町村郡]{1,4}郡(?=.{1,6}[町村])"
)
_HAMLET = re.compile("大字|小字|(?<=[都道府県市区町村])字")


def numerals(text: str) -> str:
    """Kanji numerals before 丁目, 番, 号 … and after them as digits; a place name（三鷹, 四日市）keeps its own."""
    while (changed := _LOT_NUMBER.sub(_in_digits, _KANJI_NUMBER.sub(_in_digits, text))) != text:
        text = changed
    return text


def _in_digits(found: "re.Match[str]") -> str:
    text = found[0]
    if not any(one in _TENS for one in text):
        return "".join(str(_DIGITS[one]) for one in text)
    total = left = 0
    for one in text:
        if one in _TENS:
            total, left = total + (left or 1) * _TENS[one], 0
        else:
            left = _DIGITS[one]
    return str(total + left)


def block_marks(text: str) -> str:
    """丁目, 番地, 番, 号 and の between digits as one hyphen, and nothing after the last digit of a block."""
    dashed = re.sub("(?<=[0-9])" + _HYPHENS.pattern + "(?=[0-9])", "-", text)
    while (changed := _MARKS.sub("-", dashed)) != dashed:
        dashed = changed
    bare = _LAST_MARK.sub("", dashed)
    return re.sub("(?<![0-9])-(?=[0-9])|(?<=[0-9])-(?![0-9])", "", bare)


STEPS: tuple[Step, ...] = (
    ("空白・全角半角", search_key),
    ("漢数字と算用数字", numerals),
    ("丁目・番・号とハイフン", block_marks),
    ("大字・字の省略", lambda text: _HAMLET.sub("", text)),
    ("郡の省略", lambda text: _DISTRICT.sub(r"\1", text)),
    ("都道府県の省略", lambda text: _PREFECTURE.sub("", text)),
)


def key(text: str) -> str:
    """The address with every step taken."""
    for _, step in STEPS:
        text = step(text)
    return text


def contradict(one: str, other: str) -> bool:
    """Whether both name a 都道府県 and not the same one: 府中市 is in two of them."""
    named = [_PREFECTURE.match(search_key(text)) for text in (one, other)]
    return all(named) and len({found[0] for found in named if found}) > 1


def has_only_more_building(one: str, other: str) -> bool:
    """Whether of two keys one goes on with a 方書 where the other ends（集合住宅の名前や号室の有無）."""
    short, long = sorted((one, other), key=len)
    rest = long[len(short) :]
    return (
        bool(short)
        and long.startswith(short)
        and short[-1].isdigit()
        and bool(rest)
        and rest[0] not in "0123456789-"
    )
