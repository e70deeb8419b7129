"""The nouns of the hand-over."""

# long: the nouns of one stage stand in one file; each is a few lines.

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from todoke.foundation.claims import Claim
from todoke.foundation.labels import Labelled
from todoke.foundation.transport import Transport


class HandoverState(Labelled):
    """引渡しの状態 of one application towards one core system."""

    HELD = "held", "保留"
    READY = "ready", "引渡し待ち"
    BATCHED = "batched", "引渡し中"
    SENT = "sent", "引渡し済"
    RECEIPTED = "receipted", "受領済"
    REFUSED = "refused", "拒否"


class HandoverKind(Labelled):
    """引渡しの種類: an application, or word that one which had left is withdrawn."""

    NEW = "new", "新規"
    CANCELLATION = "cancellation", "取消"


class BatchState(Labelled):
    """一括取込ファイルの状態. What is taken apart never left: one of its rows was no longer to leave."""

    WRITTEN = "written", "送信待ち"
    TAKEN_APART = "taken_apart", "取りやめ"
    SENT = "sent", "受領待ち"
    ACKNOWLEDGED = "acknowledged", "受領済"


class AdapterKind(Labelled):
    """基幹への渡し方（方式4 一括取込機能の実装: 共通機能標準仕様書 §2.1.4）."""

    HTTP_INBOX = "http_inbox", "受信箱（HTTP）"
    FOLDER = "folder", "共有フォルダー"


class ReceiptOutcome(Labelled):
    """What the core system says of one row."""

    ACCEPTED = "accepted", "受領"
    REFUSED = "refused", "拒否"


class LedgerOutcome(Labelled):
    """What the core system's ledger says of one row."""

    ACCEPTED = "accepted", "受領"
    REFUSED = "refused", "拒否"
    CANCELLED = "cancelled", "取消済"


class CancelledOriginal(Labelled):
    """What becomes, in the core system's ledger, of a row that was cancelled."""

    FLAGGED = "flagged", "取消の印が付く"
    REMOVED = "removed", "台帳から消える"
    KEPT = "kept", "変わらない"


class CancellationStanding(Labelled):
    """How far a row of our ledger has been cancelled, as the 突合 sees it."""

    NONE = "none", "取消なし"
    POSSIBLE = "possible", "取消中、または手で取消し"
    DONE = "done", "取消済"


class DateForm(Labelled):
    """How a core system wants its dates."""

    ISO = "iso", "2026-04-06"
    COMPACT = "compact", "20260406"
    SLASHED = "slashed", "2026/04/06"
    ERA = "era", "令和8年4月6日"


@dataclass(frozen=True, slots=True)
class CoreSettings:
    """Where a core system is reached, and the rhythm of its receipts.

    Seconds: `timeout_seconds` for one answer, `poll_seconds` between two readings of receipts, `resend_seconds`
    after which a row without a receipt is sent once more.
    """

    base_url: str = ""
    folder: str = ""
    timeout_seconds: float = 30.0
    poll_seconds: float = 30.0
    resend_seconds: float = 900.0
    transport: Transport = field(default_factory=Transport)


@dataclass(frozen=True, slots=True)
class CoreSystemRef:
    """A registered core system as others may hold it. `is_stopped`: 引渡し停止, nothing is sent until released.

    `is_held`: a restore holds it back（then it counts as stopped, and its receipts are not read either）.
    """

    id: int
    organisation: str
    name: str
    profile: str  # the name of a shipped profile, or the path of a town's own
    adapter: AdapterKind
    settings: CoreSettings
    is_stopped: bool
    receipts_cursor: int
    away_since: datetime | None = None
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a core system's file.

    `name` is the header word, `label` what the clerk reads. `source`: key, organisation, receipt_number,
    procedure, version, applied_at, received_at, `applicant.<name|kana|birth|sex|postcode|address>` as the portal
    sends them, `party.<role>.<number|name|kana|birth>`, or `item.<std-code or our name for it>`; in a 取消 row also
    original.key, original.file and cancelled_at, which are empty in any other. A column with a `constant` has no source.
    Lengths are limits of the core's field, in characters or in bytes of the file's encoding; None: no limit.
    """

    name: str
    source: str
    label: str = ""
    is_required: bool = False
    max_characters: int | None = None
    max_bytes: int | None = None
    date_form: DateForm | None = None
    constant: str = ""


@dataclass(frozen=True, slots=True)
class NumberNeed:
    """A party whose number the core needs for a procedure, and the kind of number（宛名番号 or another）."""

    role: str
    label: str
    number_kind: str


@dataclass(frozen=True, slots=True)
class CancellationLayout:
    """取消の形式 of a core system: the columns of a 取消 row, and what its ledger holds afterwards.

    `file_name` is the pattern of its own files; empty: such rows travel among the others, in the same columns.
    `is_listed`: whether the ledger lists the 取消 row itself.
    """

    columns: tuple[Column, ...]
    file_name: str
    original: CancelledOriginal
    is_listed: bool


@dataclass(frozen=True, slots=True)
class CoreProfile:
    """取込レイアウト of a core system, as its YAML says（docs/howto/add-a-core-system）.

    Without a `cancellation` the core system has no word for it: a clerk cancels there by hand.
    """

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
    cancellation: CancellationLayout | None = None

    def columns_of(self, kind: HandoverKind) -> tuple[Column, ...]:
        """The columns of a file whose first row is of this kind."""
        if kind is HandoverKind.CANCELLATION and self.cancellation is not None:
            return self.cancellation.columns
        return self.columns

    def file_name_of(self, kind: HandoverKind) -> str:
        """The pattern of the file in which a row of this kind travels."""
        own = self.cancellation.file_name if self.cancellation else ""
        return own if own and kind is HandoverKind.CANCELLATION else self.file_name


@dataclass(frozen=True, slots=True)
class OutgoingParty:
    """One person of an application as the core may need it; `number` is empty while it is not decided.

    `waits_for`: the code of what two people have to look at first（IDN-321, IDN-333）, whatever numbers are needed.
    """

    role: str
    number_kind: str
    number: str
    name: str
    kana: str
    birth: str
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One application on its way to a core system: everything that a row may be built from.

    `items` holds the answers by std-code and by our name for them, and `applicant.<field>` of A票. Of a cancellation:
    the key and the file of the row that it takes back, and when a clerk said so.
    """

    key: str
    organisation: str
    receipt_number: str
    procedure: str
    version: int
    applied_at: datetime | None
    received_at: datetime
    parties: tuple[OutgoingParty, ...]
    items: Mapping[str, str]
    kind: HandoverKind = HandoverKind.NEW
    original_key: str = ""
    original_file: str = ""
    cancelled_at: datetime | None = None


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


