"""The certification authorities that the operator installed, and the paths among them（トラストアンカー）."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from . import algorithms, certificates
from .algorithms import AlgorithmRefused, Buffer, PublicKey
from .certificates import Outline
from .der import DerRefused
from .errors import CertificateRefused

_CERTIFICATE_FILES = frozenset({".pem", ".der", ".cer", ".crt"})
_LIST_FILES = frozenset({".crl"})
_PEM_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"
_PEM_LIST = b"-----BEGIN X509 CRL-----"
_UNDERSTOOD = frozenset({
    x509.BasicConstraints.oid,
    x509.KeyUsage.oid,
    x509.ExtendedKeyUsage.oid,
    x509.CertificatePolicies.oid,
    x509.SubjectAlternativeName.oid,
    x509.SubjectKeyIdentifier.oid,
    x509.AuthorityKeyIdentifier.oid,
    x509.CRLDistributionPoints.oid,
    x509.PolicyConstraints.oid,
})  # fmt: skip
# What narrows or rewrites what an authority vouches for and is not worked out here: such an authority is not installed.
_NOT_WORKED_OUT = frozenset(
    x509.ObjectIdentifier(each) for each in ("2.5.29.30", "2.5.29.33", "2.5.29.54")
)  # name constraints, policy mappings, inhibit anyPolicy
ANY_POLICY = "2.5.29.32.0"
Extensions = dict[x509.ObjectIdentifier, x509.Extension[x509.ExtensionType]]


@dataclass(frozen=True, slots=True)
class Anchor:
    """One installed CA certificate; `key_id` is its subject key identifier in lower-case hex.

    `policies` are those it was issued under; `explicit_after`, where it says so, is how many further certificates a
    path may go before policies count（requireExplicitPolicy）.
    """

    der: bytes
    serial_hex: str
    subject: bytes
    issuer: bytes
    key_id: str
    public_key: PublicKey
    not_before: datetime
    not_after: datetime
    path_length: int | None
    signs_lists: bool
    policies: frozenset[str]
    explicit_after: int | None

    @property
    def is_self_issued(self) -> bool:
        """Whether subject and issuer are one name: a root, or one generation of keys vouching for another."""
        return self.subject == self.issuer

    def has_signed(self, outline: Outline) -> bool:
        """Whether the certificate's signature was made with this authority's key, by an accepted algorithm."""
        return self.has_signed_bytes(outline.signed_part, outline.signature_algorithm, outline.signature)

    def has_signed_bytes(self, signed_part: Buffer, algorithm: bytes, signature: bytes) -> bool:
        """Whether the signature over the bytes was made with this authority's key, by an accepted algorithm."""
        try:
            scheme = algorithms.scheme_of(algorithm)
            if scheme.digest is None:
                return False
            return algorithms.is_signed_by(self.public_key, scheme, scheme.digest, signature, signed_part)
        except (AlgorithmRefused, DerRefused):
            return False


@dataclass(frozen=True, slots=True)
class PathPolicies:
    """Under which policies a path may issue（None: any）, and after how many more certificates one must be left."""

    valid: frozenset[str] | None = None
    explicit_after: int | None = None

    def narrowed(self, policies: frozenset[str]) -> "PathPolicies":
        """After one more certificate with these policies（RFC 5280 §6.1.3 (d)）."""
        if ANY_POLICY in policies:
            return self
        valid = policies if self.valid is None else self.valid & policies
        return PathPolicies(valid, self.explicit_after)

    def after(self, authority: Anchor) -> "PathPolicies":
        """After an authority that is not the path's end（§6.1.4 (h), (i)）."""
        counted = self.explicit_after
        if counted and not authority.is_self_issued:
            counted -= 1
        limits = [each for each in (counted, authority.explicit_after) if each is not None]
        return PathPolicies(self.narrowed(authority.policies).valid, min(limits, default=None))


