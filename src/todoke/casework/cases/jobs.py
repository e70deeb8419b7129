"""What the worker runs: open a case for every identified application; tell cases what later links have answered."""

import logging
from collections.abc import Sequence

from todoke.casework.identify import services as identify
from todoke.casework.intake import services as intake
from todoke.casework.intake.values import ClaimedApplication, NextStep
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.foundation.fence import scope
from todoke.foundation.leases import JobContext

from . import services

log = logging.getLogger("todoke.cases")


def open_cases(context: JobContext) -> int:
    """Open cases for one body's identified applications that are due; returns how many were opened."""
    with scope(context.organisation):
        claimed = intake.claim_applications(NextStep.OPEN, limit=context.limit, by=context.by)
    if not claimed:
        return 0
    try:
        return _open(context, claimed)
    except Exception as trouble:  # noqa: BLE001  # one bad application must never spoil its batch: each is tried alone
        log.warning(
            "cases.batch_failed", extra={"applications": len(claimed), "error": type(trouble).__name__}
        )
        return sum(_open_alone(context, one) for one in claimed)


def look_again(context: JobContext) -> int:
    """After a load of links, ask once more for parties that earlier ones could not answer; returns how many."""
    actor = Actor(ActorKind.WORKER, context.by.owner)
    with scope(context.organisation):
        looked = identify.look_again(limit=context.limit, actor=actor, at=now())
        services.note_identity(looked.changes, actor=actor, at=now())
    return looked.looked


def _open(context: JobContext, claimed: Sequence[ClaimedApplication]) -> int:
    actor = Actor(ActorKind.WORKER, context.by.owner)
    with scope(context.organisation):
        return services.open_cases(claimed, actor=actor, at=now())


def _open_alone(context: JobContext, one: ClaimedApplication) -> int:
    try:
        return _open(context, [one])
    except Exception as trouble:  # noqa: BLE001  # parked visibly after some attempts, never lost
        code = trouble.code if isinstance(trouble, TodokeError) else type(trouble).__name__
        log.warning("cases.application_failed", extra={"application": one.claim.id, "error": code})
        with scope(context.organisation):
            intake.fail_application(one.claim, at=now())
        return 0
