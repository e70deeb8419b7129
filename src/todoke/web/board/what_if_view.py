"""What if: one branch beside the plan as it is, small enough to be computed while somebody waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import QueryDict

from todoke.programme.forecast import queries as forecasts
from todoke.programme.forecast.errors import BranchEmpty
from todoke.programme.forecast.values import (
    Comparison,
    DateDifference,
    ForecastKind,
    ForecastRef,
    LoadDifference,
)
from todoke.web.shared.templatetags.todoke import chance as chance_words

from .drawn import Drawn, drawn
from .forecast_view import verdict_tone
from .forms.what_if import BranchForm

WORK = 9_000  # activities × runs of a side that fit into the time that somebody waits（docs/decisions/0028）
LEAST_RUNS, MOST_RUNS = 20, 100
SHOWN = 60


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The form, and the comparison once something was asked."""

    drawn: Drawn
    form: BranchForm
    comparison: Comparison | None
    chances: tuple[str, str]
    tones: tuple[str, str]
    dates: Sequence[tuple[str, DateDifference]]
    moved: int
    loads: Sequence[LoadDifference]
    scenarios: Sequence[ForecastRef]
    asked: Sequence[tuple[str, str]] = ()


def runs_for(activities: int) -> int:
    """How often to simulate each side, so that the answer comes at once."""
    return min(max(WORK // max(activities, 1), LEAST_RUNS), MOST_RUNS)


def what_if(uuid: UUID, given: QueryDict, *, as_of: date) -> WhatIf:
    """The plan as it is, and as it would be with what the address asks for. Raises as `drawn`."""
    found = drawn(uuid, as_of=as_of)
    form = BranchForm(found.network, given or None)
    comparison = _compared(found, form) if form.is_bound and form.is_valid() else None
    scenarios = forecasts.forecasts(uuid, kind=ForecastKind.SCENARIO, limit=20)
    if comparison is None:
        return WhatIf(found, form, None, ("", ""), ("", ""), (), 0, (), scenarios)
    sides = (comparison.before, comparison.after)
    first, second = (chance_words(one.on_time.permille if one.on_time else None) for one in sides)
    labels = found.labels()
    dates = [(labels.get(one.key, one.label), one) for one in comparison.dates[:SHOWN]]
    return WhatIf(
        found, form, comparison, (first, second), (verdict_tone(sides[0].verdict), verdict_tone(sides[1].verdict)), dates,
        len(comparison.dates), comparison.loads, scenarios,
        [(name, text) for name, texts in given.lists() for text in texts if text and name in form.fields],
    )  # fmt: skip


def _compared(found: Drawn, form: BranchForm) -> Comparison | None:
    try:
        return forecasts.compare(
            found.network, form.branch(), runs=runs_for(len(found.network.activities)), base=found.placed
        )
    except BranchEmpty as empty:
        form.add_error(None, empty.for_screen())
        return None
