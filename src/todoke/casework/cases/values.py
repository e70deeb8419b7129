"""The nouns of casework: where a case stands, what happened to it, what a clerk sees of it."""

# long: the nouns of one stage stand in one file; each is a few lines.
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from todoke.casework.identify.values import IdentityState, Party
from todoke.casework.intake.values import (
    AttachmentDetail,
    DuplicateKind,
    Finding,
    Severity,
    SignatureState,
    StoredApplication,
)
from todoke.casework.protection.values import CaseProtection
from todoke.foundation.audit.values import ActorKind
from todoke.foundation.labels import Labelled


class CaseStatus(Labelled):
    """処理状況. What the applicant is told of it is the notify stage's word（domain §1.6）."""

    OPENED = "opened", "受付済"
    CHECKING = "checking", "形式審査中"
    AWAITING_HANDOVER = "awaiting_handover", "基幹連携待ち"
    HANDED_OVER = "handed_over", "連携済"
    EXAMINING = "examining", "審査中"
    RETURNED = "returned", "補正依頼中"
    RESUBMITTED = "resubmitted", "再申請受領済"
    COMPLETED = "completed", "完了"
    REJECTED = "rejected", "却下"
    WITHDRAWN = "withdrawn", "取下げ"
    RECEPTION_ERROR = "reception_error", "受付エラー"


class HandoverProgress(Labelled):
    """引渡しの進み: a mirror of the hand-over stage for the worklist."""

    UNDECIDED = "undecided", "未判定"
    NONE = "none", "引渡し対象外"
    HELD = "held", "保留"
    WAITING = "waiting", "引渡し待ち"
    SENT = "sent", "引渡し済"
    RECEIPTED = "receipted", "受領済"
    REFUSED = "refused", "基幹が拒否"
    CANCELLING = "cancelling", "取消の引渡し中"
    CANCELLED = "cancelled", "取消済"
    UNCANCELLED = "uncancelled", "取消できず"


LEAVING = frozenset({HandoverProgress.WAITING, HandoverProgress.CANCELLING})


class WithdrawalAnswer(Labelled):
    """What a clerk does about an application that was withdrawn after it had left（SEQ-503）."""

    SEND = "send", "基幹へ取消しを引き渡す"
    BY_HAND = "by_hand", "基幹に伝えた（手で取り消した）"


class NoticeProgress(Labelled):
    """通知の進み: what became of telling the applicant."""

    SILENT = "silent", "通知なし"
    DUE = "due", "通知待ち"
    QUEUED = "queued", "送信待ち"
    ANSWERED = "answered", "通知済"
    TO_TYPE = "to_type", "手入力待ち"
    TYPED = "typed", "手入力済"
    FAILED = "failed", "通知できず"


class EventKind(Labelled):
    """経過の種類."""

    OPENED = "opened", "受付"
    MOVED = "moved", "処理状況の変更"
    IDENTITY = "identity", "申請者の特定"
    HOLD = "hold", "保留"
    RELEASED = "released", "保留の解除"
    HANDOVER = "handover", "基幹への引渡し"
    NOTICE = "notice", "申請者への通知"


@dataclass(frozen=True, slots=True)
class Go:
    """Nothing keeps the case from being handed over, as far as this stage knows."""


@dataclass(frozen=True, slots=True)
class Hold:
    """The case waits for a person; the code says why（DUP-51x, REV-331, the code of a finding）."""

    code: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What a clerk narrows the worklist to; None and empty text mean: whatever."""

    status: CaseStatus | None = None
    procedure: str = ""
    section_id: int | None = None
    identity: IdentityState | None = None
    hold_code: str = ""
    is_held: bool = False
    text: str = ""


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One case as the worklist shows it. `received_at` is the channel's 受付日時, ours where it has none.

    `is_masked`: somebody in it is, or may be, protected（支援措置）, and whoever looks has no right to see who:
    names are taken out already.
    """

    id: int
    uuid: UUID
    receipt_number: str
    channel: str
    procedure: str
    section_id: int | None
    status: CaseStatus
    applicant_name: str
    applicant_kana: str
    applied_at: datetime | None
    received_at: datetime
    identity: IdentityState
    signature: SignatureState
    duplicate: DuplicateKind
    handover: HandoverProgress
    hold_code: str
    notice: NoticeProgress
    findings_count: int
    worst_severity: Severity | None
    visit_on: date | None
    due_on: date | None
    is_resubmission: bool
    protection: CaseProtection = CaseProtection.NONE
    is_masked: bool = False


class ExportRow(NamedTuple):
    """One line of a file of the worklist, as the database holds it: moments as text in UTC, days as text, states as codes."""

    receipt_number: str
    applied_at: str | None
    received_at: str
    procedure: str
    section_id: int | None
    applicant_name: str
    applicant_kana: str
    status: str
    identity: str
    signature: str
    handover: str
    hold_code: str
    duplicate: str
    findings_count: int
    visit_on: str | None


