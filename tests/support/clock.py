"""A clock that stands still until the test moves it."""

from datetime import UTC, datetime, timedelta

import time_machine

START = datetime(2026, 4, 6, 0, 0, tzinfo=UTC)  # 2026-04-06 09:00 in Japan: the samples' clock, a Monday


class Clock:
    """The time of a test; starts at START."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    @property
    def now(self) -> datetime:
        """The time, aware, UTC."""
        return datetime.now(UTC)

    def advance(self, **duration: float) -> datetime:
        """Move on by a timedelta's keywords (seconds=…, hours=…, days=…); returns the new time."""
        self._traveller.shift(timedelta(**duration))
        return self.now

    def move_to(self, moment: datetime) -> None:
        """Jump to an aware moment."""
        self._traveller.move_to(moment)
