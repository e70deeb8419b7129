"""Search by pairs of characters: finds a two-character name, which word indexes of databases do not."""

import re
import unicodedata
from collections.abc import Sequence

from .names import search_key

_WORD_BORDER = re.compile(r"[\W_]+")


def tokens(*texts: str) -> tuple[str, ...]:
    """The pairs of every text in order, each text ending with its last single character.

    Letters and digits only; signs part words. 「山田」「太郎」 gives 山田 田 太郎 郎.
    """
    return tuple(token for text in texts for word in _words(text) for token in _pairs(word))


def indexed(texts: Sequence[str]) -> str:
    """The search column of a row: the tokens joined by blanks（FTS5 unicode61, or `string_to_array` for a GIN）."""
    return " ".join(tokens(*texts))


def phrase(text: str) -> tuple[str, ...]:
    """What to look for, one token after another: the pairs of the text, or a single character as a prefix.

    Empty when the text holds no letter or digit. For one character the row's token begins with it.
    """
    wanted: list[str] = []
    for word in _words(text):
        wanted.extend(_pairs(word)[:-1] if len(word) > 1 else [word])
    return tuple(wanted)


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word))]


def _words(text: str) -> list[str]:
    """Parted at blanks and signs before the key drops them, so that no pair spans two words."""
    spaced = _WORD_BORDER.sub(" ", unicodedata.normalize("NFKC", text))
    return [key for word in spaced.split() if (key := search_key(word))]
