"""Kept forecasts: baselines, weekly forecasts, scenarios. None is ever changed."""

import uuid

from django.db import models

from todoke.foundation.rows import OwnedRow

from .values import ForecastKind


class ForecastRow(OwnedRow):
    """One kept forecast of one plan with all that reproduces it. No personal data but the id of who asked; kept with the plan.

    `result` is zlib-packed canonical JSON: where each activity lay and when it was likely done; `sha256` is of the JSON.
    `calibration` are ratios in per cent. Chances in thousandths. With a `failed_code` nothing could be computed, and why.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    plan = models.UUIDField()
    kind = models.CharField(max_length=12, choices=ForecastKind.choices())
    name = models.CharField(max_length=100, default="", blank=True)
    as_of = models.DateField()
    failed_code = models.CharField(max_length=16, default="", blank=True)
    finish = models.DateField(null=True, blank=True)
    p50 = models.DateField(null=True, blank=True)
    p80 = models.DateField(null=True, blank=True)
    chance_permille = models.PositiveSmallIntegerField(null=True, blank=True)
    runs = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    engine = models.CharField(max_length=40)
    input_hash = models.CharField(max_length=64)
    calibration = models.JSONField(default=list, blank=True)
    result = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """A plan's forecasts of one kind by day."""

        verbose_name = "見通しの記録"
        indexes = [models.Index(fields=["organisation", "plan", "kind", "as_of"], name="forecast_of_plan")]
