"""What the worker runs: an approved list, some records a round, and its certificate at the end."""

import logging

from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import Claim, JobContext
from todoke.foundation.errors import whereabouts
from todoke.foundation.fence import scope

from . import queries, services

log = logging.getLogger("todoke.disposal")


def dispose(context: JobContext) -> int:
    """Dispose of up to `limit` records of one approved list; returns how many were dealt with."""
    actor = Actor(ActorKind.WORKER, context.by.owner)
    with scope(context.organisation):
        claim = services.claim_run(by=context.by)
    if claim is None:
        return 0
    try:
        return _some(context, claim, actor)
    except Exception as trouble:  # noqa: BLE001  # whatever one record does, the list is tried again, then parked
        log.warning("disposal.failed error=%s", whereabouts(trouble))
        with scope(context.organisation):
            services.fail_run(claim, at=now())
        return 0


def _some(context: JobContext, claim: Claim, actor: Actor) -> int:
    for done in range(context.limit):
        with scope(context.organisation):
            is_one = services.dispose_one(claim, actor=actor, at=now())
        if not is_one:
            return done + _finish(context, claim, actor)
    with scope(context.organisation):
        services.give_back_run(claim, at=now())
    return context.limit


def _finish(context: JobContext, claim: Claim, actor: Actor) -> int:
    """Certificates of signers that nothing names any more, then the certificate of the list; 1 when it is done."""
    with scope(context.organisation, read_only=True):
        named = queries.signers_of(claim.id)
    services.sweep(context.organisation, named)
    with scope(context.organisation):
        is_done = services.finish_run(claim, actor=actor, at=now())
    services.empty_journal(context.organisation)
    return int(is_done)
