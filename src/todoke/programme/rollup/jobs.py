"""What the worker runs for the roll-up: taking files, reading old submissions in a new edition, forwarding by rule."""

from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.claims import JobContext
from todoke.foundation.exchange import queries as exchange_queries
from todoke.foundation.exchange import services as exchange
from todoke.foundation.fence import scope

from . import services
from .values import ENQUIRY, FORWARD, SUBMISSION

KINDS = (SUBMISSION, FORWARD, ENQUIRY)


def take(context: JobContext) -> int:
    """Take up to `limit` files over; one that is refused stays with its code, for a person to ask its sender."""
    count = exchange.take_each(
        KINDS, context, lambda arrived, actor: services.take(arrived, actor=actor, at=context.by.now)
    )
    if count:
        _follow(context)
    return count


def _follow(context: JobContext) -> None:
    """What new submissions ask for: the others read in their edition, the nation told, and, with the last, the sum made."""
    with scope(context.organisation):
        while services.backfill(limit=500):
            pass
        services.forward_by_rule(actor=Actor(ActorKind.WORKER, context.by.owner), at=context.by.now)
        if not exchange_queries.waiting(KINDS):
            services.sum_up()
