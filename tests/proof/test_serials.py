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


WIDE = serials.SerialForm(full_width=True)
TO_WIDE = str.maketrans({one: chr(ord(one) + 0xFEE0) for one in "0123456789ABCDEFabcdefXx:"} | {" ": "　"})


@given(st.integers(1, 2**160 - 1), st.booleans())
def test_full_width_forms_mean_the_same_where_the_profile_declares_them(number: int, upper: bool) -> None:
    digits = f"{number:X}" if upper else f"{number:x}"
    even = digits.zfill(len(digits) + len(digits) % 2)
    pairs = [even[at : at + 2] for at in range(0, len(even), 2)]
    for form in (digits, even, "0x" + digits, ":".join(pairs), " ".join(pairs)):
        wide = form.translate(TO_WIDE)
        assert serials.normalise(wide, form=WIDE) == f"{number:x}"
        assert serials.normalise(form, form=WIDE) == f"{number:x}", "half width stays readable"
        assert serials.normalise(wide) is None, "and full width is not read where nobody declared it"
    wide = str(number).translate(TO_WIDE)
    assert serials.normalise(wide, form=serials.SerialForm("decimal", full_width=True)) == f"{number:x}"


@pytest.mark.parametrize(
    "text",
    [
        "①２３",
        "²３",
        "Ⅽ１",
        "٣４",
        "１2３4",
        "０6７ｃ",
        "ｇ１",
        "１－２",
        "〇１",
        "一二",
        "Ｏ１",
        "ｌ１",
        "０ｘ",
    ],
)
def test_what_only_resembles_a_full_width_digit_is_none(text: str) -> None:
    assert serials.normalise(text, form=WIDE) is None


@pytest.mark.parametrize("text", ["108816929", "0067", "1"])
def test_digits_that_could_be_decimal_or_hexadecimal_are_refused_where_either_may_come(text: str) -> None:
    assert serials.normalise(text, form=serials.SerialForm("either")) is None


@pytest.mark.parametrize("text", ["067C6A21", "0x1088", "10:88:16:92", "10 88"])
def test_hexadecimal_beyond_doubt_is_read_where_either_may_come(text: str) -> None:
    assert serials.normalise(text, form=serials.SerialForm("either")) == serials.normalise(text)


@given(
    st.text(alphabet="0123456789０１２abcＡＢｘ:： 　", max_size=12),
    st.sampled_from(["hex", "decimal", "either"]),
)
def test_a_text_of_any_form_is_a_positive_serial_or_none(text: str, form: serials.Form) -> None:
    found = serials.normalise(text, form=serials.SerialForm(form, full_width=True))
    assert found is None or (found.isascii() and 0 < int(found, 16) < 2**160)
