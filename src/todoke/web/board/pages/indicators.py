"""Indicators: kept with what they are for, stated with where a value comes from, traced back, ended without loss."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.errors import TodokeError
from todoke.programme.progress import queries, services
from todoke.programme.progress.errors import IndicatorUnknown
from todoke.programme.progress.values import Stated
from todoke.web.board import behind_view, indicators_view, paper_view
from todoke.web.board.finding import done, say
from todoke.web.board.forms.progress import IndicatorForm, TargetForm, ValueForm
from todoke.web.board.tables import csv_file
from todoke.web.shared.paging import after_of
from todoke.web.shared.requests import DeskRequest, actor_of


@require_safe
def indicators(request: DeskRequest) -> HttpResponse:
    """Every indicator that the body keeps, with its trend."""
    return _page(request)


def _page(
    request: DeskRequest, form: IndicatorForm | None = None, value: ValueForm | None = None, status: int = 200
) -> HttpResponse:
    view = indicators_view.indicators_view(request.viewer)
    facts = {
        "view": view, "form": form or IndicatorForm(indicators_view.offered()),
        "value": value or ValueForm(view.typed),
    }  # fmt: skip
    return render(request, "board/indicators.html", facts, status=status)


@require_safe
def indicators_csv(request: DeskRequest) -> HttpResponseBase:
    """Every value as a table."""
    return csv_file("指標", indicators_view.HEADER, indicators_view.rows())


@require_POST
def keep_indicator(request: DeskRequest) -> HttpResponse:
    """Keep an indicator of a pack."""
    offered = indicators_view.offered()
    form = IndicatorForm(offered, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        meant = indicators_view.meant(offered.indicators[given["source"]], given["procedure"])
        try:
            kept = services.keep_indicator(
                request.viewer, meant, purpose=given["purpose"], target=form.meant, at=now()
            )
        except TodokeError as refusal:
            form.add_error(None, refusal.for_screen())
        else:
            done(request, indicators_view.kept_words(kept))
            return redirect("board:indicators")
    return _page(request, form=form, status=422)


def change_indicator(request: DeskRequest, indicator_id: int) -> HttpResponse:
    """Change what an indicator is for and its target; its values stay."""
    try:
        one = queries.kept_indicator(indicator_id)
    except IndicatorUnknown as unknown:
        raise Http404 from unknown
    if request.method != "POST":
        begun = {
            "purpose": one.purpose,
            "target": one.target and indicators_view.number(one.target),
            "target_on": one.target_on,
        }
        return render(request, "board/change_indicator.html", {"of": one, "form": TargetForm(initial=begun)})
    form = TargetForm(request.POST)
    if form.is_valid():
        try:
            services.change_indicator(
                request.viewer, one.code, purpose=form.cleaned_data["purpose"], target=form.meant, at=now()
            )
        except TodokeError as refusal:
            form.add_error(None, refusal.for_screen())
        else:
            done(request, "指標の目標を変えました。")
            return redirect("board:indicators")
    return render(request, "board/change_indicator.html", {"of": one, "form": form}, status=422)


@require_POST
def state_value(request: DeskRequest) -> HttpResponse:
    """State a value as of a day; a later statement of the same day corrects it."""
    form = ValueForm(indicators_view.typed(), request.POST)
    if form.is_valid():
        given = form.cleaned_data
        stated = Stated(
            given["as_of"], given["value"], missing=given["missing"], source_text=given["source_text"]
        )
        try:
            services.state_value(request.viewer, given["code"], stated, at=now())
        except TodokeError as refusal:
            form.add_error(None, refusal.for_screen())
        else:
            done(request, "値を保存しました。")
            return redirect("board:indicators")
    return _page(request, value=form, status=422)


@require_POST
def end_indicator(request: DeskRequest) -> HttpResponse:
    """Keep an indicator no longer; its values stay."""
    try:
        services.end_indicator(
            request.viewer, request.POST.get("code", "")[:80].replace("\x00", ""), at=now()
        )
        done(request, "指標を終えました。値は残っています。")
    except IndicatorUnknown as unknown:
        raise Http404 from unknown
    except TodokeError as refusal:
        say(request, refusal)
    return redirect("board:indicators")


@require_safe
def value_events(request: DeskRequest, value_id: int) -> HttpResponse:
    """The records of casework behind a value; who may see their cases gets from each to its case, which is recorded."""
    try:
        view = behind_view.behind_view(request.viewer, value_id, after=after_of(request))
    except IndicatorUnknown as unknown:
        raise Http404 from unknown
    if view.opened:
        audit.record_read(
            "cases.listed", object_kind="indicator", object_id=view.of.code, actor=actor_of(request), at=now(),
            facts={"found": len(view.opened), "cases": ",".join(str(row.id) for row in view.opened)},
        )  # fmt: skip
    return render(request, "board/value_events.html", {"view": view})


def paper_counts(request: DeskRequest) -> HttpResponse:
    """How many applications of each procedure came on paper in a month; only what says something new is kept."""
    today = japanese_date(now())
    month = paper_view.month_in(request.GET.get("month", ""), today)
    if request.method != "POST":
        return _paper_page(request, paper_view.paper_view(request.viewer, month, today=today))
    view = paper_view.paper_view(request.viewer, month, today=today, posted=request.POST)
    if view.has_problems:
        return _paper_page(request, view, status=422)
    try:
        count = services.state_paper_counts(request.viewer, month, view.counts, at=now())
    except TodokeError as refusal:
        say(request, refusal)
        return _paper_page(request, view, status=422)
    done(request, f"{count}手続の件数を保存しました。" if count else "新しい内容はありませんでした。")
    return redirect(f"{reverse('board:paper-counts')}?month={month:%Y-%m}")


def _paper_page(request: DeskRequest, view: paper_view.PaperView, status: int = 200) -> HttpResponse:
    return render(request, "board/paper_counts.html", {"view": view}, status=status)
