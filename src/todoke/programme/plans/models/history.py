"""What became of plans: proofs, changes, snapshots, adoptions; and the drafts that they are made of."""

import uuid

from django.db import models

from todoke.foundation.rows import OwnedRow
from todoke.programme.plans.values import AdoptionAct, ChangeAct, PlanKind, SetupStep, TargetKind

from .content import PlanRow


class PlanEvidenceRow(OwnedRow):
    """Where one proof of an item lies（文書番号、場所）; items hold its uuid. Append-only."""

    plan = models.ForeignKey(PlanRow, on_delete=models.PROTECT, related_name="+")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    label = models.CharField(max_length=200)
    place = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """Asked for by plan."""

        verbose_name = "取組の根拠資料"


class PlanChangeRow(OwnedRow):
    """One change of a plan or of something in it: the columns before and after, who and when. Append-only.

    `undoes` is the number of the change that this one takes back.
    """

    plan = models.ForeignKey(PlanRow, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=8, choices=ChangeAct.choices())
    target = models.CharField(max_length=8, choices=TargetKind.choices())
    uuid = models.UUIDField()
    label = models.CharField(max_length=500)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    undoes = models.PositiveIntegerField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """Numbered within the plan."""

        verbose_name = "計画の変更"
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_change_number")]


class PlanSnapshotRow(OwnedRow):
    """A whole plan at one moment: canonical JSON（zlib）and its SHA-256; the same plan is kept once. Append-only."""

    plan = models.ForeignKey(PlanRow, on_delete=models.PROTECT, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """One row for one content."""

        verbose_name = "計画の写し"
        constraints = [models.UniqueConstraint(fields=["plan", "sha256"], name="plan_snapshot_once")]


class AdoptionRow(OwnedRow):
    """One act on an edition: adopted, undone, redone; by whom, with which decisions, the plan before and after. Append-only.

    `sheet` is the 改定影響票 as it was decided（JSON, zlib）; `changes` is how many lines the plan's log had then.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    plan = models.ForeignKey(PlanRow, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    changes = models.PositiveIntegerField()
    act = models.CharField(max_length=8, choices=AdoptionAct.choices())
    pack = models.CharField(max_length=200)
    base_edition = models.CharField(max_length=40)
    base_release = models.PositiveIntegerField()
    new_edition = models.CharField(max_length=40)
    new_release = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    before = models.ForeignKey(PlanSnapshotRow, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(PlanSnapshotRow, on_delete=models.PROTECT, related_name="+")
    sheet = models.BinaryField(default=b"")
    sheet_sha256 = models.CharField(max_length=64, default="", blank=True)
    counts = models.JSONField(default=dict, blank=True)
    decisions = models.JSONField(default=dict, blank=True)
    of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(OwnedRow.Meta):
        """Numbered within the plan."""

        verbose_name = "版の採用"
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="adoption_number")]


class SetupDraftRow(OwnedRow):
    """A plan being set up: what has been typed so far, by question. Kept when the plan is made. No personal data."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=16, choices=PlanKind.choices())
    title = models.CharField(max_length=100)
    pack = models.CharField(max_length=200)
    edition = models.CharField(max_length=40)
    release = models.PositiveIntegerField()
    step = models.CharField(max_length=12, choices=SetupStep.choices())
    answers = models.JSONField(default=dict, blank=True)
    started_on = models.DateField()
    updated_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    plan = models.OneToOneField(PlanRow, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(OwnedRow.Meta):
        """Listed by date."""

        verbose_name = "作りかけの計画"
