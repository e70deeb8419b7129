"""The nouns of the roll-up: a submission, what it says, how bodies compare, enquiries, support, official publications."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from uuid import UUID

from todoke.foundation.labels import Labelled
from todoke.programme.packs.values import EditionRef

SUBMISSION = "rollup.submission"  # kinds of files
FORWARD = "rollup.forward"
ENQUIRY = "rollup.enquiry"
LATE_DAYS = (
    45  # calendar days after which a submission counts as late: a month, and two weeks to make the next
)
DONE, WORKING, NOT_STARTED, OUT_OF_SCOPE = "d", "w", "n", "o"
UNKNOWN = "?"  # the succession map cannot say
ABSENT = "."  # the step does not exist for this 事務
OFFICIAL_STEP = "official-step"  # the tag of the steps that 総務省 counts
STATE_WORDS: Mapping[str, str] = {
    DONE: "完了済み", WORKING: "作業中", NOT_STARTED: "未着手", OUT_OF_SCOPE: "対象外", UNKNOWN: "比較できない",
}  # fmt: skip


class SubmissionState(Labelled):
    """What a received submission counts for."""

    CURRENT = "current", "最新"
    SUPERSEDED = "superseded", "新しい提出あり"
    WITHDRAWN = "withdrawn", "取下げ"


class SubmissionSource(Labelled):
    """Where the figures of a body come from."""

    SUBMITTED = "submitted", "団体の提出"
    PUBLISHED = "published", "国の公表資料"


class EnquiryState(Labelled):
    """How an enquiry stands at one body, on either side."""

    WAITING = "waiting", "回答待ち"
    ANSWERED = "answered", "回答済み"
    RETURNED = "returned", "差戻し"
    ACCEPTED = "accepted", "受領"


class FieldKind(Labelled):
    """What a question asks for."""

    TEXT = "text", "文"
    NUMBER = "number", "数"
    CHOICE = "choice", "選択"
    DATE = "date", "日付"


class SupportKind(Labelled):
    """市区町村支援 of a prefecture."""

    EXPERT = "expert", "専門家派遣"
    PROCUREMENT = "procurement", "共同調達"
    TRAINING = "training", "共同研修"
    OTHER = "other", "その他の支援"


class SupportState(Labelled):
    """Where a piece of support stands."""

    PLANNED = "planned", "予定"
    RUNNING = "running", "実施中"
    FINISHED = "finished", "終了"
    DROPPED = "dropped", "取りやめ"


class MisfitKind(Labelled):
    """Why something of an official publication was not taken as it stood; some are taken after all, and said."""

    UNKNOWN_CODE = "unknown_code", "団体コードが正しくない"
    UNKNOWN_CONCEPT = "unknown_concept", "事務が一覧にない"
    UNKNOWN_STEP = "unknown_step", "ステップが一覧にない"
    UNKNOWN_STATUS = "unknown_status", "状態の言葉が一覧にない"
    SHORT_STATUS = "short_status", "略した状態を読み替えた"
    RENAMED = "renamed", "別の名前の事務を読み替えた"
    ODD_RATE = "odd_rate", "率がステップ数の分数にならない"
    RATE_DIFFERS = "rate_differs", "率が状態の数と合わない"
    NOT_SURVEYED = "not_surveyed", "調査なし"
    NO_DENOMINATOR = "no_denominator", "分母が0"
    TWICE = "twice", "同じ団体・事務が二度ある"
    UNREADABLE = "unreadable", "値を読めない"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a body says of one plan as of a day. No draft, no note, no name of a person is in it.

    `steps` are node ids in the order of the edition; `states` has per concept one letter per step（d w n o, "." where the
    step does not exist for it）. Shares in thousandths; None: not known, never zero.
    """

    subject: str
    name: str
    edition: EditionRef
    as_of: date
    steps: tuple[str, ...]
    states: Mapping[str, str]
    weighted_permille: int | None = None
    stale_permille: int | None = None
    p50: date | None = None
    p80: date | None = None
    chance_permille: int | None = None


@lru_cache(maxsize=100_000)
def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many steps stand how; `unknown` cannot be compared and stands in no rate."""

    done: int = 0
    out_of_scope: int = 0
    working: int = 0
    not_started: int = 0
    unknown: int = 0

    @property
    def known(self) -> int:
        """The denominator."""
        return self.done + self.out_of_scope + self.working + self.not_started

    @property
    def steps(self) -> int:
        """All of them."""
        return self.known + self.unknown

    @property
    def rate(self) -> Fraction | None:
        """総務省の算式:（完了済み + 対象外）÷ ステップ数, over what can be compared; None without any."""
        return _share(self.done + self.out_of_scope, self.known) if self.known else None


@dataclass(frozen=True, slots=True)
class Compared:
    """A snapshot as it reads in one edition: counts in all and per concept, and the letters per concept."""

    basis: EditionRef
    counts: Counts
    concepts: Mapping[str, Counts]
    states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Submission:
    """A received submission as the receiving body holds it. `sender` forwarded it, or is the subject itself."""

    uuid: UUID
    subject: str
    name: str
    sender: str
    number: int
    edition: EditionRef
    as_of: date
    made_at: datetime
    received_at: datetime
    state: SubmissionState
    source: SubmissionSource
    counts: Counts
    weighted_permille: int | None
    stale_permille: int | None
    p50: date | None
    p80: date | None
    chance_permille: int | None
    forwarded_at: datetime | None = None
    withdrawn_at: datetime | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class SentSubmission:
    """One's own submission: the number of its file, to whom, as of when, by which member of staff（id）."""

    uuid: UUID
    plan: UUID
    recipient: str
    number: int
    edition: EditionRef
    as_of: date
    sent_at: datetime
    sent_by: str
    counts: Counts
    withdrawn_at: datetime | None
    withdrawn_reason: str


