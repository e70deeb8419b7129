"""Windows and capacities of a plan: when something may begin, and how much can be done at one time."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.programme.plans import queries, services
from todoke.web.board import plans_view
from todoke.web.board.finding import done, or_404, say
from todoke.web.board.forms.plans import CapacityForm, PartForm, WindowForm
from todoke.web.shared.requests import DeskRequest, terminal_of


@require_safe
@or_404
def arrangements(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The windows and capacities, with a form for another one of each."""
    return _page(request, uuid)


def _page(
    request: DeskRequest,
    uuid: UUID,
    window: WindowForm | None = None,
    capacity: CapacityForm | None = None,
    status: int = 200,
) -> HttpResponse:
    view = plans_view.arrangements_view(request.viewer, uuid)
    facts = {"view": view, "window": window or WindowForm(view.nodes), "capacity": capacity or CapacityForm()}
    return render(request, "board/arrangements.html", facts, status=status)


@require_POST
@or_404
def set_window(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Set one window."""
    form = WindowForm(queries.edition_of(queries.plan(uuid)).nodes, request.POST)
    if form.is_valid():
        try:
            services.set_window(request.viewer, uuid, form.window(), at=now(), terminal=terminal_of(request))
        except TodokeError as refusal:
            form.add_error(None, refusal.for_screen())
        else:
            done(request, "時期の制約を保存しました。")
            return redirect("board:arrangements", uuid=uuid)
    return _page(request, uuid, window=form, status=422)


@require_POST
@or_404
def set_capacity(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Set one capacity."""
    queries.plan(uuid)
    form = CapacityForm(request.POST)
    if form.is_valid():
        try:
            services.set_capacity(
                request.viewer, uuid, form.capacity(), at=now(), terminal=terminal_of(request)
            )
        except TodokeError as refusal:
            form.add_error(None, refusal.for_screen())
        else:
            done(request, "体制を保存しました。")
            return redirect("board:arrangements", uuid=uuid)
    return _page(request, uuid, capacity=form, status=422)


@require_POST
@or_404
def confirm_windows(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Confirm every proposed window as it stands."""
    count = services.confirm_windows(
        request.viewer, queries.plan(uuid).uuid, at=now(), terminal=terminal_of(request)
    )
    done(request, f"提案された{count}件の時期を、この団体のものとして確かめました。")
    return redirect("board:arrangements", uuid=uuid)


@require_POST
@or_404
def remove_part(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Take a window（act=window）or a capacity out of the plan; it can be undone."""
    queries.plan(uuid)
    form = PartForm(request.POST)
    remove = services.remove_window if request.POST.get("act") == "window" else services.remove_capacity
    if form.is_valid():
        try:
            remove(
                request.viewer, form.part(), version=form.cleaned_data["version"], at=now(), terminal=terminal_of(request)
            )  # fmt: skip
            done(request, "外しました。変更の記録から元に戻せます。")
        except TodokeError as refusal:
            say(request, refusal)
    return redirect("board:arrangements", uuid=uuid)
