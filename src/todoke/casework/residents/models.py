"""Copies of resident records in generations."""

from django.db import models

from todoke.foundation.rows import OwnedInOrder, OwnedRow

from .values import GenerationState, LoadKind, ResidentStatus, Sex


class ResidentGeneration(OwnedRow):
    """One load of resident records of a body. Rows count only while their generation is current. No personal data."""

    state = models.CharField(max_length=8, choices=GenerationState.choices())
    kind = models.CharField(max_length=12, choices=LoadKind.choices())
    source = models.CharField(max_length=100)
    profile = models.CharField(max_length=40)
    rows = models.PositiveBigIntegerField(default=0)
    bad_rows = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField()
    loaded_at = models.DateTimeField(null=True, blank=True)
    loaded_by = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """One load of a body at a time: a later one takes over."""

        verbose_name = "住民記録の写しの世代"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(state=GenerationState.LOADING.value),
                name="one_resident_load",
            ),
        ]  # fmt: skip


class ResidentRecord(OwnedInOrder):
    """One person or body as the copy of the resident register has it. Personal data, all of it.

    Kept until a later full load replaces its generation: what a decision rested on stands in the party's comparison.
    """

    generation = models.ForeignKey(ResidentGeneration, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=15)
    name = models.CharField(max_length=200)
    kana = models.CharField(max_length=200, default="", blank=True)
    other_names = models.CharField(max_length=400, default="", blank=True)
    birth = models.CharField(max_length=40, default="", blank=True)
    sex = models.CharField(max_length=1, choices=Sex.choices(), default="", blank=True)
    address = models.CharField(max_length=400, default="", blank=True)
    previous_address = models.CharField(max_length=400, default="", blank=True)
    household = models.CharField(max_length=20, default="", blank=True)
    relation = models.CharField(max_length=40, default="", blank=True)
    status = models.CharField(max_length=12, choices=ResidentStatus.choices())
    moved_in = models.DateField(null=True, blank=True)
    status_since = models.DateField(null=True, blank=True)
    is_restricted = models.BooleanField(default=False)
    insured_number = models.CharField(max_length=20, default="", blank=True)
    name_key = models.CharField(max_length=200, default="", blank=True)
    kana_key = models.CharField(max_length=200, default="", blank=True)

    class Meta(OwnedInOrder.Meta):
        """Found by number, by household, and by birth（the most telling of the keys; names are compared after）."""

        verbose_name = "住民記録の写し"
        indexes = [
            models.Index(fields=["organisation", "number"], name="resident_by_number"),
            models.Index(fields=["organisation", "household"], name="resident_by_household"),
            models.Index(fields=["organisation", "birth", "name_key"], name="resident_by_birth"),
            models.Index(
                fields=["organisation", "insured_number"], name="resident_by_insured",
                condition=models.Q(insured_number__gt=""),
            ),
        ]  # fmt: skip
