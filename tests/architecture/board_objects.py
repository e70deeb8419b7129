"""One object for each address of roadmap, forecast, decisions and monthly closes, made in the open scope."""

from collections.abc import Callable, Mapping

from tests.support.rows import AT, make
from todoke.programme.models import CardRow, PlanItemRow

from .plan_objects import Arguments, plan


def _dated() -> Arguments:
    """A plan with something to schedule."""
    row = plan()
    make(
        PlanItemRow, plan=row, state="active", estimate={"low": 1, "likely": 2, "high": 3, "basis": "body"}, parent=None,
        fixed_start=None, fixed_finish=None, deadline=None, effort={"業務主管課": 5.0}, sources=[],
    )  # fmt: skip
    return {"uuid": row.uuid}


def _file() -> Arguments:
    return {**_dated(), "form": "csv"}


def _table() -> Arguments:
    return {**_dated(), "what": "loads"}


def _card() -> Arguments:
    made = make(
        CardRow, plan=_dated()["uuid"], state="open", signal_kind="other", options=[], difference=[], chosen=None,
        review_by=None, decided_at=None, reviewed_at=None, outcome="", opened_at=AT,
    )  # fmt: skip
    return {"uuid": made.uuid}


OF_PLAN = (
    "gantt", "gantt-file", "forecast", "keep-forecast", "why", "safe-dates", "early-start", "loads", "network", "what-if",
    "keep-scenario", "roadmap", "decisions", "open-decision", "closes", "close-month",
)  # fmt: skip
OF_CARD = ("decision", "add-option", "decide-card", "review-card", "drop-card")
OF: Mapping[str, Callable[[], Arguments]] = {
    **dict.fromkeys(OF_PLAN, _dated),
    **dict.fromkeys(OF_CARD, _card),
    "roadmap-file": _file,
    "figures": _table,
}
LISTED: Mapping[str, Callable[[], object]] = {"board": _dated, "leadership": _dated}
