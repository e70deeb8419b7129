"""The table of editions that bodies use; append-only."""

from django.db import models

from todoke.foundation.rows import OwnedInOrder

from .values import EditionOrigin


class EditionRow(OwnedInOrder):
    """One edition as a body uses it: its canonical document, compressed, with its hash. Append-only, no personal data.

    Kept for good: plans pin editions, and a figure of years ago must be explainable.
    """

    pack = models.CharField(max_length=200)
    edition = models.CharField(max_length=32)
    release = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    document = models.BinaryField()
    origin = models.CharField(max_length=10, choices=EditionOrigin.choices())
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=64)

    class Meta(OwnedInOrder.Meta):
        """An edition is kept once."""

        verbose_name = "手順書の版"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "pack", "edition", "release"], name="edition_kept_once"
            )
        ]
