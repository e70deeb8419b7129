"""A list as a file for a spreadsheet: all that the list shows, without protected persons; it is recorded."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from todoke.casework.cases.errors import SearchTooShort
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.web.desk import list_export, list_view
from todoke.web.shared.downloads import as_download
from todoke.web.shared.requests import DeskRequest, actor_of


def export_cases(request: DeskRequest) -> HttpResponseBase:
    """The worklist under its filters as CSV; a search that the list refuses leads back to the list."""
    filters, at = list_view.filters_of(request), now()
    try:
        content = list_export.begin(request.viewer, filters, actor=actor_of(request), at=at)
    except SearchTooShort:
        return _back(list_view.query_of(filters))
    return as_download(content, name=f"申請一覧-{japanese_date(at):%Y%m%d}.csv", kind="csv", size=None)


def _back(query: str) -> HttpResponse:
    answer = redirect("desk:cases")
    answer["Location"] += f"?{query}"
    return answer