@dataclass(frozen=True, slots=True)
class ExportStep:
    """Lines of a file, newest first, and the cursor of the next step; None on the last. A step may hold no line at all."""

    rows: Sequence[ExportRow]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class WorklistPage:
    """One page of the worklist, newest first; `next_after` is the cursor of the next page, None on the last.

    A search reads so many cases at a time: a page may then hold fewer rows than fit, or none, and still have a next.
    """

    rows: tuple[WorklistRow, ...]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many cases a filter chip would show; counting stops at a limit, shown as 「1000+」."""

    count: int
    is_capped: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of the filter chips."""

    status: Mapping[CaseStatus, Count]
    identity: Mapping[IdentityState, Count]
    held: Count


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened to a case. `version` is the case's after it."""

    id: int
    at: datetime
    kind: EventKind
    actor_kind: ActorKind
    actor_id: str
    from_word: str
    to_word: str
    note: str
    version: int
    notice: NoticeProgress


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table of transitions, as a clerk may take it from where the case stands."""

    to: CaseStatus
    needs_note: bool
    tells_applicant: bool


@dataclass(frozen=True, slots=True)
class ReturnedFor:
    """One reason for a 補正依頼: its code, and the label of the field that it concerns（empty for none）."""

    code: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class ProposedReason:
    """A reason that a clerk may tick: the line that it adds to the message, and whether a finding suggests it."""

    reason: ReturnedFor
    words: str
    line: str
    is_suggested: bool


@dataclass(frozen=True, slots=True)
class ProposedReturn:
    """補正依頼の案: reasons in the order of the form, then those that nothing suggests; how the message is framed."""

    reasons: tuple[ProposedReason, ...]
    opening: str
    closing: str


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How often applicants were asked to correct a field of a procedure for one reason."""

    procedure: str
    code: str
    field: str
    count: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The cases before and after one in the worklist, for the keyboard."""

    newer: UUID | None
    older: UUID | None


@dataclass(frozen=True, slots=True)
class ToHandOver:
    """A case that the hand-over stage has not looked at, or must look at again.

    `version` pins its content; `hold_code` is what already holds it（DUP-51x, 署名, 指摘）, empty when nothing does.
    """

    case_id: int
    uuid: UUID
    application_id: int
    version: int
    procedure: str
    receipt_number: str
    hold_code: str


@dataclass(frozen=True, slots=True)
class HandoverNote:
    """What the hand-over stage found or did; `code` says why where a case is held or refused."""

    case_id: int
    progress: HandoverProgress
    code: str = ""


@dataclass(frozen=True, slots=True)
class ToTell:
    """Something that the applicant has to be told: one event of a case.

    The case's uuid and version, the status and the note make the key of the notice: all of them outlast a restore.
    """

    event_id: int
    case_id: int
    uuid: UUID
    application_id: int
    receipt_number: str
    channel: str
    procedure: str
    status: CaseStatus
    note: str
    at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class NoticeNote:
    """What became of telling one event."""

    event_id: int
    progress: NoticeProgress
    code: str = ""


@dataclass(frozen=True, slots=True)
class HeldNumber:
    """A number that no screen shows by itself（個人番号, 発行番号）: what it is, and the number, hidden or not."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """Everything that the screen of one case shows; `previous` and `following` are its resubmissions in a chain.

    個人番号 and serials are hidden in all of it; `numbers` says which there are（services.reveal_numbers shows them）.
    """

    row: WorklistRow
    version: int
    application: StoredApplication
    attachments: tuple[AttachmentDetail, ...]
    findings: tuple[Finding, ...]
    parties: tuple[Party, ...]
    timeline: tuple[TimelineEntry, ...]
    moves: tuple[Move, ...]
    neighbours: Neighbours
    previous: UUID | None
    following: tuple[UUID, ...]
    numbers: tuple[HeldNumber, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """Which ended cases are meant: by status, and by procedure: these only（empty: all）, or all but those."""

    statuses: frozenset[CaseStatus]
    procedures: frozenset[str] = frozenset()
    other_procedures: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EndedCase:
    """A case that has ended and waits for nothing: since when its retention period is counted."""

    id: int
    uuid: UUID
    application_id: int
    procedure: str
    ended_at: datetime


class Happened(NamedTuple):
    """One entry of a timeline without its words: for counting."""

    at: datetime
    kind: EventKind
    by: ActorKind
    to_word: str
    notice: NoticeProgress


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What may be counted of a case: no name and no number; `happened` oldest first."""

    case_id: int
    uuid: UUID
    procedure: str
    channel: str
    received_at: datetime
    happened: tuple[Happened, ...]


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """The cases to which something happened after an entry of the timelines, the last entry read, and whether all were."""

    case_ids: frozenset[int]
    last_event: int
    is_all: bool


EXPORT = "cases.export"  # the kind of decision that lets a long list leave


@dataclass(frozen=True, slots=True)
class ExportRequestDetail:
    """A long list that somebody asks to take away as a file: the list's filters, how long it was, why, who, when.

    `open_until` is set once a second person has agreed: until then the file may be taken by who asked.
    """

    uuid: UUID
    query: str
    found: int
    reason: str
    asked_by: int
    asked_at: datetime
    open_until: datetime | None
    taken: int

    def is_open_to(self, staff_id: int, *, at: datetime) -> bool:
        """Whether this person may take the file now."""
        return self.asked_by == staff_id and self.open_until is not None and at < self.open_until
