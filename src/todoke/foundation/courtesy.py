"""Letting others write between the steps of long work: SQLite has one writer at a time, and no queue for the next.

Who waits for the writer's place looks at it again after 1, 2, 5 … and at last 100 ms. Work that takes the place again
at once can keep the others out for seconds, though each of its transactions is short. PostgreSQL needs none of this.
"""

import time

from django.db import connection

LONG, SHORT = 0.12, 0.005  # seconds: longer than the longest wait between two looks; enough for a first look


class Courtesy:
    """Gives way after each step: for long while somebody else writes too, else hardly at all. Outside transactions."""

    def __init__(self) -> None:
        """Nobody is known to write yet."""
        self._seen = _commits_of_others()

    def give_way(self) -> bool:
        """Wait until whoever wants to write has had the chance; whether nobody has written since the step before."""
        if connection.vendor != "sqlite":
            return False
        seen = _commits_of_others()
        is_alone = seen == self._seen
        time.sleep(SHORT if is_alone else LONG)
        self._seen = seen  # who commits during the pause is noticed after the next step
        return is_alone


def _commits_of_others() -> int:
    """A number that changes when another connection has committed（PRAGMA data_version）."""
    if connection.vendor != "sqlite":
        return 0
    with connection.cursor() as cursor:
        return int(cursor.execute("PRAGMA data_version").fetchone()[0])
