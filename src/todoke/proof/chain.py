"""Decides whether a certificate could be trusted for a purpose at a moment, by the installed authorities alone.

Source: RFC 5280 §6.1 for the checks; 公的個人認証（JPKI）の証明書プロファイル for what the two purposes ask for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from . import anchors as installed
from . import certificates
from .anchors import Anchor, Anchors, Extensions, PathPolicies
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
    `authorities` names those of the chain that another one issued, each by its issuer's key and its serial.
    """

    serial_hex: str
    issuer_key: str
    name: x509.Name
    not_before: datetime
    not_after: datetime
    chain: tuple[bytes, ...]
    distribution_points: tuple[bytes, ...]
    authorities: tuple[tuple[str, str], ...] = ()

    @property
    def subject(self) -> str:
        """The holder's name in one line（RFC 4514）."""
        return self.name.rfc4514_string()


def check(
    leaf_der: bytes,
    anchors: Anchors,
    *,
    at: datetime,
    purpose: Purpose,
    policies: frozenset[str] = frozenset(),
) -> CheckedCertificate:
    """Check a certificate as of a moment (aware).

    With `policies` (dotted OIDs) it must bear one of these itself, and every authority on the way must allow it.
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
    _check_use(extensions, purpose)
    _check_policies(anchors.policies_of(issuer), installed.policies_in(extensions), policies)
    begin, end, name = _dates_and_name(certificate)
    _check_time(begin, end, at, "certificate")
    return CheckedCertificate(
        serial, issuer.key_id, name, begin, end, tuple(each.der for each in path), points,
        tuple((above.key_id, each.serial_hex) for each, above in pairwise(path)),
    )  # fmt: skip


def _dates_and_name(certificate: x509.Certificate) -> tuple[datetime, datetime, x509.Name]:
    try:
        return (
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
            certificate.subject,
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
    """Authorities in force, and no more of them below each than it allows; generations of itself do not count."""
    below = 0
    for anchor in path:
        if anchor.path_length is not None and below > anchor.path_length:
            raise CertificateRefused("CRT-311", reason="path_length")
        below += not anchor.is_self_issued
        _check_time(anchor.not_before, anchor.not_after, at, "authority")


def _check_time(begin: datetime, end: datetime, at: datetime, which: str) -> None:
    """A clock may be some minutes wrong at the beginning; an end is an end."""
    if at < begin - CLOCK_TOLERANCE:
        raise CertificateRefused("CRT-310", reason="not_yet_valid", which=which, when=begin.isoformat())
    if at > end:
        raise CertificateRefused("CRT-310", reason="expired", which=which, when=end.isoformat())


def _check_use(extensions: Extensions, purpose: Purpose) -> None:
    constraints = extensions.get(x509.BasicConstraints.oid)
    usage = extensions.get(x509.KeyUsage.oid)
    if x509.PolicyConstraints.oid in extensions:
        raise CertificateRefused("CRT-311", reason="authority_as_person")
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


def _check_policies(path: PathPolicies, own: frozenset[str], wanted: frozenset[str]) -> None:
    """RFC 5280 §6.1.5 (g); stricter: where policies are wanted, anyPolicy in a person's certificate is none of them."""
    left = path.narrowed(own).valid
    is_explicit = path.explicit_after is not None and path.explicit_after <= 1
    if is_explicit and left is not None and not left:
        raise CertificateRefused("CRT-311", reason="policy")
    borne = own if left is None else own & left
    if wanted and wanted.isdisjoint(borne):
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
