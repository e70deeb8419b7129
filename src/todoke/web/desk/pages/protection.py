"""支援措置対象者: the list, a person typed in, a list as a file, a last day. Looking at the list is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from todoke.casework.cases import services
from todoke.casework.protection import queries
from todoke.casework.protection.errors import DatesUnfit, HeaderWrong, ProtectionUnknown
from todoke.casework.protection.values import ProtectedPerson, ProtectionReport
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.web.desk.forms.protection import EndProtectionForm, ProtectionFileForm, ProtectionForm
from todoke.web.desk.uploads import laid_down
from todoke.web.shared.paging import after_of, page_of
from todoke.web.shared.requests import DeskRequest, actor_of

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ProtectedLine:
    """One line of the list, with the name of who wrote it."""

    person: ProtectedPerson
    by: str
    hides: bool


def protected(request: DeskRequest) -> HttpResponse:
    """The list with what has ended; one more person is typed in here."""
    form = ProtectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.protect(form.entry(), actor=actor_of(request), at=now())
        messages.success(request, "登録しました。この人の申請を伏せました。", extra_tags="good")
        return redirect("desk:protected")
    return _page(request, form, ProtectionFileForm(), status=422 if form.errors else 200)


def _page(
    request: DeskRequest, form: ProtectionForm, file_form: ProtectionFileForm, *, status: int = 200,
    report: ProtectionReport | None = None,
) -> HttpResponse:  # fmt: skip
    rows = queries.protections(after=after_of(request) or None, limit=PER_PAGE + 1)
    audit.record_read(
        "protection.listed", object_kind="organisation", object_id=request.viewer.organisation,
        actor=actor_of(request), at=now(), facts={"found": len(rows[:PER_PAGE])},
    )  # fmt: skip
    page = page_of(rows, PER_PAGE, _id, is_first=not after_of(request))
    facts = {
        "page": page, "lines": _lines(page.rows), "form": form, "file_form": file_form, "report": report,
    }  # fmt: skip
    return render(request, "desk/protected.html", facts, status=status)


def _lines(people: Sequence[ProtectedPerson]) -> list[ProtectedLine]:
    names = {str(person.pk): person.display_name for person in accounts.all_staff()}
    today = japanese_date(now())
    return [ProtectedLine(one, names.get(one.registered_by, ""), one.is_in_force(today)) for one in people]


def _id(row: ProtectedPerson) -> str:
    return str(row.id)


@require_POST
def load_protected(request: DeskRequest) -> HttpResponse:
    """Take a list over, whole or not at all."""
    form, report = ProtectionFileForm(request.POST, request.FILES), None
    if form.is_valid():
        try:
            with laid_down([form.cleaned_data["file"]]) as (path,), open(path, "rb") as file:
                report = services.load_protected(file, actor=actor_of(request), at=now())
        except HeaderWrong as wrong:
            form.add_error("file", wrong.for_screen())
    is_taken = report is not None and report.is_taken
    return _page(request, ProtectionForm(), form, report=report, status=200 if is_taken else 422)


@require_POST
def end_protected(request: DeskRequest, person_id: int) -> HttpResponse:
    """Give a protection its last day; the cases stay hidden until that day is over."""
    if queries.protection(person_id) is None:
        raise Http404
    form = EndProtectionForm(request.POST)
    if not form.is_valid():
        messages.error(request, "終了日と理由を入力してください。", extra_tags="bad")
        return redirect("desk:protected")
    try:
        services.end_protection(
            person_id, ends_on=form.cleaned_data["ends_on"], reason=form.cleaned_data["reason"],
            actor=actor_of(request), at=now(),
        )  # fmt: skip
    except (DatesUnfit, ProtectionUnknown) as refused:
        messages.error(request, refused.for_screen(), extra_tags="bad")
    else:
        messages.success(request, "終了日を登録しました。その日までは伏せます。", extra_tags="good")
    return redirect("desk:protected")
