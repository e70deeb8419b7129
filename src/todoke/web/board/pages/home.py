"""The home of the DX officer, and the one page for the head of the body."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from todoke.foundation.calendars.queries import japanese_date, now
from todoke.web.board import home_view
from todoke.web.shared.requests import DeskRequest


@require_safe
def board(request: DeskRequest) -> HttpResponse:
    """Where the programme stands, and what needs somebody today."""
    return render(request, "board/home.html", {"view": home_view.home(as_of=japanese_date(now()))})


@require_safe
def leadership(request: DeskRequest) -> HttpResponse:
    """One page to print for the head of the body."""
    return render(request, "board/leadership.html", {"view": home_view.home(as_of=japanese_date(now()))})
