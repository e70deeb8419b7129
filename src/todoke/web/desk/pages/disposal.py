"""保存と廃棄: what is due, the dry run of a rule, a list on its way, its certificate; and holds."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from todoke.casework.disposal import queries, services
from todoke.casework.disposal.errors import RetentionRulesInvalid, RuleUnknown, RunUnknown
from todoke.casework.disposal.values import Ground, HoldTarget
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.errors import TodokeError
from todoke.web.desk import disposal_view
from todoke.web.desk.forms.disposal import DropForm, HoldForm, LiftForm, ListForm
from todoke.web.shared.paging import after_of
from todoke.web.shared.requests import DeskRequest, terminal_of


def disposal(request: DeskRequest) -> HttpResponse:
    """Every rule with what is due today, the holds that count, and the lists so far."""
    return _overview(request, HoldForm())


def _overview(request: DeskRequest, form: HoldForm, *, status: int = 200) -> HttpResponse:
    try:
        view = disposal_view.overview(request.viewer, at=now())
    except RetentionRulesInvalid as broken:
        return render(request, "desk/disposal_broken.html", {"sentence": broken.for_screen()}, status=409)
    return render(request, "desk/disposal.html", {"view": view, "form": form}, status=status)


def disposal_rule(request: DeskRequest) -> HttpResponse:
    """The dry run of one rule（?rule=…）: what a list of today would let go of. Nothing changes."""
    return _rule_page(request, request.GET.get("rule", ""))


def _rule_page(
    request: DeskRequest, code: str, form: ListForm | None = None, *, status: int = 200
) -> HttpResponse:
    try:
        due = queries.due_list(code, as_of=japanese_date(now()))
    except RuleUnknown as unknown:
        raise Http404 from unknown
    facts = {
        "due": due, "lines": due.records[: disposal_view.LINES], "run": queries.open_runs().get(code),
        "form": form or ListForm(initial={"shown": due.hash}),
    }  # fmt: skip
    return render(request, "desk/disposal_rule.html", facts, status=status)


@require_POST
def propose_disposal(request: DeskRequest) -> HttpResponse:
    """Propose today's list of a rule."""
    form, code = ListForm(request.POST), request.POST.get("rule", "")
    if not form.is_valid():
        return _rule_page(request, code, form, status=422)
    try:
        run = services.propose_disposal(
            request.viewer, code, shown_hash=form.cleaned_data["shown"], reason=form.cleaned_data["reason"], at=now(),
            terminal=terminal_of(request),
        )  # fmt: skip
    except RuleUnknown as unknown:
        raise Http404 from unknown
    except TodokeError as refusal:
        _say(request, refusal)
        return redirect(f"{reverse('desk:disposal-rule')}?{urlencode({'rule': code})}")
    messages.success(
        request, "提案しました。ほかの担当者が確認するまで、何も廃棄しません。", extra_tags="good"
    )
    return redirect("desk:disposal-run", uuid=run.uuid)


def _say(request: DeskRequest, refusal: TodokeError) -> None:
    if isinstance(refusal, RightMissing):
        raise refusal
    messages.error(request, refusal.for_screen(), extra_tags="bad")


def disposal_run(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """One list: its lines and what became of them."""
    return _run_page(request, uuid)


def _run_page(
    request: DeskRequest, uuid: UUID, form: ListForm | None = None, *, status: int = 200
) -> HttpResponse:
    try:
        view = disposal_view.run_view(request.viewer, uuid, after=after_of(request), at=now())
    except RunUnknown as unknown:
        raise Http404 from unknown
    shown = {"shown": view.run.list_hash}
    facts = {"view": view, "form": form or ListForm(initial=shown), "drop": DropForm()}
    return render(request, "desk/disposal_run.html", facts, status=status)


@require_POST
def confirm_disposal(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Confirm a list as the second person."""
    form = ListForm(request.POST)
    if not form.is_valid():
        return _run_page(request, uuid, form, status=422)
    try:
        services.confirm_disposal(
            request.viewer, uuid, shown_hash=form.cleaned_data["shown"], reason=form.cleaned_data["reason"], at=now(),
            terminal=terminal_of(request),
        )  # fmt: skip
    except RunUnknown as unknown:
        raise Http404 from unknown
    except TodokeError as refusal:
        _say(request, refusal)
    else:
        messages.success(
            request, "承認しました。自動処理が廃棄し、終わると廃棄証明を作ります。", extra_tags="good"
        )
    return redirect("desk:disposal-run", uuid=uuid)


@require_POST
def drop_disposal(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Take one's own list back, or send another's back."""
    form = DropForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        services.drop_disposal(request.viewer, uuid, reason=reason, at=now(), terminal=terminal_of(request))
    except RunUnknown as unknown:
        raise Http404 from unknown
    except TodokeError as refusal:
        _say(request, refusal)
    else:
        messages.success(request, "取りやめました。何も廃棄していません。", extra_tags="good")
    return redirect("desk:disposal-run", uuid=uuid)


@require_POST
def resume_disposal(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Let a list that stopped go on."""
    try:
        services.try_run_again(request.viewer, uuid, at=now(), terminal=terminal_of(request))
    except RunUnknown as unknown:
        raise Http404 from unknown
    messages.success(request, "再開しました。", extra_tags="good")
    return redirect("desk:disposal-run", uuid=uuid)


def certificate(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The certificate to print."""
    try:
        queries.certificate(uuid)
        view = disposal_view.run_view(request.viewer, uuid, limit=disposal_view.PRINTED, at=now())
    except RunUnknown as unknown:
        raise Http404 from unknown
    return render(request, "desk/disposal_certificate.html", {"view": view})


def certificate_file(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The certificate as it stands in the audit by its hash."""
    try:
        text = queries.certificate(uuid)
    except RunUnknown as unknown:
        raise Http404 from unknown
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="disposal-{uuid}.json"'
    return response


@require_POST
def place_hold(request: DeskRequest) -> HttpResponse:
    """Let nothing of a target go until the hold is lifted."""
    form = HoldForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data
        try:
            services.place_hold(
                request.viewer, HoldTarget(wanted["target"]), wanted["meant"], ground=Ground(wanted["ground"]),
                reason=wanted["reason"], at=now(), terminal=terminal_of(request),
            )  # fmt: skip
        except TodokeError as refusal:
            if isinstance(refusal, RightMissing):
                raise
            form.add_error("meant", refusal.for_screen())
        else:
            messages.success(request, "廃棄を停止しました。解除するまで廃棄しません。", extra_tags="good")
            return redirect("desk:disposal")
    return _overview(request, form, status=422)


@require_POST
def lift_hold(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Let the rules count again."""
    if queries.hold(uuid) is None:
        raise Http404
    form = LiftForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        services.lift_hold(request.viewer, uuid, reason=reason, at=now(), terminal=terminal_of(request))
    except TodokeError as refusal:
        _say(request, refusal)
    else:
        messages.success(request, "停止を解除しました。", extra_tags="good")
    return redirect("desk:disposal")
