"""What an item waits for and what waits for it, as its page shows it, and what it can be linked to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from todoke.foundation.accounts.values import Right, Viewer
from todoke.programme.packs.values import Strength
from todoke.programme.plans import queries
from todoke.programme.plans.values import Item, ItemLink, ItemState, Plan, PlanContent

from .plans_view import concepts_of
from .undoing import Undo, offered


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link as seen from an item: the other end, and whether that comes first."""

    link: ItemLink
    other: Item
    is_before: bool

    @property
    def needs_reason(self) -> bool:
        """Whether relaxing it must be explained: the guideline claims it."""
        return self.link.strength is Strength.GUIDELINE

    @property
    def is_own(self) -> bool:
        """Whether the body made it, so that it can be taken out."""
        return self.link.strength is Strength.LOCAL


@dataclass(frozen=True, slots=True)
class LinksView:
    """One item with its links, those that bind and those that do not, and the items of one 事務 to link it with."""

    plan: Plan
    item: Item
    lines: Sequence[LinkLine]
    concept: str
    concepts: Sequence[tuple[str, str]]
    others: Sequence[tuple[str, str]]
    undo: Undo | None
    may_edit: bool


def links_view(viewer: Viewer, uuid: UUID, concept: str | None) -> LinksView:
    """The links of an item; `concept`: of which 事務 others are offered, None for its own. Raises ItemUnknown."""
    plan = queries.plan_of_item(uuid)
    content = queries.content(plan)
    known = {one.uuid: one for one in content.items}
    item = known[uuid]
    wanted = item.concept or "-" if concept is None else concept
    return LinksView(
        plan, item, list(_lines(content, known, uuid)), wanted, concepts_of(content.items),
        others_of(content, item, wanted), offered(viewer, plan.uuid, "item-links", about=uuid),
        viewer.may(Right.EDIT_PLANS),
    )  # fmt: skip


def _lines(content: PlanContent, known: Mapping[UUID, Item], uuid: UUID) -> list[LinkLine]:
    found = [
        LinkLine(one, known[one.before if one.after == uuid else one.after], one.after == uuid)
        for one in content.links
        if uuid in (one.before, one.after) and one.before in known and one.after in known
    ]
    return sorted(found, key=lambda one: (not one.is_before, one.other.position))


def others_of(content: PlanContent, item: Item, concept: str) -> list[tuple[str, str]]:
    """The items of a 事務 that an item can be linked with."""
    return [
        (str(one.uuid), words_of(one))
        for one in content.items
        if one.uuid != item.uuid and one.state is not ItemState.RETIRED and concept == (one.concept or "-")
    ]


def words_of(item: Item) -> str:
    """An item in a list to choose from."""
    concept = f"（{item.concept_label}）" if item.concept_label else ""
    return f"{item.number} {item.label}{concept}".strip()
