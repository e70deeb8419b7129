"""Readings（フリガナ）in one form for comparing: ヴとブ, ヂとジ, long vowels, small kana. A key, never the reading."""

from collections.abc import Callable

from .names import kana_key

Step = tuple[str, Callable[[str], str]]
_ROWS = {
    "ア": "アカサタナハマヤラワガザダバパ",
    "イ": "イキシチニヒミリギジヂビピ",
    "ウ": "ウクスツヌフムユルグズヅブプ",
    "エ": "エケセテネヘメレゲゼデベペ",
    "オ": "オコソトノホモヨロヲゴゾドボポ",
}
_VOWEL = {kana: vowel for vowel, row in _ROWS.items() for kana in row}
_FOREIGN = (("ヴア", "バ"), ("ヴイ", "ビ"), ("ヴエ", "ベ"), ("ヴオ", "ボ"), ("ヴ", "ブ"))
_OLD = str.maketrans("ヂヅヰヱヲ", "ジズイエオ")


def _foreign(text: str) -> str:
    for one, plain in _FOREIGN:
        text = text.replace(one, plain)
    return text


def _long_vowels(text: str) -> str:
    """オーノ, オオノ and オウノ read alike, and so do ケイ and ケエ."""
    read: list[str] = []
    for one in text:
        before = _VOWEL.get(read[-1], "") if read else ""
        if one == "ー":
            read.append(before or one)
        elif (before, one) in {("オ", "ウ"), ("エ", "イ")}:
            read.append(before)
        else:
            read.append(one)
    return "".join(read)


STEPS: tuple[Step, ...] = (
    ("空白・全角半角・小書き", kana_key),
    ("ヴとブ", _foreign),
    ("ヂ・ヅ・ヲの書き方", lambda text: text.translate(_OLD)),
    ("長音の書き方", _long_vowels),
)
