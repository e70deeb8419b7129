"""One's own account: password, second step, recovery codes, the browsers that are signed in; and proving it again."""

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.calendars.queries import now
from todoke.foundation.entrance import queries as entrance
from todoke.foundation.entrance import services
from todoke.foundation.entrance.errors import CodeWrong, TriesExhausted
from todoke.foundation.entrance.values import Enrolment, Standing
from todoke.foundation.organisations import queries as organisations
from todoke.web.desk import proving
from todoke.web.desk.forms.entrance import SetUpSecondStepForm
from todoke.web.shared import sessions
from todoke.web.shared.requests import DeskRequest, actor_of


def account(request: DeskRequest) -> HttpResponse:
    """How I sign in and where I am signed in."""
    staff_id = request.viewer.staff_id
    facts = {
        "standing": entrance.standing_of(staff_id), "must": entrance.must_have(staff_id),
        "codes_left": entrance.recovery_codes_left(staff_id),
        "lines": entrance.sessions_of(staff_id, this_key=request.session.session_key),
    }  # fmt: skip
    return render(request, "desk/account.html", facts)


def set_up_second_step(request: DeskRequest) -> HttpResponse:
    """The secret as text and as a QR code; the first right code makes it count and brings the recovery codes."""
    staff_id = request.viewer.staff_id
    if entrance.standing_of(staff_id) is Standing.SET:
        return redirect("desk:account")
    if request.method in DeskRequest.SAFE:
        return render(request, "desk/begin_second_step.html", {"must": sessions.must_set_up(request)})
    form = SetUpSecondStepForm(request.POST if "code" in request.POST else None)
    if form.is_valid():
        try:
            codes = services.confirm_second_step(
                staff_id, form.cleaned_data["code"], actor=actor_of(request), at=now()
            )
        except (CodeWrong, TriesExhausted) as wrong:
            form.add_error("code", wrong.for_screen())
        else:
            sessions.has_set_up(request)
            return render(request, "desk/recovery_codes.html", {"codes": codes, "is_first": True})
    return _secret_page(request, form)


def _secret_page(request: DeskRequest, form: SetUpSecondStepForm) -> HttpResponse:
    person, body = (
        accounts.staff(request.viewer.staff_id),
        organisations.organisation(request.viewer.organisation),
    )
    assert person is not None  # the gate has just loaded this person
    enrolment = services.begin_second_step(
        person.pk, account=person.sign_in_name, issuer=f"Todoke {body.name}",
        actor=actor_of(request), at=now(),
    )  # fmt: skip
    facts = {"form": form, "enrolment": enrolment, "picture": _picture(enrolment)}
    return render(request, "desk/set_up_second_step.html", facts, status=422 if form.errors else 200)


def _picture(enrolment: Enrolment) -> SafeString:
    """The address as a QR code, drawn here: it never leaves for anybody who draws pictures."""
    drawn = segno.make(enrolment.address, error="m", micro=False).svg_inline(
        scale=5, svgclass="qr", lineclass=None, omitsize=True, title="認証アプリで読み取るQRコード", light="#fff"
    )  # fmt: skip
    return mark_safe(drawn)  # noqa: S308  # numbers and our own title; what was typed is only in its modules


@require_POST
def recovery_codes(request: DeskRequest) -> HttpResponse:
    """New recovery codes in the place of the old ones, shown this once."""
    if entrance.standing_of(request.viewer.staff_id) is not Standing.SET:
        return redirect("desk:account")
    codes = services.renew_recovery_codes(request.viewer.staff_id, actor=actor_of(request), at=now())
    return render(request, "desk/recovery_codes.html", {"codes": codes, "is_first": False})


@require_POST
def end_session(request: DeskRequest) -> HttpResponse:
    """End one of my other sessions, or all of them; this one is ended by signing out."""
    typed = request.POST.get("session", "")
    ended = services.end_sessions(
        request.viewer.staff_id, actor=actor_of(request), at=now(), but=request.session.session_key or "",
        session_id=int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 16 else None,
    )  # fmt: skip
    messages.success(request, f"{ended}件のサインインを終了しました。", extra_tags="good")
    return redirect("desk:account")


def prove_again(request: DeskRequest) -> HttpResponse:
    """The question on a page of its own, for files that leave by a link; afterwards to that link."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    target = wanted if is_ours and wanted.startswith("/") else resolve_url("desk:home")
    form = proving.form_of(request)
    if request.method == "POST" and proving.is_proved(request, form):
        return redirect(target)
    return proving.question(request, form, target=target)
