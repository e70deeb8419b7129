"""Who the people of an application are: candidates side by side, a proposal, and the second person's confirmation."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from todoke.casework.cases import services as case_services
from todoke.casework.cases.errors import CaseChanged, CaseProtected
from todoke.casework.cases.values import CaseDetail
from todoke.casework.identify.errors import NothingProposed
from todoke.casework.identify.values import Party
from todoke.foundation.approvals import errors as approvals
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.web.desk import case_view, identity_view
from todoke.web.desk.forms.cases import ConfirmForm, DropForm, PartyForm
from todoke.web.shared.requests import DeskRequest, actor_of, terminal_of

from .cases import seen

REFUSALS = (
    approvals.SamePerson, approvals.ShownChanged, approvals.ProposalExpired, approvals.ProposalClosed,
    approvals.EnabledByMaker, approvals.PersonNeeded, approvals.ReasonMissing, NothingProposed,
)  # fmt: skip


def decide_party(request: DeskRequest, uuid: UUID, party_id: int) -> HttpResponse:
    """Propose who somebody is; what was typed stays when it cannot be taken."""
    found, party = _party(request, uuid, party_id)
    if request.method != "POST":
        return _page(request, found, party, PartyForm(initial=_as_it_stands(found, party)))
    form = PartyForm(request.POST)
    if not form.is_valid():
        return _page(request, found, party, form, status=422)
    try:
        counts = _propose(request, found, party, form)
    except CaseChanged as changed:
        again = PartyForm(initial={**form.cleaned_data, "version": found.version})
        return _page(request, found, party, again, conflict=case_view.conflict_of(changed), status=409)
    except approvals.ProposalOpen as waiting:
        form.add_error(None, waiting.for_screen())
        return _page(request, found, party, form, status=422)
    words = "番号を決めました。" if counts else "番号を提案しました。別の担当者が確認するまで引き渡しません。"
    messages.success(request, f"{party.role.label}の{words}", extra_tags="good")
    return redirect("desk:case", uuid=uuid)


def _party(request: DeskRequest, uuid: UUID, party_id: int) -> tuple[CaseDetail, Party]:
    """The case and the party, if they are the person's to see and to decide."""
    found = seen(request, uuid)
    party = next((one for one in found.parties if one.id == party_id), None)
    if party is None:
        raise Http404
    if found.row.is_masked:
        raise CaseProtected
    return found, party


def _as_it_stands(found: CaseDetail, party: Party) -> dict[str, object]:
    return {"version": found.version, "kind": party.expected_kind, "number": ""}


def _propose(request: DeskRequest, found: CaseDetail, party: Party, form: PartyForm) -> bool:
    return case_services.decide_identity(
        request.viewer, found.row.uuid, party_id=party.id, decision=form.decision(),
        version=form.cleaned_data["version"], at=now(), terminal=terminal_of(request),
    )  # fmt: skip


def _page(
    request: DeskRequest, found: CaseDetail, party: Party, form: PartyForm, *, status: int = 200,
    conflict: case_view.Conflict | None = None,
) -> HttpResponse:  # fmt: skip
    view = identity_view.of(request.viewer, found, party, at=now())
    audit.record_read(
        "party.candidates_seen", object_kind="party", object_id=str(party.id), actor=actor_of(request), at=now(),
        facts={"found": view.seen, "hidden": view.hidden},
    )  # fmt: skip
    version = {"version": found.version, "shown": view.waiting.shown_hash if view.waiting else ""}
    facts = {
        "case": found, "party": party, "form": form, "conflict": conflict, "view": view,
        "confirm_form": ConfirmForm(initial=version, auto_id="confirm_%s"), "drop_form": DropForm(initial=version, prefix="drop"),
    }  # fmt: skip
    return render(request, "desk/decide_party.html", facts, status=status)


@require_POST
def confirm_party(request: DeskRequest, uuid: UUID, party_id: int) -> HttpResponse:
    """The second person confirms what is shown, and only that."""
    found, party = _party(request, uuid, party_id)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        messages.error(request, "確認した内容（理由）を入力してください。", extra_tags="bad")
        return redirect("desk:decide-party", uuid=uuid, party_id=party_id)
    try:
        case_services.confirm_identity(
            request.viewer, uuid, party_id=party.id, shown_hash=form.cleaned_data["shown"],
            reason=form.cleaned_data["reason"], version=form.cleaned_data["version"], at=now(),
            terminal=terminal_of(request),
        )  # fmt: skip
    except (CaseChanged, *REFUSALS) as refusal:
        messages.error(request, refusal.for_screen(), extra_tags="bad")
        return redirect("desk:decide-party", uuid=uuid, party_id=party_id)
    messages.success(request, f"{party.role.label}の番号を確認しました。", extra_tags="good")
    return redirect("desk:case", uuid=found.row.uuid)


@require_POST
def drop_party(request: DeskRequest, uuid: UUID, party_id: int) -> HttpResponse:
    """Withdraw one's own proposal, or send another's back."""
    _, party = _party(request, uuid, party_id)
    form = DropForm(request.POST, prefix="drop")
    if not form.is_valid():
        messages.error(request, "取りやめる理由を入力してください。", extra_tags="bad")
        return redirect("desk:decide-party", uuid=uuid, party_id=party_id)
    try:
        case_services.drop_identity(
            request.viewer, uuid, party_id=party.id, reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"], at=now(), terminal=terminal_of(request),
        )  # fmt: skip
    except (CaseChanged, *REFUSALS) as refusal:
        messages.error(request, refusal.for_screen(), extra_tags="bad")
    else:
        messages.success(request, f"{party.role.label}の番号の提案を取りやめました。", extra_tags="good")
    return redirect("desk:decide-party", uuid=uuid, party_id=party_id)
