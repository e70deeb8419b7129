"""Verifies a detached CMS signature by one signer over a content.

Source: RFC 5652 §5 (SignedData), §11 (attributes), RFC 5035 §3 (signing-certificate-v2). The certificate that is
found is only the one whose key made the signature: whether it can be trusted is decided by `chain`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from . import algorithms, certificates, der
from .algorithms import AlgorithmRefused, Buffer
from .certificates import Outline
from .der import DerRefused, Element, Reader
from .errors import SignatureRefused

_SIGNED = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_SIGNING_TIME = bytes.fromhex("2a864886f70d010905")
_SIGNING_CERTIFICATE = bytes.fromhex("2a864886f70d010910022f")
_BY_SERIAL, _BY_KEY = der.SEQUENCE, 0x80
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, as far as the signature says（署名者）; `signing_time` is the signer's own claim, in UTC."""

    certificate_der: bytes
    certificates: tuple[bytes, ...]
    digest_algorithm: str
    signing_time: datetime | None


@dataclass(frozen=True, slots=True)
class _SignerInfo:
    """The parts of a SignerInfo; `attributes` is the implicit set, None when nothing but the content is signed."""

    signer: Element
    digest_algorithm: bytes
    attributes: Element | None
    signature_algorithm: bytes
    signature: bytes


def verify_detached(signature: bytes, content: Buffer, *, supplied: Sequence[bytes] = ()) -> Signer:
    """Verify that exactly one signer signed the content and return whose certificate says so.

    `supplied` are further certificates (DER) to look for the signer in, for signatures that carry none.
    Raises SignatureRefused: SIG-301 the signature is not over this content by this key, SIG-303 structure or
    algorithm not accepted. Accepts RSA PKCS #1 v1.5, RSA-PSS and ECDSA P-256/P-384 with SHA-256/384/512.
    """
    try:
        carried, info = _opened(signature)
        signer = _certificate_of(signature, info, [*carried, *supplied])
        digest = algorithms.digest_of(info.digest_algorithm)
        scheme = algorithms.scheme_of(info.signature_algorithm)
        algorithms.check_fit(scheme, digest)
        key = algorithms.load_key(signer.public_key)
        message, signing_time = bytes(content), None
        if info.attributes is not None:
            signing_time = _check_attributes(signature, info.attributes, digest.of(content), signer)
            message = bytes((der.SET,)) + signature[info.attributes.at + 1 : info.attributes.stop]
        if not algorithms.is_signed_by(key, scheme, digest, info.signature, message):
            raise SignatureRefused("SIG-301", reason="signature")
    except DerRefused:
        raise SignatureRefused("SIG-303", reason="structure") from None
    except AlgorithmRefused as error:
        raise SignatureRefused("SIG-303", reason=error.reason) from None
    return Signer(signer.der, tuple(carried), digest.name, signing_time)


def _opened(signature: bytes) -> tuple[list[bytes], _SignerInfo]:
    """The certificates that came along and the only SignerInfo."""
    if len(signature) > _LARGEST:
        raise DerRefused
    outside = Reader(signature)
    envelope = outside.enter(der.SEQUENCE)
    outside.finish()
    _expect(signature, envelope, _SIGNED)
    wrapped = envelope.enter(0xA0)
    envelope.finish()
    fields = wrapped.enter(der.SEQUENCE)
    wrapped.finish()
    fields.take(der.INTEGER)
    digests = fields.take(der.SET)
    encapsulated = fields.enter(der.SEQUENCE)
    _expect(signature, encapsulated, _DATA)
    encapsulated.finish()
    carried = fields.take_if(0xA0)
    fields.take_if(0xA1)
    signers = fields.enter(der.SET)
    fields.finish()
    info = _signer_info(signature, signers)
    if info.digest_algorithm not in [
        der.whole(signature, each) for each in Reader(signature, digests).rest()
    ]:
        raise AlgorithmRefused("digest")
    return _carried(signature, carried), info


def _expect(signature: bytes, fields: Reader, kind: bytes) -> None:
    if der.content(signature, fields.take(der.OBJECT_IDENTIFIER)) != kind:
        raise SignatureRefused("SIG-303", reason="content_type")


