"""One member of staff: appointments and their last day, second step, sessions; and who leaves soon."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts import services as account_services
from todoke.foundation.accounts.values import Role
from todoke.foundation.approvals import queries as approvals
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.entrance import queries as entrance
from todoke.foundation.entrance import services
from todoke.foundation.entrance.errors import LastManager, ReasonNeeded
from todoke.foundation.organisations import queries as organisations
from todoke.web.desk.forms.staff import LastDayForm, RoleForm
from todoke.web.shared.requests import DeskRequest, actor_of, typed_text

SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class GrantLine:
    """One appointment in words."""

    id: int
    words: str
    until: date | None


def staff_member(request: DeskRequest, staff_id: int) -> HttpResponse:
    """Everything about one person's access on one page."""
    person = accounts.staff(staff_id)
    last_day = LastDayForm(initial={"until": person.active_until if person else None})
    return _page(request, staff_id, last_day, RoleForm(sections=organisations.sections()))


def _page(
    request: DeskRequest, staff_id: int, last_day: LastDayForm, role: RoleForm, status: int = 200
) -> HttpResponse:
    person = next((one for one in accounts.all_staff() if one.pk == staff_id), None)
    if person is None:
        raise Http404
    grants = [
        GrantLine(
            one.pk, Role(one.role).label + (f"（{one.section.name}）" if one.section else "（全体）"), one.valid_until
        )
        for one in person.grants.all()
    ]  # fmt: skip
    facts = {
        "person": person, "grants": grants, "last_day": last_day, "role": role,
        "standing": entrance.standing_of(staff_id), "must": entrance.must_have(staff_id),
        "sessions": len(entrance.sessions_of(staff_id, this_key=None)),
        "waiting": sum(one.made_by == str(staff_id) for one in approvals.open_proposals()),
    }  # fmt: skip
    return render(request, "desk/staff_member.html", facts, status=status)


def _must_be_ours(staff_id: int) -> None:
    if accounts.staff(staff_id) is None:
        raise Http404


@require_POST
def set_last_day(request: DeskRequest, staff_id: int) -> HttpResponse:
    """Say until which day the account counts; empty: no end is known."""
    _must_be_ours(staff_id)
    form = LastDayForm(request.POST)
    if not form.is_valid():
        return _page(request, staff_id, form, RoleForm(sections=organisations.sections()), 422)
    last_day = form.cleaned_data["until"]
    if last_day and not entrance.managers_left(without=staff_id, on=last_day + timedelta(days=1)):
        messages.error(request, LastManager().for_screen(), extra_tags="bad")
    else:
        account_services.set_last_day(staff_id, last_day, actor=actor_of(request), at=now())
        messages.success(request, "利用の最終日を変えました。", extra_tags="good")
    return redirect("desk:staff-member", staff_id)


@require_POST
def give_role(request: DeskRequest, staff_id: int) -> HttpResponse:
    """Give a role, or another last day to one that is there."""
    _must_be_ours(staff_id)
    form = RoleForm(request.POST, sections=organisations.sections())
    if not form.is_valid():
        return _page(request, staff_id, LastDayForm(), form, 422)
    account_services.grant_role(staff_id, form.appointment(), actor=actor_of(request), at=now())
    messages.success(request, "役割を付けました。次の操作から有効です。", extra_tags="good")
    return redirect("desk:staff-member", staff_id)


@require_POST
def end_role(request: DeskRequest, staff_id: int, grant_id: int) -> HttpResponse:
    """Take one role away from the next request on."""
    _must_be_ours(staff_id)
    try:
        services.end_role(staff_id, grant_id, actor=actor_of(request), at=now())
    except LastManager as refused:
        messages.error(request, refused.for_screen(), extra_tags="bad")
    else:
        messages.success(request, "役割を外しました。", extra_tags="good")
    return redirect("desk:staff-member", staff_id)


@require_POST
def reset_second_step(request: DeskRequest, staff_id: int) -> HttpResponse:
    """For somebody who has lost the authenticator: a reason, and a new start at the next signing in."""
    _must_be_ours(staff_id)
    reason = typed_text(request.POST.get("reason", ""), 200)
    try:
        services.reset_second_step(staff_id, reason=reason, actor=actor_of(request), at=now())
    except ReasonNeeded as missing:
        messages.error(request, missing.for_screen(), extra_tags="bad")
    else:
        messages.success(
            request, "二段階目をやり直せるようにし、サインインを終了しました。", extra_tags="good"
        )
    return redirect("desk:staff-member", staff_id)


@require_POST
def end_sessions(request: DeskRequest, staff_id: int) -> HttpResponse:
    """End every session of somebody else（ASVS 7.4.5）; one's own stays."""
    _must_be_ours(staff_id)
    ended = services.end_sessions(
        staff_id, actor=actor_of(request), at=now(), but=request.session.session_key or ""
    )
    messages.success(request, f"{ended}件のサインインを終了しました。", extra_tags="good")
    return redirect("desk:staff-member", staff_id)


def leaving_staff(request: DeskRequest) -> HttpResponse:
    """Whose account or appointment ends within 60 days or has ended; and what waits because of them."""
    today = japanese_date(now())
    made = [one.made_by for one in approvals.open_proposals()]
    lines = [(one, made.count(str(one.staff_id))) for one in entrance.leaving(until=today + SOON)]
    no_manager = not entrance.managers_left(without=0, on=today + SOON)
    facts = {"lines": lines, "today": today, "days": SOON.days, "no_manager": no_manager}
    return render(request, "desk/leaving_staff.html", facts)
