"""The nouns of retention: rules, what is due, holds, runs and certificates."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from todoke.casework.cases.values import CaseStatus
from todoke.foundation.labels import Labelled


class RecordKind(Labelled):
    """文書の種類: what a rule of retention is about."""

    CASE = "case", "申請（処理が終わったもの）"
    QUARANTINED = "quarantined", "隔離した申請データ"
    BATCH = "batch", "基幹への引渡しファイル"
    COPY = "copy", "添付の無害化した写し"
    PULL = "pull", "受信の記録"


class Start(Labelled):
    """起算日: from which day a period is counted."""

    FISCAL_YEAR = "fiscal_year", "完結した年度の翌年度の4月1日から"
    DATE = "date", "その日の翌日から"


class HoldTarget(Labelled):
    """廃棄の停止の範囲."""

    EVERYTHING = "everything", "団体のすべて"
    PROCEDURE = "procedure", "手続"
    APPLICATION = "application", "申請"


class Ground(Labelled):
    """廃棄の停止の理由の区分."""

    LAWSUIT = "lawsuit", "訴訟・審査請求"
    DISCLOSURE = "disclosure", "情報公開請求・開示請求"
    INSPECTION = "inspection", "監査・検査・調査"
    OTHER = "other", "その他"


class RunState(Labelled):
    """廃棄の状態."""

    PROPOSED = "proposed", "承認待ち"
    APPROVED = "approved", "廃棄中"
    DONE = "done", "廃棄済み"
    DROPPED = "dropped", "取りやめ"


class DisposalState(Labelled):
    """廃棄一覧の一件の状態."""

    PENDING = "pending", "廃棄待ち"
    DISPOSED = "disposed", "廃棄済み"
    HELD = "held", "停止のため残した"
    CHANGED = "changed", "内容が変わったため残した"


@dataclass(frozen=True, slots=True)
class Period:
    """How long something is kept, whole years and months."""

    years: int
    months: int = 0

    @property
    def words(self) -> str:
        """As a 文書管理規程 says it."""
        return f"{f'{self.years}年' if self.years else ''}{f'{self.months}か月' if self.months else ''}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of retention. `statuses` and `procedures`（empty: all）only narrow cases down.

    `is_checked`: the body has compared it with its own 規程; else it is the product's default（未確認）.
    """

    code: str
    name: str
    kind: RecordKind
    period: Period
    start: Start
    statuses: frozenset[CaseStatus] = frozenset()
    procedures: frozenset[str] = frozenset()
    source: str = ""
    is_checked: bool = False


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one body in their order; of two that fit a case the one that names its procedure counts."""

    title: str
    edition: str
    digest: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class DueRecord:
    """One thing that has been kept long enough: id inside, name outside（if it has one）, when it ended, since when due."""

    id: int
    uuid: UUID | None
    ended_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class DueList:
    """What one rule lets go of on a day, the held ones left out, with the hash that a proposal is bound to.

    `is_cut`: there is more than one list takes. `held`: how many a hold keeps. `unsettled`: how many ended long ago but
    still wait for the hand-over or a person.
    """

    rule: Rule
    as_of: date
    records: tuple[DueRecord, ...]
    hash: str
    held: int
    unsettled: int
    is_cut: bool

    @property
    def oldest(self) -> date | None:
        """Since when the first of them is due."""
        return min((one.due_on for one in self.records), default=None)


@dataclass(frozen=True, slots=True)
class LegalHold:
    """What must not go, whatever a rule says. Reasons name nobody."""

    id: int
    uuid: UUID
    target: HoldTarget
    meant: str
    ground: Ground
    reason: str
    set_at: datetime
    set_by: str
    lifted_at: datetime | None = None
    lifted_by: str = ""
    lifted_reason: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One list on its way: proposed, approved, done. `counts` by state of its items; persons are ids."""

    id: int
    uuid: UUID
    rule: str
    rule_name: str
    kind: RecordKind
    as_of: date
    count: int
    list_hash: str
    state: RunState
    proposal_id: int | None
    proposed_by: str
    proposed_at: datetime
    approved_by: str = ""
    approved_at: datetime | None = None
    finished_at: datetime | None = None
    disposed: int = 0
    certificate: str = ""
    certificate_sha256: str = ""
    parked_code: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list: what it is about, since when it is due, and what became of it. Hashes are SHA-256 in hex."""

    number: int
    uuid: UUID | None
    ended_on: date
    due_on: date
    state: DisposalState
    at: datetime | None
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """What the disposal of one thing let go of: originals by id, and certificates of signers by hash."""

    blobs: frozenset[int]
    certificates: frozenset[str] = frozenset()
