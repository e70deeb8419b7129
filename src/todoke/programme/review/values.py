"""The nouns of review: decision cards（OODA）and the monthly close（PDCA）."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from todoke.foundation.labels import Labelled


class CardState(Labelled):
    """How far a decision is."""

    OPEN = "open", "検討中"
    DECIDED = "decided", "決定済み"
    REVIEWED = "reviewed", "振り返り済み"
    DROPPED = "dropped", "取りやめ"


class SignalKind(Labelled):
    """What moved, so that somebody looked."""

    FORECAST = "forecast", "見通しの変化"
    CHANCE = "chance", "間に合う見込みの変化"
    STALE = "stale", "報告の途切れ"
    LINT = "lint", "計画の気になる点"
    INDICATOR = "indicator", "指標の変化"
    EDITION = "edition", "手順書の改定"
    OTHER = "other", "その他"


class QuestionKind(Labelled):
    """What a signer of a close should look at before signing."""

    STALE = "stale", "古い報告"
    UNDATED = "undated", "目標時期なし"
    NO_FORECAST = "no_forecast", "見通しなし"
    LIKELY_LATE = "likely_late", "間に合わない見込み"
    OVERDUE = "overdue", "振り返りの遅れ"


class Outcome(Labelled):
    """What a review found."""

    AS_MEANT = "as_meant", "ねらいどおり"
    PARTLY = "partly", "一部ねらいどおり"
    NOT = "not", "ねらいと違った"


@dataclass(frozen=True, slots=True)
class Signal:
    """The observation（Observe）: what moved, from what to what, in words."""

    kind: SignalKind
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Option:
    """One way to go（Orient）: in words, and the kept forecast of its branch, where one was made.

    `scenario` None: no forecast; the dates and the chance（permille）are those of the scenario when the option was added.
    """

    label: str
    scenario: UUID | None = None
    p50: date | None = None
    p80: date | None = None
    chance_permille: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: which option, why, looked at again by when, and the changes of the plan made for it."""

    chosen: int
    reason: str
    review_by: date | None
    difference: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One decision bound to a plan. `difference` are the changes of the plan that were made for it（Act）.

    `is_overdue`: decided, and the day of its review has passed without one. It is shown in red.
    """

    uuid: UUID
    plan: UUID
    title: str
    state: CardState
    signal: Signal
    situation: str
    options: tuple[Option, ...]
    chosen: int | None
    reason: str
    decider: str
    decided_at: datetime | None
    review_by: date | None
    difference: tuple[str, ...]
    outcome: Outcome | None
    learnt: str
    reviewed_at: datetime | None
    opened_at: datetime
    opened_by: str
    version: int
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to look at before signing, in words."""

    kind: QuestionKind
    words: str


@dataclass(frozen=True, slots=True)
class CloseDraft:
    """What a close of a month would say; `document` is what is signed. `questions` are what its signer should look at.

    `cards` are the decisions that it names.
    """

    plan: UUID
    month: date
    document: Mapping[str, Any]
    questions: tuple[Question, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """A signed close: never changed; a correction is the next revision, with its reason."""

    uuid: UUID
    plan: UUID
    month: date
    revision: int
    document: Mapping[str, Any]
    comment: str
    reason: str
    signed_by: str
    signed_at: datetime
    sha256: str