class Anchors:
    """The installed authorities. Nothing that came inside a package is ever added to them."""

    def __init__(self, authorities: Sequence[Anchor], lists: Sequence[bytes] = ()) -> None:
        self.authorities = tuple(authorities)
        self.lists = tuple(lists)
        self._by_subject: dict[bytes, tuple[Anchor, ...]] = {}
        for anchor in self.authorities:
            self._by_subject[anchor.subject] = (*self._by_subject.get(anchor.subject, ()), anchor)
        self._paths = {anchor.der: tuple(self._climb(anchor)) for anchor in self.authorities}
        self._policies = {der: _policies_along(path) for der, path in self._paths.items()}

    @classmethod
    def from_certificates(cls, authorities: Iterable[bytes], lists: Iterable[bytes] = ()) -> Self:
        """Take CA certificates and revocation lists in DER; raises CertificateRefused for one that is no CA's."""
        return cls([_anchor(each) for each in dict.fromkeys(authorities)], list(lists))

    @classmethod
    def from_directory(cls, path: Path) -> Self:
        """Read every *.pem *.der *.cer *.crt (one or more CA certificates) and *.crl of a directory, PEM or DER.

        Raises CertificateRefused with the fact `file` when one cannot be read or is not a CA's certificate, and
        OSError when the directory cannot be read. Roots and intermediate CAs both count as installed.
        """
        authorities: dict[bytes, Anchor] = {}
        lists: list[bytes] = []
        for file in sorted(each for each in path.iterdir() if each.is_file()):
            suffix = file.suffix.lower()
            if suffix in _LIST_FILES:
                lists.append(_list_of(file.read_bytes(), file.name))
            elif suffix in _CERTIFICATE_FILES:
                for each in _certificates_of(file.read_bytes(), file.name):
                    authorities.setdefault(each, _anchor_in(file.name, each))
        return cls(list(authorities.values()), lists)

    def issuer_of(self, outline: Outline, key_id: str | None, at: datetime) -> Anchor:
        """The authority that signed a certificate: by name and key identifier, then by trying the signature.

        Generations of one CA share a name, so the name alone never decides; of two certificates for one key the
        one whose whole path is in force at the moment goes first. Raises CertificateRefused CRT-311.
        """
        same_name = self._by_subject.get(outline.issuer, ())
        candidates = [each for each in same_name if key_id in (None, each.key_id)]
        candidates.sort(
            key=lambda each: not all(one.not_before <= at <= one.not_after for one in self._paths[each.der])
        )
        for anchor in candidates:
            if anchor.has_signed(outline):
                return anchor
        raise CertificateRefused("CRT-311", reason="signature" if candidates else "issuer")

    def path_of(self, anchor: Anchor) -> tuple[Anchor, ...]:
        """The authority and those above it, as far as they are installed."""
        return self._paths[anchor.der]

    def policies_of(self, anchor: Anchor) -> PathPolicies:
        """What the path to this authority leaves of the policies; the topmost one is trusted as it is."""
        return self._policies[anchor.der]

    def _climb(self, anchor: Anchor) -> list[Anchor]:
        """From the authority upwards, also through generations that vouch for each other, to one that nobody issued."""
        path = [anchor]
        while True:
            outline = certificates.outline(path[-1].der)
            if path[-1].has_signed(outline):
                return path
            issuers = self._by_subject.get(outline.issuer, ())
            above = [each for each in issuers if each not in path and each.has_signed(outline)]
            if not above:
                return path
            path.append(above[0])


def _policies_along(path: Sequence[Anchor]) -> PathPolicies:
    found = PathPolicies()
    for authority in reversed(path[:-1]):
        found = found.after(authority)
    return found


def policies_in(extensions: Extensions) -> frozenset[str]:
    """The certificate policies（dotted）, none when the certificate says nothing."""
    extension = extensions.get(x509.CertificatePolicies.oid)
    if extension is None:
        return frozenset()
    assert isinstance(extension.value, x509.CertificatePolicies)
    return frozenset(each.policy_identifier.dotted_string for each in extension.value)


