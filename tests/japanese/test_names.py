"""Keys of names and readings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.japanese import names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("山田　太郎", "山田太郎"),
        ("山田 太郎", "山田\u200b太郎"),
        ("ＡＢＣ", "abc"),
        ("葛\U000e0100城", "葛城"),
        ("神\ufa19", "神神"),
        ("１丁目２−３", "1丁目2−3"),
        ("か\u3099", "が"),
        ("O'Neil", "o'neil"),
    ],
)
def test_T05_T06_T13_names_that_are_found_by_one_key(one: str, other: str) -> None:
    assert names.search_key(one) == names.search_key(other)


@pytest.mark.parametrize(("one", "other"), [("髙橋", "高橋"), ("渡邉", "渡辺"), ("山田", "山口")])
def test_different_characters_keep_different_keys(one: str, other: str) -> None:
    assert names.search_key(one) != names.search_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ヤマダ　タロウ", "やまだ たろう"),
        ("ｼﾖｳﾀ", "ショウタ"),
        ("ﾀﾞｲｽｹ", "ダイスケ"),
        ("カトリーヌ・ド", "カトリ－ヌド"),
        ("サトー", "サト-"),
        ("ッ", "ツ"),
        ("ヶ", "ケ"),
        ("か\u3099", "ガ"),
        ("ㇰ", "ク"),
    ],
)
def test_T12_readings_that_have_one_key(one: str, other: str) -> None:
    assert names.kana_key(one) == names.kana_key(other)


def test_voiced_and_plain_readings_differ() -> None:
    assert names.kana_key("タカタ") != names.kana_key("タカダ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ヤマダ　タロウ", True),
        ("やまだ", True),
        ("ﾔﾏﾀﾞ", True),
        ("ヴァン・ゴッホ", True),
        ("山田", False),
        ("", False),
        ("Smith", False),
    ],
)
def test_a_reading_is_recognised(text: str, expected: bool) -> None:
    assert names.is_kana(text) is expected


def test_T05_T06_only_kana_are_composed() -> None:
    assert names.compose_kana("か\u3099ハ\u309a") == "がパ"
    assert names.compose_kana("\ufa19か") == "\ufa19か"
    assert names.compose_kana("神\u3099") == "神\u3099"


def test_a_substituted_character_fits_any_other_at_its_place_only() -> None:
    assert names.agrees_with_substitutes("●田太郎", "𠮷田太郎", frozenset({0}))
    assert not names.agrees_with_substitutes("●田太郎", "𠮷田太郎", frozenset())
    assert not names.agrees_with_substitutes("●田太郎", "𠮷田次郎", frozenset({0}))
    assert not names.agrees_with_substitutes("●田太郎", "𠮷田太", frozenset({0}))
    assert names.agrees_with_substitutes("葛城　一", "葛\U000e0100城 一", frozenset())


@given(st.text(max_size=40))
def test_a_key_is_stable(text: str) -> None:
    assert names.search_key(names.search_key(text)) == names.search_key(text)
    assert names.kana_key(names.kana_key(text)) == names.kana_key(text)
