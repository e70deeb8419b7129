"""What a plan covers: which 事務, 手続 and 部署 concern the body, who leads each, on whose system, until when."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.programme.plans import queries, services
from todoke.web.board import scope_view
from todoke.web.board.finding import done, or_404
from todoke.web.board.forms.parts import ScopeForm
from todoke.web.shared.requests import DeskRequest, terminal_of, typed_text


@require_safe
@or_404
def scope(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """What a plan covers; one line may be a form（?list=…&code=…）."""
    return _page(request, uuid, (_text(request.GET.get("list")), _text(request.GET.get("code"))))


def _text(given: str | None) -> str:
    return typed_text(given or "", 40)


def _page(
    request: DeskRequest, uuid: UUID, edited: tuple[str, str], form: ScopeForm | None = None
) -> HttpResponse:
    view = scope_view.scope_view(request.viewer, uuid, edited)
    entry = view.edited()
    shown = form or (ScopeForm(initial=ScopeForm.of(view.plan, entry)) if entry and view.may_edit else None)
    facts = {"view": view, "plan": view.plan, "form": shown}
    return render(request, "board/scope.html", facts, status=422 if form else 200)


@require_POST
@or_404
def set_scope(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Say anew how a 事務, 手続 or 部署 stands; items follow, and nothing is lost."""
    queries.plan(uuid)
    form = ScopeForm(request.POST)
    edited = (_text(request.POST.get("list")), _text(request.POST.get("code")))
    if not form.is_valid():
        return _page(request, uuid, edited, form)
    try:
        services.set_scope(
            request.viewer, uuid, form.entry(), version=form.cleaned_data["version"], at=now(),
            terminal=terminal_of(request),
        )  # fmt: skip
    except TodokeError as refusal:
        form.add_error(None, refusal.for_screen())
        return _page(request, uuid, edited, form)
    done(request, "対象を変えました。取組は、報告と証拠を持ったまま、それに合わせて変わりました。")
    return redirect(f"{reverse('board:scope', kwargs={'uuid': uuid})}#s-{edited[0]}-{edited[1]}")
