"""The report of each working morning: counts only."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from todoke.casework.daily import queries
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.web.shared import dates
from todoke.web.shared.requests import DeskRequest, typed_text


def daily(request: DeskRequest) -> HttpResponse:
    """The newest report, or that of a day; the others beside it."""
    found = queries.reports()
    wanted = _day(typed_text(request.GET.get("day", ""), 10))
    shown = next((one for one in found if one.day == wanted), found[0] if found else None)
    lines = queries.lines_of(shown, moment=dates.moment_words) if shown else []
    facts = {
        "shown": shown, "lines": lines, "tone": queries.tone_of(lines), "others": found,
        "is_old": shown is not None and shown.day < japanese_date(now()),
    }  # fmt: skip
    return render(request, "desk/daily.html", facts)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
