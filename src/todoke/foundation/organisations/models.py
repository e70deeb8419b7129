"""Bodies and their sections."""

from django.db import models

from todoke.foundation.rows import OwnedRow

from .values import OrganisationKind


class Organisation(models.Model):
    """One body（団体）. A reference table: outside the fence, because scopes are chosen from it. No personal data.

    `parent_code`: whom it submits its programme to（市区町村 → 都道府県 → 国）.
    """

    code = models.CharField(max_length=6, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices())
    parent_code = models.CharField(max_length=6, default="", blank=True)
    registered_at = models.DateTimeField()

    class Meta:
        """Listed by code."""

        verbose_name = "団体"
        ordering = ["code"]


class Section(OwnedRow):
    """One section（課・係）of a body. No personal data; kept as long as the body."""

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=100)

    class Meta(OwnedRow.Meta):
        """One code once per body."""

        verbose_name = "組織（課・係）"
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="section_code_once")]
