"""What a clerk does to a case. Each act names the version it was decided on; a later one is shown, not overwritten."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from todoke.casework.cases import services as case_services
from todoke.casework.cases.errors import CaseChanged, CaseProtected, MoveRefused, NoteMissing, NotHeld
from todoke.casework.handover import services as handover_services
from todoke.casework.handover.errors import CancellationImpossible, SubstituteUnfit
from todoke.casework.handover.errors import NotHeld as RowNotHeld
from todoke.foundation.calendars.queries import now
from todoke.web.desk import case_view
from todoke.web.desk.forms.cases import MoveForm, ReleaseForm, WithdrawalForm
from todoke.web.shared.requests import DeskRequest, terminal_of, typed_text

from .cases import case_page, seen


@require_POST
def move_case(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Change the status; when somebody was faster, show the difference and keep what was typed."""
    found, form = seen(request, uuid), MoveForm(request.POST)
    if not form.is_valid():
        return case_page(request, found, move=form, status=422)
    try:
        _move(request, uuid, form)
    except CaseChanged as changed:
        again = MoveForm(initial={**form.cleaned_data, "version": found.version})
        return case_page(request, found, move=again, conflict=case_view.conflict_of(changed), status=409)
    except (NoteMissing, MoveRefused) as refusal:
        form.add_error("note" if isinstance(refusal, NoteMissing) else "to", refusal.for_screen())
        return case_page(request, found, move=form, status=422)
    messages.success(request, f"処理状況を「{form.wanted().label}」に変更しました。", extra_tags="good")
    return redirect("desk:case", uuid=uuid)


def _move(request: DeskRequest, uuid: UUID, form: MoveForm) -> None:
    case_services.move_case(
        request.viewer, uuid, to=form.wanted(), version=form.cleaned_data["version"], note=form.cleaned_data["note"],
        at=now(), terminal=terminal_of(request),
    )  # fmt: skip


@require_POST
def release_hold(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Let a held case be judged anew, with a word on what was found out."""
    found, form = seen(request, uuid), ReleaseForm(request.POST)
    if not form.is_valid():
        return case_page(request, found, release=form, status=422)
    try:
        case_services.release_hold(
            request.viewer, uuid, version=form.cleaned_data["version"], note=form.cleaned_data["note"], at=now(),
            terminal=terminal_of(request),
        )  # fmt: skip
    except CaseChanged as changed:
        again = ReleaseForm(initial={**form.cleaned_data, "version": found.version})
        return case_page(request, found, release=again, conflict=case_view.conflict_of(changed), status=409)
    except NotHeld as refusal:
        messages.warning(request, refusal.for_screen(), extra_tags="warn")
    else:
        messages.success(request, "保留を解除しました。引渡しの可否を確かめ直します。", extra_tags="good")
    return redirect("desk:case", uuid=uuid)


@require_POST
def answer_withdrawal(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Say what the core system is told of a late withdrawal: a cancellation from here, or nothing more."""
    found, form = seen(request, uuid), WithdrawalForm(request.POST)
    if not form.is_valid():
        return case_page(request, found, release=form, status=422)
    try:
        _answer(request, uuid, form)
    except CaseChanged as changed:
        again = WithdrawalForm(initial={**form.cleaned_data, "version": found.version})
        return case_page(request, found, release=again, conflict=case_view.conflict_of(changed), status=409)
    except (NotHeld, CancellationImpossible) as refusal:
        messages.warning(request, refusal.for_screen(), extra_tags="warn")
    else:
        messages.success(request, f"「{form.wanted().label}」として、保留を解除しました。", extra_tags="good")
    return redirect("desk:case", uuid=uuid)


def _answer(request: DeskRequest, uuid: UUID, form: WithdrawalForm) -> None:
    handover_services.answer_withdrawal(
        request.viewer, uuid, answer=form.wanted(), version=form.cleaned_data["version"],
        note=form.cleaned_data["note"], at=now(), terminal=terminal_of(request),
    )  # fmt: skip


@require_POST
def hand_over_again(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """After the core system's refusal: send once more, under a new key."""
    row = case_view.newest_row(seen(request, uuid).row.uuid)
    if row is None:
        raise Http404
    try:
        handover_services.hand_over_again(request.viewer, row.id, at=now())
    except RowNotHeld as refusal:
        messages.warning(request, refusal.for_screen(), extra_tags="warn")
    else:
        messages.success(request, "もう一度引き渡します。", extra_tags="good")
    return redirect("desk:case", uuid=uuid)


@require_POST
def choose_substitute(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Let a character that the core system cannot take leave as another one; the original stays as it is."""
    found = seen(request, uuid)
    if found.row.is_masked:
        raise CaseProtected
    row = case_view.newest_row(found.row.uuid)
    if row is None:
        raise Http404
    element, replacement = (typed_text(request.POST.get(name, ""), 16) for name in ("element", "replacement"))
    try:
        handover_services.choose_substitute(
            request.viewer, row.id, element=element, replacement=replacement, at=now()
        )
    except (RowNotHeld, SubstituteUnfit) as refusal:
        messages.warning(request, refusal.for_screen(), extra_tags="warn")
    else:
        messages.success(request, f"「{element}」を「{replacement}」として引き渡します。", extra_tags="good")
    return redirect("desk:case", uuid=uuid)
