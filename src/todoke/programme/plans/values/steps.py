"""The tools of step 0 and 1: survey, statement of the head, service-design workshop, self-assessment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from todoke.foundation.labels import Labelled


class FindingKind(Labelled):
    """What a workshop found."""

    TROUBLE = "trouble", "困りごと"
    INSIGHT = "insight", "気づき"
    IDEA = "idea", "改善の案"


class FindingState(Labelled):
    """What became of a finding."""

    CANDIDATE = "candidate", "取組の候補"
    TAKEN = "taken", "取組にした"
    LEFT = "left", "見送り"


@dataclass(frozen=True, slots=True)
class QuestionChoice:
    """One answer to choose; `score` counts towards means, None: no opinion, left out of them."""

    code: str
    label: str
    score: int | None = None


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question of a survey or a self-assessment; `group` is its heading, `cites` where its matter stands."""

    id: str
    group: str
    text: str
    choices: tuple[QuestionChoice, ...]
    cites: str = ""

    def choice(self, code: str) -> QuestionChoice | None:
        """The choice with this code."""
        return next((one for one in self.choices if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Questions as data, with the edition of our wording; `official` is False for words of our own."""

    id: str
    title: str
    edition: str
    questions: tuple[AskedQuestion, ...]
    source: str = ""
    official: bool = False
    intro: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """The headings in their order."""
        return tuple(dict.fromkeys(one.group for one in self.questions))


@dataclass(frozen=True, slots=True)
class SurveyRound:
    """One round of the staff survey. `issued` and `answered` count codes; nothing says who answered."""

    uuid: UUID
    title: str
    questionnaire: str
    edition: str
    opened_at: datetime
    closed_at: datetime | None
    smallest_group: int
    issued: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """The answers to one question in one group: counts by choice, and the mean score of those with an opinion."""

    question: str
    counts: Mapping[str, int]
    mean: float | None

    @property
    def answered(self) -> int:
        """How many answered it."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class GroupResult:
    """The result of one group of staff. `is_hidden`: too few answered, so nothing but the label is given out."""

    group: str
    answered: int | None
    tallies: tuple[Tally, ...]
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class SurveyResult:
    """The result of a closed round: all staff together, and each group that is large enough."""

    round: SurveyRound
    everybody: GroupResult
    groups: tuple[GroupResult, ...]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One question in one round: mean score and how many answered; None where too few did."""

    round: UUID
    title: str
    closed_on: date
    question: str
    mean: float | None
    answered: int | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One version of what the head（首長）has said about DX. Earlier versions stay."""

    number: int
    office: str
    text: str
    stated_on: date
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class WorkshopFinding:
    """One thing that a workshop found, and what became of it. It names nobody."""

    uuid: UUID
    kind: FindingKind
    text: str
    stage: str
    state: FindingState
    reason: str = ""
    item: UUID | None = None


@dataclass(frozen=True, slots=True)
class Workshop:
    """A service-design workshop: which service, whom it is for, what their way looks like, what was found.

    Participants are counted by kind（住民, 窓口 …）, never named.
    """

    uuid: UUID
    title: str
    held_on: date
    service: str
    persona: str
    stages: tuple[str, ...]
    participants: Mapping[str, int]
    findings: tuple[WorkshopFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class AssessmentScore:
    """One group of a self-assessment: sum of the scores, the most there could be, how many questions are unanswered."""

    group: str
    score: int
    most: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """A self-assessment of step 0 to 3: chosen levels and remarks by question, and the scores by step."""

    uuid: UUID
    held_on: date
    questionnaire: str
    edition: str
    levels: Mapping[str, str]
    remarks: Mapping[str, str]
    scores: tuple[AssessmentScore, ...]
    recorded_at: datetime
    recorded_by: str
