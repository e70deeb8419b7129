"""New editions of a guideline: the 改定影響票, its adoption with decisions, and its undo."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.errors import TodokeError
from todoke.programme.packs.errors import OverlayMisfit
from todoke.programme.plans import queries, services
from todoke.programme.plans.errors import SheetChanged
from todoke.programme.plans.values import Adoption, AdoptionAct
from todoke.web.board import editions_view
from todoke.web.board.finding import done, or_404, say
from todoke.web.board.tables import csv_file
from todoke.web.shared.requests import DeskRequest, terminal_of

Take: TypeAlias = Callable[..., Adoption]
CHANGED = "判断か計画が、票を表示したときから変わりました。作り直した票を確かめて、もう一度採用してください。"


@require_safe
@or_404
def editions(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The edition that a plan uses, newer ones, and what was adopted."""
    return render(request, "board/editions.html", {"view": editions_view.editions_view(request.viewer, uuid)})


@require_safe
@or_404
def impact(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """What a newer edition（?edition=…&release=…）would do to the plan; nothing is written."""
    new = editions_view.wanted_edition(uuid, request.GET)
    view = editions_view.impact_view(request.viewer, uuid, new, {}, as_of=japanese_date(now()))
    return render(request, "board/impact.html", {"view": view})


@require_safe
@or_404
def impact_csv(request: DeskRequest, uuid: UUID) -> HttpResponseBase:
    """Every line of the sheet as a table."""
    new = editions_view.wanted_edition(uuid, request.GET)
    sheet = queries.impact_sheet(uuid, new)
    return csv_file("改定影響票", editions_view.HEADER, editions_view.sheet_rows(sheet))


@require_POST
@or_404
def adopt(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Show the sheet with other decisions（act=preview）, or adopt it exactly as it was shown."""
    new = editions_view.wanted_edition(uuid, request.POST)
    choices, today = editions_view.choices_in(request.POST), japanese_date(now())
    told = request.POST.get("told", "")
    view = editions_view.impact_view(request.viewer, uuid, new, choices, as_of=today, told=told)
    take = partial(services.adopt_edition, request.viewer, uuid, new, choices=choices)
    return _taken(request, view, take, "新しい版を採用しました。")


def _taken(request: DeskRequest, view: editions_view.ImpactView, take: Take, said: str) -> HttpResponse:
    """The sheet once more（act=preview）, or the plan as it says; where that is no longer so, the sheet as it is now."""
    if request.POST.get("act") != "adopt":
        return render(request, "board/impact.html", {"view": view})
    try:
        taken = take(
            shown_hash=request.POST.get("shown", ""),
            at=now(),
            effect=view.sheet.effect,
            terminal=terminal_of(request),
        )
    except SheetChanged:
        return render(request, "board/impact.html", {"view": view, "sentence": CHANGED}, status=409)
    done(request, f"{said}取り消すまで、いつでも前の計画に戻せます。")
    return redirect("board:adoption", uuid=taken.uuid)


@require_safe
@or_404
def overlay(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """What one more overlay（?pack=…&edition=…&release=…）would do to the plan; nothing is written."""
    if "pack" not in request.GET:
        return redirect("board:editions", uuid=queries.plan(uuid).uuid)
    new = editions_view.wanted_overlay(uuid, request.GET)
    try:
        view = editions_view.overlay_view(request.viewer, uuid, new, {}, as_of=japanese_date(now()))
    except OverlayMisfit as misfit:
        say(request, misfit)
        return redirect("board:editions", uuid=uuid)
    return render(request, "board/impact.html", {"view": view})


@require_POST
@or_404
def apply_overlay(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Show the sheet with other decisions（act=preview）, or lay the overlay over exactly as it was shown."""
    new = editions_view.wanted_overlay(uuid, request.POST)
    choices, today = editions_view.choices_in(request.POST), japanese_date(now())
    told = request.POST.get("told", "")
    view = editions_view.overlay_view(request.viewer, uuid, new, choices, as_of=today, told=told)
    overlays = queries.with_overlay(view.plan, new)
    take = partial(services.adopt_overlays, request.viewer, uuid, overlays, choices=choices)
    return _taken(request, view, take, "追加データを重ねました。")


@require_safe
@or_404
def adoption(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """One adoption: the sheet as it was decided on, and its undo."""
    act = queries.adoption(uuid)
    facts = {"act": act, "plan": queries.plan(act.plan), "view": editions_view.adopted_view(uuid)}
    return render(request, "board/adoption.html", facts)


@require_POST
@or_404
def turn_back(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Take an adoption back, or take the taking back back."""
    act = queries.adoption(uuid)
    if not act.stands:
        raise Http404
    turn = services.redo_adoption if act.act is AdoptionAct.UNDONE else services.undo_adoption
    try:
        turn(request.viewer, uuid, at=now(), terminal=terminal_of(request))
        done(request, "計画を、その操作の前とまったく同じ内容に戻しました。")
    except TodokeError as refusal:
        say(request, refusal)
    return redirect("board:editions", uuid=act.plan)
