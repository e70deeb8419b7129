"""Changing the plan itself: its vision and principles, what it covers, and closing it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.organisations import queries as organisations
from todoke.programme.plans import queries
from todoke.programme.plans.errors import (
    FieldInvalid,
    ItemUnknown,
    ReasonNeeded,
    TextMissing,
    VersionConflict,
)
from todoke.programme.plans.models import PlanRow
from todoke.programme.plans.rules.columns import Columns, entry_document
from todoke.programme.plans.rules.scoping import rescoped
from todoke.programme.plans.values import Plan, ScopeEntry, TargetKind

from .writing import Change, Hand, locked, log, write_content, write_one


@transaction.atomic
def edit_plan(
    viewer: Viewer, plan_uuid: UUID, *, version: int, title: str, vision: str, principles: Sequence[str], at: datetime,
    terminal: str = "",
) -> Plan:  # fmt: skip
    """Change the title, the vision（ビジョン）and the principles of a plan.

    Raises RightMissing, PlanUnknown, VersionConflict, TextMissing.
    """
    row = _opened(viewer, plan_uuid, version)
    if not title.strip():
        raise TextMissing(field="計画の名前")
    columns: Columns = {
        "title": title.strip()[:100], "vision": vision.strip(),
        "principles": [one.strip() for one in principles if one.strip()],
    }  # fmt: skip
    return _changed(row, columns, Hand(viewer, at, terminal))


@transaction.atomic
def close_plan(
    viewer: Viewer, plan_uuid: UUID, *, version: int, on: date, at: datetime, terminal: str = ""
) -> Plan:
    """Close a plan: it is shown no more among the living, and stays. Raises RightMissing, PlanUnknown, VersionConflict."""
    row = _opened(viewer, plan_uuid, version)
    return _changed(row, {"closed_on": on.isoformat()}, Hand(viewer, at, terminal))


def _opened(viewer: Viewer, plan_uuid: UUID, version: int) -> PlanRow:
    require(viewer, Right.EDIT_PLANS)
    row = locked(plan_uuid)
    if row.version != version:
        raise VersionConflict
    return row


def _changed(row: PlanRow, columns: Columns, hand: Hand) -> Plan:
    old, new = write_one(row, columns)
    if new:
        number = log(row, Change(TargetKind.PLAN, row.uuid, row.title, old, new), hand)
        hand.record("plan.edited", row.uuid, {"fields": ",".join(sorted(new)), "change": number})
    return queries.plan(row.uuid)


@transaction.atomic
def set_scope(
    viewer: Viewer, plan_uuid: UUID, entry: ScopeEntry, *, version: int, at: datetime, terminal: str = ""
) -> Plan:
    """Say anew how a 事務 or 手続 stands: covered or not（with a reason）, by which 課, on whose system, until when.

    Covered for the first time, its items come from the edition; no longer covered, they go out of scope with the reason
    and keep everything. A 課 and a vendor pass to those items that had the former ones. Raises RightMissing, PlanUnknown,
    VersionConflict, ItemUnknown for an entry that the plan does not have, ReasonNeeded, FieldInvalid.
    """
    row = _opened(viewer, plan_uuid, version)
    hand, content = Hand(viewer, at, terminal), queries.content(plan_uuid)
    before = next(
        (one for one in content.plan.scope if (one.list, one.code) == (entry.list, entry.code)), None
    )
    if before is None:
        raise ItemUnknown
    if not entry.in_scope and not entry.reason.strip():
        raise ReasonNeeded
    if entry.section_id is not None and entry.section_id not in {one.id for one in organisations.sections()}:
        raise FieldInvalid(field="担当課", example="一覧にある課")
    entry = replace(entry, label=before.label, reason="" if entry.in_scope else entry.reason.strip())
    number = log(row, rescope(row, entry), hand)
    hand.record("plan.scope_set", row.uuid, {"list": entry.list, "code": entry.code, "change": number})
    return queries.plan(plan_uuid)


def rescope(row: PlanRow, entry: ScopeEntry) -> Change:
    """Write another entry of the scope of a plan that is locked, and what follows for its items; returns the change."""
    content = queries.content(row.uuid)
    before = next(one for one in content.plan.scope if (one.list, one.code) == (entry.list, entry.code))
    plan = replace(content.plan, scope=tuple(entry if one == before else one for one in content.plan.scope))
    write_content(row, rescoped(content, before, entry, queries.made_by_edition(plan)))
    documents = ({"entry": entry_document(one)} for one in (before, entry))
    return Change(TargetKind.PLAN, row.uuid, f"対象：{entry.label}", *documents)
