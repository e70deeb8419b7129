"""Classes of characters by name, for rules that are data: no rule holds a regular expression of its own（T25）.

A class becomes one bracket of a pattern, repeated without nesting: the time is linear in the text, whatever it holds.
Source: The Unicode Standard, code charts; JIS X 0213 for what 住民記録 calls 文字 outside of names.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from .variants import invisible, private_use

CLASSES: Mapping[str, str] = {
    "hiragana": "\u3041-\u3096\u3099-\u309f",
    "katakana": "\u30a0-\u30ff\u31f0-\u31ff\u3099\u309a",
    "halfwidth-katakana": "\uff65-\uff9f",
    "kanji": "々〆〇\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    "\ufe00-\ufe0f\U000e0100-\U000e01ef",
    "latin": "A-Za-zＡ-Ｚａ-ｚ\u00c0-\u024f\u1e00-\u1eff\u0300-\u036f",
    "digits": "0-9０-９",
    "spaces": " \u3000",
    "name-marks": "・･ー－ｰ.．,，'’‘`´\\-‐",
    "address-marks": "・･ー－ｰ‐−―\\-.．,，、。()（）#＃/／&＆'’〒",
    # What fonts of older terminals show as an empty box（T12）: 変体仮名 and signs newer than Unicode 10.
    "newer": "\u32ff\U0001b000-\U0001b16f\U0001f900-\U0001faff",
}
LISTED = {"invisible": invisible, "private-use": private_use}
NAMES = frozenset(CLASSES) | frozenset(LISTED)


def consists_of(text: str, classes: tuple[str, ...]) -> bool:
    """Whether every character of a text is in one of the classes（of CLASSES）."""
    return _only(classes).fullmatch(text) is not None


def holds_any(text: str, classes: Iterable[str]) -> bool:
    """Whether a text holds a character of one of the classes; `invisible` and `private-use` are classes too."""
    return any(
        bool(LISTED[name](text)) if name in LISTED else _one(name).search(text) is not None
        for name in classes
    )


@lru_cache(maxsize=128)
def _only(classes: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"[{''.join(CLASSES[name] for name in classes)}]*")


@lru_cache(maxsize=32)
def _one(name: str) -> re.Pattern[str]:
    return re.compile(f"[{CLASSES[name]}]")
