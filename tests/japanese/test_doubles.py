"""The table of doubles is fixed, and each direction comes back to itself（T08）."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.japanese import doubles
from todoke.japanese.names import search_key

PAIRS = (
    ("〜", "～", b"\x81\x60"),
    ("−", "－", b"\x81\x7c"),
    ("‖", "∥", b"\x81\x61"),
    ("—", "―", b"\x81\x5c"),
    ("¢", "￠", b"\x81\x91"),
    ("£", "￡", b"\x81\x92"),
    ("¬", "￢", b"\x81\xca"),
)


@pytest.mark.parametrize(("jis", "windows", "code"), PAIRS)
def test_T08_one_place_in_the_file_has_a_code_point_for_each_side(
    jis: str, windows: str, code: bytes
) -> None:
    assert code.decode("cp932") == windows
    assert doubles.to_windows(jis) == windows
    assert doubles.to_jis(windows) == jis
    assert doubles.to_windows(jis).encode("cp932") == windows.encode("cp932") == code
    assert doubles.to_jis(code.decode("cp932")) == jis


def test_T08_the_table_holds_these_pairs_and_no_other() -> None:
    assert dict(doubles.TO_WINDOWS) == {jis: windows for jis, windows, _ in PAIRS}


@given(st.text(alphabet="".join(jis + windows for jis, windows, _ in PAIRS) + "山ーA-", max_size=30))
def test_T08_each_direction_returns_to_itself(text: str) -> None:
    assert doubles.to_windows(doubles.to_jis(text)) == doubles.to_windows(text)
    assert doubles.to_jis(doubles.to_windows(text)) == doubles.to_jis(text)
    assert search_key(doubles.to_jis(text)) == search_key(doubles.to_windows(text)) == search_key(text)
