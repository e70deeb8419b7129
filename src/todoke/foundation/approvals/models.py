"""Proposals that wait for a second person, and who may confirm alone."""

import uuid

from django.db import models

from todoke.foundation.rows import OwnedRow

from .values import ProposalState


class ProposalRow(OwnedRow):
    """One decision that waits for, or got, a second person's confirmation. Reasons are kept in the audit too."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=32)
    object_kind = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64)
    shown_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=ProposalState.choices(), default=ProposalState.OPEN.value)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_by = models.CharField(max_length=64, default="", blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """One open proposal of a kind about one thing."""

        verbose_name = "確認待ちの提案"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "object_kind", "object_id"],
                condition=models.Q(state="open"), name="one_open_proposal",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organisation", "state", "made_at"], name="proposal_by_state")]


class LoneConfirmer(OwnedRow):
    """One person who may confirm one kind of decision alone（一人の職場）. The audit keeps what ended."""

    kind = models.CharField(max_length=32)
    staff = models.ForeignKey("foundation.Staff", on_delete=models.PROTECT, related_name="+")
    allowed_at = models.DateTimeField()
    allowed_by = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """Allowed once."""

        verbose_name = "一人での確認"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "staff"], name="lone_confirmer_once"),
        ]
