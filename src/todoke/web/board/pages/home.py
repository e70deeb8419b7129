"""The home of the DX officer."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from todoke.web.shared.requests import DeskRequest


@require_safe
def board(request: DeskRequest) -> HttpResponse:
    """Where the programme stands."""
    return render(request, "board/home.html", {})
