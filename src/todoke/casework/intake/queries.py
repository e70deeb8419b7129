"""Questions about layouts, trust, applications, attachments, findings, quarantine and duplicates."""
# long: every question about what was judged stands behind one door; each is a few lines.

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count

from todoke.casework.relay import queries as relay
from todoke.foundation import garbage, leases, profile_files
from todoke.foundation.audit import queries as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import Backlog
from todoke.foundation.confined import Answer, ConfinedLimits, Crew, Death, DeathReason, Question, crew_of
from todoke.foundation.errors import sentence_of
from todoke.foundation.standby import Current, Standby
from todoke.foundation.trays import Lendable
from todoke.foundation.vault.queries import open_blob
from todoke.proof.anchors import Anchors
from todoke.proof.revocation import CLOCK_TOLERANCE, RevocationIndex

from .errors import (
    ApplicationUnknown,
    AttachmentDamaged,
    AttachmentUnknown,
    EvidenceAbsent,
    FormChecksInvalid,
    LayoutInvalid,
    TrustUnreadable,
)
from .models import Application, EvidenceCertificate, EvidenceRecord, FindingRow, Quarantine
from .models import Attachment as AttachmentRow
from .rules import attachments as attachment_rules
from .rules import check_sets, checking, confined, crossing, desks, documents, duplicates, layouts
from .rules import evidence as evidence_rules
from .rules.opening import Opened
from .rules.refusals import Refusal
from .values import (
    Attachment,
    AttachmentDetail,
    AttachmentState,
    CheckSet,
    Circumstances,
    Duplicate,
    DuplicateKind,
    Finding,
    LayoutProfile,
    ListStatus,
    NextStep,
    ParkedApplication,
    QuarantineDetail,
    Severity,
    SignatureOutcome,
    SignatureState,
    StoredApplication,
    StoredEvidence,
    Trust,
    TrustStatus,
    Verdict,
)

PROFILES = Path(__file__).parent / "profiles"
CONFINED = ConfinedLimits(cpu_seconds=8, wall_seconds=16, output_bytes=33_554_432)
FORM_CHECKS = "form-checks-default"
QUICK_BYTES = 2_000_000  # lists up to this size are read while the caller waits: some 50 ms
Stamps = tuple[tuple[str, int, int], ...]
Directory = tuple[Path, Stamps, bool]


def load_profile(name_or_path: str) -> LayoutProfile:
    """The layout of this name, or at this path (a town's own). Raises LayoutInvalid."""
    return profile_files.load(name_or_path, folder=PROFILES, read=_profile, refuse=LayoutInvalid)


def _profile(_name: str, document: layouts.Document, _schema: layouts.Document) -> LayoutProfile:
    return layouts.profile_of(document)


def load_form_checks(name_or_path: str) -> CheckSet:
    """The form checks of this name, or at this path (a town's own). Raises FormChecksInvalid. Needs no database."""
    return profile_files.load(
        name_or_path, folder=PROFILES / "checks", read=_check_set, refuse=FormChecksInvalid
    )


def _check_set(_name: str, document: layouts.Document, _schema: layouts.Document) -> CheckSet:
    return check_sets.check_set_of(document)


def form_checks(organisation: str) -> CheckSet:
    """The form checks of a body: its own file in TODOKE_FORM_CHECKS_DIR, else those that are shipped."""
    own = Path(settings.TODOKE_FORM_CHECKS_DIR) / f"{organisation}.yaml"
    return load_form_checks(str(own) if own.is_file() else FORM_CHECKS)


def check_confined(
    original: int, *, profile: LayoutProfile, trust: Trust, circumstances: Circumstances
) -> Verdict:
    """As `services.check_package`, with the bytes behind a descriptor read in the confined worker.

    Raises ConfinementMissing, ConfinementFailed.
    """
    outcome = read_confined([("", original)], {"": profile})[0]
    if isinstance(outcome, Death):
        return checking.given_up(outcome.reason.label, outcome.where)
    return checking.decide(outcome, profile=profile, trust=trust, circumstances=circumstances)


