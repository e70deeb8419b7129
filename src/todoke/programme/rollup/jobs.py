"""What the worker runs for the roll-up: taking files, reading old submissions in a new edition, forwarding by rule."""

import logging

from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.claims import JobContext
from todoke.foundation.errors import TodokeError
from todoke.foundation.exchange import services as exchange
from todoke.foundation.exchange.values import Arrived
from todoke.foundation.fence import scope

from . import services
from .values import ENQUIRY, FORWARD, SUBMISSION

log = logging.getLogger("todoke.rollup")
KINDS = (SUBMISSION, FORWARD, ENQUIRY)


def take(context: JobContext) -> int:
    """Take up to `limit` files over; one that is refused stays with its code, for a person to ask its sender."""
    with scope(context.organisation):
        found = exchange.claim(KINDS, limit=context.limit, by=context.by)
    for arrived in found:
        _take_one(arrived, context)
    if found:
        _follow(context)
    return len(found)


def _take_one(arrived: Arrived, context: JobContext) -> None:
    actor = Actor(ActorKind.WORKER, context.by.owner)
    try:
        with scope(context.organisation):
            services.take(arrived, actor=actor, at=context.by.now)
    except TodokeError as refusal:
        log.warning(
            "rollup.refused organisation=%s kind=%s code=%s", context.organisation, arrived.letter.kind, refusal.code
        )  # fmt: skip
        with scope(context.organisation):
            exchange.refuse(arrived, code=refusal.code, at=context.by.now)


def _follow(context: JobContext) -> None:
    """What new submissions ask for: the others read in their edition, and the nation told."""
    with scope(context.organisation):
        while services.backfill(limit=500):
            pass
        services.forward_by_rule(actor=Actor(ActorKind.WORKER, context.by.owner), at=context.by.now)
