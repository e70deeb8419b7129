"""One object for each address of plans, progress, editions and the tools of step 0 and 1, made in the open scope."""

import secrets
from collections.abc import Callable, Mapping

from tests.support.rows import AT, make
from todoke.programme.models import (
    AdoptionRow,
    AssessmentRow,
    IndicatorRow,
    IndicatorValueRow,
    PlanItemRow,
    PlanRow,
    PlanSnapshotRow,
    SetupDraftRow,
    SurveyRoundRow,
    WorkshopRow,
)

Arguments = dict[str, object]
PINNED = {"pack": "urn:jp:soumu:tejunsho:hyojunka", "edition": "1.0", "release": 1}


def plan() -> PlanRow:
    """A plan that pins the first edition of the guideline of standardisation."""
    return make(PlanRow, kind="standardisation", **PINNED)


def _plan() -> Arguments:
    return {"uuid": plan().uuid}


def _draft() -> Arguments:
    return {"uuid": make(SetupDraftRow, kind="standardisation", step="scope", **PINNED).uuid}


def _item() -> Arguments:
    row = plan()
    make(PlanItemRow, plan=row, state="active")
    return {"uuid": make(PlanItemRow, plan=row, state="active").uuid}


def _adoption() -> Arguments:
    row = plan()
    before, after = make(PlanSnapshotRow, plan=row), make(PlanSnapshotRow, plan=row)
    return {"uuid": make(AdoptionRow, plan=row, before=before, after=after).uuid}


def _round() -> Arguments:
    found = make(SurveyRoundRow, questionnaire="staff-survey", smallest_group=5, closed_at=AT)
    return {"uuid": found.uuid}


def _workshop() -> Arguments:
    return {"uuid": make(WorkshopRow).uuid}


def _assessment() -> Arguments:
    return {"uuid": make(AssessmentRow, questionnaire="self-assessment").uuid}


def _indicator() -> Arguments:
    return {
        "indicator_id": make(
            IndicatorRow, code=secrets.token_hex(8), direction="up", target=None, ended_at=None
        ).pk
    }


def _value() -> Arguments:
    of = make(IndicatorRow, code=secrets.token_hex(8), direction="up", target=None, ended_at=None)
    row = make(IndicatorValueRow, indicator=of, source="events", events="0" * 32, value=1, published_on=None)
    return {"value_id": row.pk}


OF_PLAN = (
    "plan", "plan-csv", "edit-plan", "close-plan", "new-item", "plan-changes", "undo-change", "arrangements", "set-window",
    "set-capacity", "confirm-windows", "remove-part", "scope", "set-scope", "funding", "funding-csv",
    "progress", "progress-csv", "matrix", "matrix-csv", "report",
    "report-workbook", "take-workbook", "editions", "impact", "impact-csv", "adopt-edition", "overlay", "apply-overlay",
)  # fmt: skip
OF_ITEM = ("plan-item", "edit-item", "add-evidence", "item-links", "add-link", "change-link", "edit-row")
OF: Mapping[str, Callable[[], Arguments]] = {
    **dict.fromkeys(OF_PLAN, _plan),
    "set-up-plan": _draft,
    **dict.fromkeys(OF_ITEM, _item),
    "adoption": _adoption,
    "turn-back": _adoption,
    "survey-round": _round,
    "issue-codes": _round,
    "close-round": _round,
    "survey-csv": _round,
    "workshop": _workshop,
    "add-finding": _workshop,
    "settle-finding": _workshop,
    "assessment": _assessment,
    "assessment-csv": _assessment,
    "value-events": _value,
    "change-indicator": _indicator,
}
LISTED: Mapping[str, Callable[[], object]] = {
    "plans": lambda: (plan(), _draft()),
    "steps": lambda: (_round(), _workshop(), _assessment()),
    "indicators": lambda: make(
        IndicatorRow, code=secrets.token_hex(8), direction="up", target=None, ended_at=None
    ),
}