class LedgerRow(NamedTuple):
    """One row as a ledger knows it: the idempotency key, SHA-256 (hex) of the line, the outcome. A million are made."""

    key: str
    row_sha256: str
    outcome: LedgerOutcome


class OurRow(NamedTuple):
    """One row of our ledger as the 突合 sees it. A million are made."""

    key: str
    row_sha256: str
    state: HandoverState
    receipt_number: str
    kind: HandoverKind = HandoverKind.NEW
    cancellation: CancellationStanding = CancellationStanding.NONE


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """突合表: what we sent beside what the core holds. Keys in order; red unless `is_equal`.

    `missing`: we sent it, the core lacks it. `unexpected`: the core holds it or has spoken of it, and we did not
    send it. `differing`: both have it with another content or another outcome. `uncancelled`: the core took our
    cancellation, and its ledger does not show it as its profile says. `cancelled` counts rows that were taken back.
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
    cancelled: int = 0
    uncancelled: tuple[str, ...] = ()

    @property
    def is_equal(self) -> bool:
        """Whether count and hash of both ledgers agree."""
        wrong = self.missing or self.unexpected or self.differing or self.uncancelled
        return not wrong and self.our_sha256 == self.core_sha256


@dataclass(frozen=True, slots=True)
class ClaimedRow:
    """A row that a worker holds: the claim, its case, and the key under which it leaves."""

    claim: Claim
    case_id: int
    key: str
    kind: HandoverKind = HandoverKind.NEW


@dataclass(frozen=True, slots=True)
class PinnedRow:
    """A row that lies in a written batch: the claim, its key, and where its bytes are."""

    claim: Claim
    key: str
    number: int
    blob_id: int
    offset: int
    length: int
    sha256: str
    kind: HandoverKind = HandoverKind.NEW


@dataclass(frozen=True, slots=True)
class ClaimedBatch:
    """A written batch that a worker holds, with what has to be sent."""

    claim: Claim
    id: int
    file_name: str
    rows: int
    sha256: str
    blob_id: int


@dataclass(frozen=True, slots=True)
class BuiltBatch:
    """What a batch is to hold before it has a number: its rows, what is held meanwhile, and what no longer leaves.

    `early`: cancellations that would overtake what they take back. `case_versions` pins, by ledger row, the version
    of the case from which a row was built.
    """

    rows: tuple[tuple[ClaimedRow, BuiltRow], ...]
    holds: tuple[tuple[ClaimedRow, Hold], ...]
    gone: tuple[ClaimedRow, ...]
    case_versions: Mapping[int, int]
    early: tuple[ClaimedRow, ...] = ()

    @property
    def kind(self) -> HandoverKind:
        """The kind of the file: that of its rows; of a mixed one the columns are the same anyway."""
        return self.rows[0][0].kind if self.rows else HandoverKind.NEW


@dataclass(frozen=True, slots=True)
class KnownThere:
    """Rows that a core system's ledger lists with the content that would be sent; versions of their cases, by case."""

    rows: tuple[tuple[ClaimedRow, BuiltRow], ...]
    case_versions: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class HandoverDetail:
    """One ledger row as a screen shows it; `sentence` says what holds it or why the core refused it."""

    id: int
    case_id: int
    system: str
    version: int
    state: HandoverState
    code: str
    sentence: str
    unfit: tuple[str, ...]
    file_name: str
    sent_at: datetime | None
    receipted_at: datetime | None
    parked_code: str
    receipt_number: str
    kind: HandoverKind = HandoverKind.NEW
    cancelled_by_hand_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandoverCounts:
    """How many ledger rows stand where; held and refused by code."""

    by_state: Mapping[HandoverState, int]
    held: Mapping[str, int]
    refused: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ParkedFile:
    """A batch file that kept failing and waits for a person."""

    id: int
    name: str
    code: str