def read_confined(
    originals: Iterable[tuple[str, bytes | int | Lendable]],
    layouts: Mapping[str, LayoutProfile],
    *,
    organisation: str = "",
) -> list[Opened | Death]:
    """Have originals (layout, bytes or descriptor or lent) read in the confined worker; one outcome per original.

    A descriptor is taken over before the next original is asked for. With an organisation the confined child goes on
    with that body's next batch. Raises ConfinementMissing, ConfinementFailed,
    and what taking or reading an original raises.
    """
    crew = _crew()
    questions = (Question({"layout": layout}, descriptor) for layout, descriptor in originals)
    briefing = {"layouts": {name: crossing.profile_document(one) for name, one in layouts.items()}}
    return [_read(outcome) for outcome in crew.ask(questions, briefing=briefing, keeper=organisation)]


def _read(outcome: Answer | Death) -> Opened | Death:
    """What the child found; an answer that does not fit the schema is as bad as none."""
    if isinstance(outcome, Death):
        return outcome
    try:
        return crossing.opened_of(outcome.output)
    except crossing.CrossingBroken:
        return Death(DeathReason.CRASHED, "CrossingBroken")


def confinement() -> Mapping[str, bool]:
    """Which fences stand around the confined worker on this machine. Raises ConfinementMissing, ConfinementFailed."""
    return _crew().walls()


def _crew() -> Crew:
    return crew_of(confined.TARGET, replace(CONFINED, answers=settings.TODOKE_CONFINED_PACKAGES))


def trust() -> Trust:
    """The installed anchors and revocation lists as this process has them; a change of the directory is noticed here.

    Large lists are read in the background while those before serve, as long as these still answer. The worker asks
    every round, so that new lists are there before they are needed. Raises TrustUnreadable.
    """
    return _installed().value


def _installed() -> Current[Directory, Trust]:
    directory = Path(settings.TODOKE_TRUST_DIR)
    now_there = (directory, _stamps(directory), settings.TODOKE_REVOCATION == "required")
    quick = sum(size for name, _, size in now_there[1] if name.endswith(".crl")) <= QUICK_BYTES

    def may_wait(before: Current[Directory, Trust]) -> bool:
        is_spent = any(one.next_update < now() for one in before.value.revocation.lists)
        return quick or before.key[0] != directory or is_spent

    return _TRUST.get(now_there, may_wait=may_wait)


def load_trust(directory: Path, *, is_list_required: bool = True) -> Trust:
    """The anchors and revocation lists of a directory, at once. Raises TrustUnreadable."""
    return _read_trust((directory, _stamps(directory), is_list_required))


def _stamps(directory: Path) -> Stamps:
    if not directory.is_dir():
        return ()
    found = []
    for entry in sorted(directory.iterdir()):
        if entry.is_file():
            status = entry.stat()
            found.append((entry.name, status.st_mtime_ns, status.st_size))
    return tuple(found)


def _read_trust(key: Directory) -> Trust:
    directory, _, is_list_required = key
    try:
        anchors = Anchors.from_directory(directory) if directory.is_dir() else Anchors(())
        index = RevocationIndex.build(anchors.lists, anchors)
        authorities = anchors.authorities
        del anchors  # the lists' bytes are not kept
        garbage.give_back()
        return Trust(Anchors(authorities), index, is_list_required)
    except (ValueError, OSError) as unreadable:
        raise TrustUnreadable from unreadable


_TRUST: Standby[Directory, Trust] = Standby(_read_trust)


def settle_trust() -> None:
    """Wait until lists that are being read in the background serve."""
    _TRUST.settle()


def trust_status(*, at: datetime) -> TrustStatus:
    """What is installed to judge signatures by, and how old the lists are: for `doctor` and the desk."""
    current = _installed()
    installed = current.value
    lists = tuple(
        ListStatus(
            one.issuer_key, one.this_update, one.next_update, one.next_update < at, one.identity.entries,
            max(at - one.this_update, timedelta()), one.this_update > at + CLOCK_TOLERANCE,
        )
        for one in installed.revocation.lists
    )  # fmt: skip
    with_list = {one.issuer_key for one in lists}
    without = tuple(
        sorted({one.key_id for one in installed.anchors.authorities if one.signs_lists} - with_list)
    )
    return TrustStatus(
        len(installed.anchors.authorities), lists, installed.is_list_required, installed.revocation.refused, without,
        current.is_renewing,
    )  # fmt: skip


