"""Packages that did not simply go through: those that wait for a person, those in quarantine, the way back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from todoke.casework.intake import queries as intake
from todoke.casework.intake import services as intake_services
from todoke.casework.relay import queries as relay
from todoke.casework.relay.errors import NotWaiting, PackageUnknown
from todoke.casework.relay.values import PackageDetail
from todoke.foundation.accounts.values import Right
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.web.shared.paging import after_of, page_of
from todoke.web.shared.requests import DeskRequest, actor_of, typed_text

PER_PAGE = 50


def pending(request: DeskRequest) -> HttpResponse:
    """Packages that wait for a decision or for another package, oldest first."""
    rows = relay.waiting(after=after_of(request), limit=PER_PAGE + 1)
    return render(
        request, "desk/pending.html", {"page": page_of(rows, PER_PAGE, _id, is_first=not after_of(request))}
    )


def quarantine(request: DeskRequest) -> HttpResponse:
    """Packages that were refused; their bytes are kept."""
    rows = relay.quarantined(after=after_of(request), limit=PER_PAGE + 1)
    return render(
        request,
        "desk/quarantine.html",
        {"page": page_of(rows, PER_PAGE, _id, is_first=not after_of(request))},
    )


def _id(row: PackageDetail) -> str:
    return str(row.id)


def quarantined(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """One package: why it was stopped, what to do, where it came from."""
    package = _package(uuid)
    audit.record_read(
        "package.seen", object_kind="package", object_id=str(package.id), actor=actor_of(request), at=now()
    )
    facts = {
        "package": package, "findings": intake.findings(package.id),
        "may_release": request.viewer.may(Right.RELEASE_QUARANTINE),
        "may_audit": request.viewer.may(Right.VIEW_AUDIT),
    }  # fmt: skip
    return render(request, "desk/quarantined.html", facts)


def _package(uuid: UUID) -> PackageDetail:
    try:
        return relay.package_by_uuid(uuid)
    except PackageUnknown as unknown:
        raise Http404 from unknown


@require_POST
def reprocess(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Let a package be processed again; pressing twice does it once."""
    package = _package(uuid)
    reason = typed_text(request.POST.get("reason", ""), 200)
    try:
        intake_services.release_package(package.id, actor=actor_of(request), at=now(), purpose=reason)
    except NotWaiting as waiting:
        messages.warning(request, waiting.for_screen(), extra_tags="warn")
    else:
        messages.success(
            request,
            f"受付番号 {package.receipt_number} の再処理を始めました。結果は数十秒後に反映されます。",
            extra_tags="good",
        )
    return redirect("desk:quarantined", uuid=uuid)
