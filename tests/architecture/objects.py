"""One object for each address that names one, and one row for each list: how it is made, in the open scope."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta

from tests.support import desk
from tests.support.rows import AT, make
from todoke.casework.daily.values import Figures
from todoke.casework.intake.rules.documents import document_of
from todoke.casework.intake.rules.evidence import record_of
from todoke.casework.intake.values import (
    ApplicationForm,
    AttachmentState,
    Contact,
    Evidence,
    NextStep,
    Original,
    Person,
    SignatureState,
    Verdict,
)
from todoke.casework.models import (
    Application,
    Attachment,
    Case,
    CaseEvent,
    Channel,
    CoreLedgerRow,
    CoreSystem,
    DailyReportRow,
    DisposalItem,
    DisposalRun,
    EvidenceCertificate,
    EvidenceRecord,
    ExportRequest,
    Handover,
    LegalHoldRow,
    LinkGeneration,
    Package,
    PartyRow,
    ProtectedPersonRow,
    ResidentGeneration,
    ReturnReason,
    RevocationChoiceRow,
    ScreenedContent,
    Screening,
)
from todoke.casework.relay.values import PackageState
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import current_organisation
from todoke.foundation.models import OutboxMessage, ProposalRow, RoleGrant
from todoke.foundation.vault import services as vault

from . import board_objects, plan_objects, rollup_objects

TIMES = (
    "applied_at", "signing_time", "portal_received_at", "judged_as_of", "judged_at", "applied_before_reception",
    "signed_before_reception",
)  # fmt: skip
DAILY = dict.fromkeys(Figures.__slots__, 0) | {"oldest": None, "unsealed": None}
FILE = b"name,number\r\n"
Arguments = dict[str, object]


def _package(state: str = "quarantined") -> Package:
    written = vault.write(current_organisation(), [FILE + secrets.token_bytes(8)])
    (blob,) = vault.register([written], at=AT)
    code = "PKG-110" if state == "quarantined" else "REV-331" if state == "pending" else ""
    return make(
        Package, state=state, code=code, blob_id=blob.id, parked_code="REV-331" if state == "pending" else ""
    )


def _case() -> Case:
    package = _package("accepted")
    person = Person(name="見本　太郎", kana="ミホン　タロウ", birth="1990-01-01")
    form = ApplicationForm(current_organisation(), AT, person, Contact(), "児童手当の認定請求", ())
    application = make(
        Application, pk=package.pk, package=package, channel=package.channel, document=document_of(form),
        procedure="P01", next_step=NextStep.DONE.value, signature_state=SignatureState.NOT_REQUIRED.value,
        duplicate_kind="none",
    )  # fmt: skip
    make(PartyRow, application=application)
    return make(
        Case, application=application, procedure="P01", signature_state=SignatureState.NOT_REQUIRED.value,
        duplicate_kind="none", applicant_name="見本　太郎", applicant_kana="ミホン　タロウ",
    )  # fmt: skip


def _uuid_of_case() -> Arguments:
    return {"uuid": _case().uuid}


def _evidence() -> Arguments:
    case = _case()
    certificate = b"certificate" + secrets.token_bytes(8)
    digest = hashlib.sha256(certificate).hexdigest()
    make(EvidenceCertificate, der=certificate, sha256=digest)
    verdict = Verdict(PackageState.ACCEPTED, evidence=Evidence({
        "members": [], "signature": None, "certificate": {"sha256": digest}, "revocation": None,
        "times": dict.fromkeys(TIMES)}))  # fmt: skip
    original = Original(current_organisation(), "", "0" * 64, 1, "layout", "1", "todoke")
    record = record_of(verdict, original)
    package = case.application.package
    make(EvidenceRecord, package=package, document=record, sha256=hashlib.sha256(record.encode()).hexdigest())
    return {"uuid": case.uuid}


def _choice() -> RevocationChoiceRow:
    return make(RevocationChoiceRow, checker="list", reason="見本", channel=make(Channel, kind="hand"))


def _attachment() -> Arguments:
    case = _case()
    row = make(
        Attachment, application=case.application, label="a.csv", kind="csv", size=len(FILE), method=0, data_offset=0,
        compressed_size=len(FILE), sha256=hashlib.sha256(FILE).hexdigest(), state=AttachmentState.SOUND.value,
    )  # fmt: skip
    return {"uuid": case.uuid, "attachment_id": row.pk}


def _sealed() -> Arguments:
    found = _attachment()
    row = Attachment.objects.get(application=Case.objects.get(uuid=str(found["uuid"])).application)
    content = make(
        ScreenedContent,
        sha256=secrets.token_hex(32),
        kind="csv",
        state="sealed",
        codes="ATT-608",
        sample=row,
        size=row.size,
    )
    make(Screening, attachment=row, content=content, state="sealed")
    return found


def _to_open() -> Arguments:
    return {**_attachment(), "what": "original"}


def _party() -> Arguments:
    case = _case()
    return {"uuid": case.uuid, "party_id": PartyRow.objects.get(application=case.application).pk}


def _handover() -> Arguments:
    case = _case()
    make(Handover, case=case, state="held", hold_code="DUP-511")
    return {"uuid": case.uuid}


def _withdrawn() -> Arguments:
    case = _case()
    Case.objects.filter(pk=case.pk).update(status="withdrawn", hold_code="SEQ-503")
    return {"uuid": case.uuid}


def _message() -> Arguments:
    case = _case()
    event = make(CaseEvent, case=case)
    told = {
        "case_id": case.pk, "case_uuid": str(case.uuid), "event_id": event.pk, "channel": "folder",
        "receipt_number": case.receipt_number, "status": "opened", "code": "1", "word": "処理中", "message": "",
        "message_length": 400,
    }  # fmt: skip
    row = make(OutboxMessage, kind="portal.status", state="to_type", payload=json.dumps(told))
    return {"message_id": row.pk}


def _parked_message() -> Arguments:
    row = make(OutboxMessage, kind="portal.status", state="ready", parked_code="SYS-910")
    return {"kind": "message", "row": row.pk}


def _quarantined() -> Arguments:
    return {"uuid": _package().uuid}


def _staff() -> Arguments:
    name = f"another-{secrets.token_hex(4)}"
    return {"staff_id": desk.appoint(current_organisation(), [Role.RECEPTION], name=name)}


def _grant() -> Arguments:
    found = _staff()
    return {**found, "grant_id": RoleGrant.objects.get(staff_id=int(str(found["staff_id"]))).pk}


def _export() -> Arguments:
    return {"uuid": make(ExportRequest, asked_by=2_000_000_001).uuid}


def _audited() -> Arguments:
    audit.record("case.moved", object_kind="case", object_id="of-one-body", actor=desk.ACTOR, at=now())
    return {"kind": "case", "object_id": "of-one-body"}


def _protected() -> Arguments:
    return {"person_id": make(ProtectedPersonRow, ends_on=None).pk}


def _unexpected() -> Arguments:
    system = CoreSystem.objects.first() or make(CoreSystem, profile="sample-core")
    return {"row": make(CoreLedgerRow, core_system=system, outcome="accepted").pk}


def _returned() -> object:
    event = make(CaseEvent, case=_case())
    return make(
        ReturnReason,
        case=event.case,
        event=event,
        procedure="P01",
        code="FRM-101",
        field=secrets.token_hex(8),
        at=now(),
    )


def _run(state: str = "done") -> Arguments:
    row = make(DisposalRun, state=state, kind="case", certificate="{}", certificate_sha256="0" * 64)
    make(DisposalItem, run=row, state="disposed", number=1)
    return {"uuid": row.uuid}


def _hold() -> Arguments:
    return {
        "uuid": make(LegalHoldRow, target="procedure", meant="P01", ground="lawsuit", lifted_at=None).uuid
    }


OF: Mapping[str, Callable[[], Arguments]] = {
    **plan_objects.OF,
    **board_objects.OF,
    **rollup_objects.OF,
    "submit-plan": plan_objects.OF["plan"],
    "case": _uuid_of_case,
    "evidence": _evidence,
    "evidence-bundle": _evidence,
    "attachment": _attachment,
    "attachment-open": _to_open,
    "attachment-copy": _sealed,
    "attachment-numbers": _sealed,
    "attachment-scan": _sealed,
    "attachment-release": _sealed,
    "move-case": _uuid_of_case,
    "reveal-numbers": _uuid_of_case,
    "return-case": _uuid_of_case,
    "decide-party": _party,
    "confirm-party": _party,
    "drop-party": _party,
    "release-hold": _handover,
    "answer-withdrawal": _withdrawn,
    "hand-over-again": _handover,
    "choose-substitute": _handover,
    "status-typed": _message,
    "quarantined": _quarantined,
    "package-evidence": _quarantined,
    "reprocess": _quarantined,
    "staff-link": _staff,
    "staff-member": _staff,
    "export-request": _export,
    "agree-export": _export,
    "take-export": _export,
    "set-last-day": _staff,
    "give-role": _staff,
    "end-role": _grant,
    "reset-second-step": _staff,
    "end-sessions": _staff,
    "end-staff": _staff,
    "allow-alone": _staff,
    "end-alone": _staff,
    "end-protected": _protected,
    "disposal-run": _run,
    "disposal-certificate": _run,
    "disposal-certificate-file": _run,
    "confirm-disposal": lambda: _run("proposed"),
    "drop-disposal": lambda: _run("proposed"),
    "resume-disposal": _run,
    "lift-hold": _hold,
    "unpark": _parked_message,
    "audit-of": _audited,
}
LISTED: Mapping[str, Callable[[], object]] = {
    **plan_objects.LISTED,
    **board_objects.LISTED,
    **rollup_objects.LISTED,
    "cases": _case,
    "statuses": _message,
    "sealed-attachments": _sealed,
    "returns": _returned,
    "approvals": lambda: make(
        ProposalRow, kind="identity.decision", state="open", expires_at=now() + timedelta(hours=1)
    ),
    "protected": _protected,
    "disposal": lambda: (_run(), _hold()),
    "daily": lambda: make(
        DailyReportRow, figures=DAILY, day=AT.date() + timedelta(days=secrets.randbelow(300_000))
    ),
    "pending": lambda: _package("pending"),
    "quarantine": _package,
    "staff": _staff,
    "system": _parked_message,
    "operations": lambda: make(Channel, kind="folder", profile="watched-folder", layout="pittari-xml-sample"),
    "reconcile": _unexpected,
    "trust": _choice,
    "channels": lambda: make(Channel, kind="folder", profile="watched-folder", layout="pittari-xml-sample"),
    "links": lambda: make(LinkGeneration, state="retired"),
    "residents": lambda: make(ResidentGeneration, state="retired"),
}
