"""The nouns of forecasting: a network, its schedule, what is likely, what if, and why on this date."""

from .branches import (
    AcceptLater,
    AddCapacity,
    AddPerson,
    BoughtSlots,
    Branch,
    BranchChange,
    Comparison,
    DateDifference,
    DropScope,
    LoadDifference,
    Outcome,
    SharedProcurement,
    ShiftStart,
)
from .exact import ExactAnswer, KeptExact
from .forecasts import (
    Accuracy,
    Calibration,
    Chance,
    CurvePoint,
    DatedChance,
    EarlyStartCurve,
    Forecast,
    ForecastRef,
    Likelihood,
    StartAdvice,
    StoredForecast,
)
from .networks import (
    Activity,
    Demand,
    Dependency,
    Network,
    PeriodUnits,
    ResourceCapacity,
    StartWindow,
    WorkingDays,
)
from .schedules import (
    Driver,
    Explanation,
    Finding,
    MonthLoad,
    PlacedActivity,
    Proof,
    SafeDate,
    Schedule,
    Step,
)
from .words import (
    ActivityState,
    ChangeWord,
    DriverKind,
    ExactWord,
    ForecastKind,
    LintRule,
    LossKind,
    ProofKind,
    Verdict,
)

__all__ = [
    "AcceptLater", "Accuracy", "Activity", "ActivityState", "AddCapacity", "AddPerson", "BoughtSlots", "Branch",
    "BranchChange", "Calibration", "Chance", "ChangeWord", "Comparison", "CurvePoint", "DateDifference",
    "DatedChance", "Demand", "Dependency", "Driver", "DriverKind", "DropScope", "EarlyStartCurve", "ExactAnswer",
    "ExactWord", "Explanation", "Finding", "Forecast", "ForecastKind", "ForecastRef", "KeptExact", "Likelihood", "LintRule",
    "LoadDifference", "LossKind", "MonthLoad", "Network", "Outcome", "PeriodUnits", "PlacedActivity", "Proof",
    "ProofKind", "ResourceCapacity", "SafeDate", "Schedule", "SharedProcurement", "ShiftStart", "StartAdvice",
    "StartWindow", "Step", "StoredForecast", "Verdict", "WorkingDays",
]  # fmt: skip
