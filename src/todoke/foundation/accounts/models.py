"""Staff, their sign-in names and their appointments."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from todoke.foundation.rows import OwnedRow

from .values import Role, Use


class Staff(OwnedRow, AbstractBaseUser):
    """One member of staff. Name is personal data of staff; kept while employed and as long as the audit."""

    sign_in_name = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)
    active_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "sign_in_name"

    class Meta(OwnedRow.Meta):
        """Inherits the fence."""

        verbose_name = "職員"


class SignInName(models.Model):
    """Which body a sign-in name belongs to. Outside the fence: it is read before a scope can be chosen."""

    name = models.CharField(max_length=64, unique=True)
    organisation = models.ForeignKey(
        "foundation.Organisation", to_field="code", on_delete=models.PROTECT, related_name="+", max_length=6
    )

    class Meta:
        """A reference table."""

        verbose_name = "サインイン名"


class RoleGrant(OwnedRow):
    """One appointment of one member of staff, for a section or the whole body. Kept as long as the audit.

    `valid_until`: the last day（異動日）on which it counts.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=32, choices=Role.choices())
    section = models.ForeignKey("foundation.Section", on_delete=models.PROTECT, null=True, blank=True)
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=64)
    valid_until = models.DateField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """One role once per section."""

        verbose_name = "役割付与"
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "role", "section"], name="grant_once", nulls_distinct=False
            ),
        ]


class OneTimeLink(models.Model):
    """One link that signs its first user in once（初回設定・デモ）. Holds a hash only; outside the fence."""

    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=16)
    staff_id = models.BigIntegerField(null=True, blank=True)
    organisation_code = models.CharField(max_length=6, default="", blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A reference table."""

        verbose_name = "一回限りのリンク"


class SignInTries(models.Model):
    """Failed tries to sign in with one name from one address. Holds a keyed hash of the two; outside the fence."""

    key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    refused_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A reference table."""

        verbose_name = "サインインの失敗"


class UseCount(OwnedRow):
    """How often one person did one counted thing within one window of time. Kept for a week.

    `staff_id` is the person's number as the audit has it, not a key: counting must never stop the counted.
    """

    staff_id = models.BigIntegerField()
    use = models.CharField(max_length=12, choices=Use.choices())
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta(OwnedRow.Meta):
        """One row per person, use and window."""

        verbose_name = "利用回数"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "staff_id", "use", "window"], name="use_once_a_window"
            )
        ]
