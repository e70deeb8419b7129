"""補正依頼: a proposal from what the form checks found, which a clerk edits and sends; and how often for what reason."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from todoke.casework.cases import queries as cases
from todoke.casework.cases import services as case_services
from todoke.casework.cases.errors import CaseChanged, MoveRefused, NoteMissing
from todoke.casework.cases.values import CaseDetail, CaseStatus, ProposedReturn
from todoke.casework.notify import queries as notify
from todoke.foundation.calendars.queries import now
from todoke.web.desk import case_view, return_figures
from todoke.web.desk.forms.returns import ReturnForm, key_of, ticked
from todoke.web.shared.requests import DeskRequest, terminal_of

from .cases import seen

LONGEST = 1_000  # characters that a line of the timeline holds
TYPED_LENGTH = 4_000  # more than a message may have, so that nothing typed is lost on the way to the limit


def returns(request: DeskRequest) -> HttpResponse:
    """Which fields are sent back how often, by procedure; names nobody."""
    return render(request, "desk/returns.html", {"view": return_figures.of(request, request.viewer)})


def return_case(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The proposal; the button that writes the message anew changes nothing but the page."""
    found = seen(request, uuid)
    if found.row.is_masked or not any(move.to is CaseStatus.RETURNED for move in found.moves):
        messages.warning(request, "この申請は、いまは補正を依頼できません。", extra_tags="warn")
        return redirect("desk:case", uuid=uuid)
    proposal = cases.proposed_return(found)
    if request.method != "POST":
        return _page(request, found, _first_form(found, proposal), proposal)
    if "compose" in request.POST:
        return _page(request, found, _composed_form(request, found, proposal), proposal)
    return _send(request, found, proposal)


def _limit(found: CaseDetail) -> int:
    """How many characters the channel of this case carries to the applicant, and the timeline keeps."""
    return min(LONGEST, notify.words_of(notify.channel(found.row.channel)).message_length)


def _first_form(found: CaseDetail, proposal: ProposedReturn) -> ReturnForm:
    suggested = [one.reason for one in proposal.reasons if one.is_suggested]
    note = cases.return_message(proposal, suggested, limit=_limit(found))
    reasons = [key_of(one) for one in suggested]
    return ReturnForm(initial={"version": found.version, "reasons": reasons, "note": note})


def _composed_form(request: DeskRequest, found: CaseDetail, proposal: ProposedReturn) -> ReturnForm:
    """What was typed, with the lines of the reasons that are ticked now."""
    chosen = ticked(proposal, request.POST.getlist("reasons"))
    typed = request.POST.get("note", "")[:TYPED_LENGTH]
    note = cases.return_message(proposal, chosen, typed=typed, limit=_limit(found))
    reasons = [key_of(one) for one in chosen]
    version = request.POST.get("version", found.version)
    return ReturnForm(initial={"version": version, "reasons": reasons, "note": note})


def _send(request: DeskRequest, found: CaseDetail, proposal: ProposedReturn) -> HttpResponse:
    form = ReturnForm(request.POST).offer(proposal, _limit(found))
    if not form.is_valid():
        return _page(request, found, form, proposal, status=422)
    try:
        _move(request, found, form, proposal)
    except CaseChanged as changed:
        again = ReturnForm(initial={**form.cleaned_data, "version": found.version})
        conflict = case_view.conflict_of(changed)
        return _page(request, found, again, proposal, conflict=conflict, status=409)
    except (NoteMissing, MoveRefused) as refusal:
        form.add_error("note", refusal.for_screen())
        return _page(request, found, form, proposal, status=422)
    messages.success(request, "補正を依頼しました。申請者に伝わります。", extra_tags="good")
    return redirect("desk:case", uuid=found.row.uuid)


def _move(request: DeskRequest, found: CaseDetail, form: ReturnForm, proposal: ProposedReturn) -> None:
    typed = form.cleaned_data
    case_services.move_case(
        request.viewer, found.row.uuid, to=CaseStatus.RETURNED, version=typed["version"], note=typed["note"],
        reasons=ticked(proposal, typed["reasons"]), at=now(), terminal=terminal_of(request),
    )  # fmt: skip


def _page(
    request: DeskRequest, found: CaseDetail, form: ReturnForm, proposal: ProposedReturn, *, status: int = 200,
    conflict: case_view.Conflict | None = None,
) -> HttpResponse:  # fmt: skip
    facts = {
        "case": found, "form": form.offer(proposal, _limit(found)), "conflict": conflict,
        "procedure": case_view.procedure_name(found.row.procedure),
    }  # fmt: skip
    return render(request, "desk/return_case.html", facts, status=status)
