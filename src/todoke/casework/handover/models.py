"""Core systems, the hand-over ledger with one row per application and sending, and the batch files."""

from django.db import models

from todoke.foundation.rows import LeasedRow, OwnedInOrder, OwnedRow

from .values import AdapterKind, BatchState, HandoverKind, HandoverState


class CoreSystem(LeasedRow):
    """One core system of a body: how it is reached and how far its receipts are read. No personal data.

    Its own lease lets one worker read receipts at a time. Kept as long as the ledger.
    """

    name = models.CharField(max_length=40)
    profile = models.CharField(max_length=200)
    adapter = models.CharField(max_length=12, choices=AdapterKind.choices())
    settings = models.TextField(default="{}")
    is_active = models.BooleanField(default=True)
    is_stopped = models.BooleanField(default=False)
    next_number = models.PositiveIntegerField(default=1)
    receipts_cursor = models.PositiveBigIntegerField(default=0)
    away_since = models.DateTimeField(null=True, blank=True)

    class Meta(LeasedRow.Meta):
        """One name once per body."""

        verbose_name = "基幹システム"
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="core_name_once")]


class Batch(LeasedRow):
    """One batch file. Its bytes are pinned in the vault; personal data only there. Kept as long as the ledger.

    `part` 0 is the first sending; a later part repeats rows of the same number that were never acknowledged.
    `disposed_at`: since when its bytes are gone; name, number and hash stay.
    """

    core_system = models.ForeignKey("casework.CoreSystem", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    part = models.PositiveIntegerField(default=0)
    file_name = models.CharField(max_length=100)
    row_count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    blob = models.ForeignKey("foundation.Blob", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=BatchState.choices())
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    disposed_at = models.DateTimeField(null=True, blank=True)

    class Meta(LeasedRow.Meta):
        """A number and part once; the worker's way to what is due."""

        verbose_name = "一括取込ファイル"
        constraints = [
            models.UniqueConstraint(fields=["core_system", "number", "part"], name="batch_once"),
            models.UniqueConstraint(fields=["core_system", "file_name"], name="batch_file_once"),
        ]
        indexes = [models.Index(fields=["organisation", "state", "due_at"], name="batch_due")]


class Handover(OwnedInOrder, LeasedRow):
    """One application, or its cancellation, towards one core system: the ledger row, and its own queue entry.

    After a refusal the row stays as it is and a new one with the next version is made. `case_version` is that of the
    case whose content was pinned in the batch. `hold_facts` may hold the characters in question, the refusal message
    what the core wrote. Personal data: these only. `cancels` is the row that a cancellation takes back;
    `cancelled_by_hand_at` when a clerk confirmed that the core was told without us. Kept as long as the case.
    """

    core_system = models.ForeignKey("casework.CoreSystem", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(
        "casework.Case", on_delete=models.PROTECT, related_name="handovers", db_index=False
    )
    kind = models.CharField(
        max_length=12, choices=HandoverKind.choices(), default=HandoverKind.NEW.value, db_default="new"
    )
    cancels = models.ForeignKey(
        "casework.Handover", on_delete=models.PROTECT, null=True, blank=True, related_name="cancellations"
    )
    cancelled_by_hand_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    idempotency_key = models.CharField(max_length=64)
    case_version = models.PositiveIntegerField(default=0)
    receipt_number = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=HandoverState.choices())
    hold_code = models.CharField(max_length=16, default="", blank=True)
    hold_facts = models.TextField(default="{}")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="rows")
    row_offset = models.PositiveBigIntegerField(default=0)
    row_length = models.PositiveIntegerField(default=0)
    row_sha256 = models.CharField(max_length=64, default="", blank=True)
    prepared_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    receipted_at = models.DateTimeField(null=True, blank=True)
    refusal_code = models.CharField(max_length=32, default="", blank=True)
    refusal_message = models.CharField(max_length=400, default="", blank=True)

    class Meta(LeasedRow.Meta):
        """One key once; one row per case and kind that is not refused; a held row says why; a sent row is pinned."""

        verbose_name = "引渡し台帳"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "idempotency_key"], name="handover_key_once"),
            models.UniqueConstraint(
                fields=["core_system", "case", "kind", "version"], name="handover_version_once"
            ),
            models.UniqueConstraint(
                fields=["core_system", "case", "kind"],
                condition=~models.Q(state=HandoverState.REFUSED.value),
                name="handover_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=HandoverKind.NEW.value, cancels__isnull=True)
                | models.Q(kind=HandoverKind.CANCELLATION.value, cancels__isnull=False),
                name="handover_cancels_one",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=HandoverState.HELD.value) | ~models.Q(hold_code=""),
                name="handover_hold_has_code",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[HandoverState.HELD.value, HandoverState.READY.value])
                | (models.Q(batch__isnull=False) & ~models.Q(row_sha256="")),
                name="handover_sent_is_pinned",
            ),
        ]
        indexes = [
            # in the order in which rows are claimed: the first hundred of a million that wait are read, not all
            models.Index(fields=["organisation", "core_system", "state", "id"], name="handover_queue"),
            models.Index(fields=["organisation", "batch", "state"], name="handover_of_batch"),
            models.Index(fields=["organisation", "id"], name="handover_of_body"),
            models.Index(fields=["organisation", "case"], name="handover_of_case"),
        ]


class Substitute(OwnedRow):
    """One character of one hand-over that a clerk replaced（代替文字）. Personal data at most the character itself."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="substitutes")
    element = models.CharField(max_length=16)
    replacement = models.CharField(max_length=16)
    chosen_by = models.CharField(max_length=64)
    chosen_at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """One replacement per character and hand-over."""

        verbose_name = "代替文字"
        constraints = [models.UniqueConstraint(fields=["handover", "element"], name="substitute_once")]


class UnexpectedReceipt(OwnedRow):
    """One receipt for a key that we never made（bad-inputs F17）: an alarm for a person. No personal data."""

    core_system = models.ForeignKey("casework.CoreSystem", on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveBigIntegerField()
    batch_name = models.CharField(max_length=100)
    key = models.CharField(max_length=64)
    seen_at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """One alarm per receipt."""

        verbose_name = "覚えのない受領通知"
        constraints = [models.UniqueConstraint(fields=["core_system", "seq"], name="alarm_once")]


class CoreLedgerRow(OwnedRow):
    """One row of the core system's ledger as last fetched, for the 突合表; since `fetched_at` it says so. No personal data."""

    core_system = models.ForeignKey("casework.CoreSystem", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    row_sha256 = models.CharField(max_length=64)
    outcome = models.CharField(max_length=12)
    fetched_at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """One key once."""

        verbose_name = "基幹側の台帳の写し"
        constraints = [models.UniqueConstraint(fields=["core_system", "key"], name="core_ledger_once")]
