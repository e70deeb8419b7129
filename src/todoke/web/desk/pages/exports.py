"""A list as a file for a spreadsheet: what the list shows, up to a limit, without protected persons; it is recorded."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from todoke.casework.cases import queries as cases
from todoke.casework.cases.errors import SearchTooShort
from todoke.foundation import fence, spreadsheets
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.web.desk import list_export, list_view
from todoke.web.shared.downloads import as_download
from todoke.web.shared.requests import DeskRequest, actor_of


def export_cases(request: DeskRequest) -> HttpResponseBase:
    """The worklist under its filters as CSV; a search that the list refuses leads back to the list."""
    filters = list_view.filters_of(request)
    try:
        with fence.from_follower():
            rows = cases.worklist_for_export(request.viewer, filters, limit=list_export.LIMIT)
    except SearchTooShort:
        return _back(list_view.query_of(filters))
    audit.record_read(
        "cases.exported", object_kind="organisation", object_id=request.viewer.organisation, actor=actor_of(request),
        at=now(), facts={"found": len(rows), "cases": ",".join(str(row.id) for row in rows)},
    )  # fmt: skip
    content = spreadsheets.csv_of(list_export.HEADER, list_export.lines(rows))
    name = f"申請一覧-{japanese_date(now()):%Y%m%d}.csv"
    return as_download(iter([content]), name=name, kind="csv", size=len(content))


def _back(query: str) -> HttpResponse:
    answer = redirect("desk:cases")
    answer["Location"] += f"?{query}"
    return answer