def parsed(outline: Outline) -> tuple[x509.Certificate, Extensions]:
    """The certificate and its extensions as the library reads them; CRT-311 when it cannot.

    An extension that is critical and not understood refuses the certificate（RFC 5280 §4.2）.
    """
    try:
        certificate = x509.load_der_x509_certificate(outline.der)
        found: Extensions = {extension.oid: extension for extension in certificate.extensions}
    except (
        ValueError,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
        UserWarning,
    ):
        # a warning of the library is an error where warnings are, and in its next release
        raise CertificateRefused("CRT-311", reason="unreadable") from None
    if any(extension.critical and kind not in _UNDERSTOOD for kind, extension in found.items()):
        raise CertificateRefused("CRT-311", reason="extension")
    return certificate, found


def _anchor_in(file: str, certificate_der: bytes) -> Anchor:
    try:
        return _anchor(certificate_der)
    except CertificateRefused as error:
        raise CertificateRefused(error.code, file=file, **error.facts) from None


def _anchor(certificate_der: bytes) -> Anchor:
    try:
        outline = certificates.outline(certificate_der)
        serial = outline.serial_hex()
        key = algorithms.load_key(outline.public_key)
    except (DerRefused, AlgorithmRefused):
        raise CertificateRefused("CRT-311", reason="unreadable") from None
    certificate, extensions = parsed(outline)
    if not _NOT_WORKED_OUT.isdisjoint(extensions):
        raise CertificateRefused("CRT-311", reason="extension")
    constraints = extensions.get(x509.BasicConstraints.oid)
    usage = extensions.get(x509.KeyUsage.oid)
    if constraints is None or usage is None:
        raise CertificateRefused("CRT-311", reason="not_an_authority")
    limits, granted = constraints.value, usage.value
    assert isinstance(limits, x509.BasicConstraints)
    assert isinstance(granted, x509.KeyUsage)
    if not limits.ca or not granted.key_cert_sign:
        raise CertificateRefused("CRT-311", reason="not_an_authority")
    return Anchor(
        der=certificate_der,
        serial_hex=serial,
        subject=outline.subject,
        issuer=outline.issuer,
        key_id=_key_id(outline, certificate),
        public_key=key,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        path_length=limits.path_length,
        signs_lists=granted.crl_sign,
        policies=policies_in(extensions),
        explicit_after=_explicit_after(extensions),
    )


def _explicit_after(extensions: Extensions) -> int | None:
    extension = extensions.get(x509.PolicyConstraints.oid)
    if extension is None:
        return None
    assert isinstance(extension.value, x509.PolicyConstraints)
    return extension.value.require_explicit_policy


def _key_id(outline: Outline, certificate: x509.Certificate) -> str:
    """The stated identifier, or the one that RFC 5280 §4.2.1.2 (1) derives from the key."""
    stated = outline.key_identifier()
    if stated:
        return stated.hex()
    return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest.hex()


def _certificates_of(content: bytes, file: str) -> list[bytes]:
    if _PEM_CERTIFICATE not in content:
        return [content]
    try:
        found = x509.load_pem_x509_certificates(content)
    except ValueError:
        raise CertificateRefused("CRT-311", reason="unreadable", file=file) from None
    return [each.public_bytes(Encoding.DER) for each in found]


def _list_of(content: bytes, file: str) -> bytes:
    if _PEM_LIST not in content:
        return content
    try:
        return x509.load_pem_x509_crl(content).public_bytes(Encoding.DER)
    except ValueError:
        raise CertificateRefused("CRT-311", reason="unreadable", file=file) from None


def fingerprint(certificate_der: bytes) -> str:
    """SHA-256 of a certificate in hex, for lists of what is installed."""
    return hashlib.sha256(certificate_der).hexdigest()
