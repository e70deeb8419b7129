"""The list of protected persons."""

from django.db import models

from todoke.foundation.rows import OwnedRow

from .values import ProtectionKind, ProtectionSource


class ProtectedPersonRow(OwnedRow):
    """One protection of one person. Highly personal: that somebody is on the list at all. Never removed, only ended.

    `name_key`, `kana_key`, `birth` are keys for comparing the unidentified with, where the list gave them.
    `review_at`: when the cases of the person have to be looked at once more; empty when never.
    """

    number = models.CharField(max_length=15)
    kind = models.CharField(max_length=16, choices=ProtectionKind.choices())
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    name_key = models.CharField(max_length=200, default="", blank=True)
    kana_key = models.CharField(max_length=200, default="", blank=True)
    birth = models.CharField(max_length=10, default="", blank=True)
    source = models.CharField(max_length=8, choices=ProtectionSource.choices())
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=64, default="", blank=True)
    review_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """One line per person, reason and first day; a later list may give it a last day."""

        verbose_name = "支援措置対象者"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number", "kind", "starts_on"], name="protection_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "review_at"], name="protection_to_review",
                condition=models.Q(review_at__isnull=False),
            ),
        ]  # fmt: skip
