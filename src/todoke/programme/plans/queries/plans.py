"""The plans of the body in scope, and what stands in them. Each question costs the same however large the plan is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from django.db.models import Q

from todoke.programme.plans.errors import ItemUnknown, PlanUnknown
from todoke.programme.plans.models import (
    PlanCapacityRow,
    PlanEvidenceRow,
    PlanItemRow,
    PlanLinkRow,
    PlanRow,
    PlanWindowRow,
)
from todoke.programme.plans.values import (
    BodyWindow,
    Capacity,
    EvidenceRef,
    Item,
    ItemLink,
    ItemState,
    Plan,
    PlanContent,
    PlanKind,
    PlanRef,
)

from .reading import capacity_of, evidence_of, item_of, link_of, plan_of, window_of

PlanName = UUID | Plan | PlanRef
Part = TypeVar("Part")


def uuid_of(plan: PlanName) -> UUID:
    """The uuid of a plan, however it is named."""
    return plan if isinstance(plan, UUID) else plan.uuid


def plan_row(plan: PlanName) -> PlanRow:
    """The row of a plan of the body in scope. Raises PlanUnknown."""
    row = PlanRow.objects.filter(uuid=uuid_of(plan)).first()
    if row is None:
        raise PlanUnknown
    return row


def plan(uuid: PlanName) -> Plan:
    """One plan. Raises PlanUnknown."""
    return plan_of(plan_row(uuid))


def plans(*, kind: PlanKind | None = None, with_closed: bool = False) -> Sequence[Plan]:
    """The plans of the body, those of one kind if it is given, the oldest first; closed ones only if asked for."""
    rows = PlanRow.objects.order_by("pk")
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    if not with_closed:
        rows = rows.filter(closed_on=None)
    return [plan_of(row) for row in rows]


def content(name: PlanName) -> PlanContent:
    """A plan with everything in it. Raises PlanUnknown."""
    found = plan(name)
    return PlanContent(
        found, tuple(items(found)), tuple(links(found)), tuple(windows(found)), tuple(capacities(found))
    )


def contents(found: Sequence[Plan]) -> Sequence[PlanContent]:
    """Several plans with everything in them; as many questions as for one."""
    wanted = Q(plan__uuid__in=[one.uuid for one in found])
    proofs = PlanEvidenceRow.objects.filter(wanted)
    wanted &= Q(is_present=True)
    known = {str(row.uuid): evidence_of(row) for row in proofs}
    rows = PlanItemRow.objects.filter(wanted).select_related("section", "person").order_by("position", "pk")
    items_of = _gathered((row.plan_id, item_of(row, known)) for row in rows)
    links_of = _gathered(
        (row.plan_id, link_of(row)) for row in PlanLinkRow.objects.filter(wanted).order_by("pk")
    )
    windows_of = _gathered(
        (row.plan_id, window_of(row))
        for row in PlanWindowRow.objects.filter(wanted).order_by("kind", "begins", "pk")
    )
    capacities_of = _gathered(
        (row.plan_id, capacity_of(row))
        for row in PlanCapacityRow.objects.filter(wanted).order_by("kind", "name", "begins", "pk")
    )
    return [
        PlanContent(
            one, items_of.get(one.id, ()), links_of.get(one.id, ()), windows_of.get(one.id, ()),
            capacities_of.get(one.id, ()),
        )
        for one in found
    ]  # fmt: skip


def _gathered(pairs: Iterable[tuple[int, Part]]) -> Mapping[int, tuple[Part, ...]]:
    found: dict[int, list[Part]] = {}
    for plan_id, part in pairs:
        found.setdefault(plan_id, []).append(part)
    return {plan_id: tuple(parts) for plan_id, parts in found.items()}


def items(
    name: PlanName, *, states: frozenset[ItemState] | None = None, section_id: int | None = None, concept: str = ""
) -> Sequence[Item]:  # fmt: skip
    """The items of a plan in the order of the guideline, local ones last; narrowed down by state, 課 or 事務."""
    rows = PlanItemRow.objects.filter(plan__uuid=uuid_of(name), is_present=True)
    if states is not None:
        rows = rows.filter(state__in=[one.value for one in states])
    if section_id is not None:
        rows = rows.filter(section_id=section_id)
    if concept:
        rows = rows.filter(concept=concept)
    known = evidence_in(name)
    return [
        item_of(row, known) for row in rows.select_related("section", "person").order_by("position", "pk")
    ]


def item(uuid: UUID) -> Item:
    """One item of any plan of the body. Raises ItemUnknown."""
    row = item_row(uuid)
    return item_of(row, evidence_in(row.plan.uuid))


def item_row(uuid: UUID) -> PlanItemRow:
    """The row of an item that stands in its plan, with plan, section and person. Raises ItemUnknown."""
    rows = PlanItemRow.objects.select_related("plan", "section", "person")
    row = rows.filter(uuid=uuid, is_present=True).first()
    if row is None:
        raise ItemUnknown
    return row


def plan_of_item(uuid: UUID) -> Plan:
    """The plan in which an item stands. Raises ItemUnknown."""
    return plan_of(item_row(uuid).plan)


def evidence_in(name: PlanName) -> Mapping[str, EvidenceRef]:
    """Every proof of a plan by its uuid in words."""
    rows = PlanEvidenceRow.objects.filter(plan__uuid=uuid_of(name))
    return {str(row.uuid): evidence_of(row) for row in rows}


def links(name: PlanName) -> Sequence[ItemLink]:
    """The links of a plan, relaxed ones too."""
    rows = PlanLinkRow.objects.filter(plan__uuid=uuid_of(name), is_present=True).order_by("pk")
    return [link_of(row) for row in rows]


def windows(name: PlanName) -> Sequence[BodyWindow]:
    """The windows of a plan by kind and beginning; those that the body has not confirmed are proposals（basis）."""
    rows = PlanWindowRow.objects.filter(plan__uuid=uuid_of(name), is_present=True)
    return [window_of(row) for row in rows.order_by("kind", "begins", "pk")]


def capacities(name: PlanName) -> Sequence[Capacity]:
    """What roles and vendors can do at one time, by kind and name."""
    rows = PlanCapacityRow.objects.filter(plan__uuid=uuid_of(name), is_present=True)
    return [capacity_of(row) for row in rows.order_by("kind", "name", "begins", "pk")]
