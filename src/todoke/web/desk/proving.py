"""Asking once more who sits here, before what is sensitive: in the place of the page, with everything that was typed."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.http import urlencode

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.calendars.queries import now
from todoke.foundation.entrance import queries as entrance
from todoke.foundation.entrance.values import Standing
from todoke.web.desk import rights, sign_in
from todoke.web.desk.forms.entrance import ProveAgainForm
from todoke.web.shared import sessions
from todoke.web.shared.requests import DeskRequest

FIELD = "proof"
_OURS = frozenset({FIELD, "csrfmiddlewaretoken"})


def asked_first(request: DeskRequest, name: str) -> HttpResponse | None:
    """What to answer instead of a sensitive page; None when it may go on.

    A form is shown again with hidden copies of its fields and one question; its answer comes with them to the same
    address. A link leads over a page that asks.
    """
    if request.method in DeskRequest.SAFE:
        if name not in rights.ASKS_AGAIN_TO_READ or sessions.is_fresh(request):
            return None
        return HttpResponseRedirect(
            f"{resolve_url('desk:prove-again')}?{urlencode({'next': request.get_full_path()})}"
        )
    if name not in rights.ASKS_AGAIN or sessions.is_fresh(request):
        return None
    form = form_of(request)
    if FIELD in request.POST and is_proved(request, form):
        return None
    return question(request, form)


def form_of(request: DeskRequest) -> ProveAgainForm:
    """The one question: a code of whoever has a second step, else the password."""
    staff_id = request.viewer.staff_id
    has_code = entrance.standing_of(staff_id) is Standing.SET
    return ProveAgainForm(request.POST if FIELD in request.POST else None, has_code=has_code)


def is_proved(request: DeskRequest, form: ProveAgainForm) -> bool:
    """Whether the answer is right; what is wrong with it stands in the form."""
    if not form.is_valid():
        return False
    outcome = sign_in.again(request, form.cleaned_data[FIELD], at=now())
    if outcome is None:
        return True
    form.add_error(FIELD, outcome.sentence)
    return False


def question(request: DeskRequest, form: ProveAgainForm, *, target: str = "") -> HttpResponse:
    """The page that asks, with what was typed before, or the link to go on to."""
    person = accounts.staff(request.viewer.staff_id)
    can_prove = form.has_code or (person is not None and person.has_usable_password())
    facts = {
        "form": form,
        "kept": [("next", target)] if target else list(_kept(request)),
        "can_prove": can_prove,
    }
    return render(request, "desk/prove_again.html", facts, status=422 if form.errors else 200)


def _kept(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, values in request.POST.lists():
        if name not in _OURS:
            yield from ((name, str(value)) for value in values)
