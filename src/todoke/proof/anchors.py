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
})  # fmt: skip
Extensions = dict[x509.ObjectIdentifier, x509.Extension[x509.ExtensionType]]


@dataclass(frozen=True, slots=True)
class Anchor:
    """One installed CA certificate; `key_id` is its subject key identifier in lower-case hex."""

    der: bytes
    subject: bytes
    issuer: bytes
    key_id: str
    public_key: PublicKey
    not_before: datetime
    not_after: datetime
    path_length: int | None
    signs_lists: bool

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


class Anchors:
    """The installed authorities. Nothing that came inside a package is ever added to them."""

    def __init__(self, authorities: Sequence[Anchor], lists: Sequence[bytes] = ()) -> None:
        self.authorities = tuple(authorities)
        self.lists = tuple(lists)
        self._by_subject: dict[bytes, tuple[Anchor, ...]] = {}
        for anchor in self.authorities:
            self._by_subject[anchor.subject] = (*self._by_subject.get(anchor.subject, ()), anchor)
        self._paths = {anchor.der: tuple(self._climb(anchor)) for anchor in self.authorities}

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
        one in force at the moment goes first. Raises CertificateRefused CRT-311.
        """
        same_name = self._by_subject.get(outline.issuer, ())
        candidates = [each for each in same_name if key_id in (None, each.key_id)]
        candidates.sort(key=lambda each: not each.not_before <= at <= each.not_after)
        for anchor in candidates:
            if anchor.has_signed(outline):
                return anchor
        raise CertificateRefused("CRT-311", reason="signature" if candidates else "issuer")

    def path_of(self, anchor: Anchor) -> tuple[Anchor, ...]:
        """The authority and those above it, as far as they are installed."""
        return self._paths[anchor.der]

    def _climb(self, anchor: Anchor) -> list[Anchor]:
        path = [anchor]
        while path[-1].issuer != path[-1].subject:
            outline = certificates.outline(path[-1].der)
            above = [each for each in self._by_subject.get(outline.issuer, ()) if each.has_signed(outline)]
            if not above or above[0] in path:
                break
            path.append(above[0])
        return path


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
        outline.serial_hex()
        key = algorithms.load_key(outline.public_key)
    except (DerRefused, AlgorithmRefused):
        raise CertificateRefused("CRT-311", reason="unreadable") from None
    certificate, extensions = parsed(outline)
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
        subject=outline.subject,
        issuer=outline.issuer,
        key_id=_key_id(outline, certificate),
        public_key=key,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        path_length=limits.path_length,
        signs_lists=granted.crl_sign,
    )


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
