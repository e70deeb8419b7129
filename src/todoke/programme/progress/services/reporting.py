"""Reports come in, one or many at a time, all or nothing; none is ever changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.foundation import workbooks
from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.fence import current_organisation
from todoke.programme.plans import queries as plans
from todoke.programme.progress import queries
from todoke.programme.progress.errors import WorkbookUnfit
from todoke.programme.progress.models import ReportRow
from todoke.programme.progress.rules import reports, workbook
from todoke.programme.progress.values import ReportDraft, RoundTrip


@transaction.atomic
def report_many(viewer: Viewer, plan: UUID, drafts: Sequence[ReportDraft], *, at: datetime) -> int:
    """Keep reports of items of one plan; all or none. Returns how many.

    Raises RightMissing, PlanUnknown, ReportUnfit, ReportFromLater, ItemNotReported.
    """
    require(viewer, Right.REPORT_PROGRESS)
    known = {one.uuid: one for one in plans.items(plan)}
    today = japanese_date(at)
    for draft in drafts:
        reports.check(draft, known.get(draft.item), today=today)
    return _keep(plan, drafts, viewer.actor(), at)


def _keep(plan: UUID, drafts: Sequence[ReportDraft], actor: Actor, at: datetime) -> int:
    ReportRow.objects.bulk_create([_row(plan, draft, actor, at) for draft in drafts], batch_size=500)
    if drafts:
        audit.record(
            "progress.reported", object_kind="plan", object_id=str(plan), actor=actor, at=at,
            facts={"reports": len(drafts), "as_of": max(draft.as_of for draft in drafts).isoformat()},
        )  # fmt: skip
    return len(drafts)


def _row(plan: UUID, draft: ReportDraft, actor: Actor, at: datetime) -> ReportRow:
    left = draft.remaining
    return ReportRow(
        organisation_id=current_organisation(), plan=plan, item=draft.item, as_of=draft.as_of,
        state=draft.state.value, percent=draft.percent, remaining_low=left.low if left else None,
        remaining_likely=left.likely if left else None, remaining_high=left.high if left else None,
        note=draft.note.strip(), evidence=[str(one) for one in draft.evidence], by=actor.id, at=at,
    )  # fmt: skip


@transaction.atomic
def take_workbook(viewer: Viewer, plan: UUID, content: bytes, *, at: datetime) -> RoundTrip:
    """Keep what a filled-in workbook says that is new. One cell at fault: nothing is kept, and every fault is told.

    Raises RightMissing, WorkbookBroken, WorkbookUnfit, PlanUnknown.
    """
    require(viewer, Right.REPORT_PROGRESS)
    tables = [one for one in workbooks.read(content, form=workbook.MARKS) if one.name == workbook.SHEET]
    if not tables:
        raise WorkbookUnfit(why=f"シート「{workbook.SHEET}」がありません")
    found, today = queries.content_of(plan), japanese_date(at)
    items = {one.uuid: one for one in found.items}
    ground = workbook.Ground(items, queries.standings(found, as_of=today), today)
    read = workbook.read(tables[0], ground)
    if not read.troubles:
        _keep(plan, read.drafts, viewer.actor(), at)
    return read
