"""Storing what was judged, lending applications to the later stages, and letting a package be judged again."""
# long: storing a batch, waking what waited and lending to later stages stand behind one door.

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from todoke.casework.relay import queries as relay_queries
from todoke.casework.relay import services as relay
from todoke.casework.relay.values import PackageState, Settlement
from todoke.casework.trust import queries as trust_queries
from todoke.foundation import leases, meters
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.fence import (
    aware,
    current_organisation,
    insert_rows,
    one_at_a_time,
    scope,
    select_rows,
)
from todoke.foundation.leases import Claim, Claimant, Failure, JobContext
from todoke.foundation.procedures import queries as procedures
from todoke.foundation.procedures import services as procedure_services
from todoke.foundation.procedures.values import DuplicateScope
from todoke.proof.archive import Buffer

from . import queries
from .models import Application, Attachment, EvidenceCertificate, EvidenceRecord, FindingRow, Quarantine
from .rules import checking, desks, documents, duplicates, evidence, origin, revocations, verdicts
from .rules.signatures import NOT_CHECKED
from .values import (
    Candidate,
    Circumstances,
    ClaimedApplication,
    Duplicate,
    DuplicateKind,
    Evidence,
    Finding,
    Judged,
    LayoutProfile,
    NextStep,
    Original,
    Severity,
    StoredBatch,
    Texts,
    Trust,
    Verdict,
)

STORE_LOCK = 7_405_002  # advisory lock number on PostgreSQL; combined with the organisation's code
WAIT_FOR_ORIGINAL = timedelta(hours=72)
WAITS, REPLAYED = "SEQ-502", "SEQ-501"
LOOK_AT_PROCEDURE = timedelta(hours=1)  # were it switched on just while the package was judged
SOFTWARE = f"todoke {version('todoke')}"
_APPLICATION = (
    "id", "uuid", "package_id", "channel_id", "receipt_number", "content_hash", "procedure", "title", "applied_at",
    "portal_received_at", "received_at", "stored_at", "serial_text", "serial", "issuer_key", "applicant_key",
    "signature_state", "signature_reason", "signer_issuer_key", "signer_serial", "duplicate_kind",
    "duplicate_of_id", "previous_id", "hold_codes", "layout", "layout_edition", "document", "next_step", "due_at",
    "lease_owner", "lease_until", "fence", "attempts", "parked_code", "signed_digest",
)  # fmt: skip
_ATTACHMENT = (
    "application_id", "position", "label", "raw_name", "kind", "size", "sha256", "method", "data_offset",
    "compressed_size", "state", "code",
)  # fmt: skip
_CANDIDATE = (
    "id", "channel_id", "receipt_number", "content_hash", "procedure", "applicant_key", "applied_at", "signed_digest",
)  # fmt: skip
_EVIDENCE = ("package_id", "sha256", "document", "made_at")
_FINDING = ("package_id", "code", "severity", "where", "facts")
_QUARANTINE = ("package_id", "code", "facts", "portal_received_at", "since", "released_at", "released_by")


def check_package(
    data: Buffer, *, profile: LayoutProfile, trust: Trust, circumstances: Circumstances
) -> Verdict:
    """Judge a package without storing anything; never raises for what stands in its bytes. Needs no scope."""
    return checking.check_package(data, profile=profile, trust=trust, circumstances=circumstances)


def verdict_document(verdict: Verdict) -> Mapping[str, object]:
    """A verdict as JSON-able data, every finding with its sentence."""
    return verdicts.document_of(verdict)


def texts_of(judged: Iterable[Judged], organisation: str) -> Mapping[int, Texts]:
    """What `store_batch` will write of these as text, by package. Needs no scope: call it before one is opened."""
    return {one.package.claim.id: _texts(one, organisation) for one in judged}


