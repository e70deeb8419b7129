"""照会 of a prefecture or the nation: asked of each body by a file, reminded, sent back with a reason, collected."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.exchange import services as exchange
from todoke.foundation.fence import current_organisation
from todoke.programme.rollup import queries
from todoke.programme.rollup.errors import EnquiryUnfit, EnquiryUnknown
from todoke.programme.rollup.models import EnquiryRow, EnquiryTargetRow
from todoke.programme.rollup.rules import enquiries as rules
from todoke.programme.rollup.values import ENQUIRY, EnquiryState, Field

_ACT = {EnquiryState.RETURNED: "send_back", EnquiryState.ACCEPTED: "accept"}
_OPEN = [EnquiryState.WAITING.value, EnquiryState.RETURNED.value]


@transaction.atomic
def ask(
    viewer: Viewer, *, title: str, text: str, fields: Sequence[Field], due_on: date, bodies: Iterable[str], at: datetime
) -> UUID:  # fmt: skip
    """Ask bodies below. Raises RightMissing, EnquiryUnfit."""
    require(viewer, Right.ASK_BODIES)
    form, below = rules.written(rules.read(rules.written(fields))), queries.bodies_below()
    asked = [one for one in dict.fromkeys(bodies) if one in below]
    if not title.strip() or not asked:
        raise EnquiryUnfit(where="件名と照会先を入れてください")
    if due_on < japanese_date(at):
        raise EnquiryUnfit(where="回答期限は今日からの日付にしてください")
    row = EnquiryRow.objects.create(
        organisation_id=current_organisation(), title=title.strip()[:200], text=text.strip()[:10_000], fields=form,
        due_on=due_on, asked_at=at, asked_by=str(viewer.staff_id),
    )  # fmt: skip
    EnquiryTargetRow.objects.bulk_create([_target(row, code, below[code]) for code in asked], batch_size=200)
    body = {
        "what": "asked",
        "title": row.title,
        "text": row.text,
        "fields": form,
        "due_on": due_on.isoformat(),
    }
    _tell(row, asked, body, actor=viewer.actor(), at=at)
    return row.uuid


def _target(row: EnquiryRow, code: str, name: str) -> EnquiryTargetRow:
    return EnquiryTargetRow(
        organisation_id=row.organisation_id,
        enquiry=row,
        body=code,
        name=name,
        state=EnquiryState.WAITING.value,
    )


def _tell(
    row: EnquiryRow, bodies: Sequence[str], said: Mapping[str, Any], *, actor: Actor, at: datetime
) -> None:
    for code in bodies:
        body = {**said, "enquiry": str(row.uuid)}
        exchange.write(ENQUIRY, recipient=code, as_of=japanese_date(at), body=body, actor=actor, at=at)
    audit.record(
        f"enquiry.{said['what']}", object_kind="enquiry", object_id=str(row.uuid), actor=actor, at=at,
        facts={"bodies": len(bodies)},
    )  # fmt: skip


def _open(uuid: UUID) -> EnquiryRow:
    row = EnquiryRow.objects.select_for_update().filter(uuid=uuid).first()
    if row is None:
        raise EnquiryUnknown
    return row


@transaction.atomic
def remind(viewer: Viewer, uuid: UUID, *, at: datetime) -> int:
    """Remind everybody who has not answered, once a day at most. Returns how many. Raises RightMissing, EnquiryUnknown."""
    require(viewer, Right.ASK_BODIES)
    row = _open(uuid)
    rows = [
        one
        for one in EnquiryTargetRow.objects.filter(enquiry=row, state__in=_OPEN)
        if one.reminded_at is None or japanese_date(one.reminded_at) < japanese_date(at)
    ]
    if not rows or row.closed_at is not None:
        return 0
    EnquiryTargetRow.objects.filter(pk__in=[one.pk for one in rows]).update(reminded_at=at)
    _tell(row, [one.body for one in rows], {"what": "reminded"}, actor=viewer.actor(), at=at)
    return len(rows)


@transaction.atomic
def send_back(viewer: Viewer, uuid: UUID, body: str, *, reason: str, at: datetime) -> None:
    """差戻し: an answer goes back with its reason. Raises RightMissing, EnquiryUnknown, EnquiryUnfit, EnquiryStepUnfit."""
    require(viewer, Right.ASK_BODIES)
    if not reason.strip():
        raise EnquiryUnfit(where="差戻しの理由を書いてください")
    _settle(viewer, uuid, body, EnquiryState.RETURNED, reason=reason.strip()[:400], at=at)


@transaction.atomic
def accept(viewer: Viewer, uuid: UUID, body: str, *, at: datetime) -> None:
    """Take an answer as it is. Raises RightMissing, EnquiryUnknown, EnquiryStepUnfit."""
    require(viewer, Right.ASK_BODIES)
    _settle(viewer, uuid, body, EnquiryState.ACCEPTED, reason="", at=at)


def _settle(viewer: Viewer, uuid: UUID, body: str, state: EnquiryState, *, reason: str, at: datetime) -> None:
    row = _open(uuid)
    target = EnquiryTargetRow.objects.filter(enquiry=row, body=body).first()
    if target is None:
        raise EnquiryUnknown
    rules.check_step(_ACT[state], EnquiryState(target.state), is_closed=row.closed_at is not None)
    target.state, target.reason = state.value, reason
    target.save(update_fields=["state", "reason"])
    said = {"what": state.value} | ({"reason": reason} if reason else {})
    _tell(row, [body], said, actor=viewer.actor(), at=at)


@transaction.atomic
def close_enquiry(viewer: Viewer, uuid: UUID, *, at: datetime) -> None:
    """End the collecting; later answers are refused. Raises RightMissing, EnquiryUnknown."""
    require(viewer, Right.ASK_BODIES)
    row = _open(uuid)
    if row.closed_at is None:
        row.closed_at = at
        row.save(update_fields=["closed_at"])
        bodies = list(row.targets.values_list("body", flat=True))
        _tell(row, bodies, {"what": "closed"}, actor=viewer.actor(), at=at)
