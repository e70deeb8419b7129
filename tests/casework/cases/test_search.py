"""What the worklist's search looks for, as rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.casework.cases.errors import SearchTooShort
from todoke.casework.cases.rules.search import folded, phrases, receipt_prefix, search_text

STORED = search_text(("織機　太郎", "オリハタ　タロウ", "260406000000001"))


def finds(text: str, stored: str = STORED) -> bool:
    return all(phrase in stored for phrase in phrases(text))


@pytest.mark.parametrize(
    "text",
    ["織機", "太郎", "織機太郎", "織機 太郎", "太郎　織機", "おりはた", "ｵﾘﾊﾀ", "タロ", "機太", "260406"],
)
def test_a_word_is_found_however_it_is_typed(text: str) -> None:
    assert finds(text)


@pytest.mark.parametrize("text", ["太織", "郎オ", "次郎", "織機 次郎", "%%", "__", "郎織"])
def test_what_is_not_there_is_not_found(text: str) -> None:
    assert not finds(text)


def test_a_name_of_two_single_characters_is_found_as_one() -> None:
    assert finds("林　健", search_text(("林　健",)))


@pytest.mark.parametrize("text", ["織", "a", "・・", "　"])
def test_one_character_is_too_short(text: str) -> None:
    with pytest.raises(SearchTooShort):
        phrases(text)


@given(st.text(min_size=2, max_size=20), st.data())
def test_every_part_of_a_text_is_found(text: str, data: st.DataObject) -> None:
    whole = folded(text)
    if len(whole) < 2 or "|" in whole or folded(whole) != whole:
        return
    start = data.draw(st.integers(0, len(whole) - 2))
    end = data.draw(st.integers(start + 2, len(whole)))
    assert finds(whole[start:end], search_text((text,)))


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("2604", "2604"),
        ("２６０４０６", "260406"),
        ("260", None),
        ("織機", None),
    ],
)
def test_digits_are_the_beginning_of_a_receipt_number(text: str, prefix: str | None) -> None:
    assert receipt_prefix(text) == prefix
