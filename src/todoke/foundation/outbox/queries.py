"""What waits to be sent, was sent, or must be typed by hand."""

from datetime import datetime

from django.db.models import Count

from todoke.foundation import leases

from .models import OutboxMessage
from .values import MessageState


def to_type(kind: str) -> list[OutboxMessage]:
    """Messages of a kind that a person has to type into a system without an interface, oldest first."""
    return list(OutboxMessage.objects.filter(kind=kind, state=MessageState.TO_TYPE.value).order_by("pk"))


def parked(kind: str) -> list[OutboxMessage]:
    """Messages that kept failing and wait for a person."""
    return list(OutboxMessage.objects.filter(kind=kind).exclude(parked_code="").order_by("pk"))


def counts(kind: str) -> dict[MessageState, int]:
    """How many messages of a kind stand in each state."""
    rows = OutboxMessage.objects.filter(kind=kind).values_list("state").annotate(count=Count("pk"))
    return {MessageState(state): count for state, count in rows}


def backlog(kind: str, now: datetime) -> leases.Backlog:
    """The messages of a kind that wait to be sent."""
    return leases.backlog(OutboxMessage, where={"kind": kind, "state": MessageState.READY.value}, now=now)


def count_to_type(kind: str) -> int:
    """How many messages of a kind a person has to type; counted up to 10,000."""
    rows = OutboxMessage.objects.filter(kind=kind, state=MessageState.TO_TYPE.value)
    return rows[: leases.MOST_COUNTED].count()


def is_due(kind: str, now: datetime) -> bool:
    """Whether a message of this kind waits to be sent now."""
    return leases.is_waiting(OutboxMessage, where={"kind": kind, "state": MessageState.READY.value}, now=now)


def next_due(kind: str) -> datetime | None:
    """When the next unsent message is due."""
    return leases.next_due(OutboxMessage, where={"kind": kind, "state": MessageState.READY.value})
