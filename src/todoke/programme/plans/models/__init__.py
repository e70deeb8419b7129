"""The tables of plans. Nothing of a plan is ever deleted."""

from .content import PlanCapacityRow, PlanItemRow, PlanLinkRow, PlanPartRow, PlanRow, PlanWindowRow
from .history import AdoptionRow, PlanChangeRow, PlanEvidenceRow, PlanSnapshotRow, SetupDraftRow
from .steps import (
    AssessmentRow,
    StatementRow,
    SurveyCodeRow,
    SurveyCountRow,
    SurveyRoundRow,
    WorkshopFindingRow,
    WorkshopRow,
)

__all__ = [
    "AdoptionRow",
    "AssessmentRow",
    "PlanCapacityRow",
    "PlanChangeRow",
    "PlanEvidenceRow",
    "PlanItemRow",
    "PlanLinkRow",
    "PlanPartRow",
    "PlanRow",
    "PlanSnapshotRow",
    "PlanWindowRow",
    "SetupDraftRow",
    "StatementRow",
    "SurveyCodeRow",
    "SurveyCountRow",
    "SurveyRoundRow",
    "WorkshopFindingRow",
    "WorkshopRow",
]
