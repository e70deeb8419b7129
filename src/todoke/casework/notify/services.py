"""Taking events up into the ledger of what goes outside, and noting what became of each."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from todoke.casework.cases import queries as case_queries
from todoke.casework.cases import services as cases
from todoke.casework.cases.values import NoticeNote, NoticeProgress
from todoke.foundation.accounts.rules import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit.values import Actor
from todoke.foundation.leases import Failure
from todoke.foundation.outbox import services as outbox
from todoke.foundation.outbox.values import Message

from . import queries, rules
from .errors import NoticeUnknown


@transaction.atomic
def queue_notices(*, limit: int, actor: Actor, at: datetime) -> int:
    """Put what applicants have to be told into the ledger; returns how many events were taken up.

    A channel without an interface gets a row that a person types.
    """
    events = case_queries.events_to_tell(limit)
    channels = queries.channels_by_name()
    notes = []
    for event in events:
        words = queries.channel_words(channels[event.channel])
        notice = rules.notice_of(event, words)
        by_hand = words.api is None
        outbox.put(queries.KIND, key=notice.key, payload=rules.payload_of(notice), at=at, by_hand=by_hand)
        progress = NoticeProgress.TO_TYPE if by_hand else NoticeProgress.QUEUED
        notes.append(NoticeNote(event.event_id, progress))
    cases.note_notice(notes, actor=actor, at=at)
    return len(events)


def _event(message: Message) -> int:
    return rules.told(message.payload).event_id


@transaction.atomic
def notices_sent(messages: Sequence[tuple[Message, str]], *, actor: Actor, at: datetime) -> int:
    """Note which messages the portal has taken, each with its answer; returns how many were still ours."""
    notes = [
        NoticeNote(_event(message), NoticeProgress.ANSWERED)
        for message, answer in messages
        if outbox.sent(message, answer=answer, at=at)
    ]
    cases.note_notice(notes, actor=actor, at=at)
    return len(notes)


@transaction.atomic
def notice_failed(message: Message, *, code: str, actor: Actor, at: datetime) -> Failure:
    """Note that the portal did not take one message: tried again later, shown as failed once it is parked."""
    failure = outbox.failed(message, code=code, at=at)
    if failure.parked:
        cases.note_notice([NoticeNote(_event(message), NoticeProgress.FAILED, code)], actor=actor, at=at)
    return failure


@transaction.atomic
def mark_typed(viewer: Viewer, message_id: int, *, at: datetime, terminal: str = "") -> None:
    """Note that a person has typed a status into the portal's screen. Raises RightMissing, NoticeUnknown."""
    require(viewer, Right.TYPE_STATUSES)
    waiting = {row.message_id: row for row in queries.to_type(viewer)}
    if message_id not in waiting:
        raise NoticeUnknown
    event = queries.event_of(message_id)
    if not outbox.typed(message_id, actor=viewer.actor(terminal), at=at):
        raise NoticeUnknown
    cases.note_notice([NoticeNote(event, NoticeProgress.TYPED)], actor=viewer.actor(terminal), at=at)
