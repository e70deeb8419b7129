"""Numbers as people write them."""

import pytest

from todoke.japanese import numbers


@pytest.mark.parametrize(
    "text", ["１００－０００１", "100-0001", "1000001", "〒100-0001", "〒 100ー0001", " 100 0001 "]
)
def test_T23_a_postal_code_in_every_form(text: str) -> None:
    assert numbers.postal_code(text) == "1000001"


@pytest.mark.parametrize("text", ["", "100-001", "100-00011", "abc", "１００"])
def test_T23_what_is_no_postal_code_is_none(text: str) -> None:
    assert numbers.postal_code(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "03-1234-5678",
        "０３（１２３４）５６７８",
        "+81 3-1234-5678",
        "+81-(0)3-1234-5678",
        "03ー1234ー5678",
        "0312345678",
    ],
)
def test_T23_a_telephone_number_in_every_form(text: str) -> None:
    assert numbers.telephone(text) == "0312345678"


@pytest.mark.parametrize(
    "text", ["", "1234", "+1 202 555 0100", "090-1234-56", "03-1234-567890", "1234567890"]
)
def test_T23_what_is_no_telephone_number_is_none(text: str) -> None:
    assert numbers.telephone(text) is None


def test_digits_of_either_width_are_read_and_nothing_else() -> None:
    assert numbers.ascii_digits("１２-３４") == "1234"
    for wrong in ("", "12a", "٣", "12.5", "①"):
        assert numbers.ascii_digits(wrong) is None


def test_T22_the_check_digit_of_an_individual_number() -> None:
    valid = [
        f"12345678901{digit}" for digit in range(10) if numbers.is_individual_number(f"12345678901{digit}")
    ]
    assert valid == ["123456789018"]
    for wrong in (
        "123456789017",
        "12345678901",
        "1234567890188",
        "000000000000",
        "１２３４５６７８９０１８",
        "12345678901x",
        "123456789018\n",
    ):
        assert not numbers.is_individual_number(wrong)
