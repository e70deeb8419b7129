"""Serial numbers of certificates（発行番号）in one normal form, whatever form they arrive in."""

import re

MOST_OCTETS = 20
_HEXADECIMAL = re.compile(
    r"(?:0[xX])?[0-9A-Fa-f]{1,40}|[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){1,20}|(?: [0-9A-Fa-f]{2}){1,20})"
)
_DECIMAL = re.compile(r"[0-9]{1,49}")


def normalise(text: str, *, decimal: bool = False) -> str | None:
    """The serial as lower-case hex without leading zeros, or None when the text is no serial.

    Accepts ASCII hex, with `0x`, with colons or blanks between octets, in either case; the same digits read as
    decimal only when the layout says so. A serial is positive and has at most 20 octets (RFC 5280 §4.1.2.2).
    """
    stripped = text.strip(" \t\r\n")
    if decimal:
        number = int(stripped) if _DECIMAL.fullmatch(stripped) else 0
    elif _HEXADECIMAL.fullmatch(stripped):
        number = int(stripped.replace(":", "").replace(" ", ""), 16)
    else:
        return None
    return of_number(number)


def of_number(number: int) -> str | None:
    """The normal form of a serial that is a number already, or None when no certificate may bear it."""
    if number <= 0 or number.bit_length() > MOST_OCTETS * 8:
        return None
    return f"{number:x}"
