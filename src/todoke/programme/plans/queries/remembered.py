"""A plan as pages read it again and again: read from the database once for as long as nothing in it changes.

The versions of its rows only rise, also by an undo, so their sums tell whether anything changed; with the last line of its
log they also tell apart what a restored database has in their place. Names of 課 and staff are asked each time.
"""

from collections import OrderedDict
from uuid import UUID

from django.db.models import Count, Max, Sum

from todoke.programme.plans.models import (
    AdoptionRow,
    PlanCapacityRow,
    PlanChangeRow,
    PlanEvidenceRow,
    PlanItemRow,
    PlanLinkRow,
    PlanPartRow,
    PlanRow,
    PlanWindowRow,
)
from todoke.programme.plans.values import PlanContent

from .plans import PlanName, content, plan_row

MOST = 16  # plans of one process: some megabytes
PARTS: tuple[type[PlanPartRow], ...] = (PlanItemRow, PlanLinkRow, PlanWindowRow, PlanCapacityRow)
Stamp = tuple[object, ...]
_KNOWN: OrderedDict[tuple[str, UUID], tuple[Stamp, PlanContent]] = OrderedDict()


def content_to_read(name: PlanName) -> PlanContent:
    """The same as `content`, for pages that write nothing: never ask after a write in one transaction. Raises PlanUnknown."""
    row = plan_row(name)
    stamp, key = _stamp(row), (row.organisation_id, row.uuid)
    known = _KNOWN.get(key)
    if known is not None and known[0] == stamp:
        return known[1]
    found = content(row.uuid)
    _KNOWN[key] = stamp, found
    while len(_KNOWN) > MOST:
        _KNOWN.popitem(last=False)
    return found


def _stamp(row: PlanRow) -> Stamp:
    """What differs as soon as anything in the plan does."""
    parts = [
        tuple(model._default_manager.filter(plan=row).aggregate(Count("pk"), Sum("version")).values())
        for model in PARTS
    ]
    evidence = PlanEvidenceRow.objects.filter(plan=row).aggregate(Count("pk"), Max("pk"))
    names = (
        PlanItemRow.objects.filter(plan=row).values_list("section__name", "person__display_name").distinct()
    )
    last = (
        PlanChangeRow.objects.filter(plan=row)
        .order_by("-number")
        .values_list("number", "uuid", "after", "at")
        .first()
    )
    act = AdoptionRow.objects.filter(plan=row).order_by("-number").values_list("uuid", flat=True).first()
    return (row.version, row.changes, row.acts, *parts, *evidence.values(), frozenset(names), str(last), act)
