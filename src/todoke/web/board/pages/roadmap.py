"""The roadmap as a Gantt, and the 工程表 as a page and as files."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from todoke.foundation.calendars.queries import japanese_date, now
from todoke.programme.plans import queries as plans
from todoke.web.board import gantt_view, roadmap_view
from todoke.web.board.drawn import drawn
from todoke.web.board.finding import or_404
from todoke.web.board.tables import csv_file
from todoke.web.shared.requests import DeskRequest


@require_safe
def gantt(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The roadmap of a plan on a time line."""
    view = gantt_view.gantt(uuid, gantt_view.asked_of(request.GET), as_of=japanese_date(now()))
    return render(
        request, "board/gantt.html", {"view": view, "plan": view.drawn.plan, "ways": list(gantt_view.GroupBy)}
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