@dataclass(frozen=True, slots=True)
class Aggregate:
    """How a figure is spread over bodies. `n` of `of` have it; there is no mean of means.

    `stale`: those of the n whose submission is late. `comparable`: steps that could be compared ÷ all steps of all of them.
    """

    n: int
    of: int
    lowest: Fraction | None
    first: Fraction | None
    median: Fraction | None
    third: Fraction | None
    highest: Fraction | None
    stale: Fraction | None
    comparable: Fraction | None


@dataclass(frozen=True, slots=True)
class BodyLine:
    """One body in a roll-up. Without a submission every figure is None: nobody's silence is a zero."""

    code: str
    name: str
    submission: Submission | None
    counts: Counts | None
    age_days: int | None
    is_late: bool

    @property
    def rate(self) -> Fraction | None:
        """完了率 over what can be compared."""
        return self.counts.rate if self.counts else None

    @property
    def is_comparable(self) -> bool:
        """Whether every step of it could be compared."""
        return self.counts is not None and self.counts.known > 0 and self.counts.unknown == 0


@dataclass(frozen=True, slots=True)
class ConceptLine:
    """One 事務 over all bodies."""

    code: str
    label: str
    counts: Counts
    rate: Aggregate


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of one 事務 over all bodies; `unknown` of them cannot be compared."""

    node: str
    number: str
    label: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class RollUp:
    """All bodies below, read in one edition（basis）as of a day. `comparable` of `submitted` bodies compare wholly."""

    pack: str
    basis: EditionRef | None
    bases: tuple[EditionRef, ...]
    as_of: date
    source: SubmissionSource
    bodies: tuple[BodyLine, ...]
    submitted: int
    comparable: int
    late: int
    rate: Aggregate
    weighted: Aggregate
    concepts: tuple[ConceptLine, ...]


@dataclass(frozen=True, slots=True)
class ForwardRule:
    """Whether submissions are forwarded to the nation without a person; and since when, by whom."""

    is_automatic: bool
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of an enquiry. `choices` for a choice only."""

    code: str
    label: str
    kind: FieldKind
    is_required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enquiry:
    """照会: what is asked, by whom, due when."""

    uuid: UUID
    asker: str
    title: str
    text: str
    fields: tuple[Field, ...]
    due_on: date
    asked_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EnquiryTarget:
    """How an enquiry stands at one body, as the asker knows it. `late_days` are 執務日 past the due date."""

    body: str
    name: str
    state: EnquiryState
    answers: Mapping[str, str]
    answered_at: datetime | None
    reason: str
    reminded_at: datetime | None
    late_days: int


@dataclass(frozen=True, slots=True)
class Collected:
    """取りまとめ: everybody's answers, and who has not answered."""

    enquiry: Enquiry
    targets: tuple[EnquiryTarget, ...]

    @property
    def missing(self) -> tuple[EnquiryTarget, ...]:
        """Who has not answered, or has to answer anew."""
        return tuple(
            one for one in self.targets if one.state in (EnquiryState.WAITING, EnquiryState.RETURNED)
        )


@dataclass(frozen=True, slots=True)
class ReceivedEnquiry:
    """An enquiry as the body that is asked holds it."""

    enquiry: Enquiry
    state: EnquiryState
    answers: Mapping[str, str]
    answered_at: datetime | None
    reason: str
    reminded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Support:
    """One entry of the 市区町村支援台帳: which support for which town and item, and what came of it."""

    uuid: UUID
    kind: SupportKind
    state: SupportState
    body: str
    name: str
    title: str
    item: str
    begins: date
    ends: date | None
    outcome: str
    version: int


@dataclass(frozen=True, slots=True)
class SupportDraft:
    """What a person enters for one or more bodies."""

    kind: SupportKind
    title: str
    begins: date
    ends: date | None = None
    item: str = ""


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing of a publication that did not fit: row as Excel counts, column, what stood there, whether it was taken."""

    kind: MisfitKind
    row: int
    column: str
    text: str
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """How one official publication is laid out; a versioned profile. `is_checked` False: 未確認, shown as such."""

    code: str
    title: str
    edition: str
    publisher: str
    source: str
    is_checked: bool
    kind: str
    code_columns: tuple[str, ...]
    name_columns: tuple[str, ...]
    concept_columns: tuple[str, ...]
    rate_columns: tuple[str, ...]
    statuses: Mapping[str, str]
    short_statuses: Mapping[str, str]
    missing: tuple[str, ...]
    pack: str = ""
    pack_edition: str = ""


@dataclass(frozen=True, slots=True)
class BodyValues:
    """Indicator values of one body as published; a missing one says why and is never zero."""

    body: str
    name: str
    values: Mapping[str, str]
    missing: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReadPublication:
    """What a file of a publication said, and all that did not fit."""

    snapshots: tuple[Snapshot, ...]
    values: tuple[BodyValues, ...]
    misfits: tuple[Misfit, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Publication:
    """One imported publication with its report."""

    uuid: UUID
    layout: str
    title: str
    as_of: date
    sha256: str
    rows: int
    bodies: int
    misfits: tuple[Misfit, ...]
    misfit_counts: Mapping[MisfitKind, int]
    taken_at: datetime