def application(application_id: int) -> StoredApplication:
    """An application of the body in scope. Raises ApplicationUnknown."""
    found = applications([application_id])
    if application_id not in found:
        raise ApplicationUnknown
    return found[application_id]


def applications(ids: Iterable[int]) -> Mapping[int, StoredApplication]:
    """Applications of the body in scope by id; unknown ids, and those that were disposed of, are left out."""
    rows = Application.objects.select_related("channel").filter(pk__in=list(ids)).exclude(document="")
    rows = rows.order_by("pk")
    return {row.pk: _stored(row) for row in rows}


def _stored(row: Application) -> StoredApplication:
    form, certified = documents.read(row.document)
    return StoredApplication(
        id=row.pk, uuid=row.uuid, package_id=row.package_id, channel=row.channel.name,
        receipt_number=row.receipt_number, procedure=row.procedure, form=form,
        applied_at=row.applied_at, portal_received_at=row.portal_received_at, received_at=row.received_at,
        serial_text=row.serial_text, serial=row.serial, issuer_key=row.issuer_key,
        signature=SignatureOutcome(
            SignatureState(row.signature_state), row.signature_reason, row.signer_issuer_key, row.signer_serial,
            certified,
        ),
        duplicate=Duplicate(DuplicateKind(row.duplicate_kind), row.duplicate_of_id), previous_id=row.previous_id,
        hold_codes=tuple(row.hold_codes.split()), content_hash=row.content_hash, layout=row.layout,
        layout_edition=row.layout_edition, next_step=NextStep(row.next_step),
    )  # fmt: skip


def attachments(application_id: int) -> list[AttachmentDetail]:
    """The attachments of an application, in the order of the archive."""
    rows = AttachmentRow.objects.filter(application_id=application_id).order_by("position")
    return [_attachment(row) for row in rows]


def attachment_labels(application_ids: Iterable[int]) -> Mapping[int, list[str]]:
    """The labels of the attachments of many applications with one query; those without any are left out."""
    found: dict[int, list[str]] = {}
    rows = AttachmentRow.objects.filter(application_id__in=list(application_ids)).order_by("position")
    for application, label in rows.values_list("application_id", "label"):
        found.setdefault(application, []).append(label)
    return found


def attachment(attachment_id: int) -> AttachmentDetail:
    """One attachment of the body in scope. Raises AttachmentUnknown."""
    row = AttachmentRow.objects.filter(pk=attachment_id).first()
    if row is None:
        raise AttachmentUnknown
    return _attachment(row)


def _attachment(row: AttachmentRow) -> AttachmentDetail:
    value = Attachment(
        row.position, row.label, row.raw_name, row.kind, row.size, row.sha256, row.method, row.data_offset,
        row.compressed_size, AttachmentState(row.state), row.code,
    )  # fmt: skip
    return AttachmentDetail(row.pk, row.application_id, value)


def attachments_after(attachment_id: int, *, limit: int) -> list[AttachmentDetail]:
    """Attachments of the body in scope that were stored after this one, in that order（for the next stage）.

    One body's batches are stored one after the other, so whoever has seen one has seen all before it.
    """
    rows = AttachmentRow.objects.filter(pk__gt=attachment_id).order_by("pk")
    return [_attachment(row) for row in rows[:limit]]


def attachment_chunks(attachment_id: int) -> Iterator[bytes]:
    """The plain bytes of an attachment, inflated out of the stored original in pieces; call in scope, read anywhere.

    Raises AttachmentUnknown at once; AttachmentDamaged at the end when size or hash are not what was stored.
    """
    row = AttachmentRow.objects.select_related("application__package").filter(pk=attachment_id).first()
    if row is None:
        raise AttachmentUnknown
    blob = open_blob(row.application.package.blob_id)
    return _checked_chunks(blob.part(row.data_offset, row.compressed_size), _attachment(row).attachment)


def _checked_chunks(pieces: Iterator[bytes], attachment: Attachment) -> Iterator[bytes]:
    try:
        yield from attachment_rules.inflated(pieces, attachment)
    except Refusal as damage:
        raise AttachmentDamaged from damage


