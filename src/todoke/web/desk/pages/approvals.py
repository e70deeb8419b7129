"""What waits for a second person, and who needs none."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.approvals import services
from todoke.foundation.approvals.errors import AloneRefused, ReasonMissing
from todoke.foundation.calendars.queries import now
from todoke.web.desk.approvals import KINDS, lines_for
from todoke.web.desk.forms.staff import AloneForm
from todoke.web.shared.requests import DeskRequest, actor_of, typed_text


def waiting(request: DeskRequest) -> HttpResponse:
    """Decisions that I may confirm, oldest first; each leads to the page that shows it."""
    return render(request, "desk/approvals.html", {"lines": lines_for(request.viewer, at=now())})


def _must_be_ours(staff_id: int) -> None:
    if accounts.staff(staff_id) is None:
        raise Http404


@require_POST
def allow_alone(request: DeskRequest, staff_id: int) -> HttpResponse:
    """Let somebody confirm alone（一人の職場）; the reason is kept."""
    _must_be_ours(staff_id)
    form = AloneForm(request.POST)
    if not form.is_valid():
        messages.error(request, "決定の種類と理由を入力してください。", extra_tags="bad")
        return redirect("desk:staff")
    typed = form.cleaned_data
    try:
        services.allow_alone(
            typed["kind"], staff_id, actor=actor_of(request), at=now(), reason=typed["reason"]
        )
    except AloneRefused as refused:
        messages.error(request, refused.for_screen(), extra_tags="bad")
    else:
        words = KINDS[typed["kind"]].words
        messages.success(request, f"「{words}」を一人で確認できるようにしました。", extra_tags="good")
    return redirect("desk:staff")


@require_POST
def end_alone(request: DeskRequest, staff_id: int) -> HttpResponse:
    """From now on the person needs a second one again."""
    _must_be_ours(staff_id)
    kind, reason = (typed_text(request.POST.get(name, ""), 200) for name in ("kind", "reason"))
    try:
        services.disallow_alone(kind, staff_id, actor=actor_of(request), at=now(), reason=reason)
    except ReasonMissing as missing:
        messages.error(request, missing.for_screen(), extra_tags="bad")
    else:
        messages.success(request, "一人での確認を取りやめました。", extra_tags="good")
    return redirect("desk:staff")
