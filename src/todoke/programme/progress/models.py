"""Reports and indicators. What was said stays as it was said; a correction is another row."""

import uuid

from django.db import models

from todoke.foundation.rows import OwnedRow

from .values import Direction, ReportState, ValueSource


class ReportRow(OwnedRow):
    """One report of one item as of a day. Append-only. No personal data but the id of who reported; kept with the plan.

    `remaining_*` in working days, all three or none. `evidence` are the uuids of the plan's evidence.
    """

    plan = models.UUIDField()
    item = models.UUIDField()
    as_of = models.DateField()
    state = models.CharField(max_length=12, choices=ReportState.choices())
    percent = models.PositiveSmallIntegerField()
    remaining_low = models.FloatField(null=True, blank=True)
    remaining_likely = models.FloatField(null=True, blank=True)
    remaining_high = models.FloatField(null=True, blank=True)
    note = models.TextField(default="", blank=True)
    evidence = models.JSONField(default=list, blank=True)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """A plan's newest reports, and the history of one item."""

        verbose_name = "進捗報告"
        indexes = [models.Index(fields=["organisation", "plan", "item", "as_of"], name="report_of_item")]


class IndicatorRow(OwnedRow):
    """One indicator that a body keeps: its definition and source, its target and what it is for. No personal data."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    code = models.CharField(max_length=80)
    label = models.CharField(max_length=200)
    unit = models.CharField(max_length=20)
    definition = models.TextField(default="", blank=True)
    direction = models.CharField(max_length=4, choices=Direction.choices())
    is_official = models.BooleanField(default=False)
    source = models.CharField(max_length=400, default="", blank=True)
    purpose = models.CharField(max_length=400, default="", blank=True)
    target = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    target_on = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """One code once per body."""

        verbose_name = "指標"
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="indicator_once")]


class IndicatorValueRow(OwnedRow):
    """One stated value of an indicator as of a day. Append-only; a corrected publication is another row.

    `events` are the ids of the records of casework behind it（canonical JSON list）; opaque, no personal data.
    """

    indicator = models.ForeignKey(IndicatorRow, on_delete=models.PROTECT, related_name="values")
    as_of = models.DateField()
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    numerator = models.BigIntegerField(null=True, blank=True)
    denominator = models.BigIntegerField(null=True, blank=True)
    missing = models.CharField(max_length=200, default="", blank=True)
    source = models.CharField(max_length=8, choices=ValueSource.choices())
    source_text = models.CharField(max_length=400, default="", blank=True)
    published_on = models.DateField(null=True, blank=True)
    events = models.TextField(default="", blank=True)
    event_count = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """A trend by day."""

        verbose_name = "指標の値"
        indexes = [models.Index(fields=["organisation", "indicator", "as_of"], name="indicator_trend")]


class CaseDayRow(OwnedRow):
    """One daily file of casework as it was taken: the body of the letter as JSON. Opaque ids, no personal data.

    Append-only: a later revision of a day is another row; the newest whole one counts. Kept as long as the values that
    rest on it.
    """

    day = models.DateField()
    revision = models.PositiveIntegerField()
    part = models.PositiveIntegerField()
    parts = models.PositiveIntegerField()
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """A part once; a month by its days."""

        verbose_name = "申請の記録（取込み）"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "day", "revision", "part"], name="case_day_part_once"
            )
        ]


class PaperCountRow(OwnedRow):
    """How many applications of a procedure came on paper in a month, as a person stated it. The newest counts.

    No personal data but the id of who stated it. Append-only.
    """

    procedure = models.CharField(max_length=20)
    month = models.DateField()
    count = models.PositiveIntegerField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """The counts of a month."""

        verbose_name = "紙の申請の件数"
        indexes = [models.Index(fields=["organisation", "month"], name="paper_count_by_month")]
