"""An imported publication beside our own figures, and beside what was submitted to us."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from todoke.foundation.calendars.queries import japanese_date, now
from todoke.web.board import published_view
from todoke.web.board.finding import or_404
from todoke.web.board.tables import csv_file
from todoke.web.shared.requests import DeskRequest


@require_safe
@or_404
def beside(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """What was published, body by body, beside what we keep or were told."""
    view = published_view.published_view(uuid, as_of=japanese_date(now()))
    return render(request, "board/publication_beside.html", {"view": view})


@require_safe
@or_404
def beside_csv(request: DeskRequest, uuid: UUID) -> HttpResponseBase:
    """Every body as a table for spreadsheets."""
    name, header, rows = published_view.file_of(uuid, as_of=japanese_date(now()))
    return csv_file(name, header, rows)
