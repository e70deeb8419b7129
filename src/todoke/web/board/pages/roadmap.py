"""The roadmap as a Gantt, and the 工程表 as a page and as files."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation.accounts.values import Right
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.programme.plans import queries as plans
from todoke.programme.plans.values import EditConflict
from todoke.web.board import gantt_view, item_view, roadmap_view, undoing
from todoke.web.board.drawn import drawn
from todoke.web.board.finding import done, or_404
from todoke.web.board.forms.plans import ItemForm, RowForm
from todoke.web.board.pages.plans import edited
from todoke.web.board.tables import csv_file
from todoke.web.shared.requests import DeskRequest


@require_safe
def gantt(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The roadmap of a plan on a time line; one line may be a form（?edit=…）."""
    return _gantt(request, uuid, gantt_view.asked_of(request.GET))


def _gantt(
    request: DeskRequest,
    uuid: UUID,
    asked: gantt_view.Asked,
    form: ItemForm | None = None,
    conflict: EditConflict | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    view = gantt_view.gantt(uuid, asked, as_of=japanese_date(now()))
    plan, item = view.drawn.plan, view.edited()
    may_edit = request.viewer.may(Right.EDIT_PLANS) and plan.closed_on is None
    facts = {
        "view": view, "plan": plan, "ways": list(gantt_view.GroupBy), "may_edit": may_edit,
        "form": form or (RowForm(item) if item and may_edit else None), "clashes": item_view.clashes_of(conflict),
        "undo": undoing.offered(request.viewer, uuid, "gantt", query=asked.query()),
    }  # fmt: skip
    return render(request, "board/gantt.html", facts, status=status)


@require_POST
@or_404
def edit_row(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Change who, when and how long of an item on its line of the roadmap, and come back to that line."""
    plan, form = plans.plan_of_item(uuid), RowForm(plans.item(uuid), request.POST)
    asked = gantt_view.asked_for_line(request.POST.get("query", ""), uuid)
    result = edited(request, uuid, form)
    if result is None:
        return _gantt(request, plan.uuid, asked, form, status=422)
    if isinstance(result, EditConflict):
        return _gantt(request, plan.uuid, asked, item_view.typed_again(result, RowForm), result, status=409)
    if result.change is None:
        done(request, "変わったところはありません。")
    saved = str(uuid) if result.change else ""
    return redirect(
        f"{reverse('board:gantt', kwargs={'uuid': plan.uuid})}?{asked.query(saved=saved)}#i-{uuid}"
    )


@require_safe
def gantt_file(request: DeskRequest, uuid: UUID) -> HttpResponseBase:
    """The same lines as CSV."""
    found = drawn(uuid, as_of=japanese_date(now()))
    rows = gantt_view.rows_for_file(found, gantt_view.asked_of(request.GET))
    return csv_file(f"{found.plan.title}-ロードマップ", gantt_view.HEADER, rows)


@require_safe
@or_404
def roadmap(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The 工程表: 年度 × 取組事項."""
    plan = plans.plan(uuid)
    view = roadmap_view.roadmap(uuid, as_of=japanese_date(now()))
    return render(request, "board/roadmap.html", {"view": view, "plan": plan})


@require_safe
@or_404
def roadmap_file(request: DeskRequest, uuid: UUID, form: str) -> HttpResponseBase:
    """The same to print, to edit in a spreadsheet, or in Word."""
    return roadmap_view.roadmap_file(uuid, form, at=now())
