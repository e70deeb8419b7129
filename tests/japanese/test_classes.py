"""Classes of characters and shapes of numbers, as rules that are data name them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.japanese import classes, shapes


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("ヤマダ　タロウ", ("katakana", "spaces"), True),
        ("ヤマダ・ジョン", ("katakana", "name-marks"), True),
        ("か\u3099", ("hiragana",), True),
        ("ﾔﾏﾀﾞ", ("halfwidth-katakana",), True),
        ("葛\U000e0100城𠮷\ufa19々", ("kanji",), True),
        ("山田", ("katakana",), False),
        ("１2", ("digits",), True),
        ("٣", ("digits",), False),
        ("", ("digits",), True),
    ],
)
def test_a_text_consists_of_classes(text: str, names: tuple[str, ...], *, expected: bool) -> None:
    assert classes.consists_of(text, names) is expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("山\u200b田", "invisible", True),
        ("山　田\n", "invisible", False),
        ("葛\U000e0100", "invisible", False),
        ("\ue000", "private-use", True),
        ("\ue000", "invisible", False),
        ("\u32ff", "newer", True),
        ("\U0001b002", "newer", True),
        ("令和", "newer", False),
    ],
)
def test_a_text_holds_characters_of_a_class(text: str, name: str, *, expected: bool) -> None:
    assert classes.holds_any(text, (name,)) is expected


@pytest.mark.parametrize(
    ("text", "picture", "fits"),
    [
        ("０１２３４５６７８９", "9999999999", True),
        ("012345678", "9999999999", False),
        ("99201-1", "99999-9", True),
        ("99201ー１", "99999-9", True),
        ("A1", "A9", True),
        ("あ1", "A9", False),
        (" 123 ", "999", True),
        ("", "9", False),
    ],
)
def test_a_number_has_the_shape_of_its_picture(text: str, picture: str, *, fits: bool) -> None:
    assert shapes.fits_any(text, [picture]) is fits


@given(st.text(max_size=60), st.sampled_from(sorted(classes.NAMES)))
def test_a_character_in_a_class_is_found_wherever_it_stands(text: str, name: str) -> None:
    whole = classes.holds_any(text, (name,))
    parts = any(classes.holds_any(one, (name,)) for one in text)
    assert whole == parts


@given(st.from_regex(r"[0-9]{1,12}", fullmatch=True))
def test_digits_of_either_width_have_one_shape(text: str) -> None:
    wide = text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    picture = "9" * len(text)
    assert shapes.fits_any(text, [picture])
    assert shapes.fits_any(wide, [picture])
    assert not shapes.fits_any(text + "9", [picture])
