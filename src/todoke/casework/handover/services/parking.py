"""Letting rows and files that kept failing be tried again, once a person has looked into the reason."""

from datetime import datetime

from django.db import transaction

from todoke.casework.handover.models import Batch, Handover
from todoke.foundation import leases
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor


@transaction.atomic
def try_row_again(handover_id: int, *, actor: Actor, at: datetime) -> bool:
    """Let a parked ledger row be written into a file again; False when it was not parked."""
    done = leases.unpark(Handover, handover_id, now=at)
    if done:
        audit.record(
            "handover.unparked", object_kind="handover", object_id=str(handover_id), actor=actor, at=at
        )
    return done


@transaction.atomic
def try_file_again(batch_id: int, *, actor: Actor, at: datetime) -> bool:
    """Let a parked batch file be sent again, under the same name and with the same bytes; False when not parked."""
    done = leases.unpark(Batch, batch_id, now=at)
    if done:
        audit.record("batch.unparked", object_kind="batch", object_id=str(batch_id), actor=actor, at=at)
    return done
