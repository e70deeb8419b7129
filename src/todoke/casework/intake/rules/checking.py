"""The check of one package, from bytes to verdict; the same for the worker and for `todoke package check`."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
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
from todoke.casework.trust.values import Checker, RevocationChoice
from todoke.proof import certificates
from todoke.proof.archive import Buffer
from todoke.proof.errors import ProofError

from . import attachments, evidence, form_checks, opening, signatures
from .evidence import Traces
from .forms import Reading
from .opening import Opened, Stop
from .refusals import Refusal
from .revocations import Question


def check_package(
    data: Buffer, *, profile: LayoutProfile, trust: Trust, circumstances: Circumstances
) -> Verdict:
    """Judge a package in this process; never raises for anything that stands in its bytes.

    Both halves one after the other. The worker asks a confined process for the first（opening）, because it is there
    that hostile bytes are parsed.
    """
    opened = opening.open_and_read(data, profile)
    return decide(opened, profile=profile, trust=trust, circumstances=circumstances)


def decide(opened: Opened, *, profile: LayoutProfile, trust: Trust, circumstances: Circumstances) -> Verdict:
    """Judge what was read from a package; never raises for what stands in it.

    Order: procedure and recipient, certificate as of the time of application, revocation, 形式審査.
    """
    traces = Traces(opened.digests, opened.signer, opened.statement)
    try:
        verdict = _judged(opened, profile, trust, circumstances, traces)
    except (ProofError, Refusal) as refusal:
        verdict = _stopped(opening.stop_of(refusal), traces)
    return replace(verdict, evidence=evidence.gathered(traces, profile, circumstances))


def given_up(reason: str, where: str) -> Verdict:
    """The verdict on a package that cost its confined worker more than once, or at which that failed（SYS-921）."""
    facts = {"reason": reason, "at": where}
    finding = Finding("SYS-921", Severity.STOP, "", facts)
    return Verdict(PackageState.QUARANTINED, "SYS-921", facts, (finding,))


def _stopped(stop: Stop, traces: Traces) -> Verdict:
    """The verdict where a check ended; of places, the clerk is told only those of forms and of the layout."""
    traces.refused_member = stop.where
    where = attachments.printable(stop.where)
    state = SignatureState.INVALID if stop.is_signature else SignatureState.NOT_REQUIRED
    return Verdict(
        PackageState.QUARANTINED, stop.code, {**({"where": where} if stop.is_form else {}), **stop.facts},
        (Finding(stop.code, Severity.STOP, where, stop.facts),),
        SignatureOutcome(state, stop.code if stop.is_signature else ""),
    )  # fmt: skip


def _judged(
    opened: Opened, profile: LayoutProfile, trust: Trust, circumstances: Circumstances, traces: Traces
) -> Verdict:
    reading = opened.reading
    if opened.stop is not None or reading is None:
        return _stopped(opened.stop or Stop("SYS-921", "", {}, is_signature=False, is_form=False), traces)
    needs_signature = circumstances.needs_signature(reading.procedure)
    if needs_signature is None:
        raise Refusal("XML-212", where=profile.application.member, procedure=reading.procedure)
    if circumstances.organisation and reading.form.recipient != circumstances.organisation:
        raise Refusal("SEQ-504", where=profile.items.get("recipient", ""))
    if opened.signer is None and needs_signature:
        raise Refusal("SIG-302", procedure=reading.procedure)
    outcome, about = _signature(reading, profile, trust, circumstances, traces)
    found = tuple(one for one, _ in opened.attachments)
    formal = _formal_findings(reading, found, circumstances)
    findings = (*formal, *about, *(finding for _, several in opened.attachments for finding in several))
    stop = next((one for one in formal if one.severity is Severity.STOP), None)
    if stop is not None:  # nobody can work on this: the original is kept, and every finding is shown
        facts = {"procedure": reading.procedure, **stop.facts}
        return Verdict(PackageState.QUARANTINED, stop.code, facts, findings, outcome, reading.procedure)
    return _verdict(reading, outcome, findings, found)


def _signature(
    reading: Reading, profile: LayoutProfile, trust: Trust, circumstances: Circumstances, traces: Traces
) -> tuple[SignatureOutcome, list[Finding]]:
    """Judge the signer's certificate as of the time of application, by what was chosen to check revocation with."""
    applied_at = traces.applied_at = reading.form.applied_at
    moment, found = _moment_of_judgement(applied_at, profile, circumstances)
    signer = traces.signer
    if signer is None:
        return SignatureOutcome(SignatureState.NOT_REQUIRED), found
    if not found:  # else the same clock is wrong, and said so already
        received = circumstances.portal_received_at or circumstances.at
        found = signatures.about_signing_time(signer, received, profile)
    choice = _choice(reading.procedure, trust, circumstances)
    question = traces.question = Question(moment, circumstances.at, choice, circumstances.channel_result)
    checked = traces.checked = signatures.check_certificate(
        signer, trust, _policies(profile, reading.procedure), moment
    )
    outcome, about = signatures.judge(checked, trust, question, traces)
    return replace(outcome, certified=certificates.basic_four(signer.certificate_der)), [*found, *about]


def _choice(procedure: str, trust: Trust, circumstances: Circumstances) -> RevocationChoice:
    """What somebody chose, or the installation's default."""
    if circumstances.policy is None:
        return RevocationChoice(Checker.LIST if trust.is_list_required else Checker.LIST_IF_PRESENT)
    return circumstances.policy(procedure)


def _formal_findings(
    reading: Reading, found: tuple[Attachment, ...], circumstances: Circumstances
) -> Sequence[Finding]:
    """形式審査 by the rules of the procedure as of the day of reception; without rules, what reading noticed."""
    checks = circumstances.checks_of(reading.procedure)
    if checks is None:
        return reading.findings
    today = form_checks.day_in_japan(circumstances.portal_received_at or circumstances.at)
    return form_checks.check_form(reading.form, found, checks, today=today)


def _policies(profile: LayoutProfile, procedure: str) -> frozenset[str]:
    return profile.signature.policies_for(procedure) if profile.signature else frozenset()


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
    findings: tuple[Finding, ...],
    found: tuple[Attachment, ...],
) -> Verdict:
    is_held = outcome.state is SignatureState.INDETERMINATE and outcome.reason == signatures.NOT_CHECKED
    return Verdict(
        PackageState.PENDING if is_held else PackageState.ACCEPTED,
        outcome.reason if is_held else "",
        {"procedure": reading.procedure, **_because(findings)} if is_held else {},
        findings,
        outcome,
        reading.procedure,
        reading.form,
        found,
        reading.serial_text,
        reading.serial,
        reading.issuer_key,
        reading.previous_receipt,
    )


def _because(findings: Iterable[Finding]) -> dict[str, str]:
    """Why revocation could not be checked, for the clerk who reads the list of what waits."""
    because = (one.facts.get("because", "") for one in findings if one.code == signatures.NOT_CHECKED)
    return {"because": next(because, "")}
