"""What the worker runs: daily files of casework give indicators their values."""

import logging

from django.db import transaction

from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.claims import JobContext
from todoke.foundation.errors import TodokeError
from todoke.foundation.exchange import services as exchange
from todoke.foundation.exchange.values import Arrived
from todoke.foundation.fence import scope

from . import services

log = logging.getLogger(__name__)


def take_case_days(context: JobContext) -> int:
    """Take the files that wait; one that misfits is refused with its reason and stops no other. Returns how many."""
    with scope(context.organisation):
        waiting = exchange.claim([services.CASE_EVENTS], limit=context.limit, by=context.by)
    return sum(_take(one, context) for one in waiting)


def _take(arrived: Arrived, context: JobContext) -> bool:
    actor, at = Actor(ActorKind.WORKER, context.by.owner), context.by.now
    with scope(context.organisation):
        try:
            with transaction.atomic():
                services.take_case_day(arrived.letter, actor=actor, at=at)
                return exchange.taken(arrived, at=at)
        except TodokeError as refusal:
            log.warning("case_day.refused number=%s code=%s", arrived.letter.number, refusal.code)
            exchange.refuse(arrived, code=refusal.code, at=at)
            return False
