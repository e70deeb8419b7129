"""What the worker runs: take applications that wait to be identified, and identify them."""

import logging
from collections.abc import Sequence

from todoke.casework.intake import services as intake
from todoke.casework.intake.values import ClaimedApplication, NextStep
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.foundation.fence import scope
from todoke.foundation.leases import JobContext

from . import services

log = logging.getLogger("todoke.identify")


def identify_applications(context: JobContext) -> int:
    """Identify the parties of one body's applications that are due; returns how many applications moved on."""
    with scope(context.organisation):
        claimed = intake.claim_applications(NextStep.IDENTIFY, limit=context.limit, by=context.by)
    if not claimed:
        return 0
    try:
        return _identify(context, claimed)
    except Exception as trouble:  # noqa: BLE001  # one bad application must never spoil its batch: each is tried alone
        log.warning(
            "identify.batch_failed", extra={"applications": len(claimed), "error": type(trouble).__name__}
        )
        return sum(_identify_alone(context, one) for one in claimed)


def _identify(context: JobContext, claimed: Sequence[ClaimedApplication]) -> int:
    actor = Actor(ActorKind.WORKER, context.by.owner)
    with scope(context.organisation):
        return services.identify_applications(claimed, actor=actor, at=now())


def _identify_alone(context: JobContext, one: ClaimedApplication) -> int:
    try:
        return _identify(context, [one])
    except Exception as trouble:  # noqa: BLE001  # parked visibly after some attempts, never lost
        code = trouble.code if isinstance(trouble, TodokeError) else type(trouble).__name__
        log.warning("identify.application_failed", extra={"application": one.claim.id, "error": code})
        with scope(context.organisation):
            intake.fail_application(one.claim, at=now())
        return 0
