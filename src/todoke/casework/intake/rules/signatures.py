"""The certificate behind a signature: whether the installed anchors vouch for it, and the lists do not revoke it.

Mathematics first (`vouching`, before any form is read), the certificate afterwards, because it is judged as of the
time of application（C05, C06）. What cannot be known is indeterminate, never valid（decision 14）.
"""

from datetime import datetime, timedelta

from todoke.casework.intake.values import (
    Answered,
    Finding,
    LayoutProfile,
    Severity,
    SignatureOutcome,
    SignatureState,
    Trust,
)
from todoke.proof import chain
from todoke.proof.chain import CheckedCertificate, Purpose
from todoke.proof.cms import Signer
from todoke.proof.errors import CertificateRefused
from todoke.proof.revocation import Standing, revoked_authority

from . import revocations
from .evidence import Traces
from .revocations import Question

NOT_CHECKED = "REV-331"
LIST_ABSENT = "REV-330"
ON_HOLD = "REV-332"
REVOKED_SINCE = "REV-333"
BY_CHANNEL = "REV-334"
SIGNED_ELSEWHEN = "SIG-320"


def check_certificate(
    signer: Signer, trust: Trust, policies: frozenset[str], moment: datetime
) -> CheckedCertificate:
    """Whether the installed anchors vouch for the signer's certificate as of a moment, under one of the policies.

    No policies: any. Raises CertificateRefused.
    """
    checked = chain.check(
        signer.certificate_der, trust.anchors, at=moment, purpose=Purpose.SIGNATURE, policies=policies
    )
    revoked = revoked_authority(trust.revocation, checked.authorities, moment)
    if revoked is not None:
        when = revoked.since.isoformat() if revoked.since else ""
        raise CertificateRefused("CRT-310", reason="revoked", which="authority", when=when)
    return checked


def judge(
    checked: CheckedCertificate, trust: Trust, question: Question, traces: Traces
) -> tuple[SignatureOutcome, list[Finding]]:
    """Judge by revocation, leaving the answer in the traces. Raises CertificateRefused for a revoked certificate."""
    answer = traces.answer = revocations.ask(checked, trust, question)
    when = answer.since.isoformat() if answer.since else ""
    if answer.is_on_hold:
        return _outcome(SignatureState.INDETERMINATE, checked, ON_HOLD), [Finding(ON_HOLD, Severity.HOLD)]
    if answer.standing is Standing.REVOKED:
        raise CertificateRefused("CRT-310", reason="revoked", which="certificate", when=when)
    if answer.standing is Standing.UNKNOWN:
        if revocations.is_let_pass(answer, trust, question.choice.checker):
            return _outcome(SignatureState.VALID, checked), [Finding(LIST_ABSENT, Severity.NOTE)]
        facts = {"why": answer.why, "because": answer.because}
        unknown = Finding(NOT_CHECKED, Severity.STOP, facts=facts)
        return _outcome(SignatureState.INDETERMINATE, checked, NOT_CHECKED), [unknown]
    found = [Finding(BY_CHANNEL, Severity.NOTE)] if answer.by is Answered.CHANNEL else []
    if answer.since:
        found.append(Finding(REVOKED_SINCE, Severity.WARN, facts={"when": when}))
    return _outcome(SignatureState.VALID, checked), found


def _outcome(state: SignatureState, checked: CheckedCertificate, reason: str = "") -> SignatureOutcome:
    return SignatureOutcome(state, reason, checked.issuer_key, checked.serial_hex)


def about_signing_time(signer: Signer, received: datetime, profile: LayoutProfile) -> list[Finding]:
    """The signer's clock beside the reception（C22）: a claim in the future, or long ago, is shown."""
    claimed = signer.signing_time
    if claimed is None:
        return []
    latest = received + timedelta(minutes=profile.clock_tolerance_minutes)
    earliest = received - timedelta(days=profile.delivery_days)
    return [] if earliest <= claimed <= latest else [Finding(SIGNED_ELSEWHEN, Severity.WARN)]
