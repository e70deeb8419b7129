"""財政支援 of a plan: what it covers, the dates, the items it is tied to."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from todoke.foundation.calendars.queries import japanese_date, now
from todoke.web.board import funding_view
from todoke.web.board.finding import or_404
from todoke.web.board.tables import csv_file
from todoke.web.shared.requests import DeskRequest


@require_safe
@or_404
def funding(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Every measure that the edition of the plan, or an overlay, ties to its items."""
    view = funding_view.funding_view(request.viewer, uuid, as_of=japanese_date(now()))
    return render(request, "board/funding.html", {"view": view, "plan": view.plan})


@require_safe
@or_404
def funding_csv(request: DeskRequest, uuid: UUID) -> HttpResponseBase:
    """The same as a table for spreadsheets."""
    view = funding_view.funding_view(request.viewer, uuid, as_of=japanese_date(now()))
    return csv_file(f"{view.plan.title}-財政支援", funding_view.HEADER, funding_view.funding_rows(view))
