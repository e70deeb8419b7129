"""The ledger of effects outside."""

from django.db import models

from todoke.foundation.rows import LeasedRow

from .values import MessageState


class OutboxMessage(LeasedRow):
    """One effect outside: kind, idempotency key, payload (ids and words, no personal data), state, answer."""

    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=100)
    payload = models.TextField()
    state = models.CharField(max_length=8, choices=MessageState.choices())
    put_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, default="", blank=True)
    last_code = models.CharField(max_length=16, default="", blank=True)

    class Meta(LeasedRow.Meta):
        """One key once per kind; the worker's way to due rows."""

        verbose_name = "送信台帳"
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "key"], name="message_once")]
        indexes = [models.Index(fields=["organisation", "kind", "state", "due_at"], name="message_due")]
