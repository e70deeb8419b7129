"""What the worker runs: take up what is to be told, and register it at the portals."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby

from todoke.casework.relay import queries as relay
from todoke.casework.relay.values import ChannelRef
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
from .values import ChannelWords, NotTaken, Told

log = logging.getLogger(__name__)
REFUSED = "NTF-901"


def queue_notices(context: JobContext) -> int:
    """Take up events that applicants have to be told; returns how many."""
    with scope(context.organisation):
        return services.queue_notices(limit=context.limit, actor=_actor(context), at=now())


def send_notices(context: JobContext) -> int:
    """Register due statuses at their portals; returns how many messages were settled one way or another."""
    with scope(context.organisation):
        messages = outbox.claim(queries.KIND, limit=context.limit, by=context.by)
        channels = queries.channels_by_name() if messages else {}
        notices = [(message, rules.told(message.payload)) for message in messages]
        texts = queries.notice_texts([told.event_id for _, told in notices])
    by_channel = sorted(notices, key=lambda pair: (pair[1].channel, pair[0].id))
    return sum(
        _send(channels[name], list(group), texts, context)
        for name, group in groupby(by_channel, key=lambda pair: pair[1].channel)
    )


def _send(
    channel: ChannelRef,
    notices: Sequence[tuple[Message, Told]],
    texts: Mapping[int, str],
    context: JobContext,
) -> int:
    """One connection for all messages of a channel; when the portal is away, the rest goes back untouched."""
    taken: list[tuple[Message, str]] = []
    refused: list[tuple[Message, str]] = []
    left: list[Message] = []
    try:
        with _connected(channel) as (register, words):
            for place, (message, told) in enumerate(notices):
                left = [one for one, _ in notices[place:]]
                text = rules.message_text(told.message, texts.get(told.event_id, ""), words.message_length)
                try:
                    answer = register.register(
                        receipt_number=told.receipt_number, code=told.code, message=text, key=message.key
                    )
                except NoticeTrouble as trouble:
                    refused.append((message, trouble.code))
                    continue
                if isinstance(answer, NotTaken):
                    refused.append((message, REFUSED))
                else:
                    taken.append((message, "duplicate" if answer.is_duplicate else "registered"))
            left = []
    except PortalAway:
        log.warning("notify.portal_away channel=%s organisation=%s", channel.name, context.organisation)
    with scope(context.organisation):
        outbox.other_side_away(left, at=now())
        services.notices_sent(taken, actor=_actor(context), at=now())
        for message, code in refused:
            services.notice_failed(message, code=code, actor=_actor(context), at=now())
    return len(taken) + len(refused)


@contextmanager
def _connected(channel: ChannelRef) -> Iterator[tuple[StatusRegister, ChannelWords]]:
    words = queries.channel_words(channel)
    receive = relay.load_profile(channel.profile).api
    if receive is None or words.api is None:
        raise PortalAway
    register = PortalStatuses(channel, receive, words.api)
    try:
        yield register, words
    finally:
        register.close()


def _actor(context: JobContext) -> Actor:
    return Actor(ActorKind.WORKER, context.by.owner)
