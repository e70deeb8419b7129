"""Rows of plans as values."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from todoke.programme.packs.values import Basis, EditionRef, Estimate, LinkType, NodeKind, Relation, Strength
from todoke.programme.plans.models import (
    AdoptionRow,
    PlanCapacityRow,
    PlanEvidenceRow,
    PlanItemRow,
    PlanLinkRow,
    PlanRow,
    PlanWindowRow,
)
from todoke.programme.plans.rules.columns import entry_of
from todoke.programme.plans.values import (
    Adoption,
    AdoptionAct,
    BodyWindow,
    Capacity,
    CapacityKind,
    Choice,
    EvidenceRef,
    Item,
    ItemLink,
    ItemState,
    MergeCase,
    Plan,
    PlanKind,
    WindowKind,
    month_day,
)


def plan_of(row: PlanRow) -> Plan:
    """The plan of its row."""
    return Plan(
        row.pk, row.uuid, row.title, PlanKind(row.kind), EditionRef(row.pack, row.edition, row.release), row.starts_on,
        row.created_at, tuple(EditionRef(*one) for one in row.overlays), row.vision, tuple(row.principles),
        tuple(entry_of(one) for one in row.scope), row.version, row.closed_on, row.organisation_id,
    )  # fmt: skip


def evidence_of(row: PlanEvidenceRow) -> EvidenceRef:
    """A proof of its row."""
    return EvidenceRef(row.uuid, row.label, row.place, row.sha256, row.added_at, row.added_by)


def item_of(row: PlanItemRow, evidence: Mapping[str, EvidenceRef]) -> Item:
    """The item of its row, with the names of section and person."""
    return Item(
        id=row.pk, uuid=row.uuid, key=row.key, node=row.node, concept=row.concept, label=row.label,
        kind=NodeKind(row.kind), state=ItemState(row.state), concept_list=row.concept_list,
        concept_label=row.concept_label, number=row.number, parent=row.parent, position=row.position, reason=row.reason,
        section_id=row.section_id, section=row.section.name if row.section else "", person_id=row.person_id,
        person=row.person.display_name if row.person else "", vendor=row.vendor, responsible=row.responsible,
        accountable=row.accountable, consulted=tuple(row.consulted), effort=row.effort,
        effort_basis=Basis(row.effort_basis), estimate=_estimate(row.estimate), early_startable=row.early_startable,
        fixed_start=row.fixed_start, fixed_finish=row.fixed_finish, deadline=row.deadline,
        deadline_text=row.deadline_text, deadline_strength=Strength(row.deadline_strength),
        deliverables=tuple(row.deliverables), done_when=tuple(row.done_when), tags=tuple(row.tags),
        evidence=tuple(evidence[one] for one in row.evidence), edition=row.edition,
        relation=Relation(row.relation) if row.relation else None,
        sources=tuple(UUID(one) for one in row.sources), needs_sorting=row.needs_sorting, is_new=row.is_new,
        note=row.note, version=row.version,
    )  # fmt: skip


def _estimate(document: Mapping[str, float | str] | None) -> Estimate | None:
    if document is None:
        return None
    low, likely, high = (float(document[name]) for name in ("low", "likely", "high"))
    return Estimate(low, likely, high, Basis(str(document["basis"])))


def link_of(row: PlanLinkRow) -> ItemLink:
    """The link of its row."""
    return ItemLink(
        row.uuid, row.before, row.after, LinkType(row.type), row.lag, Strength(row.strength), row.is_relaxed, row.reason,
        row.version,
    )  # fmt: skip


def window_of(row: PlanWindowRow) -> BodyWindow:
    """The window of its row."""
    return BodyWindow(
        row.uuid, WindowKind(row.kind), row.label, month_day(row.begins), month_day(row.ends), tuple(row.applies_to),
        row.is_freeze, Basis(row.basis), row.source, row.version,
    )  # fmt: skip


def capacity_of(row: PlanCapacityRow) -> Capacity:
    """The capacity of its row."""
    return Capacity(
        row.uuid,
        CapacityKind(row.kind),
        row.name,
        row.units,
        row.begins,
        row.ends,
        Basis(row.basis),
        row.version,
    )


def adoption_of(row: AdoptionRow, *, stands: bool) -> Adoption:
    """The act of its row; its plan, snapshots and the act that it is about were fetched with it."""
    return Adoption(
        row.uuid, row.plan.uuid, AdoptionAct(row.act), EditionRef(row.pack, row.base_edition, row.base_release),
        EditionRef(row.pack, row.new_edition, row.new_release), row.at, row.by, row.before.sha256, row.after.sha256,
        row.sheet_sha256, {MergeCase(case): count for case, count in row.counts.items()},
        {name: Choice(choice) for name, choice in row.decisions.items()}, row.of.uuid if row.of else None, stands,
    )  # fmt: skip


def iso(day: date | None) -> str:
    """A day in ISO, empty for none."""
    return day.isoformat() if day else ""
