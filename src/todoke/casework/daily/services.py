"""Making the report of a day, once."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from todoke.foundation.calendars.queries import JAPAN, is_business_day
from todoke.foundation.fence import current_organisation

from . import queries, rules
from .models import DailyReportRow
from .values import DailyReport

KEPT = timedelta(days=400)


@transaction.atomic
def make_report(day: date, *, at: datetime) -> DailyReport:
    """Count, and keep the counts under the day; made a second time it is the first one that stands."""
    reported = DailyReportRow.objects.filter(day__lt=day).aggregate(last=Max("day"))["last"]
    since = rules.since_of(day, zone=JAPAN, is_open=is_business_day, reported=reported)
    row, is_new = DailyReportRow.objects.get_or_create(
        organisation_id=current_organisation(), day=day,
        defaults={
            "since": since, "made_at": at, "figures": rules.as_document(queries.figures(since=since, at=at)),
        },
    )  # fmt: skip
    if is_new:
        DailyReportRow.objects.filter(day__lt=day - KEPT).delete()
    found = queries.report_of(row.day)
    assert found is not None  # it was made in this transaction
    return found


@transaction.atomic
def note_delivered(day: date) -> None:
    """The report of that day has reached whoever the setting names."""
    DailyReportRow.objects.filter(day=day).update(is_delivered=True)
