"""XML signatures written as text that is canonical already: nothing of the product's way of reading them is used.

Source: W3C XML Signature 1.1, RFC 9231 (algorithms), ETSI EN 319 132-1 (XAdES-BES).
"""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
INCLUSIVE_11 = "http://www.w3.org/2006/12/xml-c14n11"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"
PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
_MORE, _NEWER = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2007/05/xmldsig-more#"
_DIGESTS = {
    "sha1": f"{DS}sha1",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": f"{_MORE}sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303  # to show that it is refused
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs: a certificate and its key; `inside` are further certificates that travel in the signature."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    inside: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """One reference: where to, the octets that are digested, and by which transforms one comes to them."""

    uri: str
    octets: bytes
    transforms: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """How a signature is written; `signed_at` makes it XAdES-BES, `objects` is markup of ds:Object elements."""

    digest: str = "sha256"
    canonicalisation: str = EXCLUSIVE
    is_pss: bool = False
    identifier: str = "shomei"
    signed_at: datetime | None = None
    names_certificate: bool = True
    objects: str = ""


def member(name: str, content: bytes) -> Target:
    """A reference to a member of the package, byte for byte."""
    return Target(quote(name), content)


def sign(targets: Sequence[Target], by: Signatory, style: Style = Style()) -> str:
    """Return the markup of a ds:Signature over the targets, without XML declaration."""
    properties = _properties(by, style) if style.signed_at else ""
    if properties:
        targets = (
            *targets,
            Target(f"#{style.identifier}-props", properties.encode(), (EXCLUSIVE,), PROPERTIES),
        )
    info = signed_info(targets, by, style)
    value = b64encode(_signed(info.encode(), by, style)).decode()
    certificates = "".join(
        f"<X509Certificate>{b64encode(each.public_bytes(Encoding.DER)).decode()}</X509Certificate>"
        for each in (by.certificate, *by.inside)
    )
    return (
        f'<Signature xmlns="{DS}" Id="{style.identifier}">{info}<SignatureValue>{value}</SignatureValue>'
        f"<KeyInfo><X509Data>{certificates}</X509Data></KeyInfo>{style.objects}{_qualifying(properties, style)}</Signature>"
    )


def signed_info(targets: Sequence[Target], by: Signatory, style: Style) -> str:
    """Return the SignedInfo in its canonical form."""
    references = "".join(_reference(each, style.digest) for each in targets)
    method = _method(by, style)
    return (
        f'<SignedInfo xmlns="{DS}"><CanonicalizationMethod Algorithm="{style.canonicalisation}">'
        f'</CanonicalizationMethod><SignatureMethod Algorithm="{method}"></SignatureMethod>{references}</SignedInfo>'
    )


def _reference(target: Target, digest: str) -> str:
    steps = "".join(f'<Transform Algorithm="{each}"></Transform>' for each in target.transforms)
    transforms = f"<Transforms>{steps}</Transforms>" if steps else ""
    kind = f" Type={quoteattr(target.kind)}" if target.kind else ""
    return f"<Reference{kind} URI={quoteattr(target.uri)}>{transforms}{_digest(target.octets, digest)}</Reference>"


def _digest(octets: bytes, digest: str, namespace: str = "") -> str:
    value = b64encode(hashlib.new(digest, octets).digest()).decode()
    return (
        f'<DigestMethod{namespace} Algorithm="{_DIGESTS[digest]}"></DigestMethod>'
        f"<DigestValue{namespace}>{value}</DigestValue>"
    )


def _properties(by: Signatory, style: Style) -> str:
    """Return the SignedProperties in their exclusive canonical form."""
    assert style.signed_at is not None
    own = f' xmlns="{DS}"'
    digest = _digest(by.certificate.public_bytes(Encoding.DER), style.digest, own)
    named = (
        f"<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>{digest}</xades:CertDigest></xades:Cert>"
        "</xades:SigningCertificateV2>"
    )
    return (
        f'<xades:SignedProperties xmlns:xades="{XADES}" Id="{style.identifier}-props">'
        f"<xades:SignedSignatureProperties><xades:SigningTime>{escape(style.signed_at.isoformat())}</xades:SigningTime>"
        f"{named if style.names_certificate else ''}</xades:SignedSignatureProperties></xades:SignedProperties>"
    )


def _qualifying(properties: str, style: Style) -> str:
    if not properties:
        return ""
    return (
        f'<Object><xades:QualifyingProperties xmlns:xades="{XADES}" Target="#{style.identifier}">{properties}'
        "</xades:QualifyingProperties></Object>"
    )


def _method(by: Signatory, style: Style) -> str:
    if style.is_pss:
        return f"{_NEWER}{style.digest}-rsa-MGF1"
    kind = "rsa" if isinstance(by.key, rsa.RSAPrivateKey) else "ecdsa"
    return f"{DS if style.digest == 'sha1' else _MORE}{kind}-{style.digest}"


def _signed(octets: bytes, by: Signatory, style: Style) -> bytes:
    function = _HASHES[style.digest]
    if isinstance(by.key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(function), function.digest_size)
        return by.key.sign(octets, pss if style.is_pss else padding.PKCS1v15(), function)
    size = (by.key.curve.key_size + 7) // 8
    first, second = decode_dss_signature(by.key.sign(octets, ec.ECDSA(function)))
    return first.to_bytes(size, "big") + second.to_bytes(size, "big")
