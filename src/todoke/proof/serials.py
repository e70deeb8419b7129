"""Serial numbers of certificates（発行番号）in one normal form, whatever form they arrive in.

Which form a source prints is said by its profile, never guessed: the same ten digits are two different serials in
hexadecimal and in decimal. What could be read in two ways is refused, and a person looks.
"""

import re
from dataclasses import dataclass
from typing import Literal

Form = Literal["hex", "decimal", "either"]
MOST_OCTETS = 20
_HEXADECIMAL = re.compile(
    r"(?:0[xX])?[0-9A-Fa-f]{1,40}|[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){1,20}|(?: [0-9A-Fa-f]{2}){1,20})"
)
_DECIMAL = re.compile(r"[0-9]{1,49}")
# Named one by one: a general folding（NFKC）would read ①, ², Ⅽ or ٣ as digits that nobody meant.
_FULL_WIDTH = str.maketrans(
    "０１２３４５６７８９ＡＢＣＤＥＦａｂｃｄｅｆＸｘ：　", "0123456789ABCDEFabcdefXx: "
)


@dataclass(frozen=True, slots=True)
class SerialForm:
    """How a source prints serials: hexadecimal, decimal or either, and whether full-width characters occur.

    `either` reads only what is hexadecimal beyond doubt（a letter, `0x` or separators）: digits alone are refused.
    """

    form: Form = "hex"
    full_width: bool = False


def normalise(text: str, *, decimal: bool = False, form: SerialForm | None = None) -> str | None:
    """The serial as lower-case hex without leading zeros, or None when the text is no serial.

    Accepts ASCII hex, with `0x`, with colons or blanks between octets, in either case; the same digits read as
    decimal only when the layout says so. A serial is positive and has at most 20 octets (RFC 5280 §4.1.2.2).
    Full-width characters are read only where the form says that they occur, by a fixed table, never mixed with
    their half-width twins: a text that is half and half has been edited by hand.
    """
    wanted = form or SerialForm("decimal" if decimal else "hex")
    stripped = text.strip(" \t\r\n　" if wanted.full_width else " \t\r\n")
    if wanted.full_width and not stripped.isascii():
        folded = stripped.translate(_FULL_WIDTH)
        if len(set(stripped) & set(folded) - set(" ")) > 0:
            return None
        stripped = folded
    return _read(stripped, wanted.form)


def _read(text: str, form: Form) -> str | None:
    if form == "decimal":
        return of_number(int(text)) if _DECIMAL.fullmatch(text) else None
    if not _HEXADECIMAL.fullmatch(text) or (form == "either" and _DECIMAL.fullmatch(text)):
        return None
    return of_number(int(text.replace(":", "").replace(" ", ""), 16))


def of_number(number: int) -> str | None:
    """The normal form of a serial that is a number already, or None when no certificate may bear it."""
    if number <= 0 or number.bit_length() > MOST_OCTETS * 8:
        return None
    return f"{number:x}"
