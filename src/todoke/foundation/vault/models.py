"""Where each blob lies."""

from django.db import models

from todoke.foundation.rows import OwnedRow


class Blob(OwnedRow):
    """One stored original: segment, place, hash of the plain bytes, wrapped key. Without the key it is gone.

    `key_version` says which version of the body's key wraps it.

    Disposal empties `wrapped_key` for good and dates it in `destroyed_at`; the row stays as proof, and its
    `content_tag` then matches no content, so that equal bytes that come later are stored anew.
    """

    segment = models.CharField(max_length=64)
    offset = models.BigIntegerField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_tag = models.CharField(max_length=64)
    wrapped_key = models.BinaryField()
    key_version = models.PositiveSmallIntegerField(default=1, db_default=1)
    stored_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """Equal contents are stored once per body."""

        verbose_name = "保管した原本"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "content_tag"], name="blob_content_once")
        ]


class Reread(OwnedRow):
    """How far the nightly re-reading（夜間の読み直し）of one body's originals is: one row per body. No personal data.

    `after`: the last original read in this pass. `done` of `share` were read in the night that began on `night`.
    """

    after = models.BigIntegerField(default=0)
    night = models.DateField()
    share = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """One per body."""

        verbose_name = "原本の読み直し"
        constraints = [models.UniqueConstraint(fields=["organisation"], name="reread_once")]


class DamagedOriginal(OwnedRow):
    """One original that could not be read back as it was received, until it can be again. No personal data."""

    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    mended_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """Once per original while it is damaged."""

        verbose_name = "壊れた原本"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "blob"], condition=models.Q(mended_at=None), name="damaged_once"
            )
        ]
