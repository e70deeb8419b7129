"""The words of a channel, what waits to be typed by hand, and what has been answered."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import yaml

from todoke.casework.cases import queries as cases
from todoke.casework.relay import queries as relay
from todoke.casework.relay.values import ChannelRef
from todoke.foundation.accounts.values import Viewer
from todoke.foundation.outbox import queries as outbox
from todoke.foundation.outbox.values import MessageState

from . import rules
from .errors import NoticeUnknown, WordsInvalid
from .values import ChannelWords, ToType

KIND = "portal.status"
PROFILES = Path(__file__).parent / "profiles"
BY_HAND = "folder"


def channel_words(channel: ChannelRef) -> ChannelWords:
    """The status words of a channel: those of its own profile, else those for channels without an interface."""
    own = PROFILES / f"{channel.profile}.yaml"
    return words(own if own.is_file() else PROFILES / f"{BY_HAND}.yaml")


def words(path: Path) -> ChannelWords:
    """The words in a file. Raises WordsInvalid."""
    return _words(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _words(path: Path, _changed: int) -> ChannelWords:
    schema = json.loads((PROFILES / "schema.json").read_text(encoding="utf-8"))
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as broken:
        raise WordsInvalid(profile=path.name, where="YAML") from broken
    return rules.read_words(path.stem, document, schema)


def channels_by_name() -> dict[str, ChannelRef]:
    """The channels of the body in scope by name."""
    return {channel.name: channel for channel in relay.channels()}


def to_type(viewer: Viewer) -> list[ToType]:
    """The statuses that a person of these sections has to type into a portal's screen, oldest first."""
    rows = [(row, rules.told(row.payload)) for row in outbox.to_type(KIND)]
    visible = cases.visible_ids(viewer, [told.case_id for _, told in rows])
    return [
        ToType(
            row.pk,
            UUID(told.uuid),
            told.receipt_number,
            told.channel,
            told.code,
            told.word,
            told.message,
            row.put_at,
        )
        for row, told in rows
        if told.case_id in visible
    ]


def event_of(message_id: int) -> int:
    """The event of a case that a message tells. Raises NoticeUnknown."""
    row = next((row for row in outbox.to_type(KIND) if row.pk == message_id), None)
    if row is None:
        raise NoticeUnknown
    return rules.told(row.payload).event_id


def notice_texts(event_ids: Iterable[int]) -> dict[int, str]:
    """What the clerk wrote with each of these events, to be sent as the message."""
    return cases.notes_of(event_ids)


def first_notices() -> tuple[int, int]:
    """How many notices of the body in scope the portal has taken, and how many wait to be typed."""
    counts = outbox.counts(KIND)
    return counts.get(MessageState.SENT, 0), counts.get(MessageState.TO_TYPE, 0)


def next_due() -> datetime | None:
    """When the next unfinished work of this stage is due: an event not taken up, a message not sent."""
    moments = [moment for moment in (outbox.next_due(KIND), cases.oldest_to_tell()) if moment is not None]
    return min(moments, default=None)
