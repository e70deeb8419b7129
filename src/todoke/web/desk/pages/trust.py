"""By what signatures are judged: the lists and their age, who chose how revocation is checked, and choosing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from todoke.casework.relay import queries as relay
from todoke.casework.trust import services as trust_services
from todoke.casework.trust.errors import ChoiceUnfit
from todoke.foundation.accounts.values import Right
from todoke.foundation.calendars.queries import now
from todoke.foundation.procedures import queries as procedures
from todoke.web.desk import standing, trust_view
from todoke.web.desk.forms.trust import ChoiceForm
from todoke.web.shared.requests import DeskRequest, actor_of


def trust(request: DeskRequest) -> HttpResponse:
    """What counts now, what was chosen before, and what is installed."""
    return _page(request, _form(request))


def _form(request: DeskRequest) -> ChoiceForm:
    known = list(procedures.catalogue().values())
    return ChoiceForm(request.POST or None, channels=relay.channels(), procedures=known)


def _page(request: DeskRequest, form: ChoiceForm) -> HttpResponse:
    facts = {
        "form": form if request.viewer.may(Right.CHOOSE_CHECKERS) else None, "trust": standing.trust(at=now()),
        "view": trust_view.of(at=now()),
    }  # fmt: skip
    return render(request, "desk/trust.html", facts, status=422 if form.errors else 200)


@require_POST
def choose_checker(request: DeskRequest) -> HttpResponse:
    """Add a choice under the name of the person who is signed in."""
    form, at = _form(request), now()
    if not form.is_valid():
        return _page(request, form)
    try:
        trust_services.choose_checker(form.wanted(at), actor=actor_of(request), at=at)
    except ChoiceUnfit as unfit:
        form.add_error("valid_from" if "始まり" in unfit.facts["what"] else None, unfit.for_screen())
        return _page(request, form)
    messages.success(
        request, "検証方法の選択を登録しました。次に検証する申請データから使います。", extra_tags="good"
    )
    return redirect("desk:trust")
