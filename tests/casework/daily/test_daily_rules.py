"""The report is due on working mornings, covers what lay between, and is red where somebody has to act."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from todoke.casework.daily import rules
from todoke.casework.daily.values import DailyReport, Figures, Tone
from todoke.foundation.calendars.queries import is_business_day

JAPAN = ZoneInfo("Asia/Tokyo")
AT = datetime(2026, 4, 6, 0, 0, tzinfo=UTC)  # Monday, nine in the morning in Japan
QUIET = Figures(3, 2, 0, 0, 0, 0, None, 0, 0, 0, 0, 0, None)


@pytest.mark.parametrize(
    ("here", "day"),
    [
        ("2026-04-06T06:59", None), ("2026-04-06T07:00", "2026-04-06"), ("2026-04-05T09:00", None),
        ("2026-04-29T09:00", None), ("2026-12-29T09:00", None), ("2027-01-04T23:59", "2027-01-04"),
    ],
)  # fmt: skip
def test_a_report_is_due_from_seven_on_working_days(here: str, day: str | None) -> None:
    at = datetime.fromisoformat(here).replace(tzinfo=JAPAN)
    due = rules.is_due(at, zone=JAPAN, is_open=is_business_day)
    assert due == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(("day", "since"), [("2026-04-06", "2026-04-03"), ("2026-04-07", "2026-04-06"),
                                            ("2027-01-04", "2026-12-28")])  # fmt: skip
def test_it_covers_weekends_and_the_turn_of_the_year(day: str, since: str) -> None:
    found = rules.since_of(date.fromisoformat(day), zone=JAPAN, is_open=is_business_day)
    assert found == datetime.fromisoformat(f"{since}T07:00").replace(tzinfo=JAPAN)


@pytest.mark.parametrize(("reported", "since"), [("2026-04-02", "2026-04-02"), ("2026-04-09", "2026-04-09"),
                                                 ("2026-04-10", "2026-04-09")])  # fmt: skip
def test_F12_after_days_without_a_report_it_covers_them_all(reported: str, since: str) -> None:
    day = date(2026, 4, 10)
    found = rules.since_of(day, zone=JAPAN, is_open=is_business_day, reported=date.fromisoformat(reported))
    assert found == datetime.fromisoformat(f"{since}T07:00").replace(tzinfo=JAPAN)


def lines(figures: Figures) -> list[tuple[str, Tone]]:
    report = DailyReport(AT.date(), AT - timedelta(days=1), AT, figures)
    return [(one.words, one.tone) for one in rules.lines_of(report, moment=str)]


@pytest.mark.parametrize("name", ["overdue", "parked_handovers", "refused", "differing", "unsent"])
def test_what_somebody_must_mend_is_red(name: str) -> None:
    figures = replace(QUIET, **{name: 1})  # type: ignore[arg-type]  # the names of the table are counts
    assert Tone.RED in {tone for _, tone in lines(figures)}
    assert {tone for _, tone in lines(QUIET)} == {Tone.GOOD}


def test_a_seal_that_waits_too_long_is_red() -> None:
    assert ("監査証跡の封印待ち", Tone.GOOD) in lines(replace(QUIET, unsealed=AT - timedelta(minutes=9)))
    assert ("監査証跡の封印待ち", Tone.RED) in lines(replace(QUIET, unsealed=AT - timedelta(minutes=11)))


def test_the_text_says_what_to_do_and_the_figures_survive_being_kept() -> None:
    report = DailyReport(AT.date(), AT, AT, replace(QUIET, differing=2, oldest=AT))
    text = rules.text_of("日報", rules.lines_of(report, moment=str))
    assert "判定: 要対応" in text
    assert "●基幹の台帳との不一致: 2件" in text
    assert "自動では直しません" in text
    assert rules.figures_of(rules.as_document(report.figures)) == report.figures
