"""回答 of a body to an enquiry: a signed file to the asker."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.exchange import services as exchange
from todoke.programme.rollup.errors import EnquiryUnknown
from todoke.programme.rollup.models import ReceivedEnquiryRow
from todoke.programme.rollup.rules import enquiries as rules
from todoke.programme.rollup.values import ENQUIRY, EnquiryState


@transaction.atomic
def answer(viewer: Viewer, uuid: UUID, answers: Mapping[str, str], *, at: datetime) -> None:
    """Answer an enquiry, or one that was sent back. Raises RightMissing, EnquiryUnknown, EnquiryUnfit, EnquiryStepUnfit."""
    require(viewer, Right.SUBMIT_PLANS)
    row = ReceivedEnquiryRow.objects.select_for_update().filter(uuid=uuid).first()
    if row is None:
        raise EnquiryUnknown
    rules.check_step("answer", EnquiryState(row.state), is_closed=row.closed_at is not None)
    row.answers = rules.check_answers(rules.read(row.fields), answers)
    row.state, row.answered_at, row.answered_by = EnquiryState.ANSWERED.value, at, str(viewer.staff_id)
    row.save(update_fields=["answers", "state", "answered_at", "answered_by"])
    body = {"what": "answered", "enquiry": str(row.uuid), "answers": row.answers}
    exchange.write(
        ENQUIRY, recipient=row.asker, as_of=japanese_date(at), body=body, actor=viewer.actor(), at=at
    )
    audit.record(
        "enquiry.answered", object_kind="enquiry", object_id=str(row.uuid), actor=viewer.actor(), at=at,
        facts={"asker": row.asker},
    )  # fmt: skip
