"""The files that came with a case: opened as far as their state allows, each time with a trace."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from todoke.casework.cases import queries as cases
from todoke.casework.cases.errors import CaseNotFound
from todoke.casework.intake.values import AttachmentDetail
from todoke.casework.screening import queries as screening
from todoke.casework.screening import services
from todoke.casework.screening.errors import NoCopyToAskFor, NothingToScanAgain, ScreeningUnknown
from todoke.casework.screening.values import OpenedFile, Opening
from todoke.foundation.approvals.errors import EnabledByMaker, ProposalOpen, SamePerson, ShownChanged
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.health import STORING
from todoke.web.desk import case_view, files
from todoke.web.desk.forms.files import OpeningForm, SealForm
from todoke.web.shared.downloads import as_download
from todoke.web.shared.requests import DeskRequest, actor_of, terminal_of

OPENERS = {files.ORIGINAL: services.open_original, files.COPY: services.open_copy}


def _file(request: DeskRequest, uuid: UUID, attachment_id: int) -> AttachmentDetail:
    """A file of a case that the person may see; any other does not exist here."""
    try:
        case_id = cases.find_open(request.viewer, uuid).id
    except CaseNotFound as unknown:
        raise Http404 from unknown
    detail = case_view.attachment_of(case_id, attachment_id)
    if detail is None:
        raise Http404
    return detail


def attachment(request: DeskRequest, uuid: UUID, attachment_id: int) -> HttpResponseBase:
    """The file, the usual way: the original when nothing speaks against it, else the copy, else the page that asks."""
    detail = _file(request, uuid, attachment_id)
    line = files.line_for(request.viewer, detail)
    standing = line.standing
    if standing.original is Opening.FREE:
        return _download(request, uuid, detail, files.ORIGINAL)
    if standing.copy_opening is Opening.FREE:
        return _download(request, uuid, detail, files.COPY)
    if Opening.REASON in {standing.copy_opening, standing.original}:
        what = files.COPY if standing.copy_opening is Opening.REASON else files.ORIGINAL
        return redirect("desk:attachment-open", uuid=uuid, attachment_id=attachment_id, what=what)
    return _closed(request, uuid, line)


def _download(
    request: DeskRequest, uuid: UUID, detail: AttachmentDetail, what: str, reason: str = ""
) -> HttpResponseBase:
    STORING.check_answering()
    opened: OpenedFile = OPENERS[what](
        request.viewer, detail, case=uuid, reason=reason, at=now(), terminal=terminal_of(request)
    )
    return as_download(opened.chunks, name=opened.name, kind=opened.kind, size=opened.size)


def _closed(request: DeskRequest, uuid: UUID, line: files.FileLine) -> HttpResponse:
    """Nothing to fetch here: why, and what to do."""
    return render(request, "desk/file_closed.html", {"line": line, "uuid": uuid}, status=404)


def attachment_open(request: DeskRequest, uuid: UUID, attachment_id: int, what: str) -> HttpResponseBase:
    """Ask for the reason, then hand the original or the copy out."""
    detail = _file(request, uuid, attachment_id)
    if what not in OPENERS:
        raise Http404
    line = files.line_for(request.viewer, detail)
    opening = line.standing.original if what == files.ORIGINAL else line.standing.copy_opening
    if opening is Opening.CLOSED:
        return _closed(request, uuid, line)
    if opening is Opening.FREE:
        return _download(request, uuid, detail, what)
    form = OpeningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _download(request, uuid, detail, what, form.cleaned_data["reason"])
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "desk/file_open.html",
        {"line": line, "uuid": uuid, "form": form, "what": what},
        status=status,
    )


@require_POST
def attachment_copy(request: DeskRequest, uuid: UUID, attachment_id: int) -> HttpResponse:
    """Let a copy be made of a file in which nothing was found."""
    _file(request, uuid, attachment_id)
    try:
        services.ask_for_copy(attachment_id, actor=actor_of(request), at=now())
    except (NoCopyToAskFor, ScreeningUnknown) as refusal:
        messages.warning(request, refusal.for_screen(), extra_tags="warn")
    else:
        words = "無害化した写しを作ります。しばらくしてから画面を読み込み直してください。"
        messages.success(request, words, extra_tags="good")
    return redirect("desk:case", uuid=uuid)


@require_POST
def attachment_numbers(request: DeskRequest, uuid: UUID, attachment_id: int) -> HttpResponse:
    """Mark a file as showing 個人番号, or take the mark back."""
    _file(request, uuid, attachment_id)
    holds = request.POST.get("holds") == "1"
    try:
        services.mark_numbers(
            request.viewer, attachment_id, holds_numbers=holds, at=now(), terminal=terminal_of(request)
        )
    except ScreeningUnknown as refusal:
        messages.warning(request, refusal.for_screen(), extra_tags="warn")
    else:
        words = "個人番号を含む添付としました。" if holds else "個人番号を含むという印を外しました。"
        messages.success(request, words, extra_tags="good")
    return redirect("desk:case", uuid=uuid)


@require_POST
def attachment_scan(request: DeskRequest, uuid: UUID, attachment_id: int) -> HttpResponse:
    """Let the scanner look at a file again."""
    _file(request, uuid, attachment_id)
    try:
        services.scan_again(request.viewer, attachment_id, at=now(), terminal=terminal_of(request))
    except NothingToScanAgain as refusal:
        messages.warning(request, refusal.for_screen(), extra_tags="warn")
    else:
        messages.success(request, "もう一度検査します。結果が出るまで、今のままです。", extra_tags="good")
    return redirect("desk:case", uuid=uuid)


def attachment_release(request: DeskRequest, uuid: UUID, attachment_id: int) -> HttpResponse:
    """Propose to open a sealed original, or confirm what another person proposed."""
    detail = _file(request, uuid, attachment_id)
    if request.method != "POST":
        return _release_page(request, uuid, detail)
    form = SealForm(request.POST)
    if not form.is_valid():
        return _release_page(request, uuid, detail, form, status=422)
    try:
        words = _lift(request, uuid, detail, form)
    except (SamePerson, EnabledByMaker, ShownChanged, ProposalOpen) as refusal:
        messages.error(request, refusal.for_screen(), extra_tags="bad")
        return redirect("desk:attachment-release", uuid=uuid, attachment_id=attachment_id)
    messages.success(request, words, extra_tags="good")
    return redirect("desk:case", uuid=uuid)


def _lift(request: DeskRequest, uuid: UUID, detail: AttachmentDetail, form: SealForm) -> str:
    """Propose, or confirm where a proposal waits; returns what to tell."""
    is_confirmed = services.open_release(uuid, detail.id, at=now()) is not None
    lift = services.confirm_release if is_confirmed else services.propose_release
    lift(
        request.viewer, detail, case=uuid, shown_hash=form.cleaned_data["shown"],
        reason=form.cleaned_data["reason"], at=now(), terminal=terminal_of(request),
    )  # fmt: skip
    if is_confirmed:
        return "原本を開けるようにしました。開くときは、そのつど理由を入力します。"
    return "開示を提案しました。ほかの担当者が確認すると、原本を開けます。"


def _release_page(
    request: DeskRequest,
    uuid: UUID,
    detail: AttachmentDetail,
    form: SealForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    view = files.release_view(request.viewer, detail, uuid, at=now())
    shown = {"shown": view.line.standing.shown_hash}
    facts = {"view": view, "uuid": uuid, "form": form or SealForm(initial=shown)}
    return render(request, "desk/file_release.html", facts, status=status)


def sealed(request: DeskRequest) -> HttpResponse:
    """封印中の添付: files that nobody may open as they stand, of the person's cases."""
    lines = files.sealed_for(request.viewer)
    if lines:
        audit.record_read(
            "attachments.sealed_listed", object_kind="organisation", object_id=request.viewer.organisation,
            actor=actor_of(request), at=now(), facts={"found": len(lines)},
        )  # fmt: skip
    status = screening.scanner_status(at=now())
    return render(request, "desk/sealed.html", {"lines": lines, "status": status})
