"""Which sets were taken and verified, and which restores still hold back what goes outside."""

from django.db import models

from todoke.foundation.rows import OwnedRow

from .values import BackupAct


class BackupRecord(OwnedRow):
    """One set of backups as one body's records know it: taken, verified or found faulty. No personal data."""

    set_name = models.CharField(max_length=40)
    act = models.CharField(max_length=8, choices=BackupAct.choices())
    taken_at = models.DateTimeField()
    at = models.DateTimeField()
    code = models.CharField(max_length=16, default="", blank=True)
    size = models.PositiveBigIntegerField(default=0)

    class Meta(OwnedRow.Meta):
        """The newest is asked for."""

        verbose_name = "控えの記録"
        indexes = [models.Index(fields=["organisation", "act", "at"], name="backup_by_act")]


class Restoration(OwnedRow):
    """One restore（復元）of a body. While `closed_at` is empty, what has no release goes nowhere. No personal data.

    `lost_entries`: how many sealed audit entries after the set the seals outside tell of.
    """

    set_name = models.CharField(max_length=40)
    taken_at = models.DateTimeField()
    restored_at = models.DateTimeField()
    lost_entries = models.PositiveBigIntegerField(default=0)
    lost_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """At most one restore of a body holds."""

        verbose_name = "復元"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(closed_at=None), name="restoration_one_open"
            )
        ]


class Release(OwnedRow):
    """One destination after a restore: when its ledger was compared, and who let sending begin again."""

    restoration = models.ForeignKey(Restoration, on_delete=models.PROTECT, related_name="releases")
    destination = models.CharField(max_length=60)
    compared_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=64, default="", blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)

    class Meta(OwnedRow.Meta):
        """A destination once per restore."""

        verbose_name = "送信再開"
        constraints = [
            models.UniqueConstraint(fields=["restoration", "destination"], name="release_destination_once")
        ]
