"""The first page after signing in: what waits for whom, and what a new installation still lacks."""

from django.http import HttpResponse
from django.shortcuts import render

from todoke.foundation.accounts.values import Right
from todoke.foundation.calendars.queries import now
from todoke.foundation.organisations import queries as organisations
from todoke.web.desk.files import scanner_banner
from todoke.web.desk.overview import overview_for
from todoke.web.desk.steps import steps
from todoke.web.shared.requests import DeskRequest


def home(request: DeskRequest) -> HttpResponse:
    """Figures that lead to lists; only those that the person may open."""
    body = organisations.organisation(request.viewer.organisation)
    is_administrator = request.viewer.may(Right.MANAGE_SYSTEM)
    left = [one for one in steps(request, body.kind) if not one.is_done] if is_administrator else []
    facts = {"overview": overview_for(request.viewer), "left": left, "scanner": scanner_banner(at=now())}
    return render(request, "desk/home.html", facts)


def first_steps(request: DeskRequest) -> HttpResponse:
    """The checklist of a new installation."""
    body = organisations.organisation(request.viewer.organisation)
    return render(request, "desk/first_steps.html", {"steps": steps(request, body.kind)})
