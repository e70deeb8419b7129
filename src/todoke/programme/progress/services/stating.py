"""Stating values of indicators: append-only, a later statement for the same day corrects it."""

from datetime import datetime

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.fence import current_organisation
from todoke.programme.progress import queries
from todoke.programme.progress.errors import ReportFromLater
from todoke.programme.progress.models import IndicatorValueRow
from todoke.programme.progress.rules import indicators
from todoke.programme.progress.values import Stated


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
