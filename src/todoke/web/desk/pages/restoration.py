"""What a named person decides on the 突合表: take the core's ledger as right, and after a restore let things go out."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from todoke.casework import journey
from todoke.casework.handover import services as handover
from todoke.casework.handover.errors import CoreSystemUnknown, HandoverUnknown, NotHeld, NotListed
from todoke.casework.notify import services as notify
from todoke.foundation.backup.errors import NotReconciled, ReasonMissing
from todoke.foundation.calendars.queries import now
from todoke.web.desk.forms.restoration import LedgerForm, ResumeForm, TheirsForm
from todoke.web.shared.requests import DeskRequest, terminal_of


@require_POST
def accept_ledger(request: DeskRequest) -> HttpResponse:
    """Settle what the core's ledger has already; the bytes are made durable outside any transaction."""
    form = LedgerForm(request.POST)
    if not form.is_valid():
        raise Http404
    name = form.cleaned_data["system"]
    try:
        settled = journey.accept_ledger(request.viewer, name)
    except CoreSystemUnknown as unknown:
        raise Http404 from unknown
    messages.success(
        request, f"{name} の台帳を受け入れ、{settled} 件を受領済みにしました。", extra_tags="good"
    )
    return redirect("desk:reconcile")


@require_POST
def accept_theirs(request: DeskRequest) -> HttpResponse:
    """Close a row as the core has it, although we would have sent something else（EXP-712）."""
    form = TheirsForm(request.POST)
    if not form.is_valid():
        raise Http404
    row, reason = form.cleaned_data["row"], form.cleaned_data["reason"]
    try:
        journey.accept_theirs(request.viewer, row, reason=reason, terminal=terminal_of(request))
    except HandoverUnknown as unknown:
        raise Http404 from unknown
    except (NotHeld, NotListed, ReasonMissing) as first:
        messages.error(request, first.for_screen(), extra_tags="bad")
    else:
        messages.success(
            request, "基幹の内容で受領済みにしました。こちらの内容は渡しません。", extra_tags="good"
        )
    return redirect("desk:reconcile")


@require_POST
def resume_handover(request: DeskRequest) -> HttpResponse:
    """Send to a core system again after a restore, or say what has to be done first."""
    form = ResumeForm(request.POST)
    if not form.is_valid():
        raise Http404
    name, reason = form.cleaned_data["system"], form.cleaned_data["reason"]
    try:
        handover.resume_after_restore(
            request.viewer, name, reason=reason, at=now(), terminal=terminal_of(request)
        )
    except CoreSystemUnknown as unknown:
        raise Http404 from unknown
    except (NotReconciled, ReasonMissing) as first:
        messages.error(request, f"{name}: {first.for_screen()}", extra_tags="bad")
    else:
        messages.success(request, f"{name} への引渡しを再開しました。", extra_tags="good")
    return redirect("desk:reconcile")


@require_POST
def resume_notices(request: DeskRequest) -> HttpResponse:
    """Let applicants be told again, once every core system is released."""
    try:
        notify.resume_after_restore(request.viewer, at=now(), terminal=terminal_of(request))
    except NotReconciled as first:
        messages.error(request, first.for_screen(), extra_tags="bad")
    else:
        messages.success(
            request, "申請者への通知を再開しました。復元後の確認は終わりです。", extra_tags="good"
        )
    return redirect("desk:reconcile")
