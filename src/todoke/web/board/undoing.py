"""「元に戻す」 beside what was just changed: which change it would take back, and where the person comes back to."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from todoke.foundation.accounts.values import Right, Viewer
from todoke.programme.plans import queries
from todoke.programme.plans.values import ChangeEntry, TargetKind

from .narrowing import asked_in

OF_PLAN = frozenset({"plan", "gantt", "scope"})  # pages of a plan that offer it
OF_ITEM = frozenset({"plan-item", "item-links"})
CHANGED_ON: Mapping[str, TargetKind] = {  # the plan itself offers every change
    "gantt": TargetKind.ITEM, "plan-item": TargetKind.ITEM, "item-links": TargetKind.LINK, "scope": TargetKind.PLAN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Undo:
    """One's own last change that still stands, and the page that asks."""

    plan: UUID
    entry: ChangeEntry
    back: str
    about: UUID | None = None
    query: str = ""


def offered(
    viewer: Viewer, plan: UUID, back: str, *, about: UUID | None = None, query: str = ""
) -> Undo | None:
    """What this person can take back in a plan, if it is what the page is about; None for nothing, or for who may not."""
    if not viewer.may(Right.EDIT_PLANS):
        return None
    last = queries.last_change(plan, by=str(viewer.staff_id))
    if last is None or last.target is not CHANGED_ON.get(back, last.target):
        return None
    return Undo(plan, last, back, about, query)


def way_back(plan: UUID, posted: QueryDict) -> HttpResponse:
    """To the page that asked; to the log of changes where it is none that may ask."""
    back, about = posted.get("back", ""), _uuid(posted.get("about", ""))
    if back in OF_ITEM and about is not None:
        return redirect(f"board:{back}", uuid=about)
    if back not in OF_PLAN:
        return redirect("board:plan-changes", uuid=plan)
    asked = asked_in(QueryDict(posted.get("query", "")))
    return redirect(f"{reverse(f'board:{back}', kwargs={'uuid': plan})}?{urlencode(asked)}".rstrip("?"))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
