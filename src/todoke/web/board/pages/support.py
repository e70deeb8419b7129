"""市区町村支援台帳: experts sent, shared procurement, shared training; per town and item, and what came of it."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.programme.rollup import queries, services
from todoke.programme.rollup.values import SupportDraft, SupportKind, SupportState
from todoke.web.board.finding import done, or_404, say
from todoke.web.board.forms.rollup import OutcomeForm, SupportForm
from todoke.web.board.tables import csv_file
from todoke.web.shared.requests import DeskRequest


@require_safe
def support(request: DeskRequest) -> HttpResponse:
    """The ledger, and a form for a new entry."""
    return _page(request, SupportForm(queries.bodies_below()))


def _page(request: DeskRequest, form: SupportForm, status: int = 200) -> HttpResponse:
    facts = {"entries": queries.support_entries(), "form": form}
    return render(request, "board/support.html", facts, status=status)


@require_safe
def support_csv(request: DeskRequest) -> HttpResponseBase:
    """The ledger as a table."""
    header = ["団体コード", "団体名", "種類", "支援", "対象の取組", "始まり", "終わり", "状態", "結果"]
    rows = [
        [
            one.body, one.name, one.kind.label, one.title, one.item, one.begins.isoformat(),
            one.ends.isoformat() if one.ends else "", one.state.label, one.outcome,
        ]
        for one in queries.support_entries()
    ]  # fmt: skip
    return csv_file("support", header, rows)


@require_POST
def enter_support(request: DeskRequest) -> HttpResponse:
    """One entry per chosen body."""
    form = SupportForm(queries.bodies_below(), request.POST)
    if form.is_valid():
        given = form.cleaned_data
        draft = SupportDraft(
            SupportKind(given["kind"]), given["title"], given["begins"], given["ends"], given["item"]
        )
        try:
            entered = services.enter_support(request.viewer, draft, bodies=given["bodies"], at=now())
        except TodokeError as refusal:
            form.add_error(None, refusal.for_screen())
        else:
            done(request, f"{len(entered)}件を登録しました。")
            return redirect("board:support")
    return _page(request, form, status=422)


@or_404
def support_entry(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """One entry, and（POST）where it stands."""
    entry, form = queries.support(uuid), OutcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.change_support(
                request.viewer, uuid, version=given["version"], state=SupportState(given["state"]),
                outcome=given["outcome"], at=now(),
            )  # fmt: skip
        except TodokeError as refusal:
            say(request, refusal)
        else:
            done(request, "登録しました。")
        return redirect("board:support")
    if request.method != "POST":
        shown = {"version": entry.version, "state": entry.state.value, "outcome": entry.outcome}
        form = OutcomeForm(initial=shown)
    return render(request, "board/support_entry.html", {"entry": entry, "form": form})
