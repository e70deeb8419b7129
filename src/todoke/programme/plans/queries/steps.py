"""Survey, statements, workshops and self-assessments of the body in scope."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from todoke.foundation import profile_files
from todoke.foundation.calendars.queries import japanese_date
from todoke.programme.plans.errors import (
    AssessmentUnknown,
    QuestionsUnreadable,
    RoundOpen,
    RoundUnknown,
    WorkshopUnknown,
)
from todoke.programme.plans.models import (
    AssessmentRow,
    StatementRow,
    SurveyCountRow,
    SurveyRoundRow,
    WorkshopFindingRow,
    WorkshopRow,
)
from todoke.programme.plans.rules import questionnaires
from todoke.programme.plans.values import (
    Assessment,
    FindingKind,
    FindingState,
    Questionnaire,
    Statement,
    SurveyResult,
    SurveyRound,
    TrendPoint,
    Workshop,
    WorkshopFinding,
)

PROFILES = Path(__file__).parents[1] / "profiles" / "questionnaires"
ISSUED, ANSWERED = "issued", "answered"


def questionnaire(name: str) -> Questionnaire:
    """The questions of this name（staff-survey, self-assessment）. Raises QuestionsUnreadable. Needs no database."""
    return profile_files.load(name, folder=PROFILES, read=_read, refuse=QuestionsUnreadable)


def _read(name: str, document: profile_files.Document, _schema: profile_files.Document) -> Questionnaire:
    return questionnaires.read_questionnaire(name, document)


def survey_rounds() -> Sequence[SurveyRound]:
    """The rounds of the survey, the latest first."""
    totals = _totals()
    rows = SurveyRoundRow.objects.order_by("-opened_at", "-pk")
    return [_round_with(row, totals.get(row.pk, {})) for row in rows]


def _totals() -> Mapping[int, Mapping[str, int]]:
    """How many codes were issued and answered, by round: one question, however many rounds there are."""
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = SurveyCountRow.objects.filter(question="")
    for round_id, choice, count in rows.values_list("round_id", "choice", "count"):
        found[round_id][choice] += count
    return found


def survey_round(uuid: UUID) -> SurveyRound:
    """One round. Raises RoundUnknown."""
    return _round_of(_round_row(uuid))


def _round_row(uuid: UUID) -> SurveyRoundRow:
    row = SurveyRoundRow.objects.filter(uuid=uuid).first()
    if row is None:
        raise RoundUnknown
    return row


def _round_of(row: SurveyRoundRow) -> SurveyRound:
    totals: dict[str, int] = defaultdict(int)
    for choice, count in SurveyCountRow.objects.filter(round=row, question="").values_list("choice", "count"):
        totals[choice] += count
    return _round_with(row, totals)


def _round_with(row: SurveyRoundRow, totals: Mapping[str, int]) -> SurveyRound:
    return SurveyRound(
        row.uuid, row.title, row.questionnaire, row.edition, row.opened_at, row.closed_at, row.smallest_group,
        totals.get(ISSUED, 0), totals.get(ANSWERED, 0),
    )  # fmt: skip


def survey_result(uuid: UUID) -> SurveyResult:
    """The result of a closed round; groups that are too small, or would give a small one away, are hidden.

    Raises RoundUnknown, RoundOpen.
    """
    row = _round_row(uuid)
    if row.closed_at is None:
        raise RoundOpen
    return _result(row, SurveyCountRow.objects.filter(round=row).order_by("group"))


def _result(row: SurveyRoundRow, found: Iterable[SurveyCountRow]) -> SurveyResult:
    """What a closed round says by its counts, ordered by group."""
    asked = questionnaire(row.questionnaire)
    counts: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    answered: dict[str, int] = {}
    totals: dict[str, int] = defaultdict(int)
    for one in found:
        if one.question == "":
            totals[one.choice] += one.count
            answered.setdefault(one.group, 0)
            answered[one.group] += one.count if one.choice == ANSWERED else 0
        else:
            counts[one.group][one.question][one.choice] += one.count
            counts[""][one.question][one.choice] += one.count
    total, smallest = sum(answered.values()), row.smallest_group
    shown = questionnaires.shown_groups(answered, smallest)
    groups = [
        questionnaires.group_result(asked, group, number, counts[group])
        if group in shown
        else questionnaires.hidden(group)
        for group, number in answered.items()
    ]
    everybody = (
        questionnaires.group_result(asked, questionnaires.ALL, total, counts[""])
        if total >= smallest
        else questionnaires.hidden(questionnaires.ALL)
    )
    return SurveyResult(_round_with(row, totals), everybody, tuple(groups))


def survey_trend(questionnaire_name: str = "staff-survey") -> Sequence[TrendPoint]:
    """Every question in every closed round, the oldest first: the mean of all staff, None where too few answered.

    The number of questions to the database does not depend on the number of rounds.
    """
    rows = SurveyRoundRow.objects.filter(questionnaire=questionnaire_name).exclude(closed_at=None)
    counts: dict[int, list[SurveyCountRow]] = defaultdict(list)
    for one in SurveyCountRow.objects.filter(round__in=rows).order_by("group"):
        counts[one.round_id].append(one)
    points: list[TrendPoint] = []
    for row in rows.order_by("closed_at", "pk"):
        result = _result(row, counts[row.pk])
        tallies = {one.question: one for one in result.everybody.tallies}
        for question in questionnaire(questionnaire_name).questions:
            found = tallies.get(question.id)
            closed_on = japanese_date(row.closed_at or row.opened_at)
            points.append(
                TrendPoint(
                    row.uuid, row.title, closed_on, question.id, found.mean if found else None,
                    result.everybody.answered,
                )
            )  # fmt: skip
    return points


def statements() -> Sequence[Statement]:
    """What the head has said, the latest version first."""
    return [
        Statement(row.number, row.office, row.text, row.stated_on, row.recorded_at, row.recorded_by)
        for row in StatementRow.objects.order_by("-number")
    ]


def workshops() -> Sequence[Workshop]:
    """The workshops, the latest first, with what they found."""
    rows = WorkshopRow.objects.prefetch_related("findings").order_by("-held_on", "-pk")
    return [_workshop_of(row) for row in rows]


def workshop(uuid: UUID) -> Workshop:
    """One workshop. Raises WorkshopUnknown."""
    row = WorkshopRow.objects.prefetch_related("findings").filter(uuid=uuid).first()
    if row is None:
        raise WorkshopUnknown
    return _workshop_of(row)


def _workshop_of(row: WorkshopRow) -> Workshop:
    findings = sorted(row.findings.all(), key=lambda one: one.pk)
    return Workshop(
        row.uuid, row.title, row.held_on, row.service, row.persona, tuple(row.stages), row.participants,
        tuple(finding_of(one) for one in findings),
    )  # fmt: skip


def finding_of(row: WorkshopFindingRow) -> WorkshopFinding:
    """The finding of its row."""
    return WorkshopFinding(
        row.uuid, FindingKind(row.kind), row.text, row.stage, FindingState(row.state), row.reason, row.item
    )


def candidates() -> Sequence[WorkshopFinding]:
    """取組の候補: findings of which nothing has become yet, the oldest first."""
    rows = WorkshopFindingRow.objects.filter(state=FindingState.CANDIDATE.value).order_by("pk")
    return [finding_of(row) for row in rows]


def assessments() -> Sequence[Assessment]:
    """The self-assessments, the latest first."""
    return [_assessment_of(row) for row in AssessmentRow.objects.order_by("-held_on", "-pk")]


def assessment(uuid: UUID) -> Assessment:
    """One self-assessment. Raises AssessmentUnknown."""
    row = AssessmentRow.objects.filter(uuid=uuid).first()
    if row is None:
        raise AssessmentUnknown
    return _assessment_of(row)


def _assessment_of(row: AssessmentRow) -> Assessment:
    return Assessment(
        row.uuid, row.held_on, row.questionnaire, row.edition, row.levels, row.remarks,
        questionnaires.scores(questionnaire(row.questionnaire), row.levels), row.recorded_at, row.recorded_by,
    )  # fmt: skip
