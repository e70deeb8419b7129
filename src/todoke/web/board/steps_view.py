"""The tools of step 0 and 1: what their pages show, and the public answer page of the staff survey."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from todoke.foundation.accounts.values import Right, Viewer
from todoke.programme.plans import queries
from todoke.programme.plans.values import (
    AskedQuestion,
    Assessment,
    AssessmentScore,
    GroupResult,
    Plan,
    Questionnaire,
    Statement,
    SurveyRound,
    TrendPoint,
    Workshop,
)
from todoke.web.shared.requests import typed_text

SURVEY, SELF = "staff-survey", "self-assessment"


@dataclass(frozen=True, slots=True)
class StepsView:
    """What there is of every tool."""

    rounds: tuple[SurveyRound, ...]
    statement: Statement | None
    statements: tuple[Statement, ...]
    workshops: tuple[Workshop, ...]
    waiting: int
    assessments: tuple[Assessment, ...]
    may_edit: bool


def steps_view(viewer: Viewer) -> StepsView:
    """Every tool at a glance."""
    said, shops = tuple(queries.statements()), tuple(queries.workshops())
    return StepsView(
        tuple(queries.survey_rounds()), said[0] if said else None, said, shops, len(queries.candidates()),
        tuple(queries.assessments()), viewer.may(Right.EDIT_PLANS),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """How often one choice was made, and its share（0–100）."""

    label: str
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One question with its answers, its mean, and the means of the rounds before."""

    question: AskedQuestion
    choices: tuple[ChoiceLine, ...]
    mean: str
    trend: tuple[TrendPoint, ...]


@dataclass(frozen=True, slots=True)
class SurveyView:
    """One round: how many answered, and, when it is closed, the result of all and of each group."""

    round: SurveyRound
    asked: Questionnaire
    everybody: GroupResult | None
    lines: tuple[ResultLine, ...]
    groups: tuple[tuple[GroupResult, tuple[str, ...]], ...]
    may_edit: bool


def survey_view(viewer: Viewer, uuid: UUID) -> SurveyView:
    """A round of the survey. Raises RoundUnknown."""
    found = queries.survey_round(uuid)
    asked = queries.questionnaire(found.questionnaire)
    may_edit = viewer.may(Right.EDIT_PLANS)
    if found.closed_at is None:
        return SurveyView(found, asked, None, (), (), may_edit)
    result = queries.survey_result(uuid)
    trend = queries.survey_trend(found.questionnaire)
    lines = (
        ()
        if result.everybody.is_hidden
        else tuple(_result(one, result.everybody, trend) for one in asked.questions)
    )
    groups = tuple((one, _means(asked, one)) for one in result.groups)
    return SurveyView(found, asked, result.everybody, lines, groups, may_edit)


def _result(question: AskedQuestion, everybody: GroupResult, trend: Sequence[TrendPoint]) -> ResultLine:
    tally = next(one for one in everybody.tallies if one.question == question.id)
    total = tally.answered or 1
    choices = tuple(
        ChoiceLine(
            one.label, tally.counts.get(one.code, 0), round(100 * tally.counts.get(one.code, 0) / total)
        )
        for one in question.choices
    )
    return ResultLine(
        question, choices, mean_words(tally.mean), tuple(one for one in trend if one.question == question.id)
    )


def mean_words(mean: float | None) -> str:
    """A mean score to one decimal; a dash for none."""
    return "－" if mean is None else f"{mean:.1f}"


def _means(asked: Questionnaire, group: GroupResult) -> tuple[str, ...]:
    means = {one.question: one.mean for one in group.tallies}
    return tuple(mean_words(means.get(one.id)) for one in asked.questions)


def survey_rows(view: SurveyView) -> tuple[list[str], list[list[str]]]:
    """The result as header and lines of a table: means by group; hidden groups without figures."""
    header = ["課", "回答した人数", *(one.text for one in view.asked.questions)]
    rows = [
        [group.group, "非表示" if group.answered is None else str(group.answered), *means]
        for group, means in view.groups
    ]
    return header, rows


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One question as it is answered: what was chosen, and whether it is missing."""

    question: AskedQuestion
    chosen: str
    remark: str = ""
    is_missing: bool = False


def answer_lines(
    asked: Questionnaire, posted: QueryDict | None, *, all_needed: bool
) -> tuple[AnswerLine, ...]:
    """The questions with what was chosen so far."""
    given = posted if posted is not None else QueryDict()
    return tuple(
        AnswerLine(
            one, given.get(f"a-{one.id}", ""), typed_text(given.get(f"r-{one.id}", ""), 500),
            all_needed and posted is not None and not given.get(f"a-{one.id}", ""),
        )
        for one in asked.questions
    )  # fmt: skip


def chosen_in(lines: Sequence[AnswerLine]) -> Mapping[str, str]:
    """What was chosen, by question."""
    return {one.question.id: one.chosen for one in lines if one.chosen}


@dataclass(frozen=True, slots=True)
class WorkshopView:
    """One workshop, and the plans into which its findings can go."""

    workshop: Workshop
    plans: tuple[Plan, ...]
    may_edit: bool


def workshop_view(viewer: Viewer, uuid: UUID) -> WorkshopView:
    """A workshop with its findings. Raises WorkshopUnknown."""
    return WorkshopView(queries.workshop(uuid), tuple(queries.plans()), viewer.may(Right.EDIT_PLANS))


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """A self-assessment: scores by step with their share（0–100）, and every answer in words."""

    assessment: Assessment
    asked: Questionnaire
    scores: tuple[tuple[AssessmentScore, int], ...]
    lines: tuple[tuple[AskedQuestion, str, str], ...]


def assessment_view(uuid: UUID) -> AssessmentView:
    """A self-assessment as it is printed. Raises AssessmentUnknown."""
    found = queries.assessment(uuid)
    asked = queries.questionnaire(found.questionnaire)
    scores = tuple((one, round(100 * one.score / one.most) if one.most else 0) for one in found.scores)
    lines = []
    for one in asked.questions:
        choice = one.choice(found.levels.get(one.id, ""))
        lines.append((one, choice.label if choice else "未回答", found.remarks.get(one.id, "")))
    return AssessmentView(found, asked, scores, tuple(lines))
