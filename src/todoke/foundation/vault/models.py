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
