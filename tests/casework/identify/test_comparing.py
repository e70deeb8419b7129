"""A statement against a resident record: explained differences are no mismatches, and mismatches are no matches."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.casework.identify.rules import comparing
from todoke.casework.identify.values import (
    ComparedField,
    Comparison,
    FieldComparison,
    FieldMatch,
    Stated,
    StatedBy,
)
from todoke.casework.residents.values import Resident, ResidentStatus, Sex

TODAY = date(2026, 4, 6)
TARO = Resident(
    "77", "高橋　太郎", "タカハシ　タロウ", birth="1980-02-03", sex=Sex.MALE,
    address="つむぎ県みなせ市水音町一丁目2番3号", previous_address="つむぎ県みなせ市浮橋9番地", household="1",
)  # fmt: skip
SAID = Stated(StatedBy.FORM, TARO.name, TARO.kana, TARO.birth, "男性", "つむぎ県みなせ市水音町一丁目2番3号")
AGREES, VARIES, DIFFERS, ABSENT = FieldMatch


def compared(said: Stated = SAID, held: Resident = TARO) -> Comparison:
    return comparing.compare(said, held, on=TODAY)


def field(found: Comparison, which: ComparedField) -> FieldComparison:
    return next(one for one in found.fields if one.field is which)


def outcome(found: Comparison, which: ComparedField) -> tuple[FieldMatch, tuple[str, ...]]:
    one = field(found, which)
    return one.match, one.reasons


def test_what_is_the_same_agrees_without_a_word() -> None:
    found = compared()
    assert found.grade is AGREES
    assert [one.match for one in found.fields] == [AGREES] * 5
    assert found.differences == ()


def test_no_copy_is_nothing_to_compare_with_and_no_mismatch() -> None:
    assert comparing.compare(SAID, None, on=TODAY) == Comparison(StatedBy.FORM, ABSENT)


@pytest.mark.parametrize("name", ["高橋 太郎", "高橋太郎", " 高橋　　太郎 "])
def test_blanks_are_no_difference(name: str) -> None:
    assert outcome(compared(replace(SAID, name=name)), ComparedField.NAME) == (AGREES, ())


@pytest.mark.parametrize(
    ("stated", "held"), [("髙橋　太郎", "高橋　太郎"), ("高橋　太郎", "髙橋　太郎"), ("渡邉　花", "渡邊　花")]
)
def test_variant_characters_are_a_difference_of_writing(stated: str, held: str) -> None:
    found = compared(replace(SAID, name=stated), replace(TARO, name=held))
    assert outcome(found, ComparedField.NAME) == (VARIES, ("異体字",))
    assert found.grade is VARIES
    assert (field(found, ComparedField.NAME).stated, field(found, ComparedField.NAME).held) == (stated, held)


def test_a_substituted_character_fits_any_and_only_there() -> None:
    certificate = replace(SAID, by=StatedBy.CERTIFICATE, name="●橋　太郎", name_marks=frozenset({0}))
    assert outcome(compared(certificate, replace(TARO, name="𬵪橋　太郎")), ComparedField.NAME) == (
        VARIES,
        ("代替文字",),
    )
    assert compared(certificate, replace(TARO, name="𬵪橋　次郎")).grade is DIFFERS
    assert compared(certificate, replace(TARO, name="𬵪橋本　太郎")).grade is DIFFERS
    without = replace(certificate, name_marks=frozenset())
    assert compared(without, replace(TARO, name="𬵪橋　太郎")).grade is DIFFERS


def test_a_substituted_character_and_a_variant_are_both_told() -> None:
    certificate = replace(SAID, by=StatedBy.CERTIFICATE, name="●邊　太郎", name_marks=frozenset({0}))
    found = compared(certificate, replace(TARO, name="渡辺\U000e0100　太郎"))
    assert outcome(found, ComparedField.NAME) == (VARIES, ("代替文字", "異体字"))


@pytest.mark.parametrize(
    ("shown", "marks"),
    [("葛●木　太郎", {1}), ("●木　太郎", {0}), ("葛木　太郎", {3}), ("●●木　太郎", {0, 1})],
)
def test_a_variation_selector_is_replaced_with_its_character_or_by_itself(
    shown: str, marks: set[int]
) -> None:
    certificate = replace(SAID, by=StatedBy.CERTIFICATE, name=shown, name_marks=frozenset(marks))
    assert compared(certificate, replace(TARO, name="葛\U000e0100木　太郎")).grade is not DIFFERS
    assert compared(certificate, replace(TARO, name="葛\U000e0100城　太郎")).grade is DIFFERS


def test_a_former_name_explains_a_different_one() -> None:
    married = replace(TARO, name="織機　太郎", other_names=("高橋　太郎",))
    assert outcome(compared(SAID, married), ComparedField.NAME) == (VARIES, ("旧氏・別名",))
    both = replace(SAID, name="織機［高橋］　太郎")
    assert outcome(compared(both, married), ComparedField.NAME) == (VARIES, ("旧氏の併記",))


def test_c14_another_name_or_birth_differs_and_both_spellings_are_kept() -> None:
    found = compared(replace(SAID, name="織機　太郎"))
    assert found.grade is DIFFERS
    name = field(found, ComparedField.NAME)
    assert (name.match, name.stated, name.held) == (DIFFERS, "織機　太郎", "高橋　太郎")
    assert compared(replace(SAID, birth="1980-02-04")).grade is DIFFERS


@pytest.mark.parametrize("birth", ["昭和55年2月3日", "S55.2.3", "19800203", "1980-02-03"])
def test_a_date_in_any_era_is_the_same_day(birth: str) -> None:
    assert outcome(compared(replace(SAID, birth=birth)), ComparedField.BIRTH) == (AGREES, ())


@pytest.mark.parametrize("held", ["", "昭和55年不詳", "1980年2月日不詳"])
def test_an_unknown_birth_neither_agrees_nor_differs(held: str) -> None:
    found = compared(SAID, replace(TARO, birth=held))
    assert field(found, ComparedField.BIRTH).match is ABSENT
    assert found.grade is not DIFFERS


@pytest.mark.parametrize("sex", ["", "回答しない", "3", "不明"])
def test_an_unstated_sex_is_not_compared(sex: str) -> None:
    assert field(compared(replace(SAID, sex=sex)), ComparedField.SEX).match is ABSENT


def test_a_different_sex_or_address_is_told_and_makes_nobody_else() -> None:
    found = compared(replace(SAID, sex="女性", address="つむぎ県みなせ市白露5番地"))
    assert found.grade is VARIES
    assert [one.field for one in found.differences] == [ComparedField.SEX, ComparedField.ADDRESS]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("つむぎ県みなせ市水音町１丁目２番３号", "漢数字と算用数字"),
        ("つむぎ県みなせ市水音町1-2-3", "丁目・番・号とハイフン"),
        ("みなせ市水音町一丁目2番3号", "都道府県の省略"),
        ("つむぎ県みなせ市水音町一丁目2番3号　糸車ハイツ203号", "方書の有無"),
        ("つむぎ県みなせ市浮橋9番地", "前の住所"),
    ],
)
def test_an_address_in_another_form_is_explained(address: str, reason: str) -> None:
    match, reasons = outcome(compared(replace(SAID, address=address)), ComparedField.ADDRESS)
    assert match is VARIES
    assert reason in reasons


def test_a_town_of_the_same_name_in_another_prefecture_is_another_place() -> None:
    other = replace(SAID, address="よそみ県みなせ市水音町一丁目2番3号")
    assert field(compared(other), ComparedField.ADDRESS).match is DIFFERS


def test_a_reading_is_told_but_decides_nothing() -> None:
    found = compared(replace(SAID, kana="コウキョウ　タロウ"))
    assert field(found, ComparedField.KANA).match is DIFFERS
    assert found.grade is VARIES


@pytest.mark.parametrize(
    ("status", "since", "grade"),
    [
        (ResidentStatus.DECEASED, date(2026, 4, 5), DIFFERS),
        (ResidentStatus.DECEASED, None, DIFFERS),
        (ResidentStatus.DECEASED, date(2026, 4, 7), AGREES),
        (ResidentStatus.MOVED_OUT, date(2026, 1, 5), AGREES),
        (ResidentStatus.NON_RESIDENT, None, AGREES),
    ],
)
def test_who_had_died_needs_a_person_and_who_moved_is_told(
    status: ResidentStatus, since: date | None, grade: FieldMatch
) -> None:
    found = compared(SAID, replace(TARO, status=status, status_since=since))
    assert found.grade is grade
    assert found.remarks[0].startswith(status.label)


def test_a_record_that_other_work_may_not_use_says_so() -> None:
    assert compared(SAID, replace(TARO, is_restricted=True)).remarks == ("他業務参照不可",)


@given(st.text(max_size=12), st.text(max_size=12), st.sets(st.integers(0, 11), max_size=3))
def test_any_two_texts_are_compared_and_equal_ones_never_differ(
    one: str, other: str, marks: set[int]
) -> None:
    said = replace(SAID, name=one, kana=one, birth=one, sex=one, address=one, name_marks=frozenset(marks))
    held = replace(TARO, name=other, kana=other, birth=other, address=other)
    compared(said, held)
    same = compared(
        replace(said, name_marks=frozenset()), replace(held, name=one, kana=one, birth=one, address=one)
    )
    assert same.grade is not DIFFERS
