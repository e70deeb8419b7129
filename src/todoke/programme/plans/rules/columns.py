"""Values as the columns of their rows, in JSON: what a snapshot and the log of changes are made of."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from todoke.programme.packs.values import EditionRef, Estimate
from todoke.programme.plans.values import (
    BodyWindow,
    Capacity,
    EvidenceRef,
    Item,
    ItemLink,
    Plan,
    ScopeEntry,
)

Columns = Mapping[str, object]  # JSON, by name of column
FORMAT = "todoke-plan/1"
MARK = "is_present"


def item_columns(item: Item, names: Sequence[str]) -> dict[str, object]:
    """The columns of an item."""
    found = {name: spelt(getattr(item, name)) for name in names}
    found["relation"] = found["relation"] or ""
    return found


def part_columns(part: ItemLink | BodyWindow | Capacity, names: Sequence[str]) -> dict[str, object]:
    """The columns of a link, a window or a capacity."""
    found = {name: spelt(getattr(part, name)) for name in names}
    if isinstance(part, BodyWindow):
        found |= {"begins": month_day(part.begins), "ends": month_day(part.ends)}
    return found


def plan_columns(plan: Plan) -> dict[str, object]:
    """The columns of a plan itself."""
    return {
        "title": plan.title, "kind": plan.kind.value, "pack": plan.edition.pack, "edition": plan.edition.edition,
        "release": plan.edition.release, "overlays": [pin(one) for one in plan.overlays],
        "starts_on": plan.starts_on.isoformat(), "vision": plan.vision, "principles": list(plan.principles),
        "scope": [entry_document(one) for one in plan.scope], "closed_on": spelt(plan.closed_on),
    }  # fmt: skip


def entry_document(entry: ScopeEntry) -> dict[str, object]:
    """An entry of the scope."""
    names = ("list", "code", "label", "in_scope", "reason", "section_id", "system", "vendor", "contract_ends")
    return {name: spelt(getattr(entry, name)) for name in names}


def entry_of(document: Any) -> ScopeEntry:  # Any: JSON of our own making
    """The entry of its document."""
    ends = document["contract_ends"]
    given = {**document, "contract_ends": date.fromisoformat(str(ends)) if ends else None}
    return ScopeEntry(**given)


def pin(ref: EditionRef) -> list[object]:
    """An edition as a plan pins it."""
    return [ref.pack, ref.edition, ref.release]


def month_day(day: tuple[int, int]) -> str:
    """A day of the year as MM-DD."""
    return f"{day[0]:02}-{day[1]:02}"


def spelt(value: object) -> object:
    """A value in JSON."""
    if isinstance(value, EvidenceRef):
        return str(value.uuid)
    if isinstance(value, Estimate):
        return {"low": value.low, "likely": value.likely, "high": value.high, "basis": value.basis.value}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, tuple):
        return [spelt(one) for one in value]
    if isinstance(value, Mapping):
        return {key: spelt(value[key]) for key in sorted(value)}
    return value
