"""Which characters a core system can take, and the fixed table of doubles（bad-inputs T01–T06, T08）.

Nothing is dropped and nothing is replaced by resemblance. Three things may change a character on its way out,
each of them written down: kana with a separate 濁点・半濁点 are composed (T05, kana only: NFC would change
name characters such as U+FA19); the table below; and what a town's profile or a clerk has chosen.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from todoke.japanese.doubles import TO_JIS, TO_WINDOWS

DOUBLES = TO_WINDOWS  # both code points of a double leave as the one that the encoding can write
_HALVES = TO_JIS
_SPLIT_KANA = re.compile("[\u3041-\u30ff][\u3099\u309a]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_WINDOWS = frozenset({"cp932", "windows-31j", "ms932"})


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text as it may leave, the elements that cannot, and whether one of them is a 外字（private use）."""

    text: str
    unfit: tuple[str, ...] = ()
    has_gaiji: bool = False


@dataclass(frozen=True, slots=True)
class Repertoire:
    """What a core system's file can hold: an encoding, and perhaps a smaller set of characters inside it."""

    encoding: str
    set_name: str = "all"

    def holds(self, text: str) -> bool:
        """Whether every character can be written; 外字 never can, whatever the codec says."""
        return _holds(self, text) if len(text) == 1 else _can_hold(self, text)


@lru_cache(maxsize=20_000)
def _holds(repertoire: Repertoire, one: str) -> bool:
    """What a repertoire holds of single characters is asked again and again."""
    return _can_hold(repertoire, one)


def _can_hold(repertoire: Repertoire, text: str) -> bool:
    if _PRIVATE.search(text) or not _encodes(text, repertoire.encoding):
        return False
    return repertoire.set_name != "jis-x-0208" or all(
        _encodes(one, "shift_jis") or _encodes(_HALVES.get(one, one), "shift_jis") for one in text
    )


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def elements(text: str) -> list[str]:
    """The text as a reader sees it: a base character together with its variation selectors and marks."""
    found: list[str] = []
    for one in text:
        if _is_attached(one) and found:
            found[-1] += one
        else:
            found.append(one)
    return found


@lru_cache(maxsize=20_000)
def _is_attached(one: str) -> bool:
    return unicodedata.category(one).startswith("M") or unicodedata.combining(one) != 0


def compose_kana(text: str) -> str:
    """か + U+3099 → が, for kana only."""
    return _SPLIT_KANA.sub(lambda pair: unicodedata.normalize("NFC", pair.group()), text)


def fit(text: str, repertoire: Repertoire, substitutes: Mapping[str, str]) -> Fitted:
    """What of a text may leave; `substitutes` (element → chosen text) come from the profile and the clerk."""
    if text.isascii():
        return Fitted(text)
    doubles = DOUBLES if repertoire.encoding.lower() in _WINDOWS else {}
    leaving: list[str] = []
    unfit: list[str] = []
    for one in elements(compose_kana(text)):
        chosen = substitutes.get(one) or doubles.get(one) or one
        (leaving if repertoire.holds(chosen) else unfit).append(chosen)
    return Fitted("".join(leaving), tuple(dict.fromkeys(unfit)), any(_PRIVATE.search(one) for one in unfit))
