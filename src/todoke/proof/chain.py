"""Decides whether a certificate could be trusted for a purpose at a moment, by the installed authorities alone.

Source: RFC 5280 §6.1 for the checks; 公的個人認証（JPKI）の証明書プロファイル for what the two purposes ask for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from . import anchors as installed
from . import certificates
from .anchors import Anchor, Anchors, Extensions
from .der import DerRefused
from .errors import CertificateRefused
from .words import Word

CLOCK_TOLERANCE = timedelta(minutes=5)
_DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")


class Purpose(Word):
    """What a certificate is meant for."""

    SIGNATURE = "signature", "署名用"
    AUTHENTICATION = "authentication", "利用者証明用"


_EXTENDED_USES = {
    Purpose.SIGNATURE: {ExtendedKeyUsageOID.EMAIL_PROTECTION, _DOCUMENT_SIGNING},
    Purpose.AUTHENTICATION: {ExtendedKeyUsageOID.CLIENT_AUTH},
}


@dataclass(frozen=True, slots=True)
class CheckedCertificate:
    """A certificate that passed（検証済みの証明書）; who holds it is looked up by `issuer_key` and `serial_hex`.

    `serial_hex` has no leading zeros; `issuer_key` is the issuing CA's key identifier in lower-case hex; `chain`
    holds the issuing authority and those above it in DER; `distribution_points` is for the revocation lists.
    """

    serial_hex: str
    issuer_key: str
    subject: str
    not_before: datetime
    not_after: datetime
    chain: tuple[bytes, ...]
    distribution_points: tuple[bytes, ...]


def check(
    leaf_der: bytes,
    anchors: Anchors,
    *,
    at: datetime,
    purpose: Purpose,
    policies: frozenset[str] = frozenset(),
) -> CheckedCertificate:
    """Check a certificate as of a moment (aware); with `policies` it must bear one of these (dotted OIDs).

    Revocation is not looked at here. Raises CertificateRefused: CRT-310 not valid at that time (facts `when`,
    `which`, `reason`), CRT-311 issuer not installed, or not for this purpose, CRT-312 serial number not allowed.
    """
    try:
        outline = certificates.outline(leaf_der)
        points = outline.distribution_points()
    except DerRefused:
        raise CertificateRefused("CRT-311", reason="unreadable") from None
    serial = outline.serial_hex()
    certificate, extensions = installed.parsed(outline)
    issuer = anchors.issuer_of(outline, _issuer_key_id(extensions), at)
    path = anchors.path_of(issuer)
    _check_path(path, at)
    _check_use(extensions, purpose, policies)
    begin, end, subject = _dates_and_subject(certificate)
    _check_time(begin, end, at, "certificate")
    return CheckedCertificate(
        serial, issuer.key_id, subject, begin, end, tuple(each.der for each in path), points
    )


def _dates_and_subject(certificate: x509.Certificate) -> tuple[datetime, datetime, str]:
    try:
        return (
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
            certificate.subject.rfc4514_string(),
        )
    except ValueError:
        raise CertificateRefused("CRT-311", reason="unreadable") from None


def _issuer_key_id(extensions: Extensions) -> str | None:
    extension = extensions.get(x509.AuthorityKeyIdentifier.oid)
    if extension is None:
        return None
    assert isinstance(extension.value, x509.AuthorityKeyIdentifier)
    identifier = extension.value.key_identifier
    return None if identifier is None else identifier.hex()


def _check_path(path: tuple[Anchor, ...], at: datetime) -> None:
    for below, anchor in enumerate(path):
        if anchor.path_length is not None and below > anchor.path_length:
            raise CertificateRefused("CRT-311", reason="path_length")
        _check_time(anchor.not_before, anchor.not_after, at, "authority")


def _check_time(begin: datetime, end: datetime, at: datetime, which: str) -> None:
    """A clock may be some minutes wrong at the beginning; an end is an end."""
    if at < begin - CLOCK_TOLERANCE:
        raise CertificateRefused("CRT-310", reason="not_yet_valid", which=which, when=begin.isoformat())
    if at > end:
        raise CertificateRefused("CRT-310", reason="expired", which=which, when=end.isoformat())


def _check_use(extensions: Extensions, purpose: Purpose, policies: frozenset[str]) -> None:
    constraints = extensions.get(x509.BasicConstraints.oid)
    usage = extensions.get(x509.KeyUsage.oid)
    if constraints is not None:
        assert isinstance(constraints.value, x509.BasicConstraints)
        if constraints.value.ca:
            raise CertificateRefused("CRT-311", reason="authority_as_person")
    if usage is None:
        raise CertificateRefused("CRT-311", reason="key_usage")
    granted = usage.value
    assert isinstance(granted, x509.KeyUsage)
    fits = granted.content_commitment if purpose is Purpose.SIGNATURE else _is_for_authentication(granted)
    if not fits or granted.key_cert_sign or not _extended_use_fits(extensions, purpose):
        raise CertificateRefused("CRT-311", reason="key_usage")
    if policies and policies.isdisjoint(_policies_of(extensions)):
        raise CertificateRefused("CRT-311", reason="policy")


def _is_for_authentication(granted: x509.KeyUsage) -> bool:
    """The certificate for authentication promises no content commitment; the one for signatures does."""
    return granted.digital_signature and not granted.content_commitment


def _extended_use_fits(extensions: Extensions, purpose: Purpose) -> bool:
    extension = extensions.get(x509.ExtendedKeyUsage.oid)
    if extension is None or not extension.critical:
        return True
    assert isinstance(extension.value, x509.ExtendedKeyUsage)
    return not _EXTENDED_USES[purpose].isdisjoint(extension.value)


def _policies_of(extensions: Extensions) -> set[str]:
    extension = extensions.get(x509.CertificatePolicies.oid)
    if extension is None:
        return set()
    assert isinstance(extension.value, x509.CertificatePolicies)
    return {information.policy_identifier.dotted_string for information in extension.value}
