"""The nouns of plans: what a body makes of an edition, what a new edition does to it, and the tools of step 0 and 1."""

from .content import (
    BodyWindow,
    Capacity,
    CapacityKind,
    EvidenceRef,
    Item,
    ItemLink,
    ItemState,
    Plan,
    PlanContent,
    PlanKind,
    PlanRef,
    ScopeEntry,
    Span,
    WindowKind,
    key_of,
    month_day,
)
from .editing import (
    ChangeAct,
    ChangedValue,
    ChangeEntry,
    EditConflict,
    Edited,
    EditResult,
    FieldClash,
    ItemField,
    TargetKind,
    Typed,
)
from .merging import (
    Adoption,
    AdoptionAct,
    Choice,
    EffectPart,
    FieldChange,
    ImpactLine,
    ImpactSheet,
    MergeCase,
    Merged,
    MergeQuestion,
    PartNote,
    ScheduleEffect,
)
from .roadmap import FiscalYear, Roadmap, RoadmapRow
from .setting_up import (
    AnswerKind,
    SetupAnswers,
    SetupChoice,
    SetupDraft,
    SetupQuestion,
    SetupStep,
)
from .steps import (
    AskedQuestion,
    Assessment,
    AssessmentScore,
    FindingKind,
    FindingState,
    GroupResult,
    QuestionChoice,
    Questionnaire,
    Statement,
    SurveyResult,
    SurveyRound,
    Tally,
    TrendPoint,
    Workshop,
    WorkshopFinding,
)

__all__ = [
    "Adoption", "AdoptionAct", "AnswerKind", "AskedQuestion", "Assessment", "AssessmentScore", "BodyWindow", "Capacity",
    "CapacityKind", "ChangeAct", "ChangeEntry", "ChangedValue", "Choice", "EditConflict", "EditResult", "Edited",
    "EffectPart", "EvidenceRef", "FieldChange", "FieldClash", "FindingKind", "FindingState", "FiscalYear", "GroupResult",
    "ImpactLine", "ImpactSheet", "Item", "ItemField", "ItemLink", "ItemState", "MergeCase", "MergeQuestion", "Merged",
    "PartNote", "Plan", "PlanContent", "PlanKind", "PlanRef", "QuestionChoice", "Questionnaire", "Roadmap", "RoadmapRow",
    "ScheduleEffect", "ScopeEntry", "SetupAnswers", "SetupChoice", "SetupDraft", "SetupQuestion", "SetupStep", "Span",
    "Statement", "SurveyResult", "SurveyRound", "Tally", "TargetKind", "TrendPoint", "Typed", "WindowKind", "Workshop",
    "WorkshopFinding",
    "key_of", "month_day",
]  # fmt: skip
