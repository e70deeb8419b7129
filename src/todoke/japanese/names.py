"""Keys under which names are found; a key never replaces the name, whose code points stay as they came."""

import hashlib
import re
import unicodedata

from .doubles import to_windows

_VARIATION_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SMALL = "ァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
_LARGE = "アイウエオツヤユヨワカケクシストヌハヒフヘホムラリルレロ"
_TO_LARGE = str.maketrans(_SMALL, _LARGE)
_TO_KATAKANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_LONG_MARKS = dict.fromkeys(map(ord, "-‐‑‒–—―−ー－ｰ─━"), "ー")
_BETWEEN = re.compile(r"[・･·•.,'’‘`´]")


def search_key(text: str) -> str:
    """The key of a name or address: width, case, doubles and 異体字セレクタ folded, blanks and invisible characters dropped.

    Compatibility ideographs fold to their base（神 U+FA19 → 神）: right for finding, never for storing.
    """
    bare = to_windows(_VARIATION_SELECTOR.sub("", text))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", bare).casefold())
    dense = "".join(one for one in folded if not _is_blank(one))
    return dense if dense == folded else unicodedata.normalize("NFKC", dense)


def kana_key(text: str) -> str:
    """The key of a reading: 全角カタカナ, small kana as large, all long marks as ー, blanks and 中黒 dropped.

    Old systems print ショウタ as ｼﾖｳﾀ; both have one key. Raises nothing: other characters stay as they are.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_LONG_MARKS)).translate(_LONG_MARKS)
    return search_key(_BETWEEN.sub("", plain)).translate(_TO_KATAKANA).translate(_TO_LARGE)


def is_kana(text: str) -> bool:
    """Whether a reading is written in kana alone（blanks, 中黒 and long marks aside）."""
    key = kana_key(text)
    return bool(key) and all("ア" <= one <= "ヺ" or one in "ーヽヾ" for one in key)


def compose_kana(text: str) -> str:
    """Join kana with a separate 濁点・半濁点（か+U+3099 → が）; nothing else is normalised."""
    return _SPLIT_KANA.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


_SPLIT_KANA = re.compile("[\u3041-\u30ff][\u3099\u309a]")


def agrees_with_substitutes(shown: str, name: str, substituted: frozenset[int]) -> bool:
    """Whether a name fits one in which characters were replaced（代替文字）at the positions given, from 0.

    A certificate replaces what lies outside JIS 第1・第2水準 and 補助漢字; at these places any character fits.
    """
    left, right = list(shown), list(_VARIATION_SELECTOR.sub("", name))
    if len(left) != len(right):
        return False
    return all(
        position in substituted or search_key(one) == search_key(other)
        for position, (one, other) in enumerate(zip(left, right, strict=True))
    )


def person_key(name: str, birth: str) -> str:
    """One key for whoever has this name and this birth, 32 hex digits; empty when either is missing.

    To tell whether two applications speak of the same person; it finds nobody in a register.
    """
    key = search_key(name)
    if not key or not birth.strip():
        return ""
    return hashlib.sha256(f"{key}\n{birth.strip()}".encode()).hexdigest()[:32]


def _is_blank(one: str) -> bool:
    return one.isspace() or unicodedata.category(one) in ("Cf", "Cc", "Zs", "Zl", "Zp")
