"""JSON from outside has one meaning or is refused, and a refusal repeats nothing of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.proof import strict_json
from todoke.proof.errors import JsonRefused

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=20)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(PLAIN)
def test_what_one_program_writes_another_reads(document: object) -> None:
    for is_ascii in (True, False):
        assert strict_json.parse(json.dumps(document, ensure_ascii=is_ascii).encode()) == document


@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:\\ud8e1.-tn 0', max_size=60).map(str.encode))
def test_any_bytes_are_read_as_the_library_reads_them_or_refused(data: bytes) -> None:
    try:
        document = strict_json.parse(data)
    except JsonRefused as refused:
        assert refused.code == "JSON-230"  # noqa: PT017  # bytes that are read go on
        return
    assert document == json.loads(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a":1,"a":1}', "duplicate"),
        (b"[Infinity]", "number"),
        (b"[1e400]", "number"),
        (b"[0." + b"1" * 40 + b"]", "number"),
        (b"[" * 65 + b"]" * 65, "depth"),
        (b'["\\udc00"]', "surrogate"),
        (b"\xff", "encoding"),
        (b"{", "form"),
    ],
)
def test_a_refusal_says_why_and_quotes_nothing(data: bytes, reason: str) -> None:
    with pytest.raises(JsonRefused) as refused:
        strict_json.parse(data)
    assert refused.value.facts == {"reason": reason}


def test_depth_counts_brackets_and_not_what_texts_hold() -> None:
    assert strict_json.parse(b'["' + b"[" * 500 + b'"]') == ["[" * 500]
    assert strict_json.parse(b"[" * 64 + b"]" * 64)
    assert strict_json.parse(b'["\\"' + b"[" * 500 + b'"]') == ['"' + "[" * 500]


def test_a_byte_order_mark_is_passed_over() -> None:
    assert strict_json.parse(b"\xef\xbb\xbf{}") == {}


def test_more_bytes_than_agreed_are_refused_before_they_are_read() -> None:
    with pytest.raises(JsonRefused):
        strict_json.parse(b"[]" + b" " * 100, limit=50)
