"""What a new edition does to a plan（改定影響票）, what a person decides about it, and its adoption."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from todoke.foundation.labels import Labelled
from todoke.programme.packs.values import EditionRef

from .content import PlanContent
from .editing import ItemField


class MergeCase(Labelled):
    """What becomes of an item under a new edition."""

    UNCHANGED = "unchanged", "変更なし"
    REWORDED = "reworded", "文言の変更"
    MOVED = "moved", "位置の変更"
    PROPOSED = "proposed", "内容の変更（既定は新しい版）"
    QUESTION = "question", "双方で変更（要判断）"
    RETIRED = "retired", "終了"
    SPLIT = "split", "分割"
    MERGED = "merged", "統合"
    ADDED = "added", "追加"
    KEPT = "kept", "団体独自（そのまま）"
    TO_SORT = "to_sort", "団体独自（要整理）"


class Choice(Labelled):
    """What a person decides about one change."""

    TAKE = "take", "新しい版の値にする"
    KEEP = "keep", "団体の値を残す"


class AdoptionAct(Labelled):
    """What was done with a new edition."""

    ADOPTED = "adopted", "採用"
    UNDONE = "undone", "採用の取消し"
    REDONE = "redone", "取消しの取消し"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value of an item: in the adopted edition, in the new one, and with us; in words."""

    field: ItemField
    base: str
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class MergeQuestion:
    """One thing to decide. `default` counts where nobody decides; `is_open`: both sides changed, so somebody should."""

    id: str
    label: str
    base: str
    theirs: str
    ours: str
    default: Choice
    is_open: bool
    choice: Choice


@dataclass(frozen=True, slots=True)
class ImpactLine:
    """What becomes of one item: of ours（`item`）, or of what comes（`item` None）, and into which keys it goes.

    `evidence` counts what is linked to it; all of it stays. `why` is the note of the new edition.
    """

    case: MergeCase
    key: str
    label: str
    item: UUID | None = None
    into: tuple[str, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    questions: tuple[str, ...] = ()
    evidence: int = 0
    why: str = ""
    hop: str = ""


@dataclass(frozen=True, slots=True)
class EffectPart:
    """How much one kind of change adds: so many items, person-days of our own people, calendar days of the likely finish."""

    label: str
    items: int
    work: float
    finish_days: int


@dataclass(frozen=True, slots=True)
class ScheduleEffect:
    """What the new edition does to dates and load: before and after, None where there is no forecast.

    Deadlines are labels of items whose external date is gained or lost. `parts` add up to the whole; work is in
    person-days of our own people; `tightest` says which role has most to do for those who are there.
    """

    finish_p50_before: date | None = None
    finish_p50_after: date | None = None
    finish_p80_before: date | None = None
    finish_p80_after: date | None = None
    peak_before: float | None = None
    peak_after: float | None = None
    deadlines_gained: tuple[str, ...] = ()
    deadlines_lost: tuple[str, ...] = ()
    note: str = ""
    parts: tuple[EffectPart, ...] = ()
    work_before: float | None = None
    work_after: float | None = None
    tightest: str = ""

    @property
    def finish_days(self) -> int | None:
        """Calendar days by which P80 moves; positive is later."""
        if self.finish_p80_before is None or self.finish_p80_after is None:
            return None
        return (self.finish_p80_after - self.finish_p80_before).days

    @property
    def work(self) -> float | None:
        """By how many person-days the remaining work moves; positive is more."""
        if self.work_before is None or self.work_after is None:
            return None
        return self.work_after - self.work_before

    @property
    def peak(self) -> float | None:
        """By how much the peak load moves; positive is more."""
        if self.peak_before is None or self.peak_after is None:
            return None
        return self.peak_after - self.peak_before


@dataclass(frozen=True, slots=True)
class PartNote:
    """What becomes of something that is no item: a link, a window, a 事務 of the scope; in words."""

    part: str
    label: str
    becomes: str


@dataclass(frozen=True, slots=True)
class ImpactSheet:
    """改定影響票. `hash` names exactly this plan under exactly this edition with these choices: an adoption quotes it.

    `hops` are the editions passed on the way, the last one the new. `counts` has every case.
    """

    plan: UUID
    base: EditionRef
    new: EditionRef
    hops: tuple[EditionRef, ...]
    counts: Mapping[MergeCase, int]
    lines: tuple[ImpactLine, ...]
    questions: tuple[MergeQuestion, ...]
    parts: tuple[PartNote, ...]
    evidence_affected: int
    evidence_lost: int
    hash: str
    effect: ScheduleEffect | None = None

    @property
    def open_questions(self) -> tuple[MergeQuestion, ...]:
        """Those where both sides changed."""
        return tuple(one for one in self.questions if one.is_open)


@dataclass(frozen=True, slots=True)
class Merged:
    """A plan as a new edition would make it, and what became of everything."""

    content: PlanContent
    lines: tuple[ImpactLine, ...]
    questions: tuple[MergeQuestion, ...]
    parts: tuple[PartNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Adoption:
    """One act on an edition: who, when, what was decided, and the SHA-256 of the plan before and after.

    `of` is the act that an undo or redo is about. `stands`: it is the plan's last act, so it can be undone.
    """

    uuid: UUID
    plan: UUID
    act: AdoptionAct
    base: EditionRef
    new: EditionRef
    at: datetime
    by: str
    before_sha256: str
    after_sha256: str
    sheet_sha256: str = ""
    counts: Mapping[MergeCase, int] = field(default_factory=dict)
    decisions: Mapping[str, Choice] = field(default_factory=dict)
    of: UUID | None = None
    stands: bool = False
