"""The days that are over, told as files, by the worker."""

from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.claims import JobContext
from todoke.foundation.fence import scope

from . import queries, services

ENTRIES_AT_ONCE = 2_000  # entries of timelines in one transaction
DAYS_AT_ONCE = 10


def tell(context: JobContext) -> int:
    """Read on in the timelines when it is time, then write days that are due. Returns how much was done."""
    actor, at = Actor(ActorKind.WORKER, context.by.owner), context.by.now
    with scope(context.organisation):
        if queries.is_time_to_look(at):
            counted = services.look(at=at, limit=ENTRIES_AT_ONCE)
            if queries.is_time_to_look(at):
                return counted  # more to read first, so that a day is written once
        days = queries.due_days(at, limit=DAYS_AT_ONCE)
    written = 0
    for day in days:
        with scope(context.organisation):
            written += services.write_day(day, actor=actor, at=at)
    return written
