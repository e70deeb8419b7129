"""The table of choices; append-only."""

from django.db import models

from todoke.foundation.rows import OwnedRow

from .values import Checker


class RevocationChoiceRow(OwnedRow):
    """One choice of how revocation is checked, by a named administrator. Append-only: a later row replaces an earlier.

    No personal data beyond the number of the member of staff. Kept as long as evidence that cites it.
    """

    channel = models.ForeignKey(
        "casework.Channel", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    procedure = models.CharField(max_length=20, default="", blank=True)
    checker = models.CharField(max_length=20, choices=Checker.choices())
    reason = models.CharField(max_length=500)
    chosen_by = models.CharField(max_length=64)
    chosen_at = models.DateTimeField()
    valid_from = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """Read whole: there are few."""

        verbose_name = "検証方法の選択"
