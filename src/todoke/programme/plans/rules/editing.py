"""Editing in place: what a person typed becomes an item, or the clashes with what somebody else typed before."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from todoke.programme.packs.values import Basis, Strength
from todoke.programme.plans.errors import FieldFixed, FieldInvalid, ItemRetired, LinkCircle, ReasonNeeded
from todoke.programme.plans.values import FieldClash, Item, ItemField, ItemLink, ItemState, Typed

from .fields import FIXED_FIELDS, is_same, read, shown, value_of, with_value
from .merging import with_state

BACK = frozenset({ItemState.ACTIVE, ItemState.ADAPTED, ItemState.LOCAL})


def clashes(item: Item, typed: Typed, seen: Typed) -> tuple[FieldClash, ...]:
    """The fields in which the item is no longer what was seen and what was typed is something else again.

    A field that was not shown（not in `seen`）clashes whenever the item's value is not the typed one.
    """
    found = []
    for field, text in typed.items():
        now, before = shown(field, value_of(item, field)), seen.get(field, "").strip()
        yours = text.strip()
        if field in seen and yours == before:
            continue
        if now not in {yours, before} or (field not in seen and now != yours):
            found.append(FieldClash(field, before, now, yours))
    return tuple(found)


def touched(typed: Typed, seen: Typed) -> dict[ItemField, str]:
    """What a person really changed of what was shown."""
    return {
        field: text
        for field, text in typed.items()
        if field not in seen or text.strip() != seen[field].strip()
    }


def with_typed(item: Item, typed: Typed, made: Item | None) -> Item:
    """The item as a person wants it. `made` is what the edition alone would make of it; None for a local one.

    Raises ItemRetired, FieldFixed, FieldInvalid, ReasonNeeded.
    """
    if item.state is ItemState.RETIRED:
        raise ItemRetired
    result = item
    for field, text in typed.items():
        if field in FIXED_FIELDS and item.node:
            raise FieldFixed(field=field.label)
        result = _with_one(result, field, text)
    if result.fixed_start and result.fixed_finish and result.fixed_start > result.fixed_finish:
        raise FieldInvalid(field=ItemField.FIXED_FINISH.label, example="開始日より後の日付")
    if result.state is ItemState.OUT_OF_SCOPE:
        if not result.reason.strip():
            raise ReasonNeeded
        return result
    return with_state(result, made) if made is not None else result


def _with_one(item: Item, field: ItemField, text: str) -> Item:
    value = read(field, text)
    if field is ItemField.STATE:
        return _in_state(item, ItemState(str(value)))
    if is_same(field, value, value_of(item, field)):
        return item
    item = with_value(item, field, value)
    if field is ItemField.EFFORT:
        return replace(item, effort_basis=Basis.BODY)
    if field in {ItemField.DEADLINE, ItemField.DEADLINE_TEXT}:
        return replace(item, deadline_strength=Strength.LOCAL)
    return replace(item, needs_sorting=False) if field is ItemField.PARENT else item


def _in_state(item: Item, state: ItemState) -> Item:
    if state is ItemState.OUT_OF_SCOPE:
        return replace(item, state=state)
    if state not in BACK:
        raise FieldFixed(field=ItemField.STATE.label)
    if item.state is not ItemState.OUT_OF_SCOPE:
        return item
    return replace(item, state=ItemState.ACTIVE if item.node else ItemState.LOCAL, reason="")


def check_link(new: ItemLink, links: Mapping[UUID, ItemLink]) -> None:
    """Raises LinkCircle when the new link would close a circle with those that bind."""
    after_of: dict[UUID, list[UUID]] = {}
    for one in links.values():
        if one.binds and one.uuid != new.uuid:
            after_of.setdefault(one.before, []).append(one.after)
    waiting, seen = [new.after], set[UUID]()
    while waiting:
        at = waiting.pop()
        if at == new.before:
            raise LinkCircle
        if at not in seen:
            seen.add(at)
            waiting += after_of.get(at, ())
