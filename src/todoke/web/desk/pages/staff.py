"""Staff: who is appointed to what; new colleagues, their first link, the end of their access."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts import services as account_services
from todoke.foundation.accounts.errors import SignInNameTaken
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.entrance import queries as entrance
from todoke.foundation.entrance import services as entrance_services
from todoke.foundation.entrance.errors import LastManager
from todoke.foundation.entrance.values import Standing
from todoke.foundation.organisations import queries as organisations
from todoke.web.desk import approvals, sign_in
from todoke.web.desk.forms.staff import AloneForm, StaffForm
from todoke.web.shared.requests import DeskRequest, actor_of


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One line of the list: the person and the appointments in words."""

    id: int
    name: str
    sign_in_name: str
    is_active: bool
    has_password: bool
    appointments: tuple[str, ...]
    second_step: Standing
    last_day: date | None


def staff(request: DeskRequest) -> HttpResponse:
    """Everybody of this body."""
    facts = {"lines": _lines(), "alone": approvals.alone_lines(), "alone_form": AloneForm()}
    return render(request, "desk/staff.html", facts)


def _lines() -> list[StaffLine]:
    standings = entrance.standings()
    return [
        StaffLine(
            person.pk, person.display_name, person.sign_in_name, person.is_active, person.has_usable_password(),
            tuple(
                Role(grant.role).label + (f"（{grant.section.name}）" if grant.section else "")
                for grant in person.grants.all()
            ),
            standings.get(person.pk, Standing.NONE), person.active_until,
        )
        for person in accounts.all_staff()
    ]  # fmt: skip


def new_staff(request: DeskRequest) -> HttpResponse:
    """Appoint a colleague; nobody chooses a password for somebody else."""
    form = StaffForm(request.POST or None, sections=organisations.sections())
    if request.method == "POST" and form.is_valid():
        try:
            staff_id = account_services.create_staff(
                form.cleaned_data["sign_in_name"], display_name=form.cleaned_data["display_name"], password=None,
                roles=form.appointments(), actor=actor_of(request), at=now(),
            )  # fmt: skip
        except SignInNameTaken as taken:
            form.add_error("sign_in_name", taken.for_screen())
        else:
            return _show_link(request, staff_id, form.cleaned_data["display_name"])
    return render(request, "desk/new_staff.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def staff_link(request: DeskRequest, staff_id: int) -> HttpResponse:
    """A new one-time link for somebody who has forgotten the password."""
    person = accounts.staff(staff_id)
    if person is None or accounts.viewer(staff_id) is None:
        raise Http404
    return _show_link(request, staff_id, person.display_name)


def _show_link(request: DeskRequest, staff_id: int, name: str) -> HttpResponse:
    at = now()
    token = account_services.one_time_link(
        sign_in.LINK, at=at, staff_id=staff_id, organisation=request.viewer.organisation
    )
    audit.record(
        "staff.link_made", object_kind="staff", object_id=str(staff_id), actor=actor_of(request), at=at
    )
    address = request.build_absolute_uri(reverse("desk:sign-in-link", args=[token]))
    return render(request, "desk/staff_link.html", {"name": name, "address": address})


@require_POST
def end_staff(request: DeskRequest, staff_id: int) -> HttpResponse:
    """End somebody's access from their next request on."""
    if staff_id == request.viewer.staff_id:
        messages.error(
            request, "自分の利用は終了できません。ほかの管理者に依頼してください。", extra_tags="bad"
        )
        return redirect("desk:staff")
    person = accounts.staff(staff_id)
    if person is None:
        raise Http404
    if person.is_active:
        try:
            entrance_services.end_staff(staff_id, actor=actor_of(request), at=now())
        except LastManager as refused:
            messages.error(request, refused.for_screen(), extra_tags="bad")
            return redirect("desk:staff")
    messages.success(request, f"{person.display_name}さんの利用を終了しました。", extra_tags="good")
    return redirect("desk:staff")
