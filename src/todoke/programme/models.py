"""Gathers the tables of the programme stages for Django."""

from .packs.models import EditionRow
from .plans.models import (
    AdoptionRow,
    AssessmentRow,
    PlanCapacityRow,
    PlanChangeRow,
    PlanEvidenceRow,
    PlanItemRow,
    PlanLinkRow,
    PlanRow,
    PlanSnapshotRow,
    PlanWindowRow,
    SetupDraftRow,
    StatementRow,
    SurveyCodeRow,
    SurveyCountRow,
    SurveyRoundRow,
    WorkshopFindingRow,
    WorkshopRow,
)

__all__ = [
    "AdoptionRow", "AssessmentRow", "EditionRow", "PlanCapacityRow", "PlanChangeRow", "PlanEvidenceRow", "PlanItemRow",
    "PlanLinkRow", "PlanRow", "PlanSnapshotRow", "PlanWindowRow", "SetupDraftRow", "StatementRow", "SurveyCodeRow",
    "SurveyCountRow", "SurveyRoundRow", "WorkshopFindingRow", "WorkshopRow",
]  # fmt: skip
