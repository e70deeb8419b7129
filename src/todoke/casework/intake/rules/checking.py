"""The check of one package, from bytes to verdict; the same for the worker and for `todoke package check`."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from todoke.casework.intake.values import (
    Attachment,
    Circumstances,
    Finding,
    LayoutProfile,
    Severity,
    SignatureOutcome,
    SignatureState,
    Trust,
    Verdict,
)
from todoke.casework.relay.values import PackageState
from todoke.proof.archive import Buffer
from todoke.proof.errors import CertificateRefused, ProofError, SignatureRefused

from . import attachments, contents, forms, manifests, signatures
from .contents import Contents
from .forms import Reading
from .refusals import Refusal


def check_package(
    data: Buffer, *, profile: LayoutProfile, trust: Trust, circumstances: Circumstances
) -> Verdict:
    """Judge a package; never raises for anything that stands in its bytes.

    Order: container, one inflating pass with digests, manifest, signature over the original bytes, forms (only
    what the signature covers), procedure and recipient, certificate as of the time of application, attachments.
    """
    try:
        return _judged(data, profile, trust, circumstances)
    except (ProofError, Refusal) as refusal:
        return _refused(refusal)


def _refused(refusal: ProofError | Refusal) -> Verdict:
    where = refusal.member if isinstance(refusal, ProofError) else refusal.where
    finding = Finding(refusal.code, Severity.STOP, attachments.printable(where), refusal.facts)
    is_signature = isinstance(refusal, SignatureRefused | CertificateRefused) or refusal.code == "SIG-302"
    state = SignatureState.INVALID if is_signature else SignatureState.NOT_REQUIRED
    return Verdict(
        PackageState.QUARANTINED, refusal.code, {**_place(refusal), **refusal.facts}, (finding,),
        SignatureOutcome(state, refusal.code if is_signature else ""),
    )  # fmt: skip


def _place(refusal: ProofError | Refusal) -> dict[str, str]:
    """Where a form or the layout is concerned, its name is a fact for the clerk; names of attachments are not."""
    return (
        {"where": attachments.printable(refusal.where)}
        if isinstance(refusal, Refusal) and refusal.code.startswith("XML")
        else {}
    )


def _judged(data: Buffer, profile: LayoutProfile, trust: Trust, circumstances: Circumstances) -> Verdict:
    opened = contents.open_package(data, profile)
    listed = manifests.check_manifest(opened, profile)
    signer = signatures.verify(opened, profile)
    covered = signatures.covered_by(profile, listed) if signer else None
    reading = _read(opened, covered, profile)
    needs_signature = circumstances.needs_signature(reading.procedure)
    if needs_signature is None:
        raise Refusal("XML-212", where=profile.application.member, procedure=reading.procedure)
    if circumstances.organisation and reading.form.recipient != circumstances.organisation:
        raise Refusal("SEQ-504", where=profile.items.get("recipient", ""))
    if signer is None and needs_signature:
        raise Refusal("SIG-302", procedure=reading.procedure)
    moment, late = _moment_of_judgement(reading.form.applied_at, profile, circumstances)
    outcome, about = signatures.judge(signer, trust, profile, moment, circumstances.at)
    judged = attachments.judge_all(opened.looks, profile)
    findings = (*reading.findings, *late, *about, *(finding for _, found in judged for finding in found))
    return _verdict(reading, outcome, findings, tuple(one for one, _ in judged))


def _read(opened: Contents, covered: frozenset[str] | None, profile: LayoutProfile) -> Reading:
    """Read the forms; where there is a signature, only if it covers them."""
    found = []
    for layout in (profile.applicant, profile.application):
        content = opened.kept.get(layout.member)
        if content is None:
            raise Refusal("PKG-123", where=layout.member, member=layout.member)
        if covered is not None and layout.member not in covered:
            raise SignatureRefused("SIG-301", member=layout.member, reason="not_covered")
        found.append(content)
    return forms.read_forms(found[0], found[1], profile)


def _moment_of_judgement(
    applied_at: datetime, profile: LayoutProfile, circumstances: Circumstances
) -> tuple[datetime, list[Finding]]:
    """The time of application, unless it cannot be true beside 受付日時; then that, with a finding（C20, C22）."""
    received = circumstances.portal_received_at or circumstances.at
    latest = received + timedelta(minutes=profile.clock_tolerance_minutes)
    is_early = (
        circumstances.portal_received_at is not None
        and applied_at < circumstances.portal_received_at - timedelta(days=profile.delivery_days)
    )
    if applied_at <= latest and not is_early:
        return applied_at, []
    return received, [Finding("DAT-412", Severity.WARN, profile.items["applied_at"])]


def _verdict(
    reading: Reading,
    outcome: SignatureOutcome,
    findings: Iterable[Finding],
    found: tuple[Attachment, ...],
) -> Verdict:
    is_held = outcome.state is SignatureState.INDETERMINATE and outcome.reason == signatures.NOT_CHECKED
    return Verdict(
        PackageState.PENDING if is_held else PackageState.ACCEPTED,
        outcome.reason if is_held else "",
        {"procedure": reading.procedure} if is_held else {},
        tuple(findings),
        outcome,
        reading.procedure,
        reading.form,
        found,
        reading.serial_text,
        reading.serial,
        reading.issuer_key,
        reading.previous_receipt,
    )
