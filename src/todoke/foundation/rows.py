"""The abstract rows that the tables of all lines extend: rows of one body, and rows that are their own queue."""

from django.db import models

from todoke.foundation.fence import OwnedManager


class OwnedRow(models.Model):
    """A row that belongs to one 団体 and is seen in its scope only."""

    organisation = models.ForeignKey(
        "foundation.Organisation", to_field="code", on_delete=models.PROTECT, related_name="+", max_length=6
    )

    objects = OwnedManager()

    class Meta:
        """Every path to the rows, Django's own included, goes through the fence."""

        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"


class OwnedInOrder(OwnedRow):
    """A row of a table that is asked much and has no index of the organisation alone.

    SQLite without statistics takes such a one and reads all rows that a body ever had（decision 0027）. The indexes of the table
    begin with the organisation and go on with what is asked for, or begin with what is of one body.
    """

    organisation = models.ForeignKey(
        "foundation.Organisation", to_field="code", on_delete=models.PROTECT, related_name="+", max_length=6,
        db_index=False,
    )  # fmt: skip

    class Meta(OwnedRow.Meta):
        """Inherits the fence."""

        abstract = True


class LeasedRow(OwnedRow):
    """A row that is its own queue entry: due, leased with a fence, counted, parked when it keeps failing."""

    due_at = models.DateTimeField(db_index=False)
    lease_owner = models.CharField(max_length=64, default="", blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    parked_code = models.CharField(max_length=16, default="", blank=True)

    class Meta(OwnedRow.Meta):
        """Inherits the fence."""

        abstract = True
