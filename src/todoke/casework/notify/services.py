"""Putting notices into the ledger, and settling what became of them."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from todoke.casework.cases import queries as case_queries
from todoke.casework.cases import services as cases
from todoke.casework.cases.values import NoticeNote, NoticeProgress
from todoke.casework.handover import queries as handover
from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit.values import Actor
from todoke.foundation.backup import services as backup
from todoke.foundation.outbox import queries as outbox_queries
from todoke.foundation.outbox import services as outbox
from todoke.foundation.outbox.values import Message

from . import queries, rules
from .errors import NoticeUnknown
from .queries import KIND
from .values import Notice, NotTaken, Registered

REFUSED = "NTF-911"


@transaction.atomic
def queue_notices(*, limit: int, actor: Actor, at: datetime) -> int:
    """Put what applicants have to be told into the ledger, in the words of their channel; returns how many events.

    A channel without an interface gets its notices onto the list of what a person types. Queued twice is told once:
    the key is that of the act.
    """
    events = case_queries.events_to_tell(limit)
    channels = {name: queries.channel(name) for name in {event.channel for event in events}}
    notes = []
    for event in events:
        words = queries.words_of(channels[event.channel])
        notice = rules.notice_of(event, words)
        by_hand = words.api is None
        outbox.put(KIND, key=notice.key, payload=_payload(notice), at=at, by_hand=by_hand)
        notes.append(NoticeNote(event.event_id, NoticeProgress.TO_TYPE if by_hand else NoticeProgress.QUEUED))
    cases.note_notice(notes, actor=actor, at=at)
    return len(events)


def _payload(notice: Notice) -> Mapping[str, str | int]:
    return {name: value for name, value in asdict(notice).items() if name != "key"}


@transaction.atomic
def settle_notice(
    message: Message, notice: Notice, answer: Registered | NotTaken, *, actor: Actor, at: datetime
) -> bool:
    """Write down the portal's answer to one notice; False when this worker holds it no longer.

    A refusal is tried again and, at the limit, parked with its code for a person.
    """
    if isinstance(answer, Registered):
        word = "duplicate" if answer.is_duplicate else "registered"
        is_ours = outbox.sent(message, answer=word, at=at)
        progress, code = NoticeProgress.ANSWERED, ""
    else:
        is_ours = outbox.failed(message, code=REFUSED, at=at).parked
        progress, code = NoticeProgress.FAILED, REFUSED
    if is_ours:
        cases.note_notice([NoticeNote(notice.event_id, progress, code)], actor=actor, at=at)
    return is_ours


def resume_after_restore(viewer: Viewer, *, at: datetime, terminal: str = "") -> bool:
    """Tell applicants again after a restore, last of all; False when nothing held it. Raises RightMissing, NotReconciled.

    Every core system of the body has to be released before. A notice that the portal has already bears the same key.
    """
    destinations = [handover.destination(system.name) for system in handover.core_systems()]
    return backup.release_notices(viewer, destinations, at=at, terminal=terminal)


@transaction.atomic
def mark_typed(viewer: Viewer, message_id: int, *, at: datetime, terminal: str = "") -> None:
    """Note that a person has typed a status into the portal. Raises RightMissing, NoticeUnknown (also the second time)."""
    require(viewer, Right.TYPE_STATUSES)
    row = next((one for one in outbox_queries.to_type(KIND) if one.pk == message_id), None)
    notice = queries.read_notice(row.key, row.payload) if row is not None else None
    if notice is None or not case_queries.visible_ids(viewer, [notice.case_id]):
        raise NoticeUnknown
    if not outbox.typed(message_id, actor=viewer.actor(terminal), at=at):
        raise NoticeUnknown
    note = NoticeNote(notice.event_id, NoticeProgress.TYPED)
    cases.note_notice([note], actor=viewer.actor(terminal), at=at)
