"""The log of a plan's changes, in words."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from todoke.programme.plans.models import PlanChangeRow
from todoke.programme.plans.rules.columns import MARK
from todoke.programme.plans.values import ChangeAct, ChangedValue, ChangeEntry, ItemField, TargetKind

from .plans import PlanName, plan_row

SHOWN = 200
_ATTRIBUTES = {"section_id": ItemField.SECTION.label, "person_id": ItemField.PERSON.label, MARK: "計画にある"}
_LABELS = {one.value: one.label for one in ItemField} | _ATTRIBUTES


def changes(
    name: PlanName, *, about: UUID | None = None, by: str = "", most: int = SHOWN
) -> Sequence[ChangeEntry]:
    """The last changes of a plan, the latest first; about one thing, if it is given. `by`: who asks, for `can_undo`."""
    row = plan_row(name)
    rows = PlanChangeRow.objects.filter(plan=row).order_by("-number")
    last = last_standing(row.pk, by) if by else None
    if about is not None:
        rows = rows.filter(uuid=about)
    return [_entry(one, can_undo=last is not None and one.pk == last.pk) for one in rows[:most]]


def last_change(name: PlanName, *, by: str) -> ChangeEntry | None:
    """The last change of a person in a plan that still stands: what an undo would take back."""
    row = last_standing(plan_row(name).pk, by)
    return _entry(row, can_undo=True) if row else None


def last_standing(plan_id: int, by: str) -> PlanChangeRow | None:
    """The last change of a person in a plan that still stands: neither an undo nor undone."""
    own = PlanChangeRow.objects.filter(plan_id=plan_id, by=by)
    undone = own.filter(act=ChangeAct.UNDONE.value).values("undoes")
    return own.filter(act=ChangeAct.EDITED.value).exclude(number__in=undone).order_by("-number").first()


def later_changes(row: PlanChangeRow) -> int:
    """How many changes of the same thing came after one."""
    return PlanChangeRow.objects.filter(plan=row.plan, uuid=row.uuid, number__gt=row.number).count()


def _entry(row: PlanChangeRow, *, can_undo: bool) -> ChangeEntry:
    values = tuple(
        ChangedValue(_LABELS.get(name, name), _words(row.before, name), _words(row.after, name))
        for name in sorted({*row.before, *row.after})
        if row.before.get(name) != row.after.get(name)
    )
    return ChangeEntry(
        row.number, ChangeAct(row.act), TargetKind(row.target), row.uuid, row.label, row.at, row.by, values, can_undo
    )  # fmt: skip


def _words(columns: Mapping[str, object], name: str) -> str:
    value = columns.get(name)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, Mapping):
        return "、".join(f"{key} {one}" for key, one in value.items())
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    return str(value)
