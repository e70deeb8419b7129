"""Showing the numbers that no screen shows by itself: by right, with a purpose, counted, and recorded as a read（W21）."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.casework.cases import queries
from todoke.casework.cases.errors import PurposeMissing
from todoke.casework.cases.rules import numbers
from todoke.casework.cases.values import HeldNumber
from todoke.casework.intake import queries as intake
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts import services as account_services
from todoke.foundation.accounts.values import Right, Use, Viewer
from todoke.foundation.audit import services as audit


@transaction.atomic
def reveal_numbers(
    viewer: Viewer, uuid: UUID, *, purpose: str, at: datetime, terminal: str = ""
) -> tuple[HeldNumber, ...]:
    """個人番号 and serials of one case as they were received, for this one answer; keep them nowhere.

    Raises RightMissing, CaseNotFound, CaseProtected, PurposeMissing, TooManyUses（30 an hour）.
    """
    accounts.require(viewer, Right.REVEAL_NUMBERS)
    row = queries.find_open(viewer, uuid)
    if not purpose.strip():
        raise PurposeMissing
    account_services.count_use(viewer.staff_id, Use.REVEAL, at=at)
    found = numbers.held(intake.application(queries.application_id(row.id)))
    audit.record_read(
        "numbers.revealed", object_kind="case", object_id=str(uuid), actor=viewer.actor(terminal), at=at,
        purpose=purpose.strip(), facts={"numbers": len(found)},
    )  # fmt: skip
    return found