@transaction.atomic
def store_batch(
    judged: Sequence[Judged], *, actor: Actor, at: datetime, texts: Mapping[int, Texts] | None = None
) -> StoredBatch:
    """Store the verdicts on many packages in one transaction: applications, findings, quarantine, evidence, audit.

    Packages that another worker has claimed since are left alone. One body's batches are stored one after the
    other, so that of two equal applications one is always the first. `texts` (`texts_of`) are a third of what would be
    worked out while the others wait; without them that is done here.
    """
    one_at_a_time(STORE_LOCK)
    written = dict(texts or texts_of(judged, current_organisation()))
    mine = relay.still_mine(one.package for one in judged)
    ours = [one for one in judged if one.package.claim.id in mine]
    related = _related(ours, at)
    written |= texts_of(_changed(related, ours), current_organisation())
    accepted = [pair for pair in related if pair[0].verdict.state is PackageState.ACCEPTED]
    _insert_applications(accepted, written, at)
    _insert_findings(related)
    settled = [one for one, _, _ in related]
    _insert_quarantine(settled, at)
    _insert_evidence(settled, written, at)
    settlements = [_settlement(one, at, written[one.package.claim.id].digest) for one in settled]
    relay.settle_packages(settlements, actor=actor, at=at)
    _wake({one.package.receipt_number for one, _, _ in accepted}, actor=actor, at=at)
    outcomes = Counter((one.verdict.state.value, one.verdict.code) for one in settled)
    transaction.on_commit(partial(meters.count_settled, current_organisation(), outcomes))
    states = [one.verdict.state for one in settled]
    return StoredBatch(
        states.count(PackageState.ACCEPTED), states.count(PackageState.QUARANTINED),
        states.count(PackageState.PENDING), len(judged) - len(ours),
    )  # fmt: skip


def _texts(one: Judged, organisation: str) -> Texts:
    verdict, package = one.verdict, one.package
    record = evidence.record_of(verdict, _original(one, organisation))
    if verdict.form is None:
        return Texts("", "", record, evidence.digest(record))
    uuid = origin.application_uuid(
        organisation, package.channel_id, package.receipt_number, package.content_hash
    )
    form = documents.document_of(verdict.form, verdict.signature.certified)
    return Texts(uuid.hex, form, record, evidence.digest(record))


def _changed(related: Iterable["Related"], judged: Iterable[Judged]) -> list[Judged]:
    """Those whose verdict is another one since they were compared with the applications before them."""
    return [one for (one, _, _), before in zip(related, judged, strict=True) if one is not before]


def _wake(waited_for: Collection[str], *, actor: Actor, at: datetime) -> int:
    """Let what waited for these go on, from quarantine too where nobody has come for 72 hours; returns how many."""
    if not relay.is_waited_for(waited_for):
        return 0
    freed = relay.free_quarantined(waited_for, code=WAITS, actor=actor, at=at)
    if freed:
        stays = Quarantine.objects.filter(package_id__in=freed, released_at__isnull=True)
        stays.update(released_at=at, released_by=actor.id)
    return relay.wake_waiting(waited_for, at=at) + len(freed)


@transaction.atomic
def open_or_close_procedure(
    code: str, *, is_active: bool, closes_at: datetime | None, actor: Actor, at: datetime, reason: str = ""
) -> int:
    """Switch a procedure on or off and set its 締切; returns how many waiting packages go on now（S17）.

    While it is off, packages wait visibly under SEQ-506; nothing is lost. Raises ProcedureUnknown.
    """
    procedure_services.open_or_close(
        code, is_active=is_active, closes_at=closes_at, actor=actor, at=at, reason=reason
    )
    return relay.wake_waiting([desks.waits_for_procedure(code)], at=at) if is_active else 0


Related = tuple[Judged, Duplicate, Candidate | None]  # a candidate where it was compared with others


def _related(ours: Sequence[Judged], at: datetime) -> list[Related]:
    """Compare each accepted application with those before it, in the database and in this batch.

    One that amends an unknown application waits for it instead.
    """
    window = timedelta(days=settings.TODOKE_DUPLICATE_DAYS)
    candidates = [_candidate(one) if one.verdict.form is not None else None for one in ours]
    known = duplicates.Earlier(_known([one for one in candidates if one is not None]))
    related: list[Related] = []
    for one, candidate in zip(ours, candidates, strict=True):
        if one.verdict.state is not PackageState.ACCEPTED or candidate is None:
            related.append((one, Duplicate(DuplicateKind.NONE), candidate))
            continue
        duplicate = duplicates.judge(candidate, known, window=window)
        if duplicates.is_replay(candidate, known):
            related.append((_refused(one, REPLAYED), Duplicate(DuplicateKind.NONE), candidate))
            continue
        if _waits_for_original(candidate, duplicate, known):
            related.append((_waiting(one, at), duplicate, candidate))
            continue
        known.add(candidate)
        related.append((_flagged(one, duplicate), duplicate, candidate))
    return related


def _waiting(one: Judged, at: datetime) -> Judged:
    """For 72 hours an amendment waits for its original; then it lies in quarantine, and the original still frees it."""
    if at >= one.package.received_at + WAIT_FOR_ORIGINAL:
        return _refused(one, WAITS)
    facts = {"procedure": one.verdict.procedure}
    return replace(one, verdict=replace(one.verdict, state=PackageState.PENDING, code=WAITS, facts=facts))


