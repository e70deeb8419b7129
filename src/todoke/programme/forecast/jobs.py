"""What the worker runs: one forecast a week of every open plan, so that its own accuracy can be seen later."""

import logging
from datetime import datetime, timedelta

from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import JobContext
from todoke.foundation.fence import scope
from todoke.programme.plans import queries as plans

from . import services

log = logging.getLogger("todoke.forecast")
PAUSE = timedelta(minutes=10)
# When this process last looked at a body: a week has a thousand rounds, and each would ask in vain.
_LOOKED: dict[str, datetime] = {}


def forecast_weekly(context: JobContext) -> int:
    """Keep the week's forecast of up to `limit` plans of a body; returns how many were kept."""
    at = now()
    if at - _LOOKED.get(context.organisation, at - PAUSE) < PAUSE:
        return 0
    actor, kept = Actor(ActorKind.WORKER, context.by.owner), 0
    with scope(context.organisation, read_only=True):
        uuids = [one.uuid for one in plans.plans()]
    for uuid in uuids[: context.limit]:
        with scope(context.organisation, read_only=True):
            answer = services.weekly_answer(uuid, at=at)
        if answer is None:
            continue
        with scope(context.organisation):
            found = services.keep_weekly(uuid, answer, actor=actor, at=at)
        if found is not None:
            kept += 1
            log.info("forecast.kept plan=%s failed=%s", uuid, found.failed_code)
    _LOOKED[context.organisation] = at
    return kept
