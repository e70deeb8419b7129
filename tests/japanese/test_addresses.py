"""Addresses in one form, each step with its name; readings that sound alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.japanese import addresses, readings

ONE = "つむぎ県みなせ市水音町一丁目2番3号"


@pytest.mark.parametrize(
    "other",
    [
        "つむぎ県みなせ市水音町1-2-3", "みなせ市水音町１－２－３",
        "つむぎ県みなせ市水音町１丁目２番３号", "みなせ市水音町一丁目二番三号",
        "みなせ市水音町1ー2ー3", "みなせ市水音町1丁目2の3",
        "つむぎ県みなせ市　水音町 1‐2‐3", "みなせ市水音町1丁目2番地3",
    ],
)  # fmt: skip
def test_one_address_in_many_forms_has_one_key(other: str) -> None:
    assert addresses.key(ONE) == addresses.key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("かざみ村字風見12番地", "かざみ村風見12"),
        ("ひより町大字麦穂120番地3", "ひより町麦穂120-3"),
        ("つむぎ県よそみ郡ひより町麦穂1", "ひより町麦穂1"),
        ("みなせ市北十条二十三番地", "みなせ市北10条23"),
        ("みなせ市浮橋百二十番地四", "みなせ市浮橋120-4"),
        ("みなせ市水音町1-2　糸車ハイツ203号", "みなせ市水音町1番2号糸車ハイツ203号室"),
    ],
)
def test_what_is_left_out_or_written_in_kanji_is_the_same_place(one: str, other: str) -> None:
    assert addresses.key(one) == addresses.key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("みなせ市水音町1-23", "みなせ市水音町12-3"),
        ("みなせ市水音町1-2-3", "みなせ市水音町1-2"),
        ("三鷹市1-1", "四鷹市1-1"),
        ("つむぎ県みなせ市1", "よそみ県みなせ市2"),
        ("みなせ市水音町1-2糸車ハイツ203", "みなせ市水音町1-2糸車ハイツ204"),
    ],
)
def test_two_places_stay_two(one: str, other: str) -> None:
    assert addresses.key(one) != addresses.key(other)


def test_a_building_left_out_is_no_other_house_number() -> None:
    plain = addresses.key("みなせ市水音町1-2")
    assert addresses.has_only_more_building(plain, addresses.key("みなせ市水音町1-2糸車ハイツ203号"))
    assert not addresses.has_only_more_building(plain, addresses.key("みなせ市水音町1-2-3"))
    assert not addresses.has_only_more_building(plain, addresses.key("みなせ市水音町1-25"))


@given(st.text(alphabet="つむぎ県みなせ市町村字大丁目番地号の一二三十百0123０１-－ー　 ハイツ", max_size=40))
def test_any_text_has_a_key_that_stays(text: str) -> None:
    key = addresses.key(text)
    for _, step in addresses.STEPS[:3]:
        assert step(key) == key or len(step(key)) <= len(key)


def reading(text: str) -> str:
    for _, step in readings.STEPS:
        text = step(text)
    return text


@pytest.mark.parametrize(
    ("one", "other"),
    [("オオノ　ショウタ", "オーノ ｼﾖｳﾀ"), ("ヴィオラ", "ビオラ"), ("ミヅキ", "ミズキ"),
     ("コウノ", "コーノ"), ("ケイコ", "ケーコ"), ("かおり", "カヲリ")],
)  # fmt: skip
def test_readings_that_sound_alike_have_one_key(one: str, other: str) -> None:
    assert reading(one) == reading(other)


@pytest.mark.parametrize(("one", "other"), [("ハナコ", "バナコ"), ("ユキ", "ユウキ"), ("オノ", "オオノ")])
def test_other_readings_stay_other_readings(one: str, other: str) -> None:
    assert reading(one) != reading(other)
