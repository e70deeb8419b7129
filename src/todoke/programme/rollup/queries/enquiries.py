"""Enquiries of this body and to it."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Count, Q

from todoke.foundation.calendars.queries import is_business_day, japanese_date
from todoke.programme.rollup.errors import EnquiryUnknown
from todoke.programme.rollup.models import EnquiryRow, EnquiryTargetRow, ReceivedEnquiryRow
from todoke.programme.rollup.rules import enquiries as rules
from todoke.programme.rollup.values import (
    Collected,
    Enquiry,
    EnquiryState,
    EnquiryTarget,
    ReceivedEnquiry,
)


def _enquiry(row: EnquiryRow) -> Enquiry:
    return Enquiry(
        row.uuid, row.organisation_id, row.title, row.text, rules.read(row.fields), row.due_on, row.asked_at, row.closed_at
    )  # fmt: skip


def enquiries() -> Sequence[tuple[Enquiry, int, int]]:
    """What this body has asked, with how many bodies have answered, of how many; the newest first, one question."""
    answered = Q(targets__state__in=[EnquiryState.ANSWERED.value, EnquiryState.ACCEPTED.value])
    rows = EnquiryRow.objects.annotate(
        asked=Count("targets"), answered=Count("targets", filter=answered)
    ).order_by("-pk")
    return [(_enquiry(row), row.answered, row.asked) for row in rows[:200]]


def collected(uuid: UUID, *, as_of: date) -> Collected:
    """取りまとめ of an enquiry of ours, with who is late by how many 執務日. Raises EnquiryUnknown."""
    row = EnquiryRow.objects.filter(uuid=uuid).first()
    if row is None:
        raise EnquiryUnknown
    late = _late_until(row.due_on)
    targets = tuple(_target(one, late, as_of) for one in row.targets.order_by("body"))
    return Collected(_enquiry(row), targets)


def _late_until(due_on: date) -> Mapping[date, int]:
    """Kept while one page is made: many bodies are late by the same day."""

    class _Days(dict[date, int]):
        def __missing__(self, until: date) -> int:
            self[until] = rules.late_days(due_on, until, is_business_day)
            return self[until]

    return _Days()


def _target(row: EnquiryTargetRow, late: Mapping[date, int], as_of: date) -> EnquiryTarget:
    is_open = row.state in (EnquiryState.WAITING.value, EnquiryState.RETURNED.value)
    until = as_of if is_open or row.answered_at is None else japanese_date(row.answered_at)
    return EnquiryTarget(
        row.body, row.name, EnquiryState(row.state), row.answers, row.answered_at, row.reason, row.reminded_at, late[until]
    )  # fmt: skip


def _received(row: ReceivedEnquiryRow) -> ReceivedEnquiry:
    asked = Enquiry(
        row.uuid,
        row.asker,
        row.title,
        row.text,
        rules.read(row.fields),
        row.due_on,
        row.asked_at,
        row.closed_at,
    )
    return ReceivedEnquiry(
        asked, EnquiryState(row.state), row.answers, row.answered_at, row.reason, row.reminded_at
    )


def received_enquiries() -> Sequence[ReceivedEnquiry]:
    """What this body is asked, by due date, the latest first."""
    return [_received(row) for row in ReceivedEnquiryRow.objects.order_by("-due_on", "-pk")[:200]]


def received(uuid: UUID) -> ReceivedEnquiry:
    """One enquiry to this body. Raises EnquiryUnknown."""
    row = ReceivedEnquiryRow.objects.filter(uuid=uuid).first()
    if row is None:
        raise EnquiryUnknown
    return _received(row)
