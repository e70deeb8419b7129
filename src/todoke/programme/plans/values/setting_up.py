"""From "new town" to a first plan: the questions that no pack can answer, each with a default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from todoke.foundation.labels import Labelled
from todoke.programme.packs.values import EditionRef

from .content import PlanKind


class SetupStep(Labelled):
    """The steps of the wizard, in their order."""

    SCOPE = "scope", "対象の事務・手続"
    SECTIONS = "sections", "担当課"
    CALENDAR = "calendar", "開始と議会の月"
    STAFF = "staff", "体制"
    SYSTEMS = "systems", "システムと期日"


class AnswerKind(Labelled):
    """What an answer looks like."""

    CHOICES = "choices", "複数選択"
    SECTION = "section", "課の選択"
    MONTHS = "months", "月の複数選択"
    NUMBER = "number", "数"
    DAY = "day", "日付"
    TEXT = "text", "文字"


@dataclass(frozen=True, slots=True)
class SetupChoice:
    """One thing to choose from."""

    code: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class SetupQuestion:
    """One question: what is asked, the answer that counts where none is given, and what has been typed."""

    id: str
    step: SetupStep
    label: str
    kind: AnswerKind
    default: tuple[str, ...] = ()
    choices: tuple[SetupChoice, ...] = ()
    hint: str = ""
    given: tuple[str, ...] | None = None
    problem: str = ""

    @property
    def value(self) -> tuple[str, ...]:
        """What was typed, else the default."""
        return self.default if self.given is None else self.given


@dataclass(frozen=True, slots=True)
class SetupDraft:
    """A plan being set up: kept until it is made, to be gone on with at any time. `plan`: what was made of it."""

    uuid: UUID
    kind: PlanKind
    title: str
    edition: EditionRef
    step: SetupStep
    answers: Mapping[str, tuple[str, ...]]
    updated_at: datetime
    version: int
    plan: UUID | None = None


@dataclass(frozen=True, slots=True)
class SetupAnswers:
    """The answers as they are meant. Codes are of concepts within their list: (list, code)."""

    in_scope: Mapping[str, tuple[str, ...]]
    lead_section: int | None
    sections: Mapping[tuple[str, str], int]
    starts_on: date
    council_months: tuple[int, ...]
    staff: Mapping[str, float]
    systems: Mapping[tuple[str, str], str]
    vendors: Mapping[tuple[str, str], str]
    contract_ends: Mapping[tuple[str, str], date]
    vendor_slots: float = 0.0
    vendor_names: tuple[str, ...] = field(default_factory=tuple)
