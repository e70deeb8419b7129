"""Records of step 0 and 1: what the head says, what workshops find and what becomes of it, self-assessments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.fence import current_organisation, one_at_a_time
from todoke.programme.plans import queries
from todoke.programme.plans.errors import (
    AnswerMissing,
    FindingSettled,
    ReasonNeeded,
    TextMissing,
    WorkshopUnknown,
)
from todoke.programme.plans.models import (
    AssessmentRow,
    StatementRow,
    WorkshopFindingRow,
    WorkshopRow,
)
from todoke.programme.plans.queries.steps import finding_of
from todoke.programme.plans.values import (
    Assessment,
    FindingKind,
    FindingState,
    Item,
    ItemField,
    Statement,
    Workshop,
    WorkshopFinding,
)

from .editing import add_local_item
from .writing import Hand

LONGEST = 500
LOCK = 7_405_061  # advisory lock number on PostgreSQL; combined with the code of the body


@dataclass(frozen=True, slots=True)
class WorkshopGiven:
    """What a workshop was, as it is recorded: participants counted by kind, never named."""

    title: str
    held_on: date
    service: str
    persona: str = ""
    stages: tuple[str, ...] = ()
    participants: Mapping[str, int] = field(default_factory=dict)


@transaction.atomic
def record_statement(
    viewer: Viewer, *, office: str, text: str, stated_on: date, at: datetime, terminal: str = ""
) -> Statement:
    """Record what the head（首長）has said, signed by the office（市長 …）; earlier versions stay.

    Raises RightMissing, TextMissing.
    """
    require(viewer, Right.EDIT_PLANS)
    for name, value in (("役職", office), ("メッセージ", text)):
        if not value.strip():
            raise TextMissing(field=name)
    one_at_a_time(LOCK)
    last = StatementRow.objects.order_by("-number").first()
    row = StatementRow.objects.create(
        organisation_id=current_organisation(), number=(last.number if last else 0) + 1, office=office.strip()[:60],
        text=text.strip(), stated_on=stated_on, recorded_at=at, recorded_by=str(viewer.staff_id),
    )  # fmt: skip
    Hand(viewer, at, terminal).record("statement.recorded", row.number, kind="statement")
    return queries.statements()[0]


@transaction.atomic
def record_workshop(viewer: Viewer, given: WorkshopGiven, *, at: datetime, terminal: str = "") -> Workshop:
    """Record a service-design workshop; its findings follow. Raises RightMissing, TextMissing."""
    require(viewer, Right.EDIT_PLANS)
    for name, value in (("名前", given.title), ("サービス", given.service)):
        if not value.strip():
            raise TextMissing(field=name)
    row = WorkshopRow.objects.create(
        organisation_id=current_organisation(), title=given.title.strip()[:100], held_on=given.held_on,
        service=given.service.strip()[:200], persona=given.persona.strip(),
        stages=[one.strip() for one in given.stages if one.strip()],
        participants={kind.strip(): number for kind, number in given.participants.items() if kind.strip() and number > 0},
        recorded_at=at, recorded_by=str(viewer.staff_id),
    )  # fmt: skip
    Hand(viewer, at, terminal).record("workshop.recorded", row.uuid, kind="workshop")
    return queries.workshop(row.uuid)


@transaction.atomic
def add_finding(
    viewer: Viewer,
    workshop: UUID,
    kind: FindingKind,
    text: str,
    *,
    at: datetime,
    stage: str = "",
    terminal: str = "",
) -> WorkshopFinding:
    """Record one thing that a workshop found; it is a candidate（取組の候補）from now on.

    Raises RightMissing, WorkshopUnknown, TextMissing.
    """
    require(viewer, Right.EDIT_PLANS)
    if not text.strip():
        raise TextMissing(field="気づき")
    parent = WorkshopRow.objects.filter(uuid=workshop).first()
    if parent is None:
        raise WorkshopUnknown
    row = WorkshopFindingRow.objects.create(
        organisation_id=current_organisation(), workshop=parent, kind=kind.value, text=text.strip()[:LONGEST],
        stage=stage.strip()[:100], state=FindingState.CANDIDATE.value,
    )  # fmt: skip
    Hand(viewer, at, terminal).record("workshop.finding_added", row.uuid, kind="finding")
    return finding_of(row)


@transaction.atomic
def take_finding(
    viewer: Viewer,
    finding: UUID,
    plan: UUID,
    *,
    label: str,
    at: datetime,
    parent: UUID | None = None,
    terminal: str = "",
) -> Item:
    """Make an item of a plan（団体独自の取組）out of a candidate.

    Raises RightMissing, FindingSettled, PlanUnknown, TextMissing.
    """
    require(viewer, Right.EDIT_PLANS)
    row = _candidate(finding)
    typed = {ItemField.LABEL: label, ItemField.NOTE: f"サービスデザインの気づき：{row.text}"[:LONGEST]}
    item = add_local_item(plan, typed=typed, parent=parent, hand=Hand(viewer, at, terminal))
    _settle(row, FindingState.TAKEN, "", item.uuid)
    Hand(viewer, at, terminal).record("workshop.finding_taken", row.uuid, kind="finding")
    return item


@transaction.atomic
def leave_finding(
    viewer: Viewer, finding: UUID, *, reason: str, at: datetime, terminal: str = ""
) -> WorkshopFinding:
    """Leave a candidate aside, with the reason. Raises RightMissing, FindingSettled, ReasonNeeded."""
    require(viewer, Right.EDIT_PLANS)
    row = _candidate(finding)
    if not reason.strip():
        raise ReasonNeeded
    _settle(row, FindingState.LEFT, reason.strip()[:LONGEST], None)
    Hand(viewer, at, terminal).record("workshop.finding_left", row.uuid, kind="finding")
    return finding_of(row)


def _candidate(uuid: UUID) -> WorkshopFindingRow:
    rows = WorkshopFindingRow.objects.select_for_update()
    row = rows.filter(uuid=uuid, state=FindingState.CANDIDATE.value).first()
    if row is None:
        raise FindingSettled
    return row


def _settle(row: WorkshopFindingRow, state: FindingState, reason: str, item: UUID | None) -> None:
    row.state, row.reason, row.item = state.value, reason, item
    row.save(update_fields=["state", "reason", "item"])


@transaction.atomic
def record_assessment(
    viewer: Viewer, *, held_on: date, levels: Mapping[str, str], remarks: Mapping[str, str], at: datetime,
    questionnaire: str = "self-assessment", terminal: str = "",
) -> Assessment:  # fmt: skip
    """Record a self-assessment; questions may stay open, and earlier assessments stay.

    Raises RightMissing, AnswerMissing for a level that is no choice or where nothing is answered, QuestionsUnreadable.
    """
    require(viewer, Right.EDIT_PLANS)
    asked = queries.questionnaire(questionnaire)
    given = {one.id: levels[one.id] for one in asked.questions if levels.get(one.id)}
    if any(one.id in given and one.choice(given[one.id]) is None for one in asked.questions):
        raise AnswerMissing
    words = {
        one.id: remarks[one.id].strip()[:LONGEST]
        for one in asked.questions
        if remarks.get(one.id, "").strip()
    }
    if not given and not words:
        raise AnswerMissing
    row = AssessmentRow.objects.create(
        organisation_id=current_organisation(), held_on=held_on, questionnaire=asked.id, edition=asked.edition,
        levels=given, remarks=words, recorded_at=at, recorded_by=str(viewer.staff_id),
    )  # fmt: skip
    Hand(viewer, at, terminal).record("assessment.recorded", row.uuid, kind="assessment")
    return queries.assessment(row.uuid)
