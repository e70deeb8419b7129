"""Questions about notices: the words of a channel, what a person has to type, what is still to be sent."""

import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

from todoke.casework.cases import queries as cases
from todoke.casework.cases.values import NoticeProgress
from todoke.casework.relay import queries as relay
from todoke.casework.relay.errors import ChannelUnknown
from todoke.casework.relay.values import ChannelKind, ChannelRef
from todoke.foundation import profile_files
from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.backup import queries as backup
from todoke.foundation.backup.values import NOTICES
from todoke.foundation.outbox import queries as outbox

from . import rules
from .errors import WordsInvalid
from .values import ChannelWords, Notice, ToType

KIND = "portal.status"
BY_HAND = "folder"
TO_BE_TYPED_BY_OTHERS = "支援措置対象者への連絡です。支援措置担当の役割を持つ職員が入力してください。"
PROFILES = Path(__file__).parent / "profiles"


def load_words(name_or_path: str) -> ChannelWords:
    """The status words of this name, or at this path (a town's own). Raises WordsInvalid."""
    return profile_files.load(name_or_path, folder=PROFILES, read=_words, refuse=WordsInvalid)


def _words(stem: str, document: profile_files.Document, schema: profile_files.Document) -> ChannelWords:
    return rules.read_words(stem.removesuffix(".words"), document, schema)


def words_of(channel: ChannelRef | None) -> ChannelWords:
    """The words of a channel; without an interface, or without words of its own, those for typing by hand.

    A town's own channel profile `x.yaml` has its words beside it in `x.words.yaml`.
    """
    if channel is None or channel.kind is not ChannelKind.API:
        return load_words(BY_HAND)
    own = Path(channel.profile)
    name = str(own.with_suffix(".words.yaml")) if own.suffix in {".yaml", ".yml"} else channel.profile
    try:
        return load_words(name)
    except WordsInvalid:
        return load_words(BY_HAND)


def channel(name: str) -> ChannelRef | None:
    """The channel of this name of the body in scope; None when it is no longer in use."""
    try:
        return relay.channel(name)
    except ChannelUnknown:
        return None


def read_notice(key: str, payload: str) -> Notice:
    """A notice as it stands in the ledger."""
    return rules.notice_from(key, json.loads(payload))


def to_type(viewer: Viewer) -> list[ToType]:
    """Statuses of the person's cases that wait to be typed into a portal, oldest first. Raises RightMissing."""
    require(viewer, Right.TYPE_STATUSES)
    rows = [(row, read_notice(row.key, row.payload)) for row in outbox.to_type(KIND)]
    theirs = cases.visible_ids(viewer, [notice.case_id for _, notice in rows])
    hidden = cases.masked_ids(viewer, theirs)
    notes = cases.notes_of([notice.event_id for _, notice in rows])
    return [
        ToType(
            message_id=row.pk, case=UUID(notice.case_uuid), receipt_number=notice.receipt_number,
            channel=notice.channel, code=notice.code, word=notice.word, since=row.put_at,
            message=TO_BE_TYPED_BY_OTHERS
            if notice.case_id in hidden
            else rules.message_text(notice.message, notes.get(notice.event_id, ""), notice.message_length),
        )
        for row, notice in rows
        if notice.case_id in theirs
    ]  # fmt: skip


def first_notices() -> tuple[int, int]:
    """Of how many cases the opening was told by the portal, and of how many a person has to type it or has."""
    counts = cases.counts_by_first_notice()
    by_hand = counts.get(NoticeProgress.TO_TYPE, 0) + counts.get(NoticeProgress.TYPED, 0)
    return counts.get(NoticeProgress.ANSWERED, 0), by_hand


def is_held() -> bool:
    """Whether a restore of the body in scope holds back what applicants are told."""
    return backup.is_held(NOTICES)


def is_notice_due(now: datetime) -> bool:
    """Whether a status waits to be registered now."""
    return outbox.is_due(KIND, now)


def next_due() -> datetime | None:
    """When the next unfinished work of this stage is due; what waits for a person, or for the end of a hold, is none."""
    moments = [cases.oldest_to_tell(), None if is_held() else outbox.next_due(KIND)]
    return min((one for one in moments if one is not None), default=None)