def evidence(package_id: int) -> StoredEvidence:
    """The newest evidence record of a package of the body in scope. Raises EvidenceAbsent. Reading it is audited."""
    row = EvidenceRecord.objects.filter(package_id=package_id).exclude(document="").order_by("-pk").first()
    if row is None:
        raise EvidenceAbsent
    return StoredEvidence(package_id, row.sha256, row.document, row.made_at)


def newest_records(package_ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    """The newest evidence record of each package, read; those without one are left out."""
    rows = EvidenceRecord.objects.filter(package_id__in=list(package_ids)).exclude(document="").order_by("pk")
    return {package_id: json.loads(text) for package_id, text in rows.values_list("package_id", "document")}


def evidence_bundle(
    package_id: int, *, is_whole: bool = False, with_list: bool = False
) -> Mapping[str, object]:
    """The newest record with its certificates and its audit entry, for tools/evidence_verify.py. Raises EvidenceAbsent.

    `is_whole`: with the entries of others up to the seal; `with_list`: with the revocation list, while it is loaded.
    """
    stored = evidence(package_id)
    document = json.loads(stored.record)
    signer = document.get("certificate") or {}
    hashes = [signer.get("sha256", ""), *signer.get("chain", ())]
    rows = dict(EvidenceCertificate.objects.filter(sha256__in=hashes).values_list("sha256", "der"))
    named = evidence_rules.list_named(document)
    content = list_content(named, Path(settings.TODOKE_TRUST_DIR)) if with_list and named else None
    inclusion = audit.inclusion("package", str(package_id), fact=stored.sha256, is_whole=is_whole)
    return evidence_rules.bundle_of(
        stored.record, [bytes(rows[one]) for one in hashes if one in rows],
        content, dict(inclusion) if inclusion else None,
    )  # fmt: skip


def certificates_named(candidates: Collection[str], *, after: int) -> tuple[int, set[str]]:
    """Which of these certificates some evidence newer than a record names, and the newest record that was read."""
    named: set[str] = set()
    newest = after
    rows = EvidenceRecord.objects.filter(pk__gt=after).exclude(document="").order_by("pk")
    for pk, text in rows.values_list("pk", "document").iterator(chunk_size=500):
        named.update(one for one in candidates if one not in named and one in text)
        newest = pk
    return newest, named


def quarantined_before(
    moment: datetime, *, ids: Collection[int] | None = None, limit: int
) -> list[tuple[int, datetime]]:
    """Packages whose open stay in quarantine began before a moment, the oldest first; with `ids`, of these."""
    rows = Quarantine.objects.filter(released_at=None, since__lt=moment).order_by("pk")
    rows = rows if ids is None else rows.filter(package_id__in=list(ids))
    return list(rows.values_list("package_id", "since")[:limit])


def list_content(sha256: str, directory: Path) -> bytes | None:
    """A revocation list (DER) by its hash, while it still lies in a trust directory; read from disk, lists are large."""
    lists = Anchors.from_directory(directory).lists if directory.is_dir() else ()
    return next((one for one in lists if hashlib.sha256(one).hexdigest() == sha256), None)


def findings(package_id: int) -> list[Finding]:
    """The findings on a package, in the order in which they were made."""
    return [
        Finding(row.code, Severity(row.severity), row.where, json.loads(row.facts))
        for row in FindingRow.objects.filter(package_id=package_id).order_by("pk")
    ]


def findings_of(package_ids: Iterable[int]) -> Mapping[int, list[Finding]]:
    """The findings on many packages with one query, by package; those without any are left out."""
    found: dict[int, list[Finding]] = {}
    for row in FindingRow.objects.filter(package_id__in=list(package_ids)).order_by("pk"):
        found.setdefault(row.package_id, []).append(
            Finding(row.code, Severity(row.severity), row.where, json.loads(row.facts))
        )
    return found


def quarantine_list(*, is_open: bool = True, after: int = 0, limit: int = 100) -> list[QuarantineDetail]:
    """The quarantine list（隔離一覧）with a sentence for the clerk per package, oldest first."""
    rows = Quarantine.objects.select_related("package__channel").filter(
        released_at__isnull=is_open, pk__gt=after
    )
    return [_quarantine(row) for row in rows.order_by("pk")[:limit]]


def _quarantine(row: Quarantine) -> QuarantineDetail:
    facts = json.loads(row.facts)
    return QuarantineDetail(
        id=row.pk, package_id=row.package_id, receipt_number=row.package.receipt_number,
        channel=row.package.channel.name, code=row.code, sentence=sentence_of(row.code, facts), facts=facts,
        portal_received_at=row.portal_received_at, since=row.since, released_at=row.released_at,
        released_by=row.released_by,
    )  # fmt: skip


def duplicate_with_differences(application_id: int) -> Duplicate:
    """How an application relates to an earlier one, field by field. Raises ApplicationUnknown."""
    later = application(application_id)
    earlier_id = later.duplicate.of or later.previous_id
    if earlier_id is None:
        return later.duplicate
    earlier = applications([earlier_id]).get(earlier_id)
    if earlier is None:  # disposed of
        return Duplicate(later.duplicate.kind, earlier_id)
    return Duplicate(later.duplicate.kind, earlier_id, duplicates.differences(earlier.form, later.form))


def stems(parents: Mapping[int, int]) -> Mapping[int, frozenset[int]]:
    """What applications stem from: given what each amends or repeats, that and what it amends or repeats in turn."""
    chain, unknown = dict(parents), set(parents.values()) - parents.keys()
    while unknown:
        rows = Application.objects.filter(pk__in=unknown).values_list("pk", "previous_id", "duplicate_of_id")
        further = {pk: previous or repeated for pk, previous, repeated in rows if previous or repeated}
        chain |= further
        unknown = set(further.values()) - chain.keys()
    return {one: frozenset(_upwards(one, chain)) for one in parents}


def _upwards(one: int, chain: Mapping[int, int]) -> set[int]:
    seen: set[int] = set()
    while (above := chain.get(one)) is not None and above not in seen:
        seen.add(above)
        one = above
    return seen


def counts_by_duplicate() -> Mapping[DuplicateKind, int]:
    """How many applications there are of each kind of duplicate."""
    rows = Application.objects.values_list("duplicate_kind").annotate(count=Count("pk"))
    return {DuplicateKind(kind): count for kind, count in rows}


def counts_by_step() -> Mapping[NextStep, int]:
    """How many applications wait for each later stage."""
    rows = Application.objects.values_list("next_step").annotate(count=Count("pk"))
    return {NextStep(step): count for step, count in rows}


def next_due(step: NextStep) -> datetime | None:
    """When the next application that waits for this step is due; None when none is."""
    return leases.next_due(Application, where={"next_step": step.value})


def is_due(step: NextStep, now: datetime) -> bool:
    """Whether an application waits for this step now."""
    return leases.is_waiting(Application, where={"next_step": step.value}, now=now)


def backlog(step: NextStep, now: datetime) -> Backlog:
    """The applications of the body in scope that wait for this step."""
    return leases.backlog(Application, where={"next_step": step.value}, now=now)


def quarantined_by_code(*, limit: int = 1000) -> Mapping[str, int]:
    """How many packages of the body in scope lie in quarantine now, by code; counted up to the limit."""
    rows = Quarantine.objects.filter(released_at__isnull=True).order_by("-pk")
    return Counter(rows.values_list("code", flat=True)[:limit])


def parked_applications(*, limit: int = 200) -> list[ParkedApplication]:
    """Applications of the body in scope that kept failing on their way to the desk, oldest first."""
    rows = Application.objects.exclude(parked_code="").order_by("pk")
    columns = rows.values_list("pk", "receipt_number", "next_step", "parked_code")
    return [ParkedApplication(pk, number, NextStep(step), code) for pk, number, step, code in columns[:limit]]


def waiting_for_procedures() -> Mapping[str, int]:
    """How many packages wait for a procedure to be switched on again, by its code（S17）."""
    found = {desks.procedure_waited_for(what): count for what, count in relay.counts_waiting_for().items()}
    return {code: count for code, count in found.items() if code}
