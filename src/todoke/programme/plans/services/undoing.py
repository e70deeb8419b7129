"""Taking back one's own last change, and taking that back again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.programme.plans import queries
from todoke.programme.plans.errors import ChangedSince, NothingToUndo
from todoke.programme.plans.models import (
    PlanCapacityRow,
    PlanChangeRow,
    PlanItemRow,
    PlanLinkRow,
    PlanPartRow,
    PlanRow,
    PlanWindowRow,
)
from todoke.programme.plans.queries.log import last_standing, later_changes
from todoke.programme.plans.queries.snapshots import columns_of
from todoke.programme.plans.rules.columns import Columns, entry_of
from todoke.programme.plans.values import ChangeAct, ScopeEntry, TargetKind

from .steering import rescope
from .writing import Change, Hand, locked, log, write_one

_TABLES: dict[TargetKind, type[PlanPartRow]] = {
    TargetKind.ITEM: PlanItemRow,
    TargetKind.LINK: PlanLinkRow,
    TargetKind.WINDOW: PlanWindowRow,
    TargetKind.CAPACITY: PlanCapacityRow,
}


@transaction.atomic
def undo_change(viewer: Viewer, plan_uuid: UUID, *, at: datetime, terminal: str = "") -> int:
    """Take back one's own last change of a plan that still stands; returns the number of its line in the log.

    Raises RightMissing, PlanUnknown, NothingToUndo, and ChangedSince when what it changed has been changed again.
    """
    require(viewer, Right.EDIT_PLANS)
    hand = Hand(viewer, at, terminal)
    plan = locked(plan_uuid)
    change = last_standing(plan.pk, hand.name)
    if change is None:
        raise NothingToUndo
    _put_back(plan, change, expected=change.after, wanted=change.before)
    meant = Change(TargetKind(change.target), change.uuid, change.label, change.after, change.before)
    number = log(plan, meant, hand, undoes=change.number)
    hand.record("plan.change_undone", plan.uuid, {"change": change.number})
    return number


@transaction.atomic
def redo_change(viewer: Viewer, plan_uuid: UUID, *, at: datetime, terminal: str = "") -> int:
    """Take back one's own undo, if nothing of one's own came after it; returns the number of the new line.

    Raises RightMissing, PlanUnknown, NothingToUndo, ChangedSince.
    """
    require(viewer, Right.EDIT_PLANS)
    hand = Hand(viewer, at, terminal)
    plan = locked(plan_uuid)
    last = PlanChangeRow.objects.filter(plan=plan, by=hand.name).order_by("-number").first()
    if last is None or last.act != ChangeAct.UNDONE.value:
        raise NothingToUndo
    _put_back(plan, last, expected=last.after, wanted=last.before)
    meant = Change(TargetKind(last.target), last.uuid, last.label, last.after, last.before)
    number = log(plan, meant, hand)
    hand.record("plan.change_redone", plan.uuid, {"change": last.undoes or 0})
    return number


def _put_back(plan: PlanRow, change: PlanChangeRow, *, expected: Columns, wanted: Columns) -> None:
    target = TargetKind(change.target)
    if "entry" in expected:
        _put_scope_back(plan, change, entry_of(expected["entry"]), entry_of(wanted["entry"]))
        return
    row: PlanRow | PlanPartRow = (
        plan
        if target is TargetKind.PLAN
        else _TABLES[target]._default_manager.get(plan=plan, uuid=change.uuid)
    )
    if columns_of(row, tuple(expected)) != expected:
        raise ChangedSince(count=max(1, later_changes(change)))
    write_one(row, wanted)


def _put_scope_back(plan: PlanRow, change: PlanChangeRow, expected: ScopeEntry, wanted: ScopeEntry) -> None:
    if expected not in queries.plan(plan.uuid).scope:
        raise ChangedSince(count=max(1, later_changes(change)))
    rescope(plan, wanted)
