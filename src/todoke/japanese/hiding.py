"""Numbers that no screen shows by itself: 個人番号 and serials of certificates, replaced by signs in the text around them.

Whatever looks like a 個人番号 is hidden, right check digit or not: a mistyped one is somebody's all the same, and a
driving licence's number loses nothing by it. Twelve digits may stand in either width, with blanks or hyphens between.
"""

import re

SIGN = "●"
LAST = 4
WORDS = ("個人番号", "マイナンバー", "individual_number")
SERIAL_WORDS = ("発行番号", "シリアル番号", "auth_serial")
_DIGIT = "[0-9０-９]"
_BETWEEN = "[ 　\\-‐‑‒–—―−－]?"
_TWELVE = re.compile(f"(?<!{_DIGIT})(?:{_DIGIT}{_BETWEEN}){{11}}{_DIGIT}(?!{_DIGIT})")


def hide_numbers(text: str) -> str:
    """The text with every run of twelve digits as twelve signs; the very same text where there is none."""
    return _TWELVE.sub(SIGN * 12, text)


def holds_number(text: str) -> bool:
    """Whether a run of twelve digits stands in the text."""
    return _TWELVE.search(text) is not None


def hide_serial(text: str) -> str:
    """A serial by its last four characters, enough to tell two of one person apart; a short one not at all."""
    if not text:
        return ""
    return SIGN * 4 + (text[-LAST:] if len(text) > 2 * LAST else "")


def names_number(name: str) -> bool:
    """Whether a field of this name asks for a 個人番号."""
    return any(word in name for word in WORDS)


def names_serial(name: str) -> bool:
    """Whether a field of this name holds the serial of a certificate."""
    return any(word in name for word in SERIAL_WORDS)


def hide_answer(name: str, text: str) -> str:
    """An answer to a field of this name: all of it hidden where the field asks for a 個人番号, a serial but for its end."""
    if text and names_number(name):
        return SIGN * 12
    return hide_serial(text) if names_serial(name) else hide_numbers(text)
