"""和暦 in both directions, at every border."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.japanese import eras
from todoke.japanese.eras import Era, EraDate
from todoke.japanese.errors import DateRefused


def reason(text: str) -> str:
    with pytest.raises(DateRefused) as caught:
        eras.read_date(text)
    return caught.value.reason


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("令和0年5月1日", "era"),
        ("令和元年4月30日", "era"),
        ("昭和64年1月8日", "era"),
        ("明治5年12月3日", "era"),
        ("平成31年5月1日", "era"),
        ("大正15年12月26日", "era"),
        ("平成元年1月7日", "era"),
        ("明治45年7月31日", "era"),
        ("令和5年2月29日", "day"),
        ("令和5年13月1日", "day"),
    ],
)
def test_T15_days_that_an_era_never_had_are_refused(text: str, why: str) -> None:
    assert reason(text) == why


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("平成31年4月30日", date(2019, 4, 30)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("令和1年5月1日", date(2019, 5, 1)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("明治6年1月1日", date(1873, 1, 1)),
    ],
)
def test_T16_borders_of_eras_equal_their_western_days(text: str, day: date) -> None:
    assert eras.read_date(text) == day


@pytest.mark.parametrize(
    "text",
    ["令和6年2月29日", "R6.2.29", "r6-02-29", "令6/2/29", "R06.02.29", "令和６年２月２９日", "Ｒ6.2.29".replace("Ｒ", "R"),
     "2024-02-29", "2024/2/29", "2024.2.29", "2024年2月29日", "20240229", "２０２４－０２－２９", " 2024-02-29\n",
     "令和6年 2月29日"],
)  # fmt: skip
def test_one_day_in_every_form(text: str) -> None:
    assert eras.read_date(text) == date(2024, 2, 29)


@pytest.mark.parametrize(
    "text", ["2023-02-29", "2100-02-29", "2024-04-31", "2024-13-01", "20241301", "2024-00-10", "0000-01-01"]
)
def test_T17_days_that_never_existed_are_refused(text: str) -> None:
    assert reason(text) == "day"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24:00",
        "23:59:60",
        "99/01/01",
        "令和六年",
        "2024-2",
        "２０２４年",
        "٢٠٢٤-٠١-٠١",
        "2024-02-29x",
        "慶応3年1月1日",
    ],
)
def test_T17_T20_what_is_no_date_is_refused(text: str) -> None:
    assert reason(text) == "form"


@given(st.dates(min_value=date(1873, 1, 1), max_value=date(2117, 12, 31)))
def test_every_day_survives_the_way_there_and_back(day: date) -> None:
    found = eras.in_era(day)
    assert found.western() == day
    assert eras.read_date(str(found)) == day == eras.read_date(found.short())
    assert eras.written(day) == str(found)


def test_a_shared_day_is_written_in_the_new_era() -> None:
    assert str(eras.in_era(date(1912, 7, 30))) == "大正元年7月30日"
    assert str(eras.in_era(date(1926, 12, 25))) == "昭和元年12月25日"
    assert eras.in_era(date(2019, 4, 30)) == EraDate(Era.HEISEI, 31, 4, 30)


def test_days_of_the_lunar_calendar_are_not_converted() -> None:
    with pytest.raises(DateRefused):
        eras.in_era(date(1872, 12, 31))
    assert eras.written(date(1872, 12, 31)) == "1872年12月31日"


def test_the_date_of_a_certificate_names_era_and_western_day() -> None:
    assert eras.read_certificate_date("419900102") == date(1990, 1, 2)
    assert eras.read_certificate_date("520190501") == date(2019, 5, 1)
    assert eras.read_certificate_date("019900102") is None
    for wrong in ("519900102", "420190501", "419900230", "41990010", "4１９９００１０２", "619900102"):
        with pytest.raises(DateRefused):
            eras.read_certificate_date(wrong)


@pytest.mark.parametrize(
    ("day", "age"),
    [(date(2025, 2, 28), 0), (date(2025, 3, 1), 1), (date(2028, 2, 28), 3), (date(2028, 2, 29), 4)],
)
def test_T18_whoever_was_born_on_the_leap_day_grows_older_after_28_february(day: date, age: int) -> None:
    assert eras.age_on(date(2024, 2, 29), day) == age


def test_T18_an_age_is_reached_at_the_end_of_the_day_before() -> None:
    assert eras.day_of_reaching(date(2010, 4, 1), 6) == date(2016, 3, 31)
    assert eras.day_of_reaching(date(2008, 2, 29), 18) == date(2026, 2, 28)
    assert eras.day_of_reaching(date(2024, 2, 29), 4) == date(2028, 2, 28)


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 120))
def test_T18_the_day_after_reaching_is_the_first_of_that_age(birth: date, age: int) -> None:
    reached = eras.day_of_reaching(birth, age)
    assert eras.age_on(birth, reached + timedelta(days=1)) == age
    if age:
        assert eras.age_on(birth, reached) == age - 1


def test_nobody_has_an_age_before_the_birth() -> None:
    with pytest.raises(DateRefused):
        eras.age_on(date(2024, 1, 2), date(2024, 1, 1))


def test_a_refusal_does_not_repeat_the_date() -> None:
    with pytest.raises(DateRefused) as caught:
        eras.read_date("昭和64年1月8日")
    assert "64" not in str(caught.value)


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        found = eras.read_date(text)
    except DateRefused as error:
        assert error.reason in {"form", "day", "era"}  # noqa: PT017
    else:
        assert isinstance(found, date)
