"""The kept sum of many bodies says what the bodies say one by one, to the last digit, and never outlives a submission."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.programme.rollup.conftest import (
    FIRST,
    FORTY,
    STANDARD,
    TSUMUGI,
    Country,
    believe,
    snapshot,
    towns,
)
from todoke.foundation.fence import scope
from todoke.programme.rollup import queries, services
from todoke.programme.rollup.models import SummedRow
from todoke.programme.rollup.rules import summing
from todoke.programme.rollup.services import summing as keeping
from todoke.programme.rollup.values import Counts, Pile, RollUp, Summed, SummedArea, SummedConcept

ALL, DAYS = towns(TSUMUGI, 6), (0, 10, 44, 45, 46, 400)


def read(country: Country, later: int = 0, most_listed: int | None = 0) -> RollUp:
    day = country.today + timedelta(days=later)
    with scope(TSUMUGI, read_only=True):
        return queries.roll_up(STANDARD, as_of=day, most_listed=most_listed)


def test_a_kept_sum_is_what_the_bodies_say_and_is_forgotten_with_the_next_submission(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_LISTED", 3)
    believe(TSUMUGI, ALL, country.clock.now)
    made = [
        snapshot(code, FORTY if place % 2 else FIRST, country.today - timedelta(days=age), lambda at, _, p=place: "dwno"[at * (p + 1) % 7 % 4])  # type: ignore[misc]  # noqa: E501
        for place, (code, age) in enumerate(zip(ALL[:5], DAYS, strict=False))
    ]  # fmt: skip
    country.arrive(TSUMUGI, [country.submission(one) for one in made])
    with scope(TSUMUGI, read_only=True):
        assert SummedRow.objects.count() == 2, "one for each edition in use, made when no file waits"
    for later in (0, 1, 40, 400):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            kept = read(country, later)
        assert kept.bodies == ()
        assert kept == replace(read(country, later, None), bodies=()), later
        assert not any("comparedrow" in one["sql"] and "concepts" in one["sql"] for one in asked), (
            "not by body"
        )
    assert read(country, 1).late == 2, "45 days are not late, 46 are"
    with scope(TSUMUGI):
        services.backfill(limit=10)
        assert SummedRow.objects.count() == 2, "nothing came, nothing is forgotten"
    with monkeypatch.context() as until:
        until.setattr(keeping, "MOST_LISTED", 99)
        country.arrive(TSUMUGI, [country.submission(snapshot(ALL[5], FORTY, country.today))])
    with scope(TSUMUGI, read_only=True):
        assert not SummedRow.objects.exists()
    assert read(country).submitted == 6, "without a kept sum the bodies themselves are asked"


fractions = st.builds(Fraction, st.integers(0, 40), st.integers(1, 40))
days = st.dictionaries(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 2000), max_size=3)
piles = st.builds(
    Pile, st.none() | st.tuples(fractions, fractions, fractions, fractions, fractions), days, st.integers(0, 9),
    st.integers(0, 9),
)  # fmt: skip
counts = st.builds(Counts, *[st.integers(0, 9)] * 5)
sums = st.builds(
    Summed, days, st.integers(0, 9), piles, piles,
    st.dictionaries(st.sampled_from(["01", "20"]), st.builds(SummedConcept, counts, piles)),
    st.dictionaries(st.sampled_from(["01", "47"]), st.builds(SummedArea, days, piles)),
)  # fmt: skip


@given(sums)
def test_a_sum_is_read_back_to_the_last_digit(one: Summed) -> None:
    assert summing.read(summing.written(one)) == one
