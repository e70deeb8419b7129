"""Shapes of numbers as pictures: 9 is a digit, A a Latin letter, anything else itself（999-9999）.

A picture is compared character by character and never becomes a pattern, so no picture can be slow（T25）.
"""

import unicodedata
from collections.abc import Iterable

_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−－ーｰ─"), "-")


def plain(text: str) -> str:
    """The text in the width of a picture: digits and letters half-width, every hyphen as -, no blanks at the ends."""
    return unicodedata.normalize("NFKC", text.translate(_HYPHENS)).strip()


def fits_any(text: str, pictures: Iterable[str]) -> bool:
    """Whether a text, in either width, has the shape of one of the pictures."""
    bare = plain(text)
    return any(_fits(bare, picture) for picture in pictures)


def _fits(text: str, picture: str) -> bool:
    return len(text) == len(picture) and all(map(_fits_one, text, picture))


def _fits_one(one: str, sign: str) -> bool:
    if sign == "9":
        return "0" <= one <= "9"
    if sign == "A":
        return one.isascii() and one.isalpha()
    return one == sign