def _carried(signature: bytes, carried: Element | None) -> list[bytes]:
    if carried is None:
        return []
    return [
        der.whole(signature, each) for each in Reader(signature, carried).rest() if each.tag == der.SEQUENCE
    ]


def _signer_info(signature: bytes, signers: Reader) -> _SignerInfo:
    infos = signers.rest()
    if len(infos) != 1 or infos[0].tag != der.SEQUENCE:
        raise SignatureRefused("SIG-303", reason="signers", count=len(infos))
    fields = Reader(signature, infos[0])
    version = der.content(signature, fields.take(der.INTEGER))
    signer = fields.take(_BY_SERIAL, _BY_KEY)
    digest_algorithm = der.whole(signature, fields.take(der.SEQUENCE))
    attributes = fields.take_if(0xA0)
    signature_algorithm = der.whole(signature, fields.take(der.SEQUENCE))
    value = der.content(signature, fields.take(der.OCTET_STRING))
    fields.take_if(0xA1)
    fields.finish()
    if version != (b"\x01" if signer.tag == _BY_SERIAL else b"\x03"):
        raise DerRefused
    return _SignerInfo(signer, digest_algorithm, attributes, signature_algorithm, value)


def _certificate_of(signature: bytes, info: _SignerInfo, known: list[bytes]) -> Outline:
    """Find the signer's certificate by what the signer info names; the order of the certificates says nothing."""
    outlines = [certificates.outline(each) for each in known]
    if info.signer.tag == _BY_KEY:
        key = der.content(signature, info.signer)
        found = [each for each in outlines if each.key_identifier() == key]
    else:
        fields = Reader(signature, info.signer)
        issuer = der.whole(signature, fields.take(der.SEQUENCE))
        serial = der.content(signature, fields.take(der.INTEGER))
        fields.finish()
        found = [each for each in outlines if each.serial == serial and each.issuer == issuer]
    if len({each.der for each in found}) != 1:
        raise SignatureRefused("SIG-303", reason="certificate", count=len(found))
    return found[0]


def _check_attributes(
    signature: bytes, attributes: Element, digest: bytes, signer: Outline
) -> datetime | None:
    values = _values_by_kind(signature, attributes)
    if values.get(_CONTENT_TYPE) != _encoded(der.OBJECT_IDENTIFIER, _DATA):
        raise SignatureRefused("SIG-303", reason="content_type")
    if _MESSAGE_DIGEST not in values:
        raise DerRefused
    if values[_MESSAGE_DIGEST] != _encoded(der.OCTET_STRING, digest):
        raise SignatureRefused("SIG-301", reason="content")
    if _SIGNING_CERTIFICATE in values:
        _check_signing_certificate(values[_SIGNING_CERTIFICATE], signer)
    if _SIGNING_TIME not in values:
        return None
    claimed = values[_SIGNING_TIME]
    return der.time(claimed, Reader(claimed).take(der.UTC_TIME, der.GENERALIZED_TIME))


def _values_by_kind(signature: bytes, attributes: Element) -> dict[bytes, bytes]:
    """Each attribute once, each with its value(s) as one run of DER; content and digest are compared whole."""
    values: dict[bytes, bytes] = {}
    for attribute in Reader(signature, attributes).rest():
        fields = Reader(signature, attribute)
        kind = der.content(signature, fields.take(der.OBJECT_IDENTIFIER))
        inside = fields.take(der.SET)
        fields.finish()
        if attribute.tag != der.SEQUENCE or kind in values:
            raise DerRefused
        values[kind] = der.content(signature, inside)
    return values


def _check_signing_certificate(value: bytes, signer: Outline) -> None:
    """The first identifier must hold the hash of the signer's certificate（RFC 5035 §4）."""
    outside = Reader(value)
    first = outside.enter(der.SEQUENCE).enter(der.SEQUENCE).enter(der.SEQUENCE)
    outside.finish()
    stated = first.take_if(der.SEQUENCE)
    digest = algorithms.digest_of(der.whole(value, stated)) if stated else algorithms.SHA256
    if der.content(value, first.take(der.OCTET_STRING)) != digest.of(signer.der):
        raise SignatureRefused("SIG-301", reason="signing_certificate")


def _encoded(tag: int, content: bytes) -> bytes:
    return bytes((tag, len(content))) + content
