"""The nouns of the hand-over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class HandoverState(StrEnum):
    """引渡しの状態 of one application towards one core system."""

    label: str

    def __new__(cls, value: str, label: str) -> "HandoverState":
        """A member with its Japanese label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    HELD = "held", "保留"
    READY = "ready", "引渡し待ち"
    BATCHED = "batched", "引渡し中"
    SENT = "sent", "引渡し済"
    RECEIPTED = "receipted", "受領済"
    REFUSED = "refused", "拒否"


class BatchState(StrEnum):
    """一括取込ファイルの状態."""

    label: str

    def __new__(cls, value: str, label: str) -> "BatchState":
        """A member with its Japanese label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    WRITTEN = "written", "送信待ち"
    SENT = "sent", "受領待ち"
    ACKNOWLEDGED = "acknowledged", "受領済"


class AdapterKind(StrEnum):
    """基幹への渡し方（方式4 一括取込機能の実装: 共通機能標準仕様書 §2.1.4）."""

    label: str

    def __new__(cls, value: str, label: str) -> "AdapterKind":
        """A member with its Japanese label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    HTTP_INBOX = "http_inbox", "受信箱（HTTP）"
    FOLDER = "folder", "共有フォルダー"


class ReceiptOutcome(StrEnum):
    """What the core system says of one row."""

    label: str

    def __new__(cls, value: str, label: str) -> "ReceiptOutcome":
        """A member with its Japanese label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    ACCEPTED = "accepted", "受領"
    REFUSED = "refused", "拒否"


class DateForm(StrEnum):
    """How a core system wants its dates."""

    label: str

    def __new__(cls, value: str, label: str) -> "DateForm":
        """A member with its Japanese label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    ISO = "iso", "2026-04-06"
    COMPACT = "compact", "20260406"
    SLASHED = "slashed", "2026/04/06"
    ERA = "era", "令和8年4月6日"


@dataclass(frozen=True, slots=True)
class CoreSettings:
    """Where a core system is reached: an address or a folder, and how many seconds we wait for an answer."""

    base_url: str = ""
    folder: str = ""
    timeout_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CoreSystemRef:
    """A registered core system as others may hold it. `is_stopped`: 引渡し停止, nothing is sent until released."""

    id: int
    organisation: str
    name: str
    profile: str
    adapter: AdapterKind
    settings: CoreSettings
    is_stopped: bool
    receipts_cursor: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a core system's file.

    `name` is the header word, `label` what the clerk reads. `source`: key, organisation, receipt_number,
    procedure, version, applied_at, received_at, `party.<role>.<number|name|kana|birth>` or `item.<std-code>`. Lengths are limits of the core's field, in
    characters or in bytes of the file's encoding; None means no limit.
    """

    name: str
    source: str
    label: str = ""
    is_required: bool = False
    max_characters: int | None = None
    max_bytes: int | None = None
    date_form: DateForm | None = None


@dataclass(frozen=True, slots=True)
class NumberNeed:
    """A party whose number the core needs for a procedure, and the kind of number（宛名番号 or another）."""

    role: str
    label: str
    number_kind: str


@dataclass(frozen=True, slots=True)
class CoreProfile:
    """取込レイアウト of a core system, as its YAML says（docs/howto/add-a-core-system）."""

    name: str
    title: str
    is_confirmed: bool
    encoding: str
    repertoire: str
    delimiter: str
    newline: str
    quotes_all: bool
    has_header: bool
    file_name: str
    rows_per_file: int
    procedures: frozenset[str]
    columns: tuple[Column, ...]
    numbers: Mapping[str, tuple[NumberNeed, ...]]
    characters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutgoingParty:
    """One person of an application as the core may need it; `number` is empty while it is not decided."""

    role: str
    number_kind: str
    number: str
    name: str
    kana: str
    birth: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One application on its way to a core system: everything that a row may be built from."""

    key: str
    organisation: str
    receipt_number: str
    procedure: str
    version: int
    applied_at: datetime | None
    received_at: datetime
    parties: tuple[OutgoingParty, ...]
    items: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a row does not leave: a stable code and its facts (field names, roles; characters for the clerk)."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BuiltRow:
    """One line of a batch file without its newline, in the file's encoding, and the SHA-256 (hex) of that."""

    key: str
    line: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A whole batch file: name, bytes, number of rows (without the header), SHA-256 (hex) of the bytes."""

    name: str
    content: bytes
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The core system's word on one row; `seq` orders all words of one core system."""

    seq: int
    batch: str
    key: str
    outcome: ReceiptOutcome
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row as a ledger knows it: the idempotency key, SHA-256 (hex) of the line, the outcome."""

    key: str
    row_sha256: str
    outcome: ReceiptOutcome


@dataclass(frozen=True, slots=True)
class OurRow:
    """One row of our ledger as the 突合 sees it."""

    key: str
    row_sha256: str
    state: HandoverState
    receipt_number: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """突合表: what we sent beside what the core holds. Keys in order; red unless `is_equal`.

    `missing`: we sent it, the core lacks it. `unexpected`: the core holds it, we did not send it. `differing`:
    both have it with another content or another outcome.
    """

    system: str
    sent: int
    receipted: int
    refused: int
    waiting: int
    held: int
    core_count: int
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    differing: tuple[str, ...]
    our_sha256: str
    core_sha256: str

    @property
    def is_equal(self) -> bool:
        """Whether count and hash of both ledgers agree."""
        return not (self.missing or self.unexpected or self.differing) and self.our_sha256 == self.core_sha256
