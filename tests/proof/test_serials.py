"""Serial numbers in every form they are printed in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.proof import serials


@pytest.mark.parametrize(
    "text",
    [
        "067C6A21",
        "67c6a21",
        "0x067C6A21",
        "0X67C6A21",
        "06:7C:6A:21",
        "06 7c 6a 21",
        "  067c6a21\r\n",
        "0" * 30 + "67c6a21",
    ],
)
def test_every_printed_form_means_one_serial(text: str) -> None:
    assert serials.normalise(text) == "67c6a21"


def test_decimal_is_read_only_where_the_layout_says_so() -> None:
    assert serials.normalise("108816929", decimal=True) == serials.normalise("067C6A21")
    assert serials.normalise("108816929") == "108816929"
    assert serials.normalise("067C6A21", decimal=True) is None
    assert serials.normalise(str(2**160), decimal=True) is None


@pytest.mark.parametrize(
    "text",
    ["", "0", "00:00", "0x", "-5", "+5", "１２３４", "6 7c", "06:7c 6a", "06::7c", "٣", "12_34", "g",
     "f" * 41, "1" + "0" * 40, "67c6a21h", "\n", "06:7C:6A:21:", "#"],
)  # fmt: skip
def test_what_is_no_serial_is_none(text: str) -> None:
    assert serials.normalise(text) is None


@given(st.integers(1, 2**160 - 1))
def test_a_serial_of_up_to_twenty_octets_survives_every_form(number: int) -> None:
    digits = f"{number:x}"
    even = digits.zfill(len(digits) + len(digits) % 2)
    pairs = [even[at : at + 2] for at in range(0, len(even), 2)]
    for form in (digits, even.upper(), "0x" + digits, ":".join(pairs), " ".join(pairs)):
        assert serials.normalise(form) == digits == serials.of_number(number)
    assert serials.normalise(str(number), decimal=True) == digits


@given(st.text(max_size=60), st.booleans())
def test_any_text_is_a_serial_or_none(text: str, decimal: bool) -> None:
    found = serials.normalise(text, decimal=decimal)
    assert found is None or (found.isascii() and int(found, 16) > 0)
