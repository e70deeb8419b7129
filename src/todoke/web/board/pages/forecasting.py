"""What is likely, why a date is what it is, until when one can wait, and what beginning early is worth."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation.accounts.values import Right
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.errors import TodokeError
from todoke.programme.forecast import services
from todoke.programme.forecast.values import ForecastKind
from todoke.web.board import forecast_tables, forecast_view, network_view, what_if_view
from todoke.web.board.drawn import drawn, plan_or_404
from todoke.web.board.finding import done, say
from todoke.web.board.forms.what_if import BranchForm
from todoke.web.board.narrowing import filters_in
from todoke.web.shared.requests import DeskRequest, typed_text


@require_safe
def forecast(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """When the plan is likely done."""
    view = forecast_view.forecast_page(uuid, as_of=japanese_date(now()))
    facts = {"view": view, "plan": view.drawn.plan, "may_edit": request.viewer.may(Right.EDIT_PLANS)}
    return render(request, "board/forecast.html", facts)


@require_POST
def keep_forecast(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Keep today's forecast, or make it a baseline."""
    plan_or_404(uuid)
    kind = ForecastKind.BASELINE if request.POST.get("kind") == "baseline" else ForecastKind.FORECAST
    services.keep_forecast(
        request.viewer, uuid, kind, at=now(), name=typed_text(request.POST.get("name", ""), 100)
    )
    done(request, f"{kind.label}として保存しました。")
    return redirect("board:forecast", uuid=uuid)


@require_safe
def why(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Why a piece of work lies where it lies（?item=…）."""
    key = typed_text(request.GET.get("item", ""), 100)
    if not key:
        plan_or_404(uuid)
        return redirect("board:gantt", uuid=uuid)
    view = forecast_view.why_page(uuid, key, as_of=japanese_date(now()))
    return render(request, "board/why.html", {"view": view, "plan": view.drawn.plan})


@require_safe
def safe_dates(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Until when what has to begin."""
    view = forecast_view.safe_page(uuid, filters_in(request.GET), as_of=japanese_date(now()))
    return render(request, "board/safe_dates.html", {"view": view, "plan": view.drawn.plan})


@require_safe
def early_start(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """What the month of the start means for people and for the deadline（?advice=1: and what each delay costs）."""
    view = forecast_view.curve_page(uuid, as_of=japanese_date(now()), with_advice="advice" in request.GET)
    return render(request, "board/early_start.html", {"view": view, "plan": view.drawn.plan})


@require_safe
def loads(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Work by role and month."""
    view = forecast_view.load_page(uuid, filters_in(request.GET), as_of=japanese_date(now()))
    return render(request, "board/loads.html", {"view": view, "plan": view.drawn.plan})


@require_safe
def figures(request: DeskRequest, uuid: UUID, what: str) -> HttpResponseBase:
    """The table behind a chart as CSV."""
    return forecast_tables.file_of(uuid, what, filters_in(request.GET), as_of=japanese_date(now()))


@require_safe
def network(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """What waits for what（?concept=…）."""
    concept = typed_text(request.GET.get("concept", ""), 20)
    view = network_view.network_page(uuid, concept, as_of=japanese_date(now()))
    return render(request, "board/network.html", {"view": view, "plan": view.drawn.plan})


@require_safe
def what_if(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """A branch beside the plan as it is; the address says all, nothing is kept."""
    view = what_if_view.what_if(uuid, request.GET, as_of=japanese_date(now()))
    facts = {"view": view, "plan": view.drawn.plan, "may_edit": request.viewer.may(Right.EDIT_PLANS)}
    return render(request, "board/what_if.html", facts, status=422 if view.form.errors else 200)


@require_POST
def keep_scenario(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Keep the forecast of a branch by its name, so that a decision can stand on it."""
    form = BranchForm(drawn(uuid, as_of=japanese_date(now())).network, request.POST)
    if not form.is_valid():
        return redirect("board:what-if", uuid=uuid)
    try:
        services.keep_forecast(request.viewer, uuid, ForecastKind.SCENARIO, at=now(), branch=form.branch())
    except TodokeError as refusal:
        say(request, refusal)
    else:
        done(request, "案の見通しを保存しました。意思決定の案に付けられます。")
    return redirect("board:what-if", uuid=uuid)
