"""What the worker runs: editions that arrived as signed files are kept."""

import logging

from django.db import transaction

from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.claims import JobContext
from todoke.foundation.errors import TodokeError
from todoke.foundation.exchange import services as exchange
from todoke.foundation.exchange.values import Arrived
from todoke.foundation.fence import scope

from . import services

log = logging.getLogger("todoke.packs")


def take_editions(context: JobContext) -> int:
    """Keep the editions that wait; one that is not taken is refused with its reason and stops no other. Returns how many."""
    with scope(context.organisation):
        waiting = exchange.claim([services.LETTER_KIND], limit=context.limit, by=context.by)
    return sum(_take(one, context) for one in waiting)


def _take(arrived: Arrived, context: JobContext) -> bool:
    actor, at = Actor(ActorKind.WORKER, context.by.owner), context.by.now
    with scope(context.organisation):
        try:
            with transaction.atomic():
                services.receive(arrived.letter, actor=actor, at=at)
                return exchange.taken(arrived, at=at)
        except TodokeError as refusal:
            log.warning("edition.refused number=%s code=%s", arrived.letter.number, refusal.code)
            exchange.refuse(arrived, code=refusal.code, at=at)
            return False
