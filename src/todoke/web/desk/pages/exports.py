"""A list as a file for a spreadsheet: all that the list shows, without protected persons; it is recorded.

A long one is asked for with a reason, agreed to by a second person, and open for some hours to who asked.
"""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_POST

from todoke.casework.cases import queries as cases
from todoke.casework.cases import services
from todoke.casework.cases.errors import ExportClosed, ListTooLong, SearchTooShort
from todoke.casework.cases.values import ExportRequestDetail
from todoke.foundation.accounts.values import Right
from todoke.foundation.approvals.errors import ReasonMissing
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.errors import TodokeError
from todoke.web.desk import list_export, list_view
from todoke.web.shared.downloads import as_download
from todoke.web.shared.requests import DeskRequest, actor_of, terminal_of, typed_text


def export_cases(request: DeskRequest) -> HttpResponseBase:
    """The worklist under its filters as CSV; a search that the list refuses leads back to the list."""
    filters, at = list_view.filters_of(request), now()
    try:
        content = list_export.begin(request.viewer, filters, actor=actor_of(request), at=at)
    except SearchTooShort:
        return _back(list_view.query_of(filters))
    except ListTooLong:
        return redirect(f"{resolve_url('desk:ask-export')}?{list_view.query_of(filters)}")
    return as_download(content, name=f"申請一覧-{japanese_date(at):%Y%m%d}.csv", kind="csv", size=None)


def _back(query: str) -> HttpResponse:
    answer = redirect("desk:cases")
    answer["Location"] += f"?{query}"
    return answer


def ask_export(request: DeskRequest) -> HttpResponse:
    """Ask for a long list: the list's filters come along in the address, the reason is typed."""
    filters = list_view.filters_of(request)
    query = list_view.query_of(filters)
    if request.method == "POST":
        try:
            asked = services.ask_to_export(
                request.viewer, query=query, found=list_export.count_up_to_limit(request.viewer, filters),
                reason=typed_text(request.POST.get("reason", ""), 200), at=now(), terminal=terminal_of(request),
            )  # fmt: skip
        except ReasonMissing as missing:
            messages.error(request, missing.for_screen(), extra_tags="bad")
        else:
            return redirect("desk:export-request", asked)
    facts = {
        "query": query, "words": list_export.words_of(filters), "most": list_export.alone_up_to(),
        "asked": cases.export_requests(request.viewer),
    }  # fmt: skip
    return render(request, "desk/ask_export.html", facts)


def export_request(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """What was asked for, as its second person sees it; who asked takes the file from here."""
    detail = _request_of(request, uuid)
    filters = list_view.filters_of(_as_list(detail))
    facts = {
        "one": detail, "words": list_export.words_of(filters), "asker": list_export.name_of(detail.asked_by),
        "is_mine": detail.asked_by == request.viewer.staff_id, "is_open": list_export.is_waiting(detail, at=now()),
        "may_agree": request.viewer.may(Right.APPROVE_EXPORTS), "may_take": detail.is_open_to(request.viewer.staff_id, at=now()),
    }  # fmt: skip
    return render(request, "desk/export_request.html", facts)


def _request_of(request: DeskRequest, uuid: UUID) -> ExportRequestDetail:
    """A request that this person made or may agree to; the same 404 for any other."""
    detail = cases.export_request(uuid)
    is_ours = detail and (
        detail.asked_by == request.viewer.staff_id or request.viewer.may(Right.APPROVE_EXPORTS)
    )
    if detail is None or not is_ours:
        raise Http404
    return detail


def _as_list(detail: ExportRequestDetail) -> HttpRequest:
    """The list as it was asked for: its filters stand in the request as in an address."""
    one = HttpRequest()
    one.GET = QueryDict(detail.query)
    return one


@require_POST
def agree_export(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The second person agrees, or sends it back; who asked may take it back."""
    detail, reason = _request_of(request, uuid), typed_text(request.POST.get("reason", ""), 200)
    verb = services.agree_to_export if request.POST.get("answer") == "agree" else services.refuse_export
    try:
        verb(request.viewer, detail, reason=reason, at=now(), terminal=terminal_of(request))
    except TodokeError as refusal:
        messages.error(request, refusal.for_screen(), extra_tags="bad")
    else:
        words = "承認しました。" if verb is services.agree_to_export else "申込みを終わらせました。"
        messages.success(request, words, extra_tags="good")
    return redirect("desk:export-request", uuid)


@require_POST
def take_export(request: DeskRequest, uuid: UUID) -> HttpResponseBase:
    """The file that a second person has agreed to, for who asked, within the hours."""
    detail, at = _request_of(request, uuid), now()
    try:
        services.note_taken(request.viewer, detail, at=at)
    except ExportClosed as closed:
        messages.error(request, closed.for_screen(), extra_tags="bad")
        return redirect("desk:export-request", uuid)
    filters = list_view.filters_of(_as_list(detail))
    content = list_export.begin(request.viewer, filters, actor=actor_of(request), at=at, is_agreed=True)
    return as_download(content, name=f"申請一覧-{japanese_date(at):%Y%m%d}.csv", kind="csv", size=None)
