"""What stands around an item: where its proofs lie, what it waits for, and links of the body's own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.programme.packs.values import LinkType
from todoke.programme.plans import queries, services
from todoke.web.board import links_view, plans_view
from todoke.web.board.finding import done, or_404, say
from todoke.web.board.forms.parts import EvidenceForm, LinkActForm, LinkForm
from todoke.web.board.forms.plans import ItemForm
from todoke.web.shared.requests import DeskRequest, terminal_of, typed_text


@require_POST
@or_404
def add_evidence(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Note where a proof of an item lies."""
    form = EvidenceForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.add_evidence(
                request.viewer, uuid, label=given["label"], place=given["place"], sha256=given["sha256"], at=now(),
                terminal=terminal_of(request),
            )  # fmt: skip
        except TodokeError as refusal:
            form.add_error(None, refusal.for_screen())
        else:
            done(request, "証拠の資料を加えました。")
            return redirect("board:plan-item", uuid=uuid)
    view = plans_view.item_view(request.viewer, uuid)
    facts = {"view": view, "form": ItemForm(view.item), "evidence": form, "clashes": ()}
    return render(request, "board/plan_item.html", facts, status=422)


@require_safe
@or_404
def item_links(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """What an item waits for and what waits for it（?concept=…: whose items are offered for another link）."""
    return _links(request, uuid, None)


def _links(
    request: DeskRequest, uuid: UUID, typed: Any, status: int = 200
) -> HttpResponse:  # QueryDict or None
    asked = request.GET if typed is None else typed
    concept = typed_text(asked["concept"], 20) if "concept" in asked else None
    view = links_view.links_view(request.viewer, uuid, concept)
    form = LinkForm(view.others, typed)
    return render(request, "board/item_links.html", {"view": view, "form": form}, status=status)


@require_POST
@or_404
def add_link(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Add a link of the body's own."""
    plan, concept = queries.plan_of_item(uuid), typed_text(request.POST.get("concept", ""), 20)
    content = queries.content(plan)
    item = next(one for one in content.items if one.uuid == uuid)
    form = LinkForm(links_view.others_of(content, item, concept), request.POST)
    if not form.is_valid():
        return _links(request, uuid, request.POST, status=422)
    before, after = form.ends(uuid)
    kind, lag = LinkType(form.cleaned_data["kind"]), form.cleaned_data["lag"]
    try:
        services.add_link(
            request.viewer, before, after, kind=kind, lag=lag, at=now(), terminal=terminal_of(request)
        )
        done(request, "前後関係を加えました。")
    except TodokeError as refusal:
        say(request, refusal)
    return redirect("board:item-links", uuid=uuid)


@require_POST
@or_404
def change_link(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Relax a link with a reason, let it bind again, or take one of the body's own out（act=relax|tighten|remove）."""
    queries.plan_of_item(uuid)
    form = LinkActForm(request.POST)
    if form.is_valid():
        try:
            done(request, _acted(request, form, at=now()))
        except TodokeError as refusal:
            say(request, refusal)
    return redirect("board:item-links", uuid=uuid)


def _acted(request: DeskRequest, form: LinkActForm, *, at: datetime) -> str:
    given, viewer, terminal = form.cleaned_data, request.viewer, terminal_of(request)
    link, version = given["uuid"], given["version"]
    if given["act"] == "relax":
        services.relax_link(viewer, link, version=version, reason=given["reason"], at=at, terminal=terminal)
        return "この前後関係を外して計算します。関係と理由は残ります。"
    if given["act"] == "tighten":
        services.tighten_link(viewer, link, version=version, at=at, terminal=terminal)
        return "この前後関係を守って計算します。"
    services.remove_link(viewer, link, version=version, at=at, terminal=terminal)
    return "団体で加えた前後関係を取り除きました。"
