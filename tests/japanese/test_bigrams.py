"""Pairs of characters as a search column."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.japanese import bigrams


def test_a_text_becomes_its_pairs_and_its_last_character() -> None:
    assert bigrams.tokens("山田太郎") == ("山田", "田太", "太郎", "郎")
    assert bigrams.tokens("山田　太郎", "P01") == ("山田", "田", "太郎", "郎", "p0", "01", "1")
    assert bigrams.tokens("", "・") == ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("山田", ("山田",)),
        ("田太郎", ("田太", "太郎")),
        ("山", ("山",)),
        ("ヤマ ﾀﾛｳ", ("ヤマ", "タロ", "ロウ")),
        ("%_", ()),
    ],
)
def test_what_is_looked_for(text: str, wanted: tuple[str, ...]) -> None:
    assert bigrams.phrase(text) == wanted


@pytest.fixture
def found_by():  # type: ignore[no-untyped-def]  # a closure over one table
    connection = sqlite3.connect(":memory:")
    connection.execute("create virtual table t using fts5(name, tokenize='unicode61 remove_diacritics 0')")
    for name in ("山田　太郎", "山口 花子", "𠮷田ガオ", "Smith Ann"):
        connection.execute("insert into t values (?)", (bigrams.indexed([name]),))

    def search(text: str) -> set[int]:
        wanted = bigrams.phrase(text)
        query = " ".join(f'"{each}"' if len(each) > 1 else f'"{each}"*' for each in wanted)
        return {row for (row,) in connection.execute("select rowid from t where t match ?", (query,))}

    yield search
    connection.close()


def test_two_character_names_are_found_in_a_full_text_index(found_by) -> None:  # type: ignore[no-untyped-def]
    assert found_by("山田") == {1}
    assert found_by("山") == {1, 2}
    assert found_by("郎") == {1}
    assert found_by("𠮷田") == {3}
    assert found_by("ｶﾞｵ") == {3}
    assert found_by("SMITH") == {4}
    assert found_by("田口") == set()


@given(st.text(alphabet="山田太郎花子あアｱA1 ・", min_size=1, max_size=8), st.data())
def test_every_part_of_a_word_is_found_in_it(text: str, data: st.DataObject) -> None:
    row = bigrams.tokens(text)
    for word in bigrams._words(text):
        start = data.draw(st.integers(0, len(word) - 1))
        part = word[start : data.draw(st.integers(start + 1, len(word)))]
        for each in bigrams.phrase(part):
            assert each in row or any(token.startswith(each) for token in row)