def _refused(one: Judged, code: str) -> Judged:
    findings = (*one.verdict.findings, Finding(code, Severity.STOP))
    facts = {"procedure": one.verdict.procedure}
    return replace(
        one,
        verdict=replace(
            one.verdict, state=PackageState.QUARANTINED, code=code, facts=facts, findings=findings
        ),
    )


def _candidate(one: Judged) -> Candidate:
    package, verdict = one.package, one.verdict
    assert verdict.form is not None  # only accepted verdicts are compared
    known = procedures.catalogue().get(verdict.procedure)
    counted_by = known.duplicate_scope if known else DuplicateScope.PERSON
    return Candidate(
        id=package.claim.id, channel_id=package.channel_id, receipt_number=package.receipt_number,
        content_hash=package.content_hash, procedure=verdict.procedure,
        applicant_key=duplicates.applicant_key(verdict.issuer_key, verdict.serial, verdict.form, counted_by),
        applied_at=verdict.form.applied_at, previous_receipt=verdict.previous_receipt,
        signed_digest=evidence.signed_digest(verdict.evidence),
    )  # fmt: skip


def _known(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Stored applications that could be related to one of the candidates: four indexed questions per batch."""
    receipts = {one.receipt_number for one in candidates} | {one.previous_receipt for one in candidates} - {
        ""
    }
    asked: Sequence[tuple[str, set[str]]] = (
        ("receipt_number", receipts),
        ("content_hash", {one.content_hash for one in candidates}),
        ("applicant_key", {one.applicant_key for one in candidates} - {""}),
        ("signed_digest", {one.signed_digest for one in candidates} - {""}),
    )
    rows = (row for column in asked for row in select_rows(Application, _CANDIDATE, among=column))
    found = {row[0]: row for row in rows}
    return [
        Candidate(row[0], row[1], row[2], row[3], row[4], row[5], aware(row[6]), signed_digest=row[7])
        for row in found.values()
    ]


def _waits_for_original(candidate: Candidate, duplicate: Duplicate, known: duplicates.Earlier) -> bool:
    """Whether an amendment's original is unknown（S05, S06）; a duplicate is a matter for a person anyway."""
    if not candidate.previous_receipt or duplicate.kind is not DuplicateKind.NONE:
        return False
    return not known.with_number(candidate.previous_receipt)


def _flagged(one: Judged, duplicate: Duplicate) -> Judged:
    code = duplicates.CODES.get(duplicate.kind)
    if code is None:
        return one
    finding = Finding(code, Severity.HOLD)
    return replace(one, verdict=replace(one.verdict, findings=(*one.verdict.findings, finding)))


def _settlement(one: Judged, at: datetime, evidence: str) -> Settlement:
    package, verdict = one.package, one.verdict
    waits, due_at = "", None
    if verdict.code == WAITS:
        waits, due_at = verdict.previous_receipt, package.received_at + WAIT_FOR_ORIGINAL
    if verdict.code == desks.SWITCHED_OFF:
        waits, due_at = desks.waits_for_procedure(verdict.procedure), at + LOOK_AT_PROCEDURE
    facts = {} if verdict.state is PackageState.ACCEPTED else verdict.facts
    return Settlement(
        package.claim, package.uuid, verdict.state, verdict.code, facts, waits, due_at, evidence
    )


def _insert_applications(accepted: Sequence[Related], texts: Mapping[int, Texts], at: datetime) -> None:
    if not accepted:
        return
    rows = [_application_row(*one, texts[one[0].package.claim.id], at) for one in accepted]
    insert_rows(Application, _APPLICATION, rows)
    insert_rows(
        Attachment, _ATTACHMENT,
        [
            (
                one.package.claim.id, file.position, file.label, file.raw_name, file.kind, file.size, file.sha256,
                file.method, file.data_offset, file.compressed_size, file.state.value, file.code,
            )
            for one, _, _ in accepted
            for file in one.verdict.attachments
        ],
    )  # fmt: skip


def _application_row(
    one: Judged, duplicate: Duplicate, candidate: Candidate | None, texts: Texts, at: datetime
) -> Sequence[str | int | None]:
    package, verdict, form = one.package, one.verdict, one.verdict.form
    assert form is not None  # an accepted verdict has one
    assert candidate is not None  # and was compared
    moment = connection.ops.adapt_datetimefield_value
    now = moment(at)
    signature, is_amendment = verdict.signature, duplicate.kind is DuplicateKind.RESUBMISSION
    holds = dict.fromkeys(found.code for found in verdict.findings if found.severity is Severity.HOLD)
    return (
        package.claim.id, texts.uuid, package.claim.id, package.channel_id, package.receipt_number,
        package.content_hash, verdict.procedure, form.title, moment(form.applied_at),
        moment(package.portal_received_at), moment(package.received_at), now, verdict.serial_text,
        verdict.serial, verdict.issuer_key, candidate.applicant_key, signature.state.value, signature.reason,
        signature.signer_issuer_key, signature.signer_serial,
        duplicate.kind.value, None if is_amendment else duplicate.of, duplicate.of if is_amendment else None,
        " ".join(holds)[:100], one.layout, one.edition, texts.form,
        NextStep.IDENTIFY.value, now, "", None, 0, 0, "", candidate.signed_digest,
    )  # fmt: skip


def _insert_findings(related: Sequence[Related]) -> None:
    """The findings of this judgement replace those of an earlier one."""
    again = [one.package.claim.id for one, _, _ in related if one.package.claim.fence > 1]
    if again:
        FindingRow.objects.filter(package_id__in=again).delete()
    rows = [
        (
            one.package.claim.id, found.code, found.severity.value, found.where[:200],
            json.dumps(dict(found.facts), ensure_ascii=False, sort_keys=True),
        )
        for one, _, _ in related
        for found in one.verdict.findings
    ]  # fmt: skip
    insert_rows(FindingRow, _FINDING, rows)


def _insert_quarantine(judged: Sequence[Judged], at: datetime) -> None:
    moment = connection.ops.adapt_datetimefield_value
    rows = [
        (
            one.package.claim.id, one.verdict.code,
            json.dumps(dict(one.verdict.facts), ensure_ascii=False, sort_keys=True),
            moment(one.package.portal_received_at), moment(at), None, "",
        )
        for one in judged
        if one.verdict.state is PackageState.QUARANTINED
    ]  # fmt: skip
    insert_rows(Quarantine, _QUARANTINE, rows)


def _insert_evidence(judged: Sequence[Judged], texts: Mapping[int, Texts], at: datetime) -> None:
    """What each verdict rests on, and every certificate once."""
    moment = connection.ops.adapt_datetimefield_value(at)
    written = [(one.package.claim.id, texts[one.package.claim.id]) for one in judged]
    rows = [(package_id, text.digest, text.record, moment) for package_id, text in written]
    insert_rows(EvidenceRecord, _EVIDENCE, rows)
    named = {der for one in judged if one.verdict.evidence for der in one.verdict.evidence.certificates}
    insert_rows(
        EvidenceCertificate, ("sha256", "der"), sorted((evidence.fingerprint(der), der) for der in named),
        skip_known=True,
    )  # fmt: skip


def _original(one: Judged, organisation: str) -> Original:
    package = one.package
    return Original(
        organisation, str(package.uuid), package.content_hash, package.size, one.layout, one.edition, SOFTWARE
    )


def evidence_bundle(
    verdict: Verdict, original: Original, directory: Path | None = None
) -> Mapping[str, object]:
    """Evidence of a verdict that is not stored, as a bundle for tools/evidence_verify.py. Needs no scope.

    With a trust directory the revocation list that was asked goes into it.
    """
    found = verdict.evidence or Evidence({})
    named = evidence.list_named(found.document)
    content = queries.list_content(named, directory) if directory and named else None
    return evidence.bundle_of(evidence.record_of(verdict, original), found.certificates, content)


@transaction.atomic
def release_package(package_id: int, *, actor: Actor, at: datetime, purpose: str = "") -> None:
    """Let a quarantined package, or one that waits for a person, be judged again.

    Raises PackageUnknown and NotWaiting (of the relay).
    """
    relay.requeue_package(package_id, actor=actor, at=at, purpose=purpose)
    stays = Quarantine.objects.filter(package_id=package_id, released_at__isnull=True)
    stays.update(released_at=at, released_by=actor.id)


@transaction.atomic
def note_duplicates(found: Mapping[int, Duplicate], *, actor: Actor, at: datetime) -> None:
    """Note repetitions that only show once parties are known（同一世帯・同一対象者）, each with its finding that holds.

    An application that is a repetition or a resubmission already stays as it is.
    """
    for application_id, duplicate in sorted(found.items()):
        rows = Application.objects.filter(
            pk=application_id, duplicate_kind=DuplicateKind.NONE.value, previous=None
        )
        if rows.update(duplicate_kind=duplicate.kind.value, duplicate_of_id=duplicate.of):
            code = duplicates.CODES[duplicate.kind]
            insert_rows(FindingRow, _FINDING, [(application_id, code, Severity.HOLD.value, "", "{}")])
            audit.record(
                "application.repeats", object_kind="application", object_id=str(application_id), actor=actor, at=at,
                facts={"code": code, "of": duplicate.of or 0},
            )  # fmt: skip


@transaction.atomic
def ask_again(trust: Trust, *, actor: Actor, at: datetime) -> int:
    """Let packages that wait for revocation to be checked be judged anew where it can be checked now; how many."""
    waiting = relay_queries.waiting_with(NOT_CHECKED)
    if not waiting:
        return 0
    policies, records = trust_queries.policies(at), queries.newest_records(waiting)
    answered = [
        package_id
        for package_id, record in records.items()
        if revocations.may_answer_now(
            record, trust.revocation, policies.of_channel(waiting[package_id])(record["procedure"]), at
        )
    ]
    return relay.requeue_many(
        answered, actor=actor, at=at, purpose="失効情報または検証方法が新しくなりました"
    )


@transaction.atomic
def claim_applications(step: NextStep, *, limit: int, by: Claimant) -> list[ClaimedApplication]:
    """Claim applications that wait for a step, in the order in which they were received."""
    found = leases.claim(Application, where={"next_step": step.value}, order=["id"], limit=limit, by=by)
    stored = queries.applications(one.id for one in found)
    return [ClaimedApplication(one, stored[one.id]) for one in found]


def advance(claims: Iterable[Claim], *, to: NextStep, at: datetime) -> set[int]:
    """Pass applications on to the next step, in the caller's transaction; returns the ids that were still ours.

    Call it before writing: what another worker has claimed since must not be written for. The caller records what
    it did; passing on is no act of its own.
    """
    mine = leases.still_mine(Application, claims)
    Application.objects.filter(pk__in=mine).update(
        next_step=to.value, lease_owner="", lease_until=None, attempts=0, due_at=at
    )
    return mine


def fail_application(claim: Claim, *, at: datetime) -> Failure:
    """Note that a claimed application could not be worked on alone: later again, parked at the limit."""
    return leases.fail(Application, claim, now=at)


@transaction.atomic
def try_application_again(application_id: int, *, actor: Actor, at: datetime) -> bool:
    """Let a parked application go on from the first attempt; False when it was not parked."""
    done = leases.unpark(Application, application_id, now=at)
    if done:
        audit.record(
            "application.unparked",
            object_kind="application",
            object_id=str(application_id),
            actor=actor,
            at=at,
        )
    return done


@transaction.atomic
def dispose_applications(package_ids: Iterable[int], *, at: datetime) -> set[str]:
    """Take what names a person from packages and their applications; returns the signers' certificates by hash.

    Procedure, times, states, codes and the hashes stay. The caller has asked whether they may go and records it; the
    certificates go by `sweep_certificates`, once nothing else names them. Of attachments nothing stays.
    """
    ids = list(package_ids)
    records = EvidenceRecord.objects.filter(package_id__in=ids).exclude(document="")
    signers = {evidence.signer_named(json.loads(text)) for text in records.values_list("document", flat=True)}
    records.update(document="")
    Attachment.objects.filter(application_id__in=ids).delete()
    FindingRow.objects.filter(package_id__in=ids).update(where="", facts="{}")
    stays = Quarantine.objects.filter(package_id__in=ids)
    stays.filter(released_at=None).update(released_at=at, released_by="")
    stays.update(facts="{}")
    Application.objects.filter(pk__in=ids).update(
        title="", serial_text="", serial="", issuer_key="", applicant_key="", signer_issuer_key="", signer_serial="",
        document="", parked_code="",
    )  # fmt: skip
    return signers - {""}


def sweep_certificates(organisation: str, candidates: Collection[str]) -> int:
    """Remove those of these certificates that no evidence names any more; returns how many. Call outside any scope.

    The evidence is read beside the running intake; only what came meanwhile is read once more under the lock.
    """
    if not candidates:
        return 0
    with scope(organisation, read_only=True):
        last, named = queries.certificates_named(candidates, after=0)
    with scope(organisation):
        one_at_a_time(STORE_LOCK)
        _, named_since = queries.certificates_named(candidates, after=last)
        gone = set(candidates) - named - named_since
        return EvidenceCertificate.objects.filter(sha256__in=gone).delete()[0]


def take_applications(step: NextStep, context: JobContext) -> list[ClaimedApplication]:
    """Claim applications for a later stage's job, in a short transaction of its own."""
    with scope(context.organisation):
        return claim_applications(step, limit=context.limit, by=context.by)


def give_up_application(one: ClaimedApplication, context: JobContext, *, at: datetime) -> Failure:
    """Note, in a transaction of its own, that an application failed alone in a later stage's job."""
    with scope(context.organisation):
        return fail_application(one.claim, at=at)
