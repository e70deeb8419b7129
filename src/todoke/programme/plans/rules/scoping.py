"""What becomes of the items when a 事務 or 手続 is taken into a plan, left out of it, or given to another 課."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from todoke.programme.plans.values import Item, ItemState, PlanContent, ScopeEntry

from .merging import with_state


def rescoped(ours: PlanContent, before: ScopeEntry, entry: ScopeEntry, made: PlanContent) -> PlanContent:
    """The plan with another entry. `made` is what the edition makes of the plan with it.

    New items come with their links; those that exist go out of scope or come back, and follow 課, vendor and the end of
    the contract where they had the former ones.
    """
    fresh = {one.key: one for one in made.items}
    items = [
        _rescoped(one, before, entry, fresh.get(one.key)) if _is_about(one, entry) else one
        for one in ours.items
    ]
    known = {one.key: one.uuid for one in items if one.state is not ItemState.RETIRED}
    coming = [
        replace(one, is_new=True, parent=_kept(one, made, known)) for one in made.items
        if one.key not in known and _is_about(one, entry)
    ]  # fmt: skip
    standing = {one.uuid: known.get(one.key, one.uuid) for one in made.items}
    added = {one.uuid for one in coming}
    pairs = {(one.before, one.after, one.type) for one in ours.links}
    links = [
        replace(one, before=standing[one.before], after=standing[one.after]) for one in made.links
        if standing[one.before] in added or standing[one.after] in added
    ]  # fmt: skip
    links = [one for one in links if (one.before, one.after, one.type) not in pairs]
    return replace(ours, plan=made.plan, items=(*items, *coming), links=(*ours.links, *links))


def _is_about(item: Item, entry: ScopeEntry) -> bool:
    return bool(item.node) and (item.concept_list, item.concept) == (entry.list, entry.code)


def _kept(item: Item, made: PlanContent, known: Mapping[str, UUID]) -> UUID | None:
    above = next((one for one in made.items if one.uuid == item.parent), None)
    return known.get(above.key, above.uuid) if above else None


def _rescoped(item: Item, before: ScopeEntry, entry: ScopeEntry, made: Item | None) -> Item:
    if item.state is ItemState.RETIRED:
        return item
    if item.section_id == before.section_id:
        item = replace(item, section_id=entry.section_id)
    if item.vendor == before.vendor:
        item = replace(item, vendor=entry.vendor)
    if (
        made is not None and item.deadline == before.contract_ends != made.deadline
    ):  # None: there was no contract
        item = replace(
            item,
            deadline=made.deadline,
            deadline_text=made.deadline_text,
            deadline_strength=made.deadline_strength,
        )
    if not entry.in_scope and item.state is not ItemState.OUT_OF_SCOPE:
        return replace(item, state=ItemState.OUT_OF_SCOPE, reason=entry.reason)
    if entry.in_scope and not before.in_scope and item.state is ItemState.OUT_OF_SCOPE:
        back = replace(item, state=ItemState.ACTIVE, reason="")
        return with_state(back, made) if made is not None else back
    return item
