"""Holds, lists on their way, and what became of each line."""

import uuid

from django.db import models
from django.db.models import Q

from todoke.foundation.rows import LeasedRow, OwnedInOrder, OwnedRow

from .values import DisposalState, Ground, HoldTarget, RecordKind, RunState


class LegalHoldRow(OwnedRow):
    """One hold: what must not be disposed of, why, by whom. Never removed, only lifted. Reasons name nobody.

    `meant` is the code of a procedure or the outside name of an application. Kept as long as the certificates.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    target = models.CharField(max_length=12, choices=HoldTarget.choices())
    meant = models.CharField(max_length=64, default="", blank=True)
    ground = models.CharField(max_length=12, choices=Ground.choices())
    reason = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=64)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=64, default="", blank=True)
    lifted_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta(OwnedRow.Meta):
        """The open ones are asked for before anything goes."""

        verbose_name = "廃棄の停止"
        indexes = [
            models.Index(
                fields=["organisation", "target"], condition=Q(lifted_at__isnull=True), name="hold_open"
            )
        ]


class DisposalRun(LeasedRow):
    """One list of what one rule lets go, from its proposal to its certificate; its own queue entry. No personal data.

    The certificate is canonical JSON without names; its hash stands in the audit. Kept for good: it proves the deletion
    （PPC GL 別添1 2E-d）.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    rule = models.CharField(max_length=32)
    rule_name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=RecordKind.choices())
    rules_sha256 = models.CharField(max_length=64)
    as_of = models.DateField()
    count = models.PositiveIntegerField()
    list_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=RunState.choices())
    proposal = models.ForeignKey(
        "foundation.ProposalRow", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=64, default="", blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    disposed = models.PositiveIntegerField(default=0)
    certificate = models.TextField(default="", blank=True)
    certificate_sha256 = models.CharField(max_length=64, default="", blank=True)

    class Meta(LeasedRow.Meta):
        """One list of a rule at a time; the worker's way to what is approved."""

        verbose_name = "廃棄一覧"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "rule"],
                condition=Q(state__in=[RunState.PROPOSED.value, RunState.APPROVED.value]),
                name="one_open_disposal",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "due_at"], name="disposal_due")]


class DisposalItem(OwnedInOrder):
    """One line of a list: one record by id, since when it is due, and what became of it. No personal data.

    `hashes` are those of the destroyed originals; `certificates` those of signers, until they are swept.
    """

    run = models.ForeignKey(DisposalRun, on_delete=models.PROTECT, related_name="items", db_index=False)
    number = models.PositiveIntegerField()
    record = models.BigIntegerField()
    uuid = models.UUIDField(null=True, blank=True)
    ended_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=12, choices=DisposalState.choices())
    at = models.DateTimeField(null=True, blank=True)
    hashes = models.TextField(default="", blank=True)
    certificates = models.TextField(default="", blank=True)

    class Meta(OwnedInOrder.Meta):
        """Each record once in a list; the next one to go is found without reading the rest."""

        verbose_name = "廃棄一覧の一件"
        constraints = [models.UniqueConstraint(fields=["run", "record"], name="disposal_item_once")]
        indexes = [models.Index(fields=["run", "state", "number"], name="disposal_item_next")]
