"""提出: what this body submits, what it received, and the figures of the bodies below; never a draft of theirs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation import workbooks
from todoke.foundation.accounts.values import Right
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.errors import TodokeError
from todoke.programme.plans import queries as plans
from todoke.programme.rollup import queries, services
from todoke.web.board import rollup_files, rollup_view
from todoke.web.board.finding import done, or_404, say
from todoke.web.board.forms.rollup import SubmitForm, WithdrawForm
from todoke.web.board.tables import csv_file
from todoke.web.shared.downloads import as_download
from todoke.web.shared.requests import DeskRequest, terminal_of


@require_safe
def submissions(request: DeskRequest) -> HttpResponse:
    """The bodies below, read in one edition."""
    view = rollup_view.page(request.viewer, request.GET, as_of=japanese_date(now()))
    return render(request, "board/submissions.html", {"view": view, "roll": view.roll})


@require_safe
def submissions_csv(request: DeskRequest) -> HttpResponseBase:
    """The bodies as a table."""
    roll = rollup_view.rolled(request.GET, as_of=japanese_date(now()))
    return csv_file("submissions", rollup_files.HEADER, map(rollup_files.body_row, roll.bodies))


@require_safe
def submissions_figures(request: DeskRequest) -> HttpResponseBase:
    """Every aggregate of the page as a table."""
    roll = rollup_view.rolled(request.GET, as_of=japanese_date(now()), most_listed=0)
    return csv_file("figures", rollup_files.FIGURES, rollup_files.figure_rows(roll))


@require_safe
def submissions_json(request: DeskRequest) -> HttpResponse:
    """The same for programs, by the rights of the session."""
    return JsonResponse(rollup_files.document(rollup_view.rolled(request.GET, as_of=japanese_date(now()))))


@require_safe
def submissions_workbook(request: DeskRequest) -> HttpResponseBase:
    """Excel in the form of the monthly report."""
    roll = rollup_view.rolled(request.GET, as_of=japanese_date(now()))
    sheets = rollup_files.monthly_sheets(roll)
    if not sheets:
        messages.error(
            request, "行が多すぎるか、提出がありません。都道府県で絞ってください。", extra_tags="bad"
        )
        return redirect("board:submissions")
    content = workbooks.write(sheets, title="月次報告", at=now())
    return as_download(iter([content]), name="monthly.xlsx", kind="xlsx", size=len(content))


@require_safe
def submission_steps(request: DeskRequest) -> HttpResponse:
    """One 事務 step by step over all bodies."""
    view = rollup_view.steps_view(request.GET, as_of=japanese_date(now()))
    return render(request, "board/submission_steps.html", {"view": view})


@require_safe
def submission_steps_csv(request: DeskRequest) -> HttpResponseBase:
    """The same as a table."""
    view = rollup_view.steps_view(request.GET, as_of=japanese_date(now()))
    return csv_file("steps", rollup_files.STEPS, map(rollup_files.step_row, view.lines))


@require_safe
@or_404
def submission(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """One received submission, and all that its body has submitted."""
    told = queries.submission(uuid)
    facts = {
        "told": told,
        "rows": rollup_view.state_rows(queries.snapshot(uuid)),
        "log": queries.log_of(told.subject),
        "support": queries.support_entries(body=told.subject)
        if request.viewer.may(Right.KEEP_SUPPORT)
        else (),
        "forwarder": queries.bodies_below().get(told.sender, ""),
    }
    return render(request, "board/submission.html", facts)


@require_POST
def forward_submissions(request: DeskRequest) -> HttpResponse:
    """Forward to the nation what it has not been told yet."""
    try:
        count = services.forward(request.viewer, at=now(), terminal=terminal_of(request))
    except TodokeError as refusal:
        say(request, refusal)
    else:
        done(request, f"{count}件を国に送る準備をしました。自動処理が送ります。")
    return redirect("board:submissions")


@require_POST
def choose_forwarding(request: DeskRequest) -> HttpResponse:
    """Forward by hand or without a person."""
    is_automatic = request.POST.get("automatic") == "1"
    try:
        services.choose_forwarding(
            request.viewer, is_automatic=is_automatic, at=now(), terminal=terminal_of(request)
        )
    except TodokeError as refusal:
        say(request, refusal)
    else:
        done(request, "自動で国に送ります。" if is_automatic else "国へは手で送ります。")
    return redirect("board:submissions")


@require_safe
def submit(request: DeskRequest) -> HttpResponse:
    """The plans that can be submitted, and what was."""
    facts = {"plans": plans.plans(), "sent": queries.sent(), "form": WithdrawForm()}
    return render(request, "board/submit.html", facts)


@or_404
def submit_plan(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """What a submission of a plan would say; and（POST）its submission."""
    plan = plans.plan(uuid)
    try:
        if request.method == "POST":
            return _submitted(request, uuid)
        one = queries.snapshot_of(uuid, as_of=japanese_date(now()))
        above = queries.parent()
    except TodokeError as refusal:
        say(request, refusal)
        return redirect("board:submit")
    form = SubmitForm(initial={"shown": queries.digest(one)})
    facts = {"plan": plan, "one": one, "above": above, "form": form, "rows": rollup_view.state_rows(one)}
    return render(request, "board/submit_plan.html", facts)


def _submitted(request: DeskRequest, uuid: UUID) -> HttpResponse:
    form = SubmitForm(request.POST)
    shown = form.cleaned_data["shown"] if form.is_valid() else "-"
    sent = services.submit(request.viewer, uuid, at=now(), shown_sha256=shown, terminal=terminal_of(request))
    done(request, f"提出しました（番号 {sent.number}）。自動処理が送ります。")
    return redirect("board:submit")


@require_POST
@or_404
def withdraw_submission(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Take a submission back."""
    form = WithdrawForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        services.withdraw(request.viewer, uuid, reason=reason, at=now(), terminal=terminal_of(request))
    except TodokeError as refusal:
        say(request, refusal)
    else:
        done(request, "取り下げました。提出の記録は残ります。")
    return redirect("board:submit")
