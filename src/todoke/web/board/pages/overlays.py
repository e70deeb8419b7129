"""追加データ: overlays taken over from a file, and published to the bodies below."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation.accounts.values import Right
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.errors import TodokeError
from todoke.programme.packs import queries as packs
from todoke.programme.packs import services
from todoke.programme.packs.errors import PackUnreadable
from todoke.programme.packs.values import Edition, EditionOrigin
from todoke.programme.rollup import queries as rollup
from todoke.web.board import overlays_view
from todoke.web.board.finding import done, say
from todoke.web.board.forms.overlays import OverlayForm, PublishForm
from todoke.web.shared.requests import DeskRequest, terminal_of


@require_safe
def overlays(request: DeskRequest) -> HttpResponse:
    """The overlays at hand."""
    return _page(request, OverlayForm())


def _page(request: DeskRequest, form: OverlayForm, status: int = 200) -> HttpResponse:
    facts = {
        "view": overlays_view.overlays_view(), "form": form, "may_take": request.viewer.may(Right.ADOPT_EDITIONS),
        "may_publish": request.viewer.may(Right.ASK_BODIES),
    }  # fmt: skip
    return render(request, "board/overlays.html", facts, status=status)


@require_POST
def take_overlay(request: DeskRequest) -> HttpResponse:
    """Take an overlay over from a file（YAML or the Excel of `pack to-excel`）; no plan changes by it."""
    form = OverlayForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            content: bytes = request.FILES["file"].read()  # type: ignore[union-attr]  # one file per name
            edition = _read(content, form.cleaned_data["file"].name)
            ref = services.take_over(
                request.viewer, edition, origin=EditionOrigin.OWN, at=now(), terminal=terminal_of(request)
            )
        except TodokeError as refusal:
            form.add_error("file", refusal.for_screen())
        else:
            done(request, f"追加データ {ref.edition}版を登録しました。計画に重ねるまで、計画は変わりません。")
            return redirect("board:overlays")
    return _page(request, form, status=422)


def _read(content: bytes, name: str) -> Edition:
    if content[:2] == b"PK":
        found = packs.edition_in(content)
    else:
        found = packs.read_document(content, name[:60])
    if not found.overlays:
        raise PackUnreadable(pack=name[:60], where="overlays", reason="追加データではありません")
    return found


@require_safe
def publish_overlays(request: DeskRequest) -> HttpResponse:
    """Choose an overlay, see all that it does to its guideline, and to whom it would go."""
    view = overlays_view.publish_view(request.GET)
    form = PublishForm(rollup.bodies_below())
    return render(request, "board/publish_overlays.html", {"view": view, "form": form})


@require_POST
def send_overlay(request: DeskRequest) -> HttpResponse:
    """Send an overlay to bodies below as signed files."""
    view = overlays_view.publish_view(request.POST)
    form = PublishForm(rollup.bodies_below(), request.POST)
    if not form.is_valid() or view.chosen is None or view.trouble:
        facts = {"view": view, "form": form}
        return render(request, "board/publish_overlays.html", facts, status=422)
    recipients = form.cleaned_data["recipients"]
    try:
        services.publish(
            request.viewer, view.chosen.ref, recipients=recipients, as_of=japanese_date(now()), at=now(),
            terminal=terminal_of(request),
        )  # fmt: skip
        done(request, f"{len(recipients)}団体に送る準備をしました。自動処理が送ります。")
    except TodokeError as refusal:
        say(request, refusal)
    return redirect("board:publish-overlays")
