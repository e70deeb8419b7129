"""The table of editions that bodies use; append-only."""

from django.db import models

from todoke.foundation.rows import OwnedRow

from .values import EditionOrigin


class EditionRow(OwnedRow):
    """One edition as a body uses it: its canonical document, compressed, with its hash. Append-only, no personal data.

    Kept for good: plans pin editions, and a figure of years ago must be explainable.
    """

    # No index of its own: the constraint below begins with the body.
    organisation = models.ForeignKey(
        "foundation.Organisation", to_field="code", on_delete=models.PROTECT, related_name="+", max_length=6,
        db_index=False,
    )  # fmt: skip
    pack = models.CharField(max_length=200)
    edition = models.CharField(max_length=32)
    release = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    document = models.BinaryField()
    origin = models.CharField(max_length=10, choices=EditionOrigin.choices())
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """An edition is kept once."""

        verbose_name = "手順書の版"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "pack", "edition", "release"], name="edition_kept_once"
            )
        ]
