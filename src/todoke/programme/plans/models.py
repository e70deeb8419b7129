"""Plans and what stands in them, the log of their changes, their snapshots and adoptions; the tools of step 0 and 1.

Nothing of a plan is ever deleted: what is no longer part of it is marked absent, and can come back by an undo.
"""

import uuid
from typing import ClassVar

from django.db import models

from todoke.foundation.rows import OwnedRow
from todoke.programme.packs.values import Basis, LinkType, NodeKind, Relation, Strength

from .values import (
    AdoptionAct,
    CapacityKind,
    ChangeAct,
    FindingKind,
    FindingState,
    ItemState,
    PlanKind,
    SetupStep,
    TargetKind,
    WindowKind,
)


class PlanRow(OwnedRow):
    """One plan（計画）: the editions it pins, its vision, what it covers（`scope`: ScopeEntry as documents）. No personal data.

    `changes` counts the lines of its log, `acts` its adoptions; `version` rises with every change of the row itself.
    """

    CONTENT: ClassVar[tuple[str, ...]] = (
        "title", "kind", "pack", "edition", "release", "overlays", "starts_on", "vision", "principles", "scope", "closed_on",
    )  # fmt: skip

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=16, choices=PlanKind.choices())
    title = models.CharField(max_length=100)
    pack = models.CharField(max_length=200)
    edition = models.CharField(max_length=40)
    release = models.PositiveIntegerField()
    overlays = models.JSONField(default=list, blank=True)
    starts_on = models.DateField()
    vision = models.TextField(default="", blank=True)
    principles = models.JSONField(default=list, blank=True)
    scope = models.JSONField(default=list, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    changes = models.PositiveIntegerField(default=0)
    acts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """Listed by kind."""

        verbose_name = "推進計画"
        indexes = [models.Index(fields=["organisation", "kind"], name="plan_kind")]


class PlanPartRow(OwnedRow):
    """Something that stands in a plan; absent ones are kept and shown in its log only."""

    plan = models.ForeignKey(PlanRow, on_delete=models.PROTECT, related_name="+")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    version = models.PositiveIntegerField(default=1)
    is_present = models.BooleanField(default=True)

    class Meta(OwnedRow.Meta):
        """Inherits the fence."""

        abstract = True


class PlanItemRow(PlanPartRow):
    """One piece of work（取組）, with who does it. Names staff by id; kept as long as the plan."""

    CONTENT: ClassVar[tuple[str, ...]] = (
        "key", "node", "concept_list", "concept", "concept_label", "label", "number", "kind", "parent", "position", "state",
        "reason", "section_id", "person_id", "vendor", "responsible", "accountable", "consulted", "effort", "effort_basis",
        "estimate", "early_startable", "fixed_start", "fixed_finish", "deadline", "deadline_text", "deadline_strength",
        "deliverables", "done_when", "tags", "evidence", "edition", "relation", "sources", "needs_sorting", "is_new", "note",
    )  # fmt: skip

    key = models.CharField(max_length=200)
    node = models.CharField(max_length=100, default="", blank=True)
    concept_list = models.CharField(max_length=60, default="", blank=True)
    concept = models.CharField(max_length=60, default="", blank=True)
    concept_label = models.CharField(max_length=200, default="", blank=True)
    label = models.CharField(max_length=500)
    number = models.CharField(max_length=40, default="", blank=True)
    kind = models.CharField(max_length=16, choices=NodeKind.choices())
    parent = models.UUIDField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, choices=ItemState.choices())
    reason = models.CharField(max_length=1000, default="", blank=True)
    section = models.ForeignKey(
        "foundation.Section", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    person = models.ForeignKey(
        "foundation.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    vendor = models.CharField(max_length=200, default="", blank=True)
    responsible = models.CharField(max_length=200, default="", blank=True)
    accountable = models.CharField(max_length=200, default="", blank=True)
    consulted = models.JSONField(default=list, blank=True)
    effort = models.JSONField(default=dict, blank=True)
    effort_basis = models.CharField(max_length=16, choices=Basis.choices())
    estimate = models.JSONField(null=True, blank=True)
    early_startable = models.BooleanField(null=True, blank=True)
    fixed_start = models.DateField(null=True, blank=True)
    fixed_finish = models.DateField(null=True, blank=True)
    deadline = models.DateField(null=True, blank=True)
    deadline_text = models.CharField(max_length=500, default="", blank=True)
    deadline_strength = models.CharField(max_length=12, choices=Strength.choices())
    deliverables = models.JSONField(default=list, blank=True)
    done_when = models.JSONField(default=list, blank=True)
    tags = models.JSONField(default=list, blank=True)
    evidence = models.JSONField(default=list, blank=True)
    edition = models.CharField(max_length=300, default="", blank=True)
    relation = models.CharField(max_length=12, choices=Relation.choices(), default="", blank=True)
    sources = models.JSONField(default=list, blank=True)
    needs_sorting = models.BooleanField(default=False)
    is_new = models.BooleanField(default=False)
    note = models.CharField(max_length=1000, default="", blank=True)

    class Meta(PlanPartRow.Meta):
        """In the order of the guideline."""

        verbose_name = "計画の取組"
        indexes = [
            models.Index(fields=["plan", "is_present", "position"], name="plan_item_order"),
            models.Index(fields=["plan", "key"], name="plan_item_key"),
        ]


class PlanLinkRow(PlanPartRow):
    """One link between two items by uuid; relaxed ones stay with their reason. No personal data."""

    CONTENT: ClassVar[tuple[str, ...]] = (
        "before",
        "after",
        "type",
        "lag",
        "strength",
        "is_relaxed",
        "reason",
    )

    before = models.UUIDField()
    after = models.UUIDField()
    type = models.CharField(max_length=2, choices=LinkType.choices())
    lag = models.IntegerField(default=0)
    strength = models.CharField(max_length=12, choices=Strength.choices())
    is_relaxed = models.BooleanField(default=False)
    reason = models.CharField(max_length=1000, default="", blank=True)

    class Meta(PlanPartRow.Meta):
        """Asked for by plan."""

        verbose_name = "計画の前後関係"
        indexes = [models.Index(fields=["plan", "is_present"], name="plan_link_present")]


class PlanWindowRow(PlanPartRow):
    """One span of every year（議会, 予算, 契約, 繁忙期）; days as MM-DD. No personal data."""

    CONTENT: ClassVar[tuple[str, ...]] = (
        "kind", "label", "begins", "ends", "applies_to", "is_freeze", "basis", "source",
    )  # fmt: skip

    kind = models.CharField(max_length=12, choices=WindowKind.choices())
    label = models.CharField(max_length=200)
    begins = models.CharField(max_length=5)
    ends = models.CharField(max_length=5)
    applies_to = models.JSONField(default=list)
    is_freeze = models.BooleanField(default=False)
    basis = models.CharField(max_length=16, choices=Basis.choices())
    source = models.CharField(max_length=100, default="", blank=True)

    class Meta(PlanPartRow.Meta):
        """Asked for by plan."""

        verbose_name = "計画の時期の制約"


class PlanCapacityRow(PlanPartRow):
    """How much a role or a vendor can do at one time. Vendors are firms, roles are not persons: no personal data."""

    CONTENT: ClassVar[tuple[str, ...]] = ("kind", "name", "units", "begins", "ends", "basis")

    kind = models.CharField(max_length=12, choices=CapacityKind.choices())
    name = models.CharField(max_length=200)
    units = models.FloatField()
    begins = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=16, choices=Basis.choices())

    class Meta(PlanPartRow.Meta):
        """Asked for by plan."""

        verbose_name = "計画の体制"


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


class SurveyRoundRow(OwnedRow):
    """One round of the anonymous staff survey. No personal data."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.CharField(max_length=100)
    questionnaire = models.CharField(max_length=60)
    edition = models.CharField(max_length=40)
    smallest_group = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """Listed by date."""

        verbose_name = "職員調査の回"


class SurveyCodeRow(OwnedRow):
    """One one-time code, by its SHA-256, for one group of staff. Says whether it was used, never when or by whom.

    Deleted when its round is closed.
    """

    round = models.ForeignKey(SurveyRoundRow, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, unique=True)
    is_used = models.BooleanField(default=False)

    class Meta(OwnedRow.Meta):
        """Asked for by hash."""

        verbose_name = "職員調査の回答コード"


class SurveyCountRow(OwnedRow):
    """How often one choice was made in one group. Single answers are nowhere kept: there is nothing to link. No personal data.

    The question "" counts the answers as a whole（`count`）and the codes that were issued（choice "issued"）.
    """

    round = models.ForeignKey(SurveyRoundRow, on_delete=models.PROTECT, related_name="+", db_index=False)
    group = models.CharField(max_length=100)
    question = models.CharField(max_length=40, default="", blank=True)
    choice = models.CharField(max_length=40)
    count = models.PositiveIntegerField(default=0)

    class Meta(OwnedRow.Meta):
        """One counter for each choice."""

        verbose_name = "職員調査の集計"
        constraints = [
            models.UniqueConstraint(fields=["round", "group", "question", "choice"], name="survey_count_once")
        ]


class StatementRow(OwnedRow):
    """One version of the head's statement（首長のメッセージ）. Append-only; signed by the office, not by name."""

    number = models.PositiveIntegerField()
    office = models.CharField(max_length=60)
    text = models.TextField()
    stated_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """Numbered within the body."""

        verbose_name = "首長のメッセージ"
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="statement_number")]


