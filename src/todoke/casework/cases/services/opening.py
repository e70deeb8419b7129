"""Opening cases for identified applications, many in one transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from todoke.casework.cases.models import Case, CaseEvent
from todoke.casework.cases.rules import gates, search
from todoke.casework.cases.values import CaseStatus, EventKind, HandoverProgress, Hold, NoticeProgress
from todoke.casework.identify import queries as identify
from todoke.casework.identify.values import IdentityState, Party, PartyRole
from todoke.casework.intake import queries as intake_queries
from todoke.casework.intake import services as intake
from todoke.casework.intake.values import (
    ClaimedApplication,
    Finding,
    NextStep,
    Severity,
    StoredApplication,
)
from todoke.casework.protection.values import CaseProtection
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, Entry
from todoke.foundation.fence import BY_ID, SqlValue, insert_rows
from todoke.foundation.procedures import queries as procedures

from .protecting import protection_of

_CASE = (
    "uuid", "application_id", "receipt_number", "channel", "procedure", "section_id", "status", "version",
    "applicant_name", "applicant_kana", "applied_at", "received_at", "opened_at", "identity_state",
    "signature_state", "duplicate_kind", "handover_state", "hold_code", "notice_state", "findings_count",
    "worst_severity", "visit_on", "due_on", "is_resubmission", "previous_id", "search",
    "protection",
)  # fmt: skip
_EVENT = (
    "case_id", "version", "at", "actor_kind", "actor_id", "kind", "from_word", "to_word", "note", "notice_state",
)  # fmt: skip
_SEVERITIES = list(Severity)  # from the lightest to the gravest


@transaction.atomic
def open_cases(claimed: Sequence[ClaimedApplication], *, actor: Actor, at: datetime) -> int:
    """Open a case for each of these applications; returns how many. A constant number of queries for any batch.

    What another worker has claimed meanwhile is left alone; an application never gets two cases. The case it
    resubmits is linked, and closed as 再申請受領済 when it was returned for that.
    """
    mine = intake.advance([one.claim for one in claimed], to=NextStep.DONE, at=at)
    applications = [one.application for one in claimed if one.application.id in mine]
    ids = [one.id for one in applications]
    sections = {code: desk.section_id for code, desk in procedures.desks().items()}
    parties = identify.parties_of(ids)
    hidden = protection_of(parties, at=at)
    known = _Known(parties, intake_queries.findings_of(ids), sections, hidden)
    insert_rows(Case, _CASE, [_case_row(one, known, at) for one in applications])
    opened = _cases_of(ids)
    insert_rows(CaseEvent, _EVENT, [row for one in opened.values() for row in _event_rows(one, actor, at)])
    audit.record_many([_entry(one, actor, at) for one in opened.values()])
    resubmitted = {one.id: one.previous_id for one in applications if one.previous_id is not None}
    if resubmitted:
        _link_resubmissions(resubmitted, opened, actor, at)
    return len(applications)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the earlier stages say about a batch, by application; sections by procedure."""

    parties: Mapping[int, Sequence[Party]]
    findings: Mapping[int, Sequence[Finding]]
    sections: Mapping[str, int | None]
    hidden: Mapping[int, CaseProtection]


def _cases_of(application_ids: Iterable[int]) -> dict[int, Case]:
    """The cases of these applications by application id, without their search text."""
    rows = Case.objects.filter(application_id__in=list(application_ids)).defer("search").order_by(BY_ID)
    return {case.application_id: case for case in rows}


def _case_row(one: StoredApplication, known: _Known, at: datetime) -> Sequence[SqlValue]:
    moment = connection.ops.adapt_datetimefield_value
    applicant, findings = one.form.applicant, known.findings.get(one.id, ())
    decision = gates.gate(one.duplicate, one.signature, one.hold_codes)
    return (
        one.uuid.hex, one.id, one.receipt_number, one.channel, one.procedure, known.sections.get(one.procedure),
        CaseStatus.OPENED.value, 1, applicant.name[:200], applicant.kana[:200], moment(one.applied_at),
        moment(one.portal_received_at or one.received_at), moment(at), _identity(known.parties.get(one.id, ())).value,
        one.signature.state.value, one.duplicate.kind.value, HandoverProgress.UNDECIDED.value,
        decision.code if isinstance(decision, Hold) else "", NoticeProgress.DUE.value, len(findings),
        _worst(findings), connection.ops.adapt_datefield_value(_visit(one.form.value("visit_date"))), None,
        one.previous_id is not None, None, search.search_text((applicant.name, applicant.kana, one.receipt_number)),
        known.hidden.get(one.id, CaseProtection.NONE).value,
    )  # fmt: skip


def _identity(parties: Sequence[Party]) -> IdentityState:
    """Whether the applicant is known: the worklist shows this one; the other parties are on the screen of the case."""
    applicants = [party.result.state for party in parties if party.role is PartyRole.APPLICANT]
    return applicants[0] if applicants else IdentityState.UNKNOWN


def _worst(findings: Sequence[Finding]) -> str:
    return max((found.severity for found in findings), key=_SEVERITIES.index).value if findings else ""


def _visit(text: str) -> date | None:
    """来庁予定日 of the application, if it is a date; what else was written stands in the form."""
    try:
        return date.fromisoformat(text.strip()) if text.isascii() else None
    except ValueError:
        return None


def _event_rows(case: Case, actor: Actor, at: datetime) -> Iterator[Sequence[SqlValue]]:
    """The opening, which the applicant is told of, and the hold if there is one."""
    head = (case.pk, 1, connection.ops.adapt_datetimefield_value(at), actor.kind.value, actor.id)
    yield (*head, EventKind.OPENED.value, "", CaseStatus.OPENED.value, "", NoticeProgress.DUE.value)
    if case.hold_code:
        yield (*head, EventKind.HOLD.value, "", case.hold_code, "", NoticeProgress.SILENT.value)


def _entry(case: Case, actor: Actor, at: datetime) -> Entry:
    facts: dict[str, str | int] = {
        "application": case.application_id, "procedure": case.procedure, "section": case.section_id or 0,
        "identity": case.identity_state, "hold": case.hold_code,
    }  # fmt: skip
    return Entry("case.opened", "case", str(case.uuid), actor, at, facts)


def _link_resubmissions(
    previous_of: Mapping[int, int], opened: Mapping[int, Case], actor: Actor, at: datetime
) -> None:
    """Link each resubmission with the case before it, and close that one if it was returned for this."""
    before = _cases_of(previous_of.values())
    linked = [opened[one] for one in previous_of if previous_of[one] in before]
    for case in linked:
        case.previous = before[previous_of[case.application_id]]
    Case.objects.bulk_update(linked, ["previous"])
    closed = [case for case in before.values() if case.status == CaseStatus.RETURNED.value]
    for case in closed:
        case.status, case.version = CaseStatus.RESUBMITTED.value, case.version + 1
    Case.objects.bulk_update(closed, ["status", "version"])
    moment = connection.ops.adapt_datetimefield_value(at)
    insert_rows(
        CaseEvent,
        _EVENT,
        [
            (
                case.pk, case.version, moment, actor.kind.value, actor.id, EventKind.MOVED.value,
                CaseStatus.RETURNED.value, CaseStatus.RESUBMITTED.value, "", NoticeProgress.SILENT.value,
            )
            for case in closed
        ],
    )  # fmt: skip
    audit.record_many(
        [
            Entry(
                "case.resubmitted", "case", str(case.uuid), actor, at,
                {"from": CaseStatus.RETURNED.value, "to": case.status, "version": case.version},
            )
            for case in closed
        ]
    )  # fmt: skip
