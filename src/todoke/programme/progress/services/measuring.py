"""Indicators: what a body measures, its targets, and stated values."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.fence import current_organisation
from todoke.programme.packs.values import IndicatorDefinition
from todoke.programme.progress import queries
from todoke.programme.progress.errors import IndicatorUnfit, ReportFromLater
from todoke.programme.progress.models import IndicatorRow, IndicatorValueRow
from todoke.programme.progress.rules import indicators
from todoke.programme.progress.values import Direction, Indicator, Stated


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

    Raises RightMissing, IndicatorUnfit.
    """
    require(viewer, Right.EDIT_PLANS)
    if not purpose.strip():
        raise IndicatorUnfit(where="何のための指標かを書いてください")
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
    return queries.indicator(row.code)


@transaction.atomic
def end_indicator(viewer: Viewer, code: str, *, at: datetime) -> None:
    """Keep an indicator no longer; its values stay. Raises RightMissing, IndicatorUnknown."""
    require(viewer, Right.EDIT_PLANS)
    found = queries.indicator(code)
    IndicatorRow.objects.filter(pk=found.id).update(ended_at=at)
    audit.record("indicator.ended", object_kind="indicator", object_id=code, actor=viewer.actor(), at=at)


@transaction.atomic
def state_value(viewer: Viewer, code: str, stated: Stated, *, at: datetime) -> int:
    """State a value; a later statement for the same day corrects it. Returns its id.

    Raises RightMissing, IndicatorUnknown, IndicatorUnfit, ReportFromLater.
    """
    require(viewer, Right.REPORT_PROGRESS)
    return keep_value(code, stated, actor=viewer.actor(), at=at)


@transaction.atomic
def keep_value(code: str, stated: Stated, *, actor: Actor, at: datetime) -> int:
    """The same for what arrived as a file: nobody typed it. Raises as `state_value` without RightMissing."""
    found = queries.indicator(code)
    if stated.as_of > japanese_date(at):
        raise ReportFromLater
    indicators.check_value(found, stated.value, stated.numerator, stated.denominator, stated.missing)
    row = IndicatorValueRow.objects.create(
        organisation_id=current_organisation(), indicator_id=found.id, as_of=stated.as_of, value=stated.value,
        numerator=stated.numerator, denominator=stated.denominator, missing=stated.missing.strip(),
        source=stated.source.value, source_text=stated.source_text, published_on=stated.published_on,
        events=" ".join(stated.events), event_count=len(stated.events), by=actor.id, at=at,
    )  # fmt: skip
    audit.record(
        "indicator.stated", object_kind="indicator", object_id=code, actor=actor, at=at,
        facts={"as_of": stated.as_of.isoformat(), "source": stated.source.value, "events": len(stated.events)},
    )  # fmt: skip
    return row.pk
