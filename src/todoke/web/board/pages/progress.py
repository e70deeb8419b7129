"""Progress: both figures, the matrix of steps, the report form, and the workbook out and in."""

from datetime import date
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation import workbooks
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.errors import TodokeError
from todoke.programme.progress import queries, services
from todoke.web.board import plans_view, progress_view, report_view
from todoke.web.board.finding import done, or_404
from todoke.web.board.forms.progress import WorkbookForm, as_of_in
from todoke.web.board.tables import csv_file
from todoke.web.shared.downloads import as_download
from todoke.web.shared.requests import DeskRequest


@require_safe
@or_404
def progress(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Where a plan stands（?as_of=…: as of an earlier day）."""
    as_of = as_of_in(request.GET, japanese_date(now()))
    view = progress_view.progress_view(request.viewer, uuid, as_of=as_of)
    return render(request, "board/progress.html", {"view": view})


@require_safe
@or_404
def progress_csv(request: DeskRequest, uuid: UUID) -> HttpResponseBase:
    """Both figures of every 事務 as a table; of=states: how many items stand how."""
    as_of = as_of_in(request.GET, japanese_date(now()))
    if request.GET.get("of") == "states":
        states = progress_view.progress_view(request.viewer, uuid, as_of=as_of).states
        counted = [[one.state.label, str(one.count), str(one.share)] for one in states]
        return csv_file(f"取組の状態_{as_of.isoformat()}", ("状態", "件数", "割合（％）"), counted)
    rows = progress_view.rate_rows(uuid, as_of=as_of)
    return csv_file(f"進捗_{as_of.isoformat()}", progress_view.RATES_HEADER, rows)


@require_safe
@or_404
def matrix(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """事務 × step."""
    as_of = as_of_in(request.GET, japanese_date(now()))
    return render(request, "board/matrix.html", {"view": progress_view.matrix_view(uuid, as_of=as_of)})


@require_safe
@or_404
def matrix_csv(request: DeskRequest, uuid: UUID) -> HttpResponseBase:
    """The same as a table."""
    as_of = as_of_in(request.GET, japanese_date(now()))
    header, rows = progress_view.matrix_rows(progress_view.matrix_view(uuid, as_of=as_of))
    return csv_file(f"ステップ別_{as_of.isoformat()}", header, rows)


@or_404
def report(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Report the items of one 事務 or 課 together; only what says something new is kept."""
    today = japanese_date(now())
    wanted = plans_view.narrowing(request.GET)
    if request.method == "POST":
        return _reported(request, uuid, wanted, as_of_in(request.POST, today))
    view = report_view.report_view(uuid, wanted, as_of=today)
    return _report_page(request, view)


def _report_page(
    request: DeskRequest, view: report_view.ReportView, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    facts = {"view": view, "sentence": sentence, "form": WorkbookForm()}
    return render(request, "board/report.html", facts, status=status)


def _reported(request: DeskRequest, uuid: UUID, wanted: plans_view.Narrowing, as_of: date) -> HttpResponse:
    view = report_view.report_view(uuid, wanted, as_of=as_of, posted=request.POST)
    if view.has_problems:
        return _report_page(request, view, status=422)
    try:
        count = services.report_many(request.viewer, uuid, report_view.drafts_of(view), at=now())
    except TodokeError as refusal:
        return _report_page(request, view, sentence=refusal.for_screen(), status=422)
    done(request, f"{count}件を報告しました。" if count else "新しい内容はありませんでした。")
    return redirect("board:progress", uuid=uuid)


@require_safe
@or_404
def report_workbook(request: DeskRequest, uuid: UUID) -> HttpResponseBase:
    """The form as a workbook, for networks that this page does not reach."""
    content, today = queries.content_of(uuid), japanese_date(now())
    sheet = queries.sheet(content, as_of=today)
    book = workbooks.write([sheet], title=f"{content.plan.title} 進捗報告", at=now())
    name = f"進捗報告_{today.isoformat()}.xlsx"
    return as_download(iter([book]), name=name, kind="xlsx", size=len(book))


@require_POST
@or_404
def take_workbook(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Take a filled-in workbook; with one row at fault nothing is kept, and every fault is told."""
    plan, form = queries.content_of(uuid).plan, WorkbookForm(request.POST, request.FILES)
    trip = None
    if form.is_valid():
        try:
            trip = services.take_workbook(request.viewer, uuid, form.cleaned_data["file"].read(), at=now())
        except TodokeError as refusal:
            form.add_error("file", refusal.for_screen())
    if trip is None or trip.troubles:
        facts = {"plan": plan, "form": form, "trip": trip}
        return render(request, "board/report_workbook.html", facts, status=422)
    done(request, f"Excelから{len(trip.drafts)}件を報告しました（変わりなし {trip.unchanged}件）。")
    return redirect("board:progress", uuid=uuid)
