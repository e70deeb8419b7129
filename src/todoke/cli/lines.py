"""The jobs of all lines of work, as one worker runs them."""

from datetime import datetime, timedelta

from todoke.casework import journey as casework
from todoke.foundation.claims import Job
from todoke.programme import journey as programme


def jobs() -> tuple[Job, ...]:
    """Every job of the worker, in the order of a round; sealing comes last."""
    return (*programme.JOBS, *casework.JOBS)


def next_due(organisation: str, *, horizon: timedelta) -> datetime | None:
    """When the next unfinished work of a body is due within the horizon, whatever its line; None when there is none."""
    moments = (line.next_due(organisation, horizon=horizon) for line in (casework, programme))
    return min((one for one in moments if one is not None), default=None)


def has_work(organisation: str) -> bool:
    """Whether a round would find something to do for a body now."""
    return casework.has_work(organisation) or programme.has_work(organisation)
