"""Numbers are replaced by signs wherever they stand; what is no such number stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.japanese import hiding

GONE = "●" * 12


@pytest.mark.parametrize(
    "text",
    ["123456789018", "１２３４５６７８９０１８", "1234 5678 9018", "1234-5678-9018", "1234－5678－9018",
     "１２３４　５６７８　９０１８", "123456789012"],
)  # fmt: skip
def test_twelve_digits_are_hidden_however_they_are_written(text: str) -> None:
    assert hiding.hide_numbers(text) == GONE
    assert hiding.hide_numbers(f"番号は{text}です") == f"番号は{GONE}です"
    assert hiding.holds_number(f"番号は{text}です")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0312345678",
        "090-1234-5678",
        "260406000000001",
        "1234567890123",
        "令和8年4月6日",
        "12345678901",
        "第1234567890123号",
    ],
)
def test_telephones_receipt_numbers_and_numbers_of_bodies_stay(text: str) -> None:
    assert hiding.hide_numbers(text) == text
    assert not hiding.holds_number(text)


@pytest.mark.parametrize(
    ("serial", "shown"), [("67c6a21b39", "●●●●1b39"), ("67c6", "●●●●"), ("12345678", "●●●●"), ("", "")]
)
def test_a_serial_is_told_by_its_end(serial: str, shown: str) -> None:
    assert hiding.hide_serial(serial) == shown


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.text(max_size=20), st.text(max_size=20))
def test_no_text_around_a_number_brings_it_through(number: str, before: str, after: str) -> None:
    text = f"{before}　{number}　{after}"
    if before[-1:].isdigit() or after[:1].isdigit():
        return
    assert number not in hiding.hide_numbers(text)


@pytest.mark.parametrize("name", ["発行番号", "利用者証明用のシリアル番号", "auth_serial"])
def test_an_answer_that_is_a_serial_is_known_by_its_name(name: str) -> None:
    assert hiding.hide_answer(name, "67C6A21B3977D001") == "●●●●D001"
    assert hiding.hide_answer(name, "3B523077") == "●●●●"
    assert hiding.hide_answer("備考", "3B523077") == "3B523077"
