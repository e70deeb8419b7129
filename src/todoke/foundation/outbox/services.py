"""Putting effects into the ledger, claiming them, and settling what became of them."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from todoke.foundation import leases
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.fence import current_organisation
from todoke.foundation.leases import Claim, Claimant, Failure

from .models import OutboxMessage
from .values import Message, MessageState


def put(
    kind: str, *, key: str, payload: Mapping[str, str | int], at: datetime, by_hand: bool = False,
    due_at: datetime | None = None,
) -> bool:  # fmt: skip
    """Put one effect into the ledger, in the caller's transaction; False when its key stands there already.

    `by_hand`: there is no interface; the message goes to the list of what a person has to type.
    """
    state = MessageState.TO_TYPE if by_hand else MessageState.READY
    _, is_new = OutboxMessage.objects.get_or_create(
        organisation_id=current_organisation(), kind=kind, key=key,
        defaults={
            "payload": json.dumps(payload, ensure_ascii=False, sort_keys=True), "state": state.value,
            "put_at": at, "due_at": due_at or at,
        },
    )  # fmt: skip
    return is_new


@transaction.atomic
def claim(kind: str, *, limit: int, by: Claimant) -> list[Message]:
    """Claim due messages of a kind, oldest first."""
    where = {"kind": kind, "state": MessageState.READY.value}
    claims = {
        one.id: one for one in leases.claim(OutboxMessage, where=where, order=["id"], limit=limit, by=by)
    }
    return [
        Message(
            row.pk,
            claims[row.pk].fence,
            claims[row.pk].attempts,
            row.key,
            row.payload,
            row.put_at.isoformat(),
        )
        for row in OutboxMessage.objects.filter(pk__in=claims).order_by("pk")
    ]


@transaction.atomic
def sent(message: Message, *, answer: str, at: datetime) -> bool:
    """Note that the other side has taken a message; False when this claim is no longer ours."""
    rows = OutboxMessage.objects.filter(pk=message.id, fence=message.fence)
    return bool(
        rows.update(
            state=MessageState.SENT.value, settled_at=at, answer=answer[:200], lease_owner="", lease_until=None,
            last_code="",
        )
    )  # fmt: skip


@transaction.atomic
def failed(message: Message, *, code: str, at: datetime) -> Failure:
    """Note that sending failed because of the message: tried again later, parked with the code at the limit."""
    OutboxMessage.objects.filter(pk=message.id, fence=message.fence).update(last_code=code)
    return leases.fail(OutboxMessage, Claim(message.id, message.fence, message.attempts), now=at, code=code)


@transaction.atomic
def other_side_away(messages: Iterable[Message], *, at: datetime) -> None:
    """Give messages back because the other side does not answer: tried again later, never parked."""
    claims = [Claim(one.id, one.fence, one.attempts) for one in messages]
    leases.postpone(OutboxMessage, claims, now=at)


@transaction.atomic
def typed(message_id: int, *, actor: Actor, at: datetime) -> bool:
    """Note that a person has typed a message into the other system; False when it was not waiting for that."""
    rows = OutboxMessage.objects.filter(pk=message_id, state=MessageState.TO_TYPE.value)
    done = bool(rows.update(state=MessageState.TYPED.value, settled_at=at))
    if done:
        audit.record("outbox.typed", object_kind="message", object_id=str(message_id), actor=actor, at=at)
    return done


@transaction.atomic
def try_again(message_id: int, *, actor: Actor, at: datetime) -> bool:
    """Let a parked message be sent again from the first attempt; False when it was not parked."""
    done = leases.unpark(OutboxMessage, message_id, now=at)
    if done:
        audit.record("outbox.unparked", object_kind="message", object_id=str(message_id), actor=actor, at=at)
    return done
