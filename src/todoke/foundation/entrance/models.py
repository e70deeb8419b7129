"""Second steps, recovery codes and open sessions."""

from django.db import models

from todoke.foundation.rows import OwnedRow


class SecondFactor(OwnedRow):
    """The second step of one person's signing in（TOTP, RFC 6238）: a secret sealed by the body's key. Kept until reset.

    `confirmed_at` is empty until the first right code. `last_step` is the last time step that was used: none twice.
    """

    staff = models.OneToOneField("foundation.Staff", on_delete=models.PROTECT, related_name="second_factor")
    sealed_secret = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """Inherits the fence."""

        verbose_name = "二段階目"


class RecoveryCode(OwnedRow):
    """One code that stands in once for a lost authenticator. Holds a hash only. Kept until reset."""

    staff = models.ForeignKey("foundation.Staff", on_delete=models.PROTECT, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """A code once per person."""

        verbose_name = "回復コード"
        constraints = [models.UniqueConstraint(fields=["staff", "code_hash"], name="recovery_code_once")]


class DeskSession(OwnedRow):
    """One signed-in browser of one person: where and when it began. Removed once Django's own session has ended.

    `session_key` is the key of Django's session; ending one here removes that.
    """

    staff = models.ForeignKey("foundation.Staff", on_delete=models.PROTECT, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    begun_at = models.DateTimeField()
    terminal = models.CharField(max_length=64, default="", blank=True)
    program = models.CharField(max_length=40, default="", blank=True)

    class Meta(OwnedRow.Meta):
        """Found by person."""

        verbose_name = "サインインの状態"
        indexes = [models.Index(fields=["organisation", "staff"], name="session_by_staff")]
