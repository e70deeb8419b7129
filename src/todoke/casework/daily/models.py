"""The reports that were made."""

from django.db import models

from todoke.foundation.rows import OwnedRow


class DailyReportRow(OwnedRow):
    """One body's report of one working day: counts and moments as JSON. No personal data. Kept for a year."""

    day = models.DateField()
    since = models.DateTimeField()
    made_at = models.DateTimeField()
    figures = models.JSONField()
    is_delivered = models.BooleanField(default=False)

    class Meta(OwnedRow.Meta):
        """One a day, however many workers there are."""

        verbose_name = "日報"
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="daily_report_once")]
