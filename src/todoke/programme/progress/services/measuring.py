"""Indicators: what a body measures, and its targets."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.fence import current_organisation
from todoke.programme.packs.values import IndicatorDefinition
from todoke.programme.progress import queries
from todoke.programme.progress.errors import IndicatorUnfit
from todoke.programme.progress.models import IndicatorRow
from todoke.programme.progress.rules import indicators
from todoke.programme.progress.values import Direction, Indicator

from .feeding import fill_in


@transaction.atomic
def keep_indicator(
    viewer: Viewer,
    definition: IndicatorDefinition,
    *,
    purpose: str,
    target: tuple[Decimal, date] | None,
    at: datetime,
) -> Indicator:
    """Keep an indicator, or change its target and purpose. Every goal says what it is for.

    One that casework feeds gets the values of the days whose files are here already. Raises RightMissing, IndicatorUnfit.
    """
    require(viewer, Right.EDIT_PLANS)
    _check(definition.unit, purpose, target)
    columns = {
        "label": definition.label, "unit": definition.unit, "definition": definition.definition,
        "direction": (Direction.UP if definition.higher_is_better else Direction.DOWN).value,
        "is_official": definition.official, "source": definition.source, "purpose": purpose.strip(),
        "target": target[0] if target else None, "target_on": target[1] if target else None, "ended_at": None,
    }  # fmt: skip
    row, is_new = IndicatorRow.objects.update_or_create(
        organisation_id=current_organisation(), code=definition.id,
        defaults=columns, create_defaults={**columns, "made_at": at},
    )  # fmt: skip
    audit.record(
        "indicator.kept" if is_new else "indicator.changed", object_kind="indicator", object_id=row.code,
        actor=viewer.actor(), at=at,
    )  # fmt: skip
    fill_in(row.code, actor=viewer.actor(), at=at)
    return queries.indicator(row.code)


def _check(unit: str, purpose: str, target: tuple[Decimal, date] | None) -> None:
    """Raises IndicatorUnfit for an indicator of which nobody says what it is for, and for a target that cannot be one."""
    if not purpose.strip():
        raise IndicatorUnfit(where="何のための指標かを書いてください")
    if target is not None and not target[0].is_finite():
        raise IndicatorUnfit(where="目標値は数字です")
    if target is not None and unit == indicators.PERCENT and not 0 <= target[0] <= 100:
        raise IndicatorUnfit(where="割合の目標値は0から100までです")


@transaction.atomic
def change_indicator(
    viewer: Viewer, code: str, *, purpose: str, target: tuple[Decimal, date] | None, at: datetime
) -> None:
    """Change what a kept indicator is for and its target. Raises RightMissing, IndicatorUnknown, IndicatorUnfit."""
    require(viewer, Right.EDIT_PLANS)
    found = queries.indicator(code)
    _check(found.unit, purpose, target)
    columns = {"target": target[0] if target else None, "target_on": target[1] if target else None}
    IndicatorRow.objects.filter(pk=found.id).update(purpose=purpose.strip(), **columns)
    audit.record("indicator.changed", object_kind="indicator", object_id=code, actor=viewer.actor(), at=at)


@transaction.atomic
def end_indicator(viewer: Viewer, code: str, *, at: datetime) -> None:
    """Keep an indicator no longer; its values stay. Raises RightMissing, IndicatorUnknown."""
    require(viewer, Right.EDIT_PLANS)
    found = queries.indicator(code)
    IndicatorRow.objects.filter(pk=found.id).update(ended_at=at)
    audit.record("indicator.ended", object_kind="indicator", object_id=code, actor=viewer.actor(), at=at)
