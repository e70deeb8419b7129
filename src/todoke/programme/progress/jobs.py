"""What the worker runs: daily files of casework give indicators their values."""

from todoke.foundation.claims import JobContext
from todoke.foundation.exchange import services as exchange

from . import services


def take_case_days(context: JobContext) -> int:
    """Take the files that wait; one that misfits is refused with its reason and stops no other. Returns how many."""
    return exchange.take_each(
        [services.CASE_EVENTS],
        context,
        lambda arrived, actor: services.take_case_day(arrived.letter, actor=actor, at=context.by.now),
    )
