"""The tables of the relay: channels, packages, and how far each channel has been read."""

from django.db import models
from django.db.models import Q

from todoke.foundation.rows import LeasedRow, OwnedInOrder, OwnedRow

from .values import ChannelKind, PackageState, RecordedStanding


class Channel(OwnedRow):
    """One way by which packages reach a body. No personal data; secrets lie in files; kept as long as the body."""

    name = models.CharField(max_length=32)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.label) for kind in ChannelKind])
    profile = models.CharField(max_length=200)
    layout = models.CharField(max_length=200)
    settings = models.TextField(default="{}")
    is_active = models.BooleanField(default=True)

    class Meta(OwnedRow.Meta):
        """One name once per body."""

        verbose_name = "受付経路"
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="channel_name_once")]


class Package(LeasedRow):
    """One stored 申請データ and what became of it. Personal data: only inside the blob. Kept as the 原本 is.

    `portal_received_at` is the channel's 受付日時, `received_at` is ours; `listed_at` is the newest 受付日時 under
    which the channel has shown these bytes. `disposed_at`: since when its bytes and label are gone; number and hash stay,
    so that the same bytes sent once more are still known.
    """

    uuid = models.UUIDField(unique=True)
    channel = models.ForeignKey("casework.Channel", on_delete=models.PROTECT, related_name="+")
    receipt_number = models.CharField(max_length=40)
    content_hash = models.CharField(max_length=64)
    blob = models.ForeignKey("foundation.Blob", on_delete=models.PROTECT, related_name="+")
    size = models.BigIntegerField()
    procedure_hint = models.CharField(max_length=20, default="", blank=True)
    file_label = models.CharField(max_length=200, default="", blank=True)
    portal_received_at = models.DateTimeField(null=True, blank=True)
    listed_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=[(state.value, state.label) for state in PackageState])
    code = models.CharField(max_length=16, default="", blank=True)
    facts = models.TextField(default="{}")
    waits_for = models.CharField(max_length=40, default="", blank=True)
    disposed_at = models.DateTimeField(null=True, blank=True)

    class Meta(LeasedRow.Meta):
        """The same bytes under the same number are one package; a settled one has a code unless accepted."""

        verbose_name = "申請データ"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "channel", "receipt_number", "content_hash"], name="package_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PackageState]), name="package_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=PackageState.QUARANTINED.value) | ~Q(code=""),
                name="package_quarantine_has_code",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "due_at"], name="package_due"),
            models.Index(fields=["organisation", "receipt_number"], name="package_receipt"),
            models.Index(
                fields=["organisation", "waits_for"], condition=~Q(waits_for=""), name="package_waiting"
            ),
        ]


class RecordedCheckRow(OwnedInOrder):
    """One verification result that a channel delivered with a package, as received. Personal data: it may name a serial.

    Never changed: a channel that says something else later adds a row. Kept as the 原本 is.
    """

    package = models.ForeignKey(
        "casework.Package", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    digest = models.CharField(max_length=64)
    received = models.TextField()
    standing = models.CharField(max_length=8, choices=[(one.value, one.label) for one in RecordedStanding])
    checked_by = models.CharField(max_length=200, default="", blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    means = models.CharField(max_length=200, default="", blank=True)
    since = models.DateTimeField(null=True, blank=True)
    serial = models.CharField(max_length=100, default="", blank=True)
    source = models.CharField(max_length=200)
    noted_at = models.DateTimeField()

    class Meta(OwnedInOrder.Meta):
        """The same words about the same package once."""

        verbose_name = "受付経路の検証結果"
        constraints = [models.UniqueConstraint(fields=["package", "digest"], name="recorded_check_once")]


class Watermark(LeasedRow):
    """How far one channel has been read; its lease lets one worker read it at a time. No personal data."""

    channel = models.OneToOneField("casework.Channel", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    position = models.DateTimeField(null=True, blank=True)
    is_complete = models.BooleanField(default=False)

    class Meta(LeasedRow.Meta):
        """Claimed by kind of channel."""

        verbose_name = "受信の位置"


class RelayRun(OwnedRow):
    """One pull of one channel: what was listed, stored, known and what failed. No personal data; kept one year."""

    channel = models.ForeignKey("casework.Channel", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    is_complete = models.BooleanField(default=False)
    listed = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    failures = models.TextField(default="[]")
    list_code = models.CharField(max_length=16, default="", blank=True)

    class Meta(OwnedRow.Meta):
        """The newest run of a channel is asked for."""

        verbose_name = "受信の記録"
        indexes = [models.Index(fields=["channel", "id"], name="run_of_channel")]
