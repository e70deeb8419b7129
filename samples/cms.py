"""CMS detached signatures over a manifest, deterministic by key, content and signing time (RFC 5652)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from . import der

SIGNED_DATA = "1.2.840.113549.1.7.2"
CONTENT = "1.2.840.113549.1.7.1"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
SHA256 = "2.16.840.1.101.3.4.2.1"
RSA = "1.2.840.113549.1.1.1"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A resident's certificate with its private key; `inside` travels in the signature beside the certificate."""

    certificate: x509.Certificate
    key: RSAPrivateKey
    inside: tuple[x509.Certificate, ...] = ()


def sign_detached(content: bytes, by: SigningKey, *, at: datetime, bare: bool = False) -> bytes:
    """Return a DER ContentInfo that signs `content`; `bare` leaves the signed attributes out (RFC 5652 §5.4)."""
    attributes = b"" if bare else _attributes(content, by.certificate, at)
    # The signature covers the attributes as a SET OF, although they travel under an implicit [0] (§5.4).
    signed = content if bare else der.tagged(0x31, attributes)
    signature = by.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    certificates = b"".join(sorted(c.public_bytes(Encoding.DER) for c in (by.certificate, *by.inside)))
    signed_data = der.sequence(
        der.integer(1),
        der.set_of([_algorithm(SHA256)]),
        der.sequence(der.oid(CONTENT)),
        der.context(0, certificates),
        der.set_of([_signer(by.certificate, attributes, signature)]),
    )
    return der.sequence(der.oid(SIGNED_DATA), der.context(0, signed_data))


def _signer(certificate: x509.Certificate, attributes: bytes, signature: bytes) -> bytes:
    return der.sequence(
        der.integer(1),
        der.sequence(certificate.issuer.public_bytes(), der.integer(certificate.serial_number)),
        _algorithm(SHA256),
        der.context(0, attributes) if attributes else b"",
        _algorithm(RSA),
        der.octets(signature),
    )


def _attributes(content: bytes, certificate: x509.Certificate, at: datetime) -> bytes:
    certificate_hash = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    signing_certificate = der.sequence(der.sequence(der.sequence(der.octets(certificate_hash))))
    attributes = (
        _attribute(CONTENT_TYPE, der.oid(CONTENT)),
        _attribute(SIGNING_TIME, der.utc_time(at)),
        _attribute(MESSAGE_DIGEST, der.octets(hashlib.sha256(content).digest())),
        _attribute(SIGNING_CERTIFICATE_V2, signing_certificate),
    )
    return b"".join(sorted(attributes))


def _attribute(kind: str, value: bytes) -> bytes:
    return der.sequence(der.oid(kind), der.set_of([value]))


def _algorithm(kind: str) -> bytes:
    return der.sequence(der.oid(kind), der.null())
