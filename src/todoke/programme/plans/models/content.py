"""Plans and what stands in them. What is no longer part of a plan is marked absent, and can come back by an undo."""

import uuid
from typing import ClassVar

from django.db import models

from todoke.foundation.rows import OwnedRow
from todoke.programme.packs.values import Basis, LinkType, NodeKind, Relation, Strength
from todoke.programme.plans.values import CapacityKind, ItemState, PlanKind, WindowKind


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
