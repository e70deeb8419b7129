"""The nouns of telling the applicant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from todoke.casework.cases.values import CaseStatus


@dataclass(frozen=True, slots=True)
class Word:
    """How a channel says a 処理状況: its code, the word that the applicant reads, and a fixed message."""

    code: str
    word: str
    message: str


@dataclass(frozen=True, slots=True)
class StatusApi:
    """Where a portal takes a status, and the names of the fields it wants（処理状況の登録: 項目名は非公開 → data）."""

    path: str
    receipt_number: str
    status: str
    message: str
    key: str
    registered: str
    duplicate: str
    errors: str
    error_code: str


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """The status words of a channel; without `api` a person types them there."""

    name: str
    is_confirmed: bool
    words: Mapping[CaseStatus, Word]
    message_length: int
    api: StatusApi | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as it is put into the ledger: keys and fixed words; what a clerk wrote stays with the event."""

    key: str
    event_id: int
    case_id: int
    case_uuid: str
    channel: str
    receipt_number: str
    status: CaseStatus
    code: str
    word: str
    message: str
    message_length: int


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as the ledger keeps it: keys and words. What a clerk wrote stays with the event."""

    case_id: int
    uuid: str
    event_id: int
    channel: str
    receipt_number: str
    code: str
    word: str
    message: str


@dataclass(frozen=True, slots=True)
class Registered:
    """The portal has taken a status; `is_duplicate`: it had it under this key already."""

    is_duplicate: bool


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The portal refuses this status for good reason of its own; `code` is the portal's."""

    code: str


@dataclass(frozen=True, slots=True)
class ToType:
    """A status that a person has to type into a portal's screen, with everything needed for it."""

    message_id: int
    case: UUID
    receipt_number: str
    channel: str
    code: str
    word: str
    message: str
    since: datetime
