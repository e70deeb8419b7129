"""What the worker runs: open a case for every identified application; tell cases what later links have answered.

And look once more at the cases of protected persons, after the list changed and after a last day.
"""

from collections.abc import Sequence

from todoke.casework.identify import services as identify
from todoke.casework.intake import services as intake
from todoke.casework.intake.values import ClaimedApplication, NextStep
from todoke.foundation import leases
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.leases import JobContext

from . import services


def open_cases(context: JobContext) -> int:
    """Open cases for one body's identified applications that are due; returns how many were opened."""
    actor = Actor(ActorKind.WORKER, context.by.owner)

    def open_some(some: Sequence[ClaimedApplication]) -> int:
        with scope(context.organisation):
            return services.open_cases(some, actor=actor, at=now())

    claimed = intake.take_applications(NextStep.OPEN, context)
    return leases.together_or_alone(
        claimed, work=open_some, give_up=lambda one: intake.give_up_application(one, context, at=now())
    )


def look_again(context: JobContext) -> int:
    """After a load of links, ask once more for parties that earlier ones could not answer; returns how many."""
    actor = Actor(ActorKind.WORKER, context.by.owner)
    with scope(context.organisation):
        looked = identify.look_again(limit=context.limit, actor=actor, at=now())
        services.note_identity(looked.changes, actor=actor, at=now())
    return looked.looked


def review_protection(context: JobContext) -> int:
    """Look once more at the cases of people whose protection was written lately or has run out; returns how many."""
    actor = Actor(ActorKind.WORKER, context.by.owner)
    with scope(context.organisation):
        return services.review_protection(limit=context.limit, actor=actor, at=now())
