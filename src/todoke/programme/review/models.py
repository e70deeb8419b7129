"""Decision cards and monthly closes."""

import uuid

from django.db import models

from todoke.foundation.rows import OwnedRow

from .values import CardState, Outcome, SignalKind


class CardRow(OwnedRow):
    """One decision card（OODA）of a plan. Texts name measures, not persons; the decider is a staff id. Kept with the plan."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    plan = models.UUIDField()
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=CardState.choices())
    signal_kind = models.CharField(max_length=12, choices=SignalKind.choices())
    signal_before = models.CharField(max_length=200, default="", blank=True)
    signal_after = models.CharField(max_length=200, default="", blank=True)
    situation = models.TextField(default="", blank=True)
    options = models.JSONField(default=list, blank=True)
    chosen = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.TextField(default="", blank=True)
    decider = models.CharField(max_length=64, default="", blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    review_by = models.DateField(null=True, blank=True)
    difference = models.JSONField(default=list, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices(), default="", blank=True)
    learnt = models.TextField(default="", blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)

    class Meta(OwnedRow.Meta):
        """A plan's cards, and those whose review is due."""

        verbose_name = "意思決定の記録"
        indexes = [models.Index(fields=["organisation", "plan", "state", "review_by"], name="card_of_plan")]


class CloseRow(OwnedRow):
    """One signed close of one month of a plan（PDCA）. Append-only; a correction is the next revision. No personal data.

    `document` is canonical JSON; the signature is that of the installation's sealing key over it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    plan = models.UUIDField()
    month = models.DateField()
    revision = models.PositiveSmallIntegerField()
    document = models.TextField()
    comment = models.TextField(default="", blank=True)
    reason = models.CharField(max_length=400, default="", blank=True)
    signed_by = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    class Meta(OwnedRow.Meta):
        """Each revision of a month once."""

        verbose_name = "月次の締め"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "plan", "month", "revision"], name="close_once")
        ]
