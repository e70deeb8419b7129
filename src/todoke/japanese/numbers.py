"""Numbers that people write in many ways: amounts, digits, 郵便番号, 電話番号, the check digit of the 個人番号.

Source: 行政手続における特定の個人を識別するための番号の利用等に関する法律の規定による通知カード及び個人番号カード並びに情報
提供ネットワークシステムによる特定個人情報の提供等に関する省令 第5条（検査用数字）.
"""

import re
from decimal import Decimal

_AMOUNT = str.maketrans("０１２３４５６７８９＋−－．，", "0123456789+--.,")
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,10})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3}){1,9}(?:\.[0-9]{1,10})?")
_PLAIN = str.maketrans("０１２３４５６７８９＋（）　", "0123456789+() ")
_HYPHENS = re.compile("[-‐‑‒–—―−－ーｰ─]")
_POSTAL_CODE = re.compile(r"〒?\s?([0-9]{3})-?\s?([0-9]{4})")
_TELEPHONE = re.compile(r"0[0-9]{9,10}")
_INTERNATIONAL = re.compile(r"\+81(?:0|)([1-9][0-9]{8,9})")


def amount(text: str) -> Decimal | None:
    """A number as people write it, exact: either width, thousands parted by commas, 円 behind it; else None.

    −0 is 0. What only programmers write（1e9, 1_000, NaN, 0x10）is no number（T24）.
    """
    bare = text.translate(_AMOUNT).strip().removesuffix("円").rstrip()
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    if not _NUMBER.fullmatch(bare):
        return None
    value = Decimal(bare)
    return value or value.copy_abs()


def ascii_digits(text: str) -> str | None:
    """The digits of a text that holds nothing but digits, blanks and hyphens, in either width; else None."""
    digits = _HYPHENS.sub("", text.translate(_PLAIN)).replace(" ", "")
    return digits if re.fullmatch("[0-9]+", digits) else None


def postal_code(text: str) -> str | None:
    """The copy of a 郵便番号 for matching, seven digits without hyphen, or None."""
    found = _POSTAL_CODE.fullmatch(_HYPHENS.sub("-", text.translate(_PLAIN)).strip())
    return found[1] + found[2] if found else None


def telephone(text: str) -> str | None:
    """The copy of a Japanese telephone number for matching, digits with the leading 0, or None."""
    bare = re.sub(r"[-() ]", "", _HYPHENS.sub("-", text.translate(_PLAIN)))
    international = _INTERNATIONAL.fullmatch(bare)
    national = f"0{international[1]}" if international else bare
    return national if _TELEPHONE.fullmatch(national) else None


def is_individual_number(text: str) -> bool:
    """Whether twelve ASCII digits carry the right check digit; the value is never repeated in an answer（NUM-420）."""
    if not re.fullmatch("[0-9]{12}", text) or not text.strip("0"):
        return False
    weighted = sum(
        int(digit) * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(text[:11]), start=1)
    )
    remainder = weighted % 11
    return int(text[11]) == (0 if remainder <= 1 else 11 - remainder)
