"""The worklist, one case, and the files that came with it. That somebody looked is recorded each time."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from todoke.casework.cases import services as case_services
from todoke.casework.cases.errors import CaseNotFound
from todoke.casework.cases.values import CaseDetail
from todoke.foundation import fence
from todoke.foundation.accounts import services as accounts
from todoke.foundation.accounts.values import Use
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.web.desk import case_view, list_view
from todoke.web.desk.case_view import CaseView, Conflict
from todoke.web.desk.forms.cases import MoveForm, ReleaseForm, WithdrawalForm
from todoke.web.shared.requests import DeskRequest, actor_of, terminal_of


def worklist(request: DeskRequest) -> HttpResponse:
    """The cases of the person's sections, newest first."""
    if request.GET.get("text", "").strip():
        accounts.count_use(request.viewer.staff_id, Use.SEARCH, at=now())
    with fence.from_follower():
        view = list_view.of(request, request.viewer)
    if view.page.rows or (view.filters.text and not view.mistake):
        audit.record_read(
            "cases.searched" if view.filters.text else "cases.listed", object_kind="organisation",
            object_id=request.viewer.organisation, actor=actor_of(request), at=now(),
            facts={"found": len(view.page.rows), "cases": ",".join(str(row.id) for row in view.page.rows)},
        )  # fmt: skip
    return render(request, "desk/cases.html", {"view": view})


def case(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """One case with everything that is known of it."""
    return case_page(request, seen(request, uuid))


def seen(request: DeskRequest, uuid: UUID) -> CaseDetail:
    """The case, if it is the person's to see; a case that is not does not exist here."""
    try:
        return case_services.view_case(
            request.viewer,
            uuid,
            at=now(),
            terminal=terminal_of(request),
            filters=list_view.filters_of(request),
        )
    except CaseNotFound as unknown:
        raise Http404 from unknown


def case_page(
    request: DeskRequest, found: CaseDetail, *, move: MoveForm | None = None, release: ReleaseForm | None = None,
    conflict: Conflict | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page of a case, with forms as they were typed where something has to be corrected."""
    view = case_view.of(request.viewer, found)
    version = {"version": found.version}
    facts = {
        "case": found, "view": view, "conflict": conflict, "query": list_view.query_of(list_view.filters_of(request)),
        "move_form": (move or MoveForm(initial=version)).offer(found.moves) if found.moves else None,
        "release_form": _release_form(view, release, version) if view.may_release else None,
    }  # fmt: skip
    return render(request, "desk/case.html", facts, status=status)


def _release_form(view: CaseView, typed: ReleaseForm | None, version: dict[str, int]) -> ReleaseForm:
    """What ends the hold: a word on what was found out, and of a late withdrawal also what the core is told."""
    if not view.asks_withdrawal:
        return typed or ReleaseForm(initial=version)
    form = typed if isinstance(typed, WithdrawalForm) else WithdrawalForm(initial=version)
    return form.offer(may_send=not view.cannot_cancel)
