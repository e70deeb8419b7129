"""Entries, the chain over them, and the seals; the first two are append-only by database triggers."""

from django.db import models

from todoke.foundation.rows import OwnedRow

from .values import ActorKind, Stream


class AuditEntry(OwnedRow):
    """One thing done or seen. Append-only. Ids and codes only, no personal data. Kept seven years by default."""

    stream = models.CharField(max_length=8, choices=Stream.choices())
    at = models.DateTimeField()
    stamp = models.CharField(max_length=27)
    actor_kind = models.CharField(max_length=8, choices=ActorKind.choices())
    actor_id = models.CharField(max_length=64)
    terminal = models.CharField(max_length=64, default="", blank=True)
    action = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64)
    purpose = models.CharField(max_length=200, default="", blank=True)
    facts = models.TextField(default="{}")

    class Meta(OwnedRow.Meta):
        """Found by object and by person."""

        verbose_name = "監査記録"
        indexes = [
            models.Index(fields=["organisation", "id"], name="audit_by_id"),
            models.Index(fields=["organisation", "object_kind", "object_id"], name="audit_by_object"),
        ]


class AuditLink(OwnedRow):
    """One link of a body's chain: the sequence number of an entry and the hash up to it. Append-only."""

    sequence = models.PositiveBigIntegerField()
    entry_id = models.BigIntegerField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """Gap-free per body; an entry is chained once."""

        verbose_name = "監査連鎖"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "sequence"], name="link_sequence_once"),
            models.UniqueConstraint(fields=["organisation", "entry_id"], name="link_entry_once"),
        ]


class AuditSeal(OwnedRow):
    """One signature（Ed25519）over the head of a body's chain. Append-only; a copy goes to the seal directory."""

    last_sequence = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    stamp = models.CharField(max_length=27)
    signature = models.CharField(max_length=128)

    class Meta(OwnedRow.Meta):
        """One seal per head."""

        verbose_name = "監査封印"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "last_sequence"], name="seal_sequence_once"),
        ]
