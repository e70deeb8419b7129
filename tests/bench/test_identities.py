"""Ten thousand invented residents with variants: nobody is mistaken, and most need no person."""

import pytest

from bench.identities import Outcome, identify
from samples import people

COUNT = 10_000


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return identify(list(people.cases(COUNT)))


def test_nobody_is_taken_for_somebody_else(outcome: Outcome) -> None:
    assert outcome.total.total() == COUNT
    assert outcome.wrong.total() == 0, dict(outcome.wrong)


def test_nearly_nine_in_ten_need_no_person(outcome: Outcome) -> None:
    assert outcome.share >= 0.87


@pytest.mark.parametrize("kind", sorted(make.__name__ for make in people.SHARES))
def test_each_kind_is_identified_or_waits_for_a_person_as_a_whole(outcome: Outcome, kind: str) -> None:
    assert outcome.total[kind] > 0
    expected = 0 if kind in people.WAITING else outcome.total[kind]
    assert outcome.settled[kind] == expected


def test_the_same_seed_makes_the_same_people() -> None:
    assert list(people.cases(50, 7)) == list(people.cases(50, 7))
    assert list(people.cases(50, 7)) != list(people.cases(50, 8))
