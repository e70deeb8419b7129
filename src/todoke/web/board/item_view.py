"""One item or plan as its form shows it, clashes with what somebody else typed, and changes with the names of their authors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.organisations import queries as organisations
from todoke.programme.plans import queries
from todoke.programme.plans.values import (
    ChangeEntry,
    EditConflict,
    FieldClash,
    ItemField,
    ItemState,
    Plan,
)
from todoke.web.board.forms.plans import ItemForm


def plan_fields(plan: Plan) -> dict[str, object]:
    """A plan as its form begins."""
    return {
        "version": plan.version, "title": plan.title, "vision": plan.vision, "principles": "\n".join(plan.principles),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clash:
    """One field with the three values in words that a person knows."""

    label: str
    before: str
    theirs: str
    yours: str


def clashes_of(conflict: EditConflict | None) -> tuple[Clash, ...]:
    """What to decide before an edit is sent again; nothing for no conflict."""
    if conflict is None:
        return ()
    sections = {str(one.id): one.name for one in organisations.sections()}
    staff = {str(one.pk): one.display_name for one in accounts.all_staff()}
    names = {
        ItemField.SECTION: sections, ItemField.PERSON: staff,
        ItemField.STATE: {one.value: one.label for one in ItemState},
    }  # fmt: skip
    return tuple(_clash(one, names.get(one.field, {})) for one in conflict.clashes)


def _clash(clash: FieldClash, names: Mapping[str, str]) -> Clash:
    before, theirs, yours = (
        names.get(one, one) or "（空）" for one in (clash.before, clash.theirs, clash.yours)
    )
    return Clash(clash.field.label, before, theirs, yours)


def typed_again(conflict: EditConflict, of: type[ItemForm] = ItemForm) -> ItemForm:
    """The form with everything that was typed, beside the item as it is now."""
    now_shown = queries.typed_fields(conflict.item)
    initial: dict[str, object] = {"version": conflict.item.version}
    for field, text in now_shown.items():
        initial[field.value] = conflict.typed.get(field, text)
        initial[f"seen-{field.value}"] = text
    return of(conflict.item, initial=initial)


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change and who made it."""

    entry: ChangeEntry
    by: str


def named(entries: Sequence[ChangeEntry]) -> tuple[ChangeLine, ...]:
    """Changes with the names of who made them."""
    names = {str(one.pk): one.display_name for one in accounts.all_staff()}
    return tuple(ChangeLine(one, names.get(one.by, f"職員番号 {one.by}")) for one in entries)
