"""Gathers the tables of the programme stages for Django."""

from .forecast.models import ForecastRow
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
from .progress.models import IndicatorRow, IndicatorValueRow, ReportRow
from .review.models import CardRow, CloseRow
from .rollup.models import (
    ComparedRow,
    EnquiryRow,
    EnquiryTargetRow,
    ForwardRuleRow,
    PublicationRow,
    ReceivedEnquiryRow,
    SentSubmissionRow,
    SubmissionRow,
    SupportRow,
)

__all__ = [
    "AdoptionRow", "AssessmentRow", "CardRow", "CloseRow", "EditionRow", "ForecastRow", "IndicatorRow",
    "IndicatorValueRow", "PlanCapacityRow", "PlanChangeRow", "PlanEvidenceRow", "PlanItemRow", "PlanLinkRow",
    "PlanRow", "PlanSnapshotRow", "PlanWindowRow", "ReportRow", "SetupDraftRow", "StatementRow",
    "SurveyCodeRow", "SurveyCountRow", "SurveyRoundRow", "WorkshopFindingRow", "WorkshopRow",
    "ComparedRow", "EnquiryRow", "EnquiryTargetRow", "ForwardRuleRow", "PublicationRow", "ReceivedEnquiryRow",
    "SentSubmissionRow", "SubmissionRow", "SupportRow",
]  # fmt: skip
