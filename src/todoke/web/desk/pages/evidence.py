"""What the verification of an application rests on, to be read and to be taken away; reading it is recorded."""

import json
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render

from todoke.casework.cases import queries as cases
from todoke.casework.cases.errors import CaseNotFound
from todoke.casework.cases.values import CaseDetail
from todoke.casework.intake import queries as intake
from todoke.casework.intake.errors import EvidenceAbsent
from todoke.casework.relay import queries as relay
from todoke.casework.relay.errors import PackageUnknown
from todoke.foundation.accounts import services as accounts
from todoke.foundation.accounts.values import Right, Use
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.web.desk import evidence_view
from todoke.web.desk.pages.cases import seen
from todoke.web.shared.downloads import as_download
from todoke.web.shared.requests import DeskRequest, actor_of


def evidence(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The record of one case's package, in words."""
    case = _open_case(request, uuid)
    may = request.viewer.may(Right.REVEAL_NUMBERS)
    facts = {"case": case, "number": case.row.receipt_number, "may_take_away": may}
    return _page(request, case.application.package_id, facts, object_kind="case")


def package_evidence(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The record of a package that was stopped or waits, in words; its certificates are not for taking away here."""
    try:
        package = relay.package_by_uuid(uuid)
    except PackageUnknown as unknown:
        raise Http404 from unknown
    facts = {"package": package, "number": package.receipt_number}
    return _page(request, package.id, facts, object_kind="package")


def _page(
    request: DeskRequest, package_id: int, facts: dict[str, object], *, object_kind: str
) -> HttpResponse:
    try:
        facts["view"] = evidence_view.of(intake.evidence(package_id))
    except EvidenceAbsent as absent:
        facts["absent"] = absent.for_screen()
    case = facts.get("case")
    _note(
        request,
        "evidence.seen",
        object_kind,
        str(case.row.uuid) if isinstance(case, CaseDetail) else str(package_id),
    )
    return render(request, "desk/evidence.html", facts)


def evidence_bundle(request: DeskRequest, uuid: UUID) -> HttpResponseBase:
    """The record with its certificates as a file, for tools/evidence_verify.py; it counts as showing a number."""
    case = _open_case(request, uuid)
    accounts.count_use(request.viewer.staff_id, Use.REVEAL, at=now())
    try:
        bundle = intake.evidence_bundle(case.application.package_id)
    except EvidenceAbsent as absent:
        raise Http404 from absent
    _note(request, "evidence.downloaded", "case", str(uuid))
    content = json.dumps(bundle, ensure_ascii=False, indent=1, sort_keys=True).encode()
    name = f"shouko-{case.row.receipt_number}.json"
    return as_download(iter([content]), name=name, kind="json", size=len(content))


def _open_case(request: DeskRequest, uuid: UUID) -> CaseDetail:
    """The case, where the person may see whose it is. Raises CaseProtected."""
    try:
        cases.find_open(request.viewer, uuid)
    except CaseNotFound as unknown:
        raise Http404 from unknown
    return seen(request, uuid)


def _note(request: DeskRequest, action: str, object_kind: str, object_id: str) -> None:
    audit.record_read(action, object_kind=object_kind, object_id=object_id, actor=actor_of(request), at=now())