class WorkshopRow(OwnedRow):
    """One service-design workshop: participants counted by kind, never named. No personal data."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.CharField(max_length=100)
    held_on = models.DateField()
    service = models.CharField(max_length=200)
    persona = models.TextField(default="", blank=True)
    stages = models.JSONField(default=list, blank=True)
    participants = models.JSONField(default=dict, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """Listed by date."""

        verbose_name = "サービスデザインの記録"


class WorkshopFindingRow(OwnedRow):
    """One thing that a workshop found, and the item that was made of it. It names nobody."""

    workshop = models.ForeignKey(WorkshopRow, on_delete=models.PROTECT, related_name="findings")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=12, choices=FindingKind.choices())
    text = models.CharField(max_length=500)
    stage = models.CharField(max_length=100, default="", blank=True)
    state = models.CharField(max_length=12, choices=FindingState.choices())
    reason = models.CharField(max_length=500, default="", blank=True)
    item = models.UUIDField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """Candidates are asked for."""

        verbose_name = "サービスデザインの気づき"


class AssessmentRow(OwnedRow):
    """One self-assessment: chosen levels and remarks by question. Append-only. No personal data."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    held_on = models.DateField()
    questionnaire = models.CharField(max_length=60)
    edition = models.CharField(max_length=40)
    levels = models.JSONField(default=dict)
    remarks = models.JSONField(default=dict, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """Listed by date."""

        verbose_name = "自己点検"
