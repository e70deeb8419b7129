"""Which section answers for a procedure."""

from django.db import models

from todoke.foundation.rows import OwnedRow


class ProcedureDesk(OwnedRow):
    """One procedure of one body: its section, whether it is switched on, its 締切, the body's own signature rule."""

    procedure = models.CharField(max_length=20)
    section = models.ForeignKey("foundation.Section", on_delete=models.PROTECT, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    needs_signature = models.BooleanField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """One row per procedure and body."""

        verbose_name = "手続の担当"
        constraints = [models.UniqueConstraint(fields=["organisation", "procedure"], name="desk_once")]
