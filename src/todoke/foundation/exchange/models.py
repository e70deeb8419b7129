"""Files on their way out and in, and whose keys are believed."""

from django.db import models

from todoke.foundation.rows import LeasedRow, OwnedRow

from .values import IncomingState, OutgoingState


class ExchangePeer(OwnedRow):
    """One public key of another body that this one believes. Never removed, only ended. No personal data."""

    peer = models.CharField(max_length=6)
    public_key = models.CharField(max_length=64)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    registered_by = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """One key once per body."""

        verbose_name = "受け渡しの相手"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "peer", "public_key"], name="exchange_peer_once")
        ]


class OutgoingFile(LeasedRow):
    """One file of this body on its way to another: durable before it is written outside. No personal data, by its kinds."""

    kind = models.CharField(max_length=40)
    recipient = models.CharField(max_length=6)
    number = models.PositiveIntegerField()
    as_of = models.DateField()
    made_at = models.DateTimeField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=OutgoingState.choices())
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta(LeasedRow.Meta):
        """Each number once; the worker's way to what is ready."""

        verbose_name = "送付ファイル"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "recipient", "kind", "number"], name="outgoing_number_once"
            )
        ]
        indexes = [models.Index(fields=["organisation", "state", "due_at"], name="outgoing_due")]


class IncomingFile(LeasedRow):
    """One verified file of another body, its own queue entry until the stage of its kind has taken it."""

    kind = models.CharField(max_length=40)
    sender = models.CharField(max_length=6)
    number = models.PositiveIntegerField()
    as_of = models.DateField()
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=IncomingState.choices())
    code = models.CharField(max_length=16, default="", blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta(LeasedRow.Meta):
        """Each number once; the stage's way to its files."""

        verbose_name = "届いたファイル"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "sender", "kind", "number"], name="incoming_number_once"
            )
        ]
        indexes = [models.Index(fields=["organisation", "kind", "state", "due_at"], name="incoming_due")]
