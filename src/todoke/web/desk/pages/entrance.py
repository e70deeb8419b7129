"""The entrance: signing in and out, the one-time links, the password."""

from django.contrib import messages
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts import services as account_services
from todoke.foundation.accounts.errors import SetUpDone
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.organisations.errors import CodeInvalid
from todoke.foundation.organisations.values import OrganisationKind
from todoke.web.desk import first_run, sign_in
from todoke.web.desk.forms.entrance import ChangePasswordForm, SecondStepForm, SetUpForm, SignInForm
from todoke.web.shared import dates, sessions
from todoke.web.shared.requests import DeskRequest, actor_of, viewer_of

WRONG = "サインイン名またはパスワードが違います。入力し直してください。"


def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Name and password; afterwards to the page that was asked for, if it is one of ours."""
    if viewer_of(request) is not None:
        return redirect("desk:home")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome = sign_in.by_password(
            request,
            form.cleaned_data["name"],
            form.cleaned_data["password"],
            wanted=_wanted(request),
            at=now(),
        )
        if isinstance(outcome, sign_in.SecondStep):
            return redirect("desk:second-step")
        if isinstance(outcome, sign_in.SignedIn):
            return redirect(_wanted(request))
        form.add_error(None, WRONG if isinstance(outcome, sign_in.Refused) else _later(outcome))
    status = 200 if request.method in DeskRequest.SAFE else 422
    facts = {"form": form, "next": _wanted(request), "is_empty": not accounts.any_staff()}
    return render(request, "desk/sign_in.html", facts, status=status)


def second_step(request: HttpRequest) -> HttpResponse:
    """The code of whoever has shown a password; afterwards to the page that was asked for."""
    waiting = sessions.pending(request)
    if viewer_of(request) is not None or waiting is None:
        return redirect("desk:home")
    form = SecondStepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome = sign_in.by_second_step(request, form.cleaned_data["code"], at=now())
        if isinstance(outcome, sign_in.SignedIn):
            return redirect("desk:password" if outcome.needs_password else waiting[2] or "desk:home")
        if outcome is None:
            return redirect("desk:home")
        form.add_error("code", outcome.sentence)
    status = 200 if request.method in DeskRequest.SAFE else 422
    return render(request, "desk/second_step.html", {"form": form}, status=status)


def _later(outcome: sign_in.Later) -> str:
    return f"続けて失敗したため、{dates.moment_words(outcome.until)}過ぎまで受け付けません。時間をおいて入力し直してください。"


def _wanted(request: HttpRequest) -> str:
    """The page that was asked for; home for whatever leads elsewhere."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours and wanted.startswith("/") else resolve_url("desk:home")


def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button; opening it uses nothing up, the button does."""
    if viewer_of(request) is not None:
        return render(request, "desk/link_signed_in.html")
    is_open = account_services.is_link_open(token, sign_in.LINK, at=now())
    if request.method == "POST":
        try:
            outcome = sign_in.by_link(request, token, at=now())
        except SetUpDone:
            is_open = False
        else:
            return redirect(_after(outcome))
    return render(request, "desk/sign_in_link.html", {"is_open": is_open}, status=200 if is_open else 410)


def _after(outcome: sign_in.SignedIn | sign_in.SecondStep) -> str:
    if isinstance(outcome, sign_in.SecondStep):
        return "desk:second-step"
    return "desk:password" if outcome.needs_password else "desk:home"


def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """The first body and its administrator, once."""
    if viewer_of(request) is not None or not first_run.is_open(token, at=now()):
        return render(request, "desk/set_up_closed.html", status=410)
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            first_run.set_up(request, token, _set_up_of(form), at=now())
        except CodeInvalid as wrong:
            form.add_error("organisation_code", wrong.for_screen())
        else:
            messages.success(request, "最初の管理者としてサインインしました。", extra_tags="good")
            return redirect("desk:first-steps")
    return render(request, "desk/set_up.html", {"form": form}, status=422 if form.errors else 200)


def _set_up_of(form: SetUpForm) -> first_run.SetUp:
    typed = form.cleaned_data
    return first_run.SetUp(
        organisation_code=typed["organisation_code"], organisation_name=typed["organisation_name"],
        kind=OrganisationKind(typed["kind"]), section_name=typed["section_name"],
        display_name=typed["display_name"], sign_in_name=typed["sign_in_name"], password=typed["password"],
    )  # fmt: skip


@require_POST
def sign_out(request: DeskRequest) -> HttpResponse:
    """End the session on the server and let the browser forget what it has seen."""
    actor = actor_of(request)
    audit.record("staff.signed_out", object_kind="staff", object_id=actor.id, actor=actor, at=now())
    request.session.flush()
    answer = redirect("desk:sign-in")
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


def password(request: DeskRequest) -> HttpResponse:
    """Choose a new password; the present one is asked for where there is one."""
    person = accounts.staff(request.viewer.staff_id)
    assert person is not None  # the gate has just loaded this person
    form = ChangePasswordForm(request.POST or None, has_password=person.has_usable_password())
    if request.method == "POST" and form.is_valid():
        if not person.has_usable_password() or check_password(form.cleaned_data["current"], person.password):
            account_services.set_password(
                person.pk, form.cleaned_data["password"], actor=actor_of(request), at=now()
            )
            sessions.begin(request, accounts.staff(person.pk) or person)
            messages.success(
                request, "パスワードを変えました。ほかの端末のサインインは終わりました。", extra_tags="good"
            )
            return redirect("desk:home")
        form.add_error("current", "現在のパスワードが違います。")
    return render(request, "desk/password.html", {"form": form}, status=422 if form.errors else 200)
