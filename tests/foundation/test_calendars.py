"""Business days in Japan."""

from datetime import UTC, date, datetime

import pytest

from todoke.foundation.calendars import queries


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-04-06", 0, "2026-04-06"),
        ("2026-04-03", 1, "2026-04-06"),
        ("2026-04-28", 1, "2026-04-30"),
        ("2026-05-01", 1, "2026-05-07"),
        ("2026-12-28", 1, "2027-01-04"),
        ("2026-04-04", 0, "2026-04-06"),
    ],
)
def test_a_deadline_counts_business_days(start: str, days: int, due: str) -> None:
    assert queries.due_date(datetime.fromisoformat(f"{start}T03:00:00+00:00"), days) == date.fromisoformat(
        due
    )


def test_the_day_is_that_of_japan() -> None:
    assert queries.japanese_date(datetime(2026, 4, 5, 15, 0, tzinfo=UTC)) == date(2026, 4, 6)
