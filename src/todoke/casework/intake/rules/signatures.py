"""The signature of a package: over the original bytes, by a certificate that the installed anchors vouch for.

Mathematics first (before any form is read), the certificate afterwards, because it is judged as of the time of
application（C05, C06）. What cannot be known is indeterminate, never valid（decision 14）.
"""

from datetime import datetime

from todoke.casework.intake.values import (
    Finding,
    LayoutProfile,
    Severity,
    SignatureOutcome,
    SignatureState,
    Trust,
)
from todoke.proof import chain, cms
from todoke.proof.chain import CheckedCertificate, Purpose
from todoke.proof.cms import Signer
from todoke.proof.errors import CertificateRefused
from todoke.proof.revocation import Doubt, Standing

from .contents import Contents
from .refusals import Refusal

NOT_CHECKED = "REV-331"
LIST_ABSENT = "REV-330"
ON_HOLD = "REV-332"
REVOKED_SINCE = "REV-333"


def verify(contents: Contents, profile: LayoutProfile) -> Signer | None:
    """Verify the signature over the bytes as they lie in the package; None where there is none.

    Raises SignatureRefused, and Refusal PKG-123 when what it should cover is not there.
    """
    layout = profile.signature
    signature = contents.kept.get(layout.member) if layout else None
    if layout is None or signature is None:
        return None
    content = contents.kept.get(layout.covers)
    if content is None:
        raise Refusal("PKG-123", where=layout.covers, member=layout.covers)
    return cms.verify_detached(signature, content)


def covered_by(profile: LayoutProfile, listed: frozenset[str]) -> frozenset[str]:
    """The members that a signature vouches for: what it covers, and through a manifest everything it lists."""
    layout = profile.signature
    if layout is None:
        return frozenset()
    is_manifest = profile.manifest is not None and profile.manifest.member == layout.covers
    return frozenset({layout.covers}) | (listed if is_manifest else frozenset())


def judge(
    signer: Signer | None, trust: Trust, profile: LayoutProfile, moment: datetime, now: datetime
) -> tuple[SignatureOutcome, list[Finding]]:
    """Judge the signer's certificate as of `moment` by lists in force `now`. Raises CertificateRefused."""
    if signer is None or profile.signature is None:
        return SignatureOutcome(SignatureState.NOT_REQUIRED), []
    checked = chain.check(
        signer.certificate_der, trust.anchors, at=moment, purpose=Purpose.SIGNATURE,
        policies=profile.signature.policies,
    )  # fmt: skip
    found = trust.revocation.status(
        checked.issuer_key,
        checked.serial_hex,
        moment,
        now=now,
        distribution_points=checked.distribution_points,
    )
    if found.is_on_hold:
        return _outcome(SignatureState.INDETERMINATE, checked, ON_HOLD), [Finding(ON_HOLD, Severity.HOLD)]
    when = found.since.isoformat() if found.since else ""
    if found.standing is Standing.REVOKED:
        raise CertificateRefused("CRT-310", reason="revoked", which="certificate", when=when)
    if found.standing is Standing.UNKNOWN:
        if found.why is Doubt.NO_LIST and not trust.is_list_required:
            return _outcome(SignatureState.VALID, checked), [Finding(LIST_ABSENT, Severity.NOTE)]
        why = found.why.value if found.why else ""
        return _outcome(SignatureState.INDETERMINATE, checked, NOT_CHECKED), [
            Finding(NOT_CHECKED, Severity.STOP, facts={"why": why})
        ]
    later = [Finding(REVOKED_SINCE, Severity.WARN, facts={"when": when})] if found.since else []
    return _outcome(SignatureState.VALID, checked), later


def _outcome(state: SignatureState, checked: CheckedCertificate, reason: str = "") -> SignatureOutcome:
    return SignatureOutcome(state, reason, checked.issuer_key, checked.serial_hex)
