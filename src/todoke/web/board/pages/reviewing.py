"""Decisions（OODA）and the close of each month（PDCA）."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.errors import TodokeError
from todoke.programme.forecast import queries as forecasts
from todoke.programme.forecast.values import ForecastKind
from todoke.programme.plans import queries as plans
from todoke.programme.review import queries, services
from todoke.programme.review.values import Decision, Outcome, Signal, SignalKind
from todoke.web.board import review_view
from todoke.web.board.finding import done, or_404, say
from todoke.web.board.forms.reviewing import (
    CloseForm,
    DecideForm,
    DropCardForm,
    MonthForm,
    OpenForm,
    OptionForm,
    ReviewForm,
)
from todoke.web.shared.requests import DeskRequest, typed_text


@require_safe
@or_404
def decisions(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The decisions of a plan; ?signal=forecast begins the form with what the newest forecasts say."""
    begun = review_view.moved(uuid) if request.GET.get("signal") == "forecast" else {}
    view = review_view.cards_page(
        request.viewer, uuid, OpenForm(initial=dict(begun)), today=japanese_date(now())
    )
    return render(request, "board/decisions.html", {"view": view, "plan": view.plan})


@require_POST
@or_404
def open_decision(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Open a card for something that moved."""
    plans.plan(uuid)
    form = OpenForm(request.POST)
    if not form.is_valid():
        view = review_view.cards_page(request.viewer, uuid, form, today=japanese_date(now()))
        return render(request, "board/decisions.html", {"view": view, "plan": view.plan}, status=422)
    typed = form.cleaned_data
    card = services.open_card(
        request.viewer, uuid, title=typed["title"], situation=typed["situation"], at=now(),
        signal=Signal(SignalKind(typed["kind"]), typed["before"], typed["after"]),
    )  # fmt: skip
    done(request, "意思決定の記録を始めました。次に、案を加えてください。")
    return redirect("board:decision", uuid=card.uuid)


@require_safe
@or_404
def decision(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """One card."""
    return _card_page(request, uuid)


def _card_page(request: DeskRequest, uuid: UUID, form: forms.Form | None = None) -> HttpResponse:
    """The card; with a form that was refused, what was typed stands in it again and its mistakes above."""
    typed = {name: request.POST.get(name) for name in form.fields} if form is not None else None
    view = review_view.card_page(request.viewer, uuid, today=japanese_date(now()), typed=typed)
    facts = {"view": view, "plan": view.plan, "refused": form}
    return render(request, "board/decision.html", facts, status=200 if form is None else 422)


def _settle(
    request: DeskRequest, uuid: UUID, form: forms.Form, act: Callable[[], object], words: str
) -> HttpResponse:
    """Do what a form asks for, or show why not with what was typed."""
    if form.is_valid():
        try:
            act()
        except TodokeError as refusal:
            say(request, refusal)
            form.add_error(None, refusal.for_screen())
        else:
            done(request, words)
            return redirect("board:decision", uuid=uuid)
    return _card_page(request, uuid, form)


@require_POST
@or_404
def add_option(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Add a way to go."""
    card = queries.card(uuid, today=japanese_date(now()))
    form = OptionForm(forecasts.forecasts(card.plan, kind=ForecastKind.SCENARIO, limit=50), request.POST)

    def add() -> object:
        typed = form.cleaned_data
        scenario = UUID(typed["scenario"]) if typed["scenario"] else None
        return services.add_option(
            request.viewer, uuid, version=typed["version"], label=typed["label"], scenario=scenario, at=now()
        )

    return _settle(request, uuid, form, add, "案を加えました。")


@require_POST
@or_404
def decide(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Decide for one of the options."""
    form = DecideForm(queries.card(uuid, today=japanese_date(now())).options, request.POST)

    def settle() -> object:
        typed = form.cleaned_data
        lines = tuple(line.strip() for line in typed["difference"].splitlines() if line.strip())
        chosen = Decision(int(typed["chosen"]), typed["reason"], typed["review_by"], lines)
        return services.decide(request.viewer, uuid, chosen, version=typed["version"], at=now())

    return _settle(
        request, uuid, form, settle, "決定を記録しました。振り返る日になったら、結果を記録してください。"
    )


@require_POST
@or_404
def review_decision(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Look at a decision again."""
    queries.card(uuid, today=japanese_date(now()))
    form = ReviewForm(request.POST)

    def review() -> object:
        typed = form.cleaned_data
        outcome = Outcome(typed["outcome"])
        return services.review(
            request.viewer, uuid, outcome, typed["learnt"], version=typed["version"], at=now()
        )

    return _settle(request, uuid, form, review, "振り返りを記録しました。")


@require_POST
@or_404
def drop_decision(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Drop a card that needs no decision any more."""
    queries.card(uuid, today=japanese_date(now()))
    form = DropCardForm(request.POST)

    def drop() -> object:
        typed = form.cleaned_data
        return services.drop(request.viewer, uuid, typed["reason"], version=typed["version"], at=now())

    return _settle(request, uuid, form, drop, "取りやめました。")


@require_safe
@or_404
def closes(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The signed closes of a plan; ?check=… verifies the signature of one."""
    asked = typed_text(request.GET.get("check", ""), 36)
    view = review_view.closes_page(request.viewer, uuid, today=japanese_date(now()), asked=asked)
    return render(request, "board/closes.html", {"view": view, "plan": view.plan})


@or_404
def close_month(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The close of a month（?month=2026-10）as it would be signed; sent, it is signed."""
    plans.plan(uuid)
    form = CloseForm(request.POST) if request.method == "POST" else MonthForm(request.GET)
    if not form.is_valid():
        return redirect("board:closes", uuid=uuid)
    try:
        if request.method != "POST":
            view = review_view.draft_page(uuid, form.first(), today=japanese_date(now()))
            return render(request, "board/close_month.html", {"view": view, "plan": view.plan})
        return _sign(request, uuid, form)
    except TodokeError as refusal:
        say(request, refusal)
        return redirect("board:closes", uuid=uuid)


def _sign(request: DeskRequest, uuid: UUID, form: MonthForm) -> HttpResponse:
    """Sign what was shown; if that is refused, show the close as it is now with what was typed."""
    typed = form.cleaned_data
    try:
        services.close_month(
            request.viewer, uuid, form.first(), shown_sha256=typed["shown"], comment=typed["comment"],
            reason=typed["reason"], at=now(),
        )  # fmt: skip
    except TodokeError as refusal:
        say(request, refusal)
        view = review_view.draft_page(uuid, form.first(), today=japanese_date(now()), typed=typed)
        return render(request, "board/close_month.html", {"view": view, "plan": view.plan}, status=409)
    done(request, "署名して締めました。")
    return redirect("board:closes", uuid=uuid)
