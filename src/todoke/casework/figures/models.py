"""What is counted of each case, which days were written, and how far the timeline was read."""

from django.db import models

from todoke.foundation.rows import OwnedRow

from .values import Entry


class CaseFigureRow(OwnedRow):
    """What is counted of one case, and the opaque id by which files name it. Made once: an id that was told stays.

    No personal data by itself, but it leads to the case. Kept as long as the case's row, which outlasts its disposal.
    """

    case = models.OneToOneField("casework.Case", on_delete=models.PROTECT, related_name="+")
    event_id = models.CharField(max_length=32)
    procedure = models.CharField(max_length=20)
    received_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    business_days = models.PositiveIntegerField(null=True, blank=True)
    entry = models.CharField(max_length=8, choices=Entry.choices())
    identities_by_person = models.PositiveIntegerField(default=0)
    handovers_by_person = models.PositiveIntegerField(default=0)
    typed_entries = models.PositiveIntegerField(default=0)

    class Meta(OwnedRow.Meta):
        """An id leads to one case; a day finds what came and what was answered."""

        verbose_name = "申請の記録（指標用）"
        constraints = [models.UniqueConstraint(fields=["organisation", "event_id"], name="figure_event_once")]
        indexes = [
            models.Index(fields=["organisation", "received_on"], name="figure_by_received"),
            models.Index(fields=["organisation", "answered_on"], name="figure_by_answered"),
        ]


class FigureDayRow(OwnedRow):
    """One Japanese day: what was written of it last（revision, SHA-256 of its events）, and whether it is to be written.

    No personal data. Kept for good: its revisions must never begin anew.
    """

    day = models.DateField()
    revision = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    events = models.PositiveIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0)
    is_due = models.BooleanField(default=True)
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """One row per day; what is due is found without the rest."""

        verbose_name = "記録を送った日"
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="figure_day_once")]
        indexes = [models.Index(fields=["organisation", "is_due", "day"], name="figure_day_due")]


class FiguresMarkRow(OwnedRow):
    """How far the timelines of a body were read（the last entry's number）, and on which day last. No personal data."""

    seen_event = models.BigIntegerField(default=0)
    looked_on = models.DateField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """One per body."""

        verbose_name = "記録の読取り位置"
        constraints = [models.UniqueConstraint(fields=["organisation"], name="figures_mark_once")]
