"""The nouns of progress: reports, where an item stands by them, the two figures and why they differ, indicators."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from todoke.foundation.labels import Labelled

STALE_DAYS = 30  # calendar days after which what is not finished has to be reported anew


class ReportState(Labelled):
    """The four statuses of 総務省's monthly publication（標準化の進捗、令和8年1月時点）."""

    DONE = "done", "完了済み"
    WORKING = "working", "作業中"
    NOT_STARTED = "not_started", "未着手"
    OUT_OF_SCOPE = "out_of_scope", "対象外"


class Why(Labelled):
    """Why an item stands where it does."""

    REPORTED = "reported", "報告"
    PLAN = "plan", "計画で対象外"
    SOURCES = "sources", "統合元の報告"
    NOTHING = "nothing", "報告なし"


class WeightBasis(Labelled):
    """By what an item is weighed."""

    EFFORT = "effort", "作業量（人日）"
    DURATION = "duration", "所要日数"
    NONE = "none", "重みなし"


class Difference(Labelled):
    """One step from the official rate to the weighted one; the four add up to the whole difference."""

    OUT_OF_SCOPE = "out_of_scope", "対象外を、完了に数えず、分母からも除く"
    PARTIAL = "partial", "作業中を、割合のぶんだけ数える"
    OTHERS = "others", "公式のステップでない取組も数える"
    WEIGHT = "weight", "作業量の差を重みにする"


class Direction(Labelled):
    """Which way an indicator is meant to go."""

    UP = "up", "高いほどよい"
    DOWN = "down", "低いほどよい"


class ValueSource(Labelled):
    """How a value of an indicator came here."""

    TYPED = "typed", "手入力"
    FILE = "file", "公表資料の取込み"
    EVENTS = "events", "申請処理の記録"


class FedIndicator(Labelled):
    """The indicators of the pack 申請処理 that daily files of casework feed; for one procedure: 「<id>@<procedure>」."""

    ONLINE_SHARE = "online-share", "オンライン申請の割合"
    DAYS_TO_ANSWER = "days-to-answer", "回答までの日数"
    MANUAL_ENTRIES = "manual-entries", "申請1件あたりの手入力"


