"""The tools of step 0 and 1: the staff survey, the head's statement, workshops and their findings, self-assessment."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.errors import TodokeError
from todoke.foundation.organisations import queries as organisations
from todoke.programme.plans import queries, services
from todoke.programme.plans.values import FindingKind, SurveyRound
from todoke.web.board import steps_view
from todoke.web.board.finding import done, or_404, say
from todoke.web.board.forms.steps import (
    FindingForm,
    RoundForm,
    StatementForm,
    TakeForm,
    WorkshopForm,
    numbers_in,
)
from todoke.web.board.tables import csv_file
from todoke.web.shared.requests import DeskRequest, terminal_of


@require_safe
def steps(request: DeskRequest) -> HttpResponse:
    """Every tool of step 0 and 1 at a glance."""
    return render(request, "board/steps.html", {"view": steps_view.steps_view(request.viewer)})


def new_round(request: DeskRequest) -> HttpResponse:
    """Open a round of the survey."""
    form = RoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found: SurveyRound = services.open_round(
            request.viewer, title=form.cleaned_data["title"], smallest_group=form.cleaned_data["smallest_group"], at=now(),
            terminal=terminal_of(request),
        )  # fmt: skip
        return redirect("board:survey-round", uuid=found.uuid)
    return render(request, "board/new_round.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@or_404
def survey_round(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """One round: codes and their number while it is open, its result afterwards."""
    return _round_page(request, uuid)


def _round_page(request: DeskRequest, uuid: UUID, **more: object) -> HttpResponse:
    view = steps_view.survey_view(request.viewer, uuid)
    address = request.build_absolute_uri(f"/board/survey/{request.viewer.organisation}/")
    facts = {"view": view, "sections": organisations.sections(), "address": address, **more}
    return render(request, "board/survey_round.html", facts)


@require_POST
@or_404
def issue_codes(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Make one-time codes; this page is the only one that ever shows them."""
    numbers = numbers_in(request.POST, organisations.sections())
    queries.survey_round(uuid)
    try:
        issued = services.issue_codes(
            request.viewer, uuid, numbers=numbers, at=now(), terminal=terminal_of(request)
        )
    except TodokeError as refusal:
        say(request, refusal)
        return redirect("board:survey-round", uuid=uuid)
    return _round_page(request, uuid, issued=dict(issued))


@require_POST
@or_404
def close_round(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Close a round; its result can be seen, and no code works any more."""
    services.close_round(request.viewer, uuid, at=now(), terminal=terminal_of(request))
    done(request, "調査を締め切りました。回答コードはすべて消しました。")
    return redirect("board:survey-round", uuid=uuid)


@require_safe
@or_404
def survey_csv(request: DeskRequest, uuid: UUID) -> HttpResponseBase:
    """The result of a closed round by 課."""
    view = steps_view.survey_view(request.viewer, uuid)
    if view.everybody is None:
        raise Http404
    header, rows = steps_view.survey_rows(view)
    return csv_file("職員調査", header, rows)


def new_statement(request: DeskRequest) -> HttpResponse:
    """Record what the head has said; earlier versions stay."""
    form = StatementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.record_statement(
            request.viewer, **form.cleaned_data, at=now(), terminal=terminal_of(request)
        )
        done(request, "メッセージを記録しました。前のものも残っています。")
        return redirect("board:steps")
    return render(request, "board/new_statement.html", {"form": form}, status=422 if form.errors else 200)


def new_workshop(request: DeskRequest) -> HttpResponse:
    """Record a workshop; its findings follow."""
    form = WorkshopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = services.record_workshop(
            request.viewer, form.given(), at=now(), terminal=terminal_of(request)
        )
        return redirect("board:workshop", uuid=found.uuid)
    return render(request, "board/new_workshop.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@or_404
def workshop(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """One workshop, what it found, and what became of it."""
    return _workshop_page(request, uuid, FindingForm())


def _workshop_page(request: DeskRequest, uuid: UUID, form: FindingForm, status: int = 200) -> HttpResponse:
    view = steps_view.workshop_view(request.viewer, uuid)
    return render(request, "board/workshop.html", {"view": view, "form": form}, status=status)


@require_POST
@or_404
def add_finding(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Record one thing that the workshop found."""
    queries.workshop(uuid)
    form = FindingForm(request.POST)
    if not form.is_valid():
        return _workshop_page(request, uuid, form, status=422)
    given = form.cleaned_data
    services.add_finding(
        request.viewer, uuid, FindingKind(given["kind"]), given["text"], stage=given["stage"], at=now(),
        terminal=terminal_of(request),
    )  # fmt: skip
    done(request, "気づきを、取組の候補に加えました。")
    return redirect("board:workshop", uuid=uuid)


@require_POST
@or_404
def settle_finding(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Make an item of a plan out of a finding, or leave it aside with a reason."""
    known = {one.uuid for one in queries.workshop(uuid).findings}
    form = TakeForm(request.POST)
    if not form.is_valid() or form.cleaned_data["finding"] not in known:
        raise Http404
    try:
        done(request, _settled(request, form))
    except TodokeError as refusal:
        say(request, refusal)
    return redirect("board:workshop", uuid=uuid)


def _settled(request: DeskRequest, form: TakeForm) -> str:
    given, at, terminal = form.cleaned_data, now(), terminal_of(request)
    if given["act"] == "leave":
        services.leave_finding(
            request.viewer, given["finding"], reason=given["reason"], at=at, terminal=terminal
        )
        return "見送りにしました。理由は残っています。"
    plan = queries.plan(given["plan"] or UUID(int=0))
    services.take_finding(
        request.viewer, given["finding"], plan.uuid, label=given["label"], at=at, terminal=terminal
    )
    return f"「{plan.title}」の取組にしました。"


def new_assessment(request: DeskRequest) -> HttpResponse:
    """Assess oneself by the points of step 0 to 3; questions may stay open."""
    asked = queries.questionnaire(steps_view.SELF)
    posted = request.POST if request.method == "POST" else None
    lines = steps_view.answer_lines(asked, posted, all_needed=False)
    if posted is None:
        return render(request, "board/new_assessment.html", {"asked": asked, "lines": lines})
    found = services.record_assessment(
        request.viewer, held_on=japanese_date(now()), levels=steps_view.chosen_in(lines),
        remarks={one.question.id: one.remark for one in lines}, at=now(), terminal=terminal_of(request),
    )  # fmt: skip
    done(request, "自己点検を記録しました。")
    return redirect("board:assessment", uuid=found.uuid)


@require_safe
@or_404
def assessment(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """One self-assessment, to be printed."""
    return render(request, "board/assessment.html", {"view": steps_view.assessment_view(uuid)})


@require_safe
@or_404
def assessment_csv(request: DeskRequest, uuid: UUID) -> HttpResponseBase:
    """Its scores by step as a table."""
    scores = steps_view.assessment_view(uuid).scores
    rows = [
        [one.group, str(one.score), str(one.most), str(share), str(one.unanswered)] for one, share in scores
    ]
    return csv_file("自己点検", ("ステップ", "点", "満点", "割合（％）", "未回答"), rows)
