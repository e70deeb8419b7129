"""What the worker runs: put notices into the ledger, and send them to the portals. Only here is a portal called."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import groupby

from todoke.casework.cases import queries as cases
from todoke.casework.relay import queries as relay
from todoke.casework.relay.errors import ProfileInvalid
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import JobContext
from todoke.foundation.fence import scope
from todoke.foundation.outbox import services as outbox
from todoke.foundation.outbox.values import Message

from . import queries, rules, services
from .adapters.base import StatusRegister
from .adapters.portal_api import PortalStatuses
from .errors import NoticeTrouble, PortalAway
from .values import Notice

log = logging.getLogger("todoke.notify")
AT_ONCE = 20
TROUBLES_IN_A_ROW = 3  # after so many the portal counts as away: the rest is left to a later run


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A claimed message with its notice and the whole text for the applicant."""

    message: Message
    notice: Notice
    text: str


def queue_notices(context: JobContext) -> int:
    """Put what applicants have to be told into the ledger; returns how many events were taken up."""
    with scope(context.organisation):
        return services.queue_notices(limit=context.limit, actor=_actor(context), at=now())


def send_notices(context: JobContext) -> int:
    """Register statuses at the portals of one body; returns how many were registered. None while a restore holds."""
    registered = 0
    with scope(context.organisation, read_only=True):
        if queries.is_held():
            return 0
    for _ in range(0, context.limit, AT_ONCE):
        waiting = _claim(context)
        sent = [_send_to(name, list(some), context) for name, some in groupby(waiting, _channel)]
        registered += sum(sent)
        if not sum(sent):
            break
    return registered


def _claim(context: JobContext) -> list[_Waiting]:
    with scope(context.organisation):
        limit = min(AT_ONCE, context.limit)
        messages = outbox.claim(queries.KIND, limit=limit, by=replace(context.by, now=now()))
        notices = [queries.read_notice(one.key, one.payload) for one in messages]
        notes = cases.notes_of([one.event_id for one in notices])
    waiting = [
        _Waiting(
            message, one, rules.message_text(one.message, notes.get(one.event_id, ""), one.message_length)
        )
        for message, one in zip(messages, notices, strict=True)
    ]
    return sorted(waiting, key=lambda one: (one.notice.channel, one.message.id))


def _channel(waiting: _Waiting) -> str:
    return waiting.notice.channel


def _send_to(channel: str, waiting: Sequence[_Waiting], context: JobContext) -> int:
    """Register one channel's notices, oldest first; when the portal is away they wait, none is parked for that."""
    sent, left, troubles = 0, list(waiting), 0
    try:
        with _register_of(channel, context) as register:
            while left:
                try:
                    sent += _send(register, left[0], context)
                    troubles = 0
                except NoticeTrouble as trouble:
                    log.warning("notify.trouble channel=%s status=%s", channel, trouble.facts.get("status"))
                    _postpone(left[:1], context)
                    troubles += 1
                left.pop(0)
                if troubles >= TROUBLES_IN_A_ROW:
                    raise PortalAway
    except PortalAway:
        log.warning("notify.portal_away channel=%s waiting=%d", channel, len(left))
        _postpone(left, context)
    return sent


@contextmanager
def _register_of(channel: str, context: JobContext) -> Iterator[StatusRegister]:
    """Where this channel registers; a channel that was taken out of use or has lost its profile counts as away."""
    with scope(context.organisation, read_only=True):
        found = queries.channel(channel)
    words = queries.words_of(found)
    try:
        receive = relay.load_profile(found.profile).api if found is not None else None
    except ProfileInvalid as unreadable:
        raise PortalAway from unreadable
    if found is None or receive is None or words.api is None:
        raise PortalAway
    with closing(PortalStatuses(found, receive, words.api)) as register:
        yield register


def _send(register: StatusRegister, waiting: _Waiting, context: JobContext) -> int:
    notice = waiting.notice
    answer = register.register(
        receipt_number=notice.receipt_number, code=notice.code, message=waiting.text, key=notice.key
    )
    with scope(context.organisation):
        is_settled = services.settle_notice(waiting.message, notice, answer, actor=_actor(context), at=now())
    return int(is_settled)


def _postpone(waiting: Sequence[_Waiting], context: JobContext) -> None:
    with scope(context.organisation):
        outbox.other_side_away([one.message for one in waiting], at=now())


def _actor(context: JobContext) -> Actor:
    return Actor(ActorKind.WORKER, context.by.owner)