@dataclass(frozen=True, slots=True)
class Remaining:
    """How many working days of work remain, as the person at work sees it; low ≤ likely ≤ high."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """What a person reports of an item as of a day. `percent` 0…100; `remaining` may be left out.

    DONE is 100 and leaves nothing; NOT_STARTED and OUT_OF_SCOPE are 0. OUT_OF_SCOPE asks for a note: the reason.
    """

    item: UUID
    as_of: date
    state: ReportState
    percent: int = 0
    remaining: Remaining | None = None
    note: str = ""
    evidence: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One kept report. Never changed: a later report as of the same day corrects it. `by` is a staff id."""

    id: int
    item: UUID
    as_of: date
    state: ReportState
    percent: int
    remaining: Remaining | None
    note: str
    evidence: tuple[UUID, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an item stands: derived from its newest report, from the plan, or from the items it was merged of.

    `is_stale`: unfinished, and not reported within STALE_DAYS though it should have begun. `as_of` None: never reported.
    """

    item: UUID
    state: ReportState
    percent: int
    remaining: Remaining | None
    as_of: date | None
    why: Why
    is_stale: bool


@dataclass(frozen=True, slots=True)
class OfficialRate:
    """総務省の算式 for one 事務:（完了済み + 対象外）÷ 全ステップ数; the counts add up to `steps`.

    `is_official`: it has exactly the number of steps of the publication, so the figure is the official one.
    """

    concept: str
    label: str
    done: int
    out_of_scope: int
    working: int
    not_started: int
    is_official: bool

    @property
    def steps(self) -> int:
        """The denominator."""
        return self.done + self.out_of_scope + self.working + self.not_started

    @property
    def rate(self) -> Fraction | None:
        """完了率; None without a step."""
        return Fraction(self.done + self.out_of_scope, self.steps) if self.steps else None

    @property
    def working_rate(self) -> Fraction | None:
        """作業中率."""
        return Fraction(self.working, self.steps) if self.steps else None

    @property
    def not_started_rate(self) -> Fraction | None:
        """未着手率."""
        return Fraction(self.not_started, self.steps) if self.steps else None


@dataclass(frozen=True, slots=True)
class WeightedProgress:
    """Work done ÷ work to do, 対象外 and retired left out of both; in person-days, or working days where those are missing.

    `unweighted` items have neither and stand in no figure; `stale` is the part of the weight whose report is too old.
    """

    done: Fraction
    total: Fraction
    items: int
    unweighted: int
    stale: Fraction
    undated: int
    basis: WeightBasis

    @property
    def rate(self) -> Fraction | None:
        """None where there is nothing to weigh."""
        return self.done / self.total if self.total else None

    @property
    def stale_share(self) -> Fraction | None:
        """The part of the weight that rests on no report, or on one that is too old."""
        return self.stale / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Spread:
    """How figures are spread: count, lowest, quartiles, highest（linear between neighbours, as numpy's default）."""

    count: int
    lowest: Fraction
    first: Fraction
    median: Fraction
    third: Fraction
    highest: Fraction

    @classmethod
    def of(cls, figures: Iterable[Fraction]) -> "Spread | None":
        """Of figures in any order; None for none."""
        ordered = sorted(figures, key=float)  # exact ones are slow to compare
        if not ordered:
            return None
        first, median, third = (_quantile(ordered, quarter) for quarter in (1, 2, 3))
        return cls(len(ordered), ordered[0], first, median, third, ordered[-1])


def _quantile(ordered: Sequence[Fraction], quarter: int) -> Fraction:
    place = Fraction((len(ordered) - 1) * quarter, 4)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


@dataclass(frozen=True, slots=True)
class ConceptProgress:
    """One 事務: both figures, and the steps from one to the other（they add up exactly）."""

    official: OfficialRate
    weighted: WeightedProgress
    differences: Mapping[Difference, Fraction]


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """A plan as of a day: each 事務, the whole, how the 事務 are spread, and what is not reported."""

    as_of: date
    concepts: tuple[ConceptProgress, ...]
    official: OfficialRate
    weighted: WeightedProgress
    differences: Mapping[Difference, Fraction]
    spread: Spread | None
    states: Mapping[ReportState, int]
    stale: tuple[UUID, ...]
    undated: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class RowTrouble:
    """One cell of a workbook that was not taken: its row and address as Excel shows them, its column, what to do.

    `column` and `cell` are empty where the row as a whole is at fault.
    """

    row: int
    column: str
    sentence: str
    cell: str = ""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What came of a workbook: rows that say something new, rows as they were, and those with a fault. All or nothing."""

    drafts: tuple[ReportDraft, ...]
    unchanged: int
    troubles: tuple[RowTrouble, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """What a body measures: an official indicator of a pack, or its own. `target` by `target_on`, where one is set."""

    id: int
    code: str
    label: str
    unit: str
    definition: str
    direction: Direction
    is_official: bool
    source: str
    target: Decimal | None
    target_on: date | None
    purpose: str


@dataclass(frozen=True, slots=True)
class Stated:
    """A value as it is stated: as of when, the figure or why there is none, and where it comes from."""

    as_of: date
    value: Decimal | None
    numerator: int | None = None
    denominator: int | None = None
    missing: str = ""
    source: ValueSource = ValueSource.TYPED
    source_text: str = ""
    published_on: date | None = None
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """One value as of a day. `value` None: not surveyed, or a denominator of 0; `missing` says which; never zero for blank.

    `published_on` is the edition date of the publication: official counts are corrected later. `events` counts the
    records of casework behind it.
    """

    id: int
    as_of: date
    value: Decimal | None
    numerator: int | None
    denominator: int | None
    missing: str
    source: ValueSource
    source_text: str
    published_on: date | None
    events: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Trend:
    """An indicator with its values by day, the newest statement of each day only, and where it stands to its target."""

    indicator: Indicator
    values: tuple[IndicatorValue, ...]
    gap: Decimal | None


@dataclass(frozen=True, slots=True)
class AnsweredCase:
    """What a file says of a case once it was answered: when, after how many 執務日, and what persons had to do."""

    on: date
    business_days: int
    identities_by_person: int
    handovers_by_person: int
    typed_entries: int


@dataclass(frozen=True, slots=True)
class ToldCase:
    """One application that was made online, as a daily file of casework tells of it; `id` is opaque.

    `answer` is None until it was answered by the end of the file's day.
    """

    id: str
    procedure: str
    received_on: date
    is_by_hand: bool
    answer: AnsweredCase | None


@dataclass(frozen=True, slots=True)
class CaseDayPart:
    """One file: `part` of `parts` of what a revision says of a Japanese day."""

    day: date
    revision: int
    part: int
    parts: int
    events: tuple[ToldCase, ...]


@dataclass(frozen=True, slots=True)
class PaperCount:
    """How many applications of a procedure came on paper in a month（its first day）, as a person states it; None: nobody did.

    `by` is the id of who stated it last, at `at`. `online` as the files of casework say.
    """

    procedure: str
    month: date
    count: int | None
    online: int
    by: str = ""
    at: datetime | None = None
