"""What an edition says for one plan: its items by node and concept, their links, and the windows that it proposes.

Identities follow from the plan, the edition and the key, so that drawing a plan up twice gives the same plan.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid5

from todoke.programme.packs.values import (
    Basis,
    Concept,
    Deadline,
    Edition,
    Estimate,
    Link,
    Node,
    Strength,
    Window,
)
from todoke.programme.plans.values import (
    BodyWindow,
    Item,
    ItemLink,
    Plan,
    PlanContent,
    ScopeEntry,
    WindowKind,
    key_of,
)

Applies = Callable[[str], bool]
SECTIONS = "sections"  # the one list that the body itself gives: its 課
WINDOW_WORDS: Mapping[WindowKind, tuple[str, ...]] = {
    WindowKind.ASSEMBLY: ("assembly", "council", "議会", "定例会"),
    WindowKind.BUDGET: ("budget", "予算"),
    WindowKind.CONTRACT: ("contract", "契約"),
    WindowKind.BUSY: ("busy", "freeze", "繁忙", "凍結"),
}


def generate(plan: Plan, edition: Edition, applies: Applies) -> PlanContent:
    """The plan as the edition alone would have it. `applies` says whether an expression holds for the body."""
    nodes = [one for one in edition.nodes if applies(one.applies_if)]
    concepts = {
        name: concepts_of(plan, edition, name, applies) for name in {one.repeat_over for one in nodes}
    }
    items = tuple(_items(plan, edition, nodes, concepts))
    links = tuple(_links(plan, edition, items))
    items = _with_contract_ends(plan, items, links)
    windows = tuple(window_of(plan, one) for one in edition.windows)
    return PlanContent(plan, items, links, windows)


def concepts_of(plan: Plan, edition: Edition, name: str, applies: Applies) -> tuple[Concept, ...]:
    """The concepts of a list that the plan covers; one empty concept for a node that does not repeat.

    A list of which the plan says nothing is covered whole; one that the edition does not have is the plan's own（課）.
    """
    if not name:
        return (Concept("", ""),)
    entries = {one.code: one for one in plan.scope if one.list == name}
    if name not in edition.codelists:
        return tuple(Concept(one.code, one.label) for one in entries.values() if one.in_scope)
    known = [one for one in edition.codelists[name] if applies(one.applies_if)]
    return tuple(one for one in known if not entries or (one.code in entries and entries[one.code].in_scope))


def identity(plan: Plan, kind: str, edition: Edition, key: str) -> UUID:
    """The uuid of what an edition brings into a plan."""
    return uuid5(plan.uuid, f"{kind}|{edition.ref}|{key}")


def _items(
    plan: Plan, edition: Edition, nodes: list[Node], concepts: Mapping[str, tuple[Concept, ...]]
) -> Iterator[Item]:
    parents = _Parents(plan, edition, {one.id: one for one in nodes})
    deadlines = {one.node: one for one in edition.deadlines}
    entries = {(one.list, one.code): one for one in plan.scope}
    position = 0
    for node in nodes:
        for concept in concepts[node.repeat_over]:
            position += 1
            item = _item(node, concept, deadlines.get(node.id), entries.get((node.repeat_over, concept.code)))
            yield replace(
                item, uuid=identity(plan, "item", edition, item.key), position=position, edition=str(edition.ref),
                parent=parents.of(node, concept.code),
            )  # fmt: skip


def _item(node: Node, concept: Concept, deadline: Deadline | None, entry: ScopeEntry | None) -> Item:
    roles = node.roles
    return Item(
        id=0, uuid=UUID(int=0), key=key_of(node.id, concept.code), node=node.id, concept=concept.code,
        concept_list=node.repeat_over, concept_label=concept.label, label=node.label, kind=node.kind, number=node.number,
        section_id=entry.section_id if entry else None, vendor=entry.vendor if entry else "",
        responsible=roles.responsible, accountable=roles.accountable, consulted=roles.consulted,
        effort=dict(roles.effort), effort_basis=roles.basis, estimate=_floats(node.estimate),
        early_startable=node.early_startable, deadline=deadline.on if deadline else None,
        deadline_text=deadline.text if deadline else "",
        deadline_strength=deadline.strength if deadline else Strength.GUIDELINE,
        deliverables=node.deliverables, done_when=node.done_when, tags=node.tags,
    )  # fmt: skip


def _floats(estimate: Estimate | None) -> Estimate | None:
    if estimate is None:
        return None
    return Estimate(float(estimate.low), float(estimate.likely), float(estimate.high), estimate.basis)


class _Parents:
    """Under which item an item of a node stands: that of the nearest node above that the plan has."""

    def __init__(self, plan: Plan, edition: Edition, nodes: Mapping[str, Node]) -> None:
        self._plan, self._edition, self._nodes = plan, edition, nodes

    def of(self, node: Node, concept: str) -> UUID | None:
        above, seen = node.parent, {node.id}
        while above and above not in seen:
            seen.add(above)
            found = self._nodes.get(above)
            if found is not None and (not found.repeat_over or found.repeat_over == node.repeat_over):
                key = key_of(found.id, concept if found.repeat_over else "")
                return identity(self._plan, "item", self._edition, key)
            missing = self._edition.node(above)
            above = missing.parent if missing else ""
        return None


def _links(plan: Plan, edition: Edition, items: tuple[Item, ...]) -> Iterator[ItemLink]:
    of_node: dict[str, list[Item]] = {}
    for item in items:
        of_node.setdefault(item.node, []).append(item)
    for link in edition.links:
        for before, after in _pairs(of_node.get(link.before, []), of_node.get(link.after, [])):
            yield _link(plan, edition, link, before, after)


def _pairs(before: list[Item], after: list[Item]) -> Iterator[tuple[Item, Item]]:
    """Concept by concept where both repeat over concepts of which some are the same; otherwise each with each."""
    shared = {one.concept for one in before} & {one.concept for one in after} - {""}
    for first in before:
        for second in after:
            if not shared or first.concept == second.concept or not (first.concept and second.concept):
                yield first, second


def _link(plan: Plan, edition: Edition, link: Link, before: Item, after: Item) -> ItemLink:
    key = f"{before.key}|{after.key}|{link.type.value}"
    return ItemLink(
        identity(plan, "link", edition, key), before.uuid, after.uuid, link.type, link.lag, link.strength
    )


def _with_contract_ends(plan: Plan, items: tuple[Item, ...], links: tuple[ItemLink, ...]) -> tuple[Item, ...]:
    """The end of the running contract of a system is the deadline of what comes last for its 事務."""
    ends = {(one.list, one.code): one.contract_ends for one in plan.scope if one.contract_ends is not None}
    if not ends:
        return items
    concept_of = {one.uuid: one.concept for one in items}
    followed = {one.before for one in links if concept_of[one.before] == concept_of[one.after]}
    followed |= {one.parent for one in items if one.parent is not None}
    return tuple(
        one if one.uuid in followed else _by_contract(one, ends.get((one.concept_list, one.concept)))
        for one in items
    )


def _by_contract(item: Item, ends: date | None) -> Item:
    if ends is None or (item.deadline is not None and item.deadline <= ends):
        return item
    return replace(
        item, deadline=ends, deadline_text="現行システムの契約の満了", deadline_strength=Strength.LOCAL
    )


def window_of(plan: Plan, window: Window) -> BodyWindow:
    """A window as a pack proposes it: marked as not yet confirmed by the body."""
    basis = Basis.PRODUCT if window.basis is Basis.BODY else window.basis
    return BodyWindow(
        uuid5(plan.uuid, f"window|{window.id}"), window_kind(window), window.label, window.begins, window.ends,
        window.applies_to, window.is_freeze, basis, window.id,
    )  # fmt: skip


def window_kind(window: Window) -> WindowKind:
    """What a window is about, by the words that its pack uses."""
    words = f"{window.kind} {window.id} {window.label}".lower()
    found = (kind for kind, signs in WINDOW_WORDS.items() if any(sign in words for sign in signs))
    return next(found, WindowKind.OTHER)
