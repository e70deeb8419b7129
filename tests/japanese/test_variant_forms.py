"""異体字: one character in a name though written in two ways; never more than the table says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.japanese import variant_forms


@pytest.mark.parametrize(
    ("one", "other"),
    [("髙橋", "高橋"), ("山﨑", "山崎"), ("濵田", "浜田"), ("渡邊", "渡辺"), ("渡邉", "渡邊"), ("齋藤", "斎藤"), ("𠮷野", "吉野"),
     ("德永", "徳永"), ("峯岸", "峰岸"), ("廣澤", "広沢"), ("舘野", "館野")],
)  # fmt: skip
def test_two_ways_to_write_one_name_have_one_key(one: str, other: str) -> None:
    assert variant_forms.folded(one) == variant_forms.folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("太田", "大田"), ("川崎", "河崎"), ("裕", "祐"), ("未", "末"), ("壬", "王")]
)
def test_other_characters_stay_other_characters(one: str, other: str) -> None:
    assert variant_forms.folded(one) != variant_forms.folded(other)


def test_the_places_of_a_difference_are_named() -> None:
    assert variant_forms.COMMON.differing("髙橋　廣", "高橋　広") == (("髙", "高"), ("廣", "広"))


def test_a_towns_own_groups_are_used_beside_the_common_ones() -> None:
    forms = variant_forms.with_groups(["凪汐  # 町の表記", "", "# 注"])
    assert forms.folded("汐") == "凪"
    assert forms.folded("髙") == "高"


@given(st.text(max_size=20))
def test_folding_is_done_once_and_keeps_the_length(text: str) -> None:
    folded = variant_forms.folded(text)
    assert len(folded) == len(text)
    assert variant_forms.folded(folded) == folded
