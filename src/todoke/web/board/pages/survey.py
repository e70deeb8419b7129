"""The staff survey as it is answered: without signing in, by a one-time code; nothing says who answered what.

Tries are counted by the address of the terminal, before the code is looked at; a right code forgets them, so nothing is
kept of who has answered. A whole office may share one address: many are free. A code has 59 bits.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac

from todoke.foundation import fence
from todoke.foundation.accounts import services as accounts
from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.foundation.organisations import queries as organisations
from todoke.foundation.organisations.errors import OrganisationUnknown
from todoke.programme.plans import queries, services
from todoke.web.board import steps_view
from todoke.web.shared.requests import terminal_of, typed_text

FREE_TRIES = 50
LATER = "続けて失敗したため、しばらく受け付けません。時間をおいて入力し直してください。"


def survey(request: HttpRequest, organisation: str) -> HttpResponse:
    """The questions and the field for the code; a wrong code loses none of the answers."""
    try:
        body = organisations.organisation(organisation)
    except OrganisationUnknown as unknown:
        raise Http404 from unknown
    if fence.in_scope() and fence.current_organisation() != body.code:
        raise Http404
    if request.GET.get("thanks"):
        return render(request, "board/survey_thanks.html", {"answered": body})
    asked = queries.questionnaire(steps_view.SURVEY)
    posted = request.POST if request.method == "POST" else None
    lines = steps_view.answer_lines(asked, posted, all_needed=True)
    sentence = _answered(request, body.code, lines) if posted is not None else ""
    if posted is not None and not sentence:
        return redirect(f"{request.path}?thanks=1")
    facts = {
        "answered": body, "asked": asked, "lines": lines, "sentence": sentence,
        "code": typed_text(request.POST.get("code", ""), 40),
    }  # fmt: skip
    return render(request, "board/survey.html", facts, status=422 if sentence else 200)


def _answered(request: HttpRequest, organisation: str, lines: tuple[steps_view.AnswerLine, ...]) -> str:
    """Count the answers; returns what is wrong, or nothing."""
    if any(one.is_missing for one in lines):
        return "答えていない質問があります。「分からない・答えない」も選べます。"
    key = salted_hmac("todoke.survey", terminal_of(request), algorithm="sha256").hexdigest()
    if accounts.count_try(key, at=now(), free=FREE_TRIES) is not None:
        return LATER
    try:
        with fence.scope(organisation):
            services.answer_survey(typed_text(request.POST.get("code", ""), 40), steps_view.chosen_in(lines))
    except TodokeError as refusal:
        return refusal.for_screen()
    accounts.forget_tries(key)
    return ""
