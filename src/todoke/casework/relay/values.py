"""The nouns of the relay: channels, packages and what became of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from todoke.foundation.claims import Claim
from todoke.foundation.labels import Labelled
from todoke.foundation.transport import Transport
from todoke.foundation.vault.values import Written


class PackageState(Labelled):
    """パッケージの状態: each stored package is in exactly one of them（decision 7）."""

    PENDING = "pending", "処理待ち"
    ACCEPTED = "accepted", "受理"
    QUARANTINED = "quarantined", "隔離"


class ChannelKind(Labelled):
    """受付経路の種類."""

    API = "api", "連携API"
    FOLDER = "folder", "監視フォルダ"
    HAND = "hand", "手作業の取込"


class ImportOutcome(Labelled):
    """取り込みの結果, per file."""

    STORED = "stored", "取り込みました"
    KNOWN = "known", "取り込み済みです"
    REFUSED = "refused", "取り込めません"


class RecordedStanding(Labelled):
    """受付経路が伝えた失効確認の結果."""

    GOOD = "good", "失効していない"
    REVOKED = "revoked", "失効している"
    HOLD = "hold", "一時停止中"
    UNKNOWN = "unknown", "読み取れない、または確認できない"


@dataclass(frozen=True, slots=True)
class RecordedCheck:
    """A verification result that a channel delivered: who checked, when and by what; `received` is it as it came.

    `since` is the date of revocation where it says one, `serial` (lower-case hex) whose certificate it speaks of;
    `source` is the channel profile by which it was read, with edition and 未確認 or 確認済.
    """

    received: str
    standing: RecordedStanding
    checked_by: str = ""
    checked_at: datetime | None = None
    means: str = ""
    since: datetime | None = None
    serial: str = ""
    source: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of it as received: what evidence cites."""
        return hashlib.sha256(self.received.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What differs between two bodies on one kind of channel. The password lies in a file, never in the database."""

    base_url: str = ""
    provider_id: str = ""
    password_file: str = ""
    folder: str = ""
    transport: Transport = field(default_factory=Transport)


@dataclass(frozen=True, slots=True)
class ChannelRef:
    """A channel as others may hold it. `profile` says how to talk to it, `layout` how its packages are laid out."""

    organisation: str
    id: int
    name: str
    kind: ChannelKind
    profile: str
    layout: str
    settings: ChannelSettings = field(default_factory=ChannelSettings)


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a channel's list: 受付番号, the channel's 受付日時 (None where it has none), hints, size in bytes.

    `check` is the verification result that came with it, where the channel delivers one.
    """

    receipt_number: str
    received_at: datetime | None
    procedure_hint: str = ""
    size: int | None = None
    check: RecordedCheck | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A listed package whose bytes are durable; `label` is the name of the file that it came as."""

    listed: Listed
    written: Written
    label: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """Where a received package stands; `is_new` is False for bytes that were stored under this number before."""

    package_id: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class ClaimedPackage:
    """A stored package that a worker holds: its row, the fence of the claim, and how often it was tried."""

    claim: Claim
    uuid: UUID
    blob_id: int
    size: int
    content_hash: str
    channel_id: int
    channel: str
    layout: str
    receipt_number: str
    portal_received_at: datetime | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a claimed package: state, code, facts (no personal data).

    A pending one with `waits_for` waits for that 受付番号 and is looked at again at `due_at`; a pending one
    without `due_at` waits for a person. `evidence` is the SHA-256 (hex) of the evidence record: a fact of the audit.
    """

    claim: Claim
    uuid: UUID
    state: PackageState
    code: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    waits_for: str = ""
    due_at: datetime | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class PackageDetail:
    """A package as screens and commands show it."""

    id: int
    uuid: UUID
    blob_id: int
    size: int
    content_hash: str
    channel: str
    layout: str
    receipt_number: str
    procedure_hint: str
    file_label: str
    portal_received_at: datetime | None
    received_at: datetime
    state: PackageState
    code: str
    facts: Mapping[str, str]
    waits_for: str
    parked_code: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One pull of one channel while it is under way: the lease on its watermark, and how far it was read before."""

    channel: ChannelRef
    claim: Claim
    id: int
    position: datetime | None


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """A listed package that could not be fetched: its number and the code of the reason."""

    receipt_number: str
    code: str


@dataclass(frozen=True, slots=True)
class RunReport:
    """How a pull went. `is_complete`: the whole list was read and every package of it is stored."""

    listed: int = 0
    stored: int = 0
    known: int = 0
    failures: tuple[FetchFailure, ...] = ()
    list_code: str = ""
    newest: datetime | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the watermark may move."""
        return not self.list_code and not self.failures


@dataclass(frozen=True, slots=True)
class ChannelReading:
    """How one channel keeps up: when it was last read to its end, and how late its newest package reached us."""

    channel: str
    read_at: datetime | None
    lag: timedelta | None


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last pull of a channel as `doctor` and screens show it."""

    channel: str
    started_at: datetime
    ended_at: datetime | None
    is_complete: bool
    listed: int
    stored: int
    failures: tuple[FetchFailure, ...]
    list_code: str
    watermark: datetime | None


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of one file imported by hand."""

    path: Path
    outcome: ImportOutcome
    receipt_number: str = ""
    package_id: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a profile's layout is known from; `status` 未確認 until someone has compared it with the publication."""

    title: str
    publisher: str
    edition: str
    url: str
    read_on: str
    entered_by: str
    status: str


@dataclass(frozen=True, slots=True)
class LoginProfile:
    """How to sign in: path, names of the body's fields, where the token and its seconds stand in the answer."""

    path: str
    provider_field: str
    password_field: str
    password_form: str
    token: str
    expires_in: str


@dataclass(frozen=True, slots=True)
class ListProfile:
    """How to list: path, names of the query parameters, where rows and page count stand, names of a row's fields."""

    path: str
    since: str
    until: str
    page: str
    items: str
    pages: str
    receipt_number: str
    received_at: str
    procedure: str
    size: str


@dataclass(frozen=True, slots=True)
class CheckProfile:
    """Where a verification result stands in a row of the list, and what its words mean（様式は非公開: 未確認）."""

    place: str
    standing: str
    words: Mapping[str, RecordedStanding]
    checked_by: str
    checked_at: str
    means: str
    since: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class ApiProfile:
    """How to talk to a portal's receive interface（電子申請等情報受取等API は非公開の部分が多い: data, not code）."""

    login: LoginProfile
    list: ListProfile
    fetch_path: str
    fetch_received_at: str
    token_header: str
    provider_header: str
    expired_status: int
    timeout_seconds: float
    slowest_bytes_per_second: int
    check: CheckProfile | None = None


@dataclass(frozen=True, slots=True)
class FolderProfile:
    """How a watched folder is read: a file counts as whole when it has not changed for some seconds."""

    stable_seconds: float
    done: str


@dataclass(frozen=True, slots=True)
class ChannelProfile:
    """A channel's layout as data: numbers, file names, times, and the part of its kind."""

    name: str
    kind: ChannelKind
    provenance: Provenance
    receipt_pattern: str
    file_pattern: str
    overlap_minutes: int
    poll_seconds: int
    start: datetime
    api: ApiProfile | None = None
    folder: FolderProfile | None = None
