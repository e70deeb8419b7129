"""What the worker runs: take applications that wait to be identified, and identify them."""

from collections.abc import Sequence

from todoke.casework.intake import services as intake
from todoke.casework.intake.values import ClaimedApplication, NextStep
from todoke.foundation import leases
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.leases import JobContext

from . import services


def identify_applications(context: JobContext) -> int:
    """Identify the parties of one body's applications that are due; returns how many applications moved on."""
    actor = Actor(ActorKind.WORKER, context.by.owner)

    def identify(some: Sequence[ClaimedApplication]) -> int:
        with scope(context.organisation):
            return services.identify_applications(some, actor=actor, at=now())

    claimed = intake.take_applications(NextStep.IDENTIFY, context)
    return leases.together_or_alone(
        claimed, work=identify, give_up=lambda one: intake.give_up_application(one, context, at=now())
    )
