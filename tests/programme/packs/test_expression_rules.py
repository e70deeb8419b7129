"""The small language of conditions: what it says, what it refuses, and that it can do nothing else."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.programme.packs.errors import ExpressionInvalid
from todoke.programme.packs.rules import applies, judge, names_in
from todoke.programme.packs.rules.expressions import DEEPEST, MOST_CHARACTERS, Facts

TOWN: Facts = {
    "org.kind": "municipality",
    "org.population": 8_000,
    "fitgap.coverage": 0.5,
    "org.is_small": True,
}


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("", True),
        ("org.kind == 'municipality'", True),
        ('org.kind != "prefecture"', True),
        ("org.kind == 'prefecture'", False),
        ("org.population >= 8000 and org.population < 10000", True),
        ("fitgap.coverage >= 1.0", False),
        ("org.kind in ['prefecture', 'municipality']", True),
        ("org.kind not in ['prefecture']", True),
        ("not org.is_small or org.population > 1", True),
        ("not (org.is_small and org.population > 1)", False),
        ("org.is_small == true", True),
        ("org.is_small == 1", False),
        ("org.unknown == 1", None),
        ("org.unknown == 1 or true", True),
        ("org.unknown == 1 and false", False),
        ("org.unknown in ['a']", None),
        ("org.kind < 5", None),
        ("org.is_small < 5", None),
        ("org.population", None),
        ("-5 < org.population", True),
    ],
)
def test_an_expression_says_what_the_facts_say(expression: str, answer: bool | None) -> None:
    assert judge(expression, TOWN) is answer


def test_an_unknown_fact_never_leaves_something_out() -> None:
    assert applies("org.unknown == 'x'", {})
    assert not applies("org.kind == 'x'", TOWN)


def test_an_expression_tells_which_facts_it_needs() -> None:
    assert names_in("a.b == 1 and not (c in [d, 'e']) or f") == {"a.b", "c", "d", "f"}


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('true')", "a.b()", "a[0]", "lambda: 1", "1 + 1", "a == ", "== a", "(a", "a)", "a b", "a in b",
        "a in []", "a not b", "'open", "a; b", "a == 'x\\' or true'", "a.__class__ == 1 ()", "1.2.3 == a", "not", "a and",
        "f'{a}'", "a == 1 if b else c", "a = 1", "あ == 1", "a === 1", "1e999999999 < a", "\x00", "a ** 9 ** 9",
    ],
)  # fmt: skip
def test_what_is_not_in_the_language_is_refused_with_its_place(expression: str) -> None:
    with pytest.raises(ExpressionInvalid) as refused:
        judge(expression, TOWN)
    assert refused.value.code == "PCK-105"
    assert int(refused.value.facts["at"]) >= 1


@pytest.mark.parametrize(
    "expression",
    [
        "a == 'x'" + " or a == 'x'" * 60,
        "(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1),
        "not " * 100 + "a",
        "a" * (MOST_CHARACTERS + 1),
    ],
)
def test_a_large_expression_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionInvalid):
        judge(expression, TOWN)


@given(st.text(alphabet="ab.()[],'\"=<>!0123456789 andorti\n\\", max_size=60))
def test_any_text_is_judged_or_refused_and_nothing_else(text: str) -> None:
    with suppress(ExpressionInvalid):
        assert judge(text, {"a": 1, "b": "x"}) in (True, False, None)
