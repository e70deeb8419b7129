"""Verifies an XML signature by one signer: enveloped in a document, enveloping it, or over members of a package.

Source: W3C XML Signature 1.1 §3.2 (core validation), §4; ETSI EN 319 132-1 (XAdES-BES). First the signature over the
canonical SignedInfo, then the references as they stand in those octets, then their digests. The certificate found is
only the one whose key made the signature: whether it can be trusted is decided by `chain`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from . import algorithms, canonical, certificates, references, xades, xml
from .algorithms import SHA256, SHA384, SHA512, AlgorithmRefused, Digest, PublicKey, Scheme
from .certificates import Outline
from .cms import Signer
from .der import DerRefused
from .elements import Children, ElementRefused, elements_at, octets_of, refuse_content
from .errors import SignatureRefused
from .references import DS, NO_MEMBERS, Covered, Members, Place, Reference
from .words import Word
from .xml import XmlLimits

_SIGNATURE = f"{{{DS}}}Signature"
_MORE, _NEWER = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2007/05/xmldsig-more#"
_SCHEMES = {
    f"{_MORE}rsa-sha256": Scheme("rsa", SHA256),
    f"{_MORE}rsa-sha384": Scheme("rsa", SHA384),
    f"{_MORE}rsa-sha512": Scheme("rsa", SHA512),
    f"{_MORE}ecdsa-sha256": Scheme("ecdsa", SHA256),
    f"{_MORE}ecdsa-sha384": Scheme("ecdsa", SHA384),
    f"{_MORE}ecdsa-sha512": Scheme("ecdsa", SHA512),
    f"{_NEWER}sha256-rsa-MGF1": Scheme(
        "pss", SHA256, 32
    ),  # RFC 9231 §2.3.10: the salt is as long as the hash
    f"{_NEWER}sha384-rsa-MGF1": Scheme("pss", SHA384, 48),
    f"{_NEWER}sha512-rsa-MGF1": Scheme("pss", SHA512, 64),
}
_MOST_CERTIFICATES = 10
_all_signatures = elements_at("//ds:Signature", {"ds": DS})


class Form(Word):
    """How a signature and what it signs lie to each other."""

    ENVELOPED = "enveloped", "署名を文書の中に置く形"
    ENVELOPING = "enveloping", "署名の中に文書を置く形"
    DETACHED = "detached", "署名を文書の外に置く形"


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """What the signer's key signed: the canonical SignedInfo, by which algorithm, with which value.

    Enough to verify the signature again years later without any XML（検証記録のため）.
    """

    octets: bytes
    algorithm: str
    value: bytes


@dataclass(frozen=True, slots=True)
class VerifiedXml:
    """A signature that holds: who signed, what is covered, and the statement that was signed."""

    signer: Signer
    covered: Covered
    statement: SignedStatement


@dataclass(frozen=True, slots=True)
class Situation:
    """What surrounds a document: the package's other members, the encodings agreed on, and the limits of XML."""

    members: Members = NO_MEMBERS
    encodings: frozenset[str] = xml.UNICODE_ONLY
    limits: XmlLimits = field(default_factory=XmlLimits)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a Signature element."""

    signed_info: etree._Element
    value: bytes
    certificates: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A SignedInfo as read from its canonical octets."""

    algorithm: str
    scheme: Scheme
    digest: Digest
    references: Sequence[Reference]


def verify(
    document: bytes, form: Form, situation: Situation = Situation(), *, supplied: Sequence[bytes] = ()
) -> VerifiedXml | None:
    """Verify the only signature in a document; None where a document that could envelop one holds none.

    `supplied` are further certificates (DER) for signatures that carry none. Business data is to be read from
    `covered` alone. Raises XmlRefused as `xml.parse`, and SignatureRefused: SIG-301 the signature or a digest does
    not match, or an Id stands twice; SIG-303 structure, algorithm or reference not accepted.
    """
    root = xml.parse_complete(document, encodings=situation.encodings, limits=situation.limits)
    signature = _only_signature(root, form)
    if signature is None:
        return None
    place = Place(root, signature, situation.members, situation.encodings, situation.limits)
    try:
        return _verified(place, supplied)
    except (ElementRefused, DerRefused):
        raise SignatureRefused("SIG-303", reason="structure") from None
    except AlgorithmRefused as error:
        raise SignatureRefused("SIG-303", reason=error.reason) from None


def _only_signature(root: etree._Element, form: Form) -> etree._Element | None:
    found = _all_signatures(root)
    if not found and form is Form.ENVELOPED:
        return None
    if len(found) != 1:
        raise SignatureRefused("SIG-303", reason="signatures", count=len(found))
    signature, is_root = found[0], found[0] is root
    if is_root if form is Form.ENVELOPED else form is Form.ENVELOPING and not is_root:
        raise SignatureRefused("SIG-303", reason="form")
    return signature


def _verified(place: Place, supplied: Sequence[bytes]) -> VerifiedXml:
    parts = _parts_of(place.signature)
    octets = canonical.method_of(parts.signed_info[0]).octets_of(parts.signed_info)
    statement = _read_statement(octets)
    outlines = [certificates.outline(each) for each in dict.fromkeys((*parts.certificates, *supplied))]
    signers = _signers(outlines, statement, parts.value, octets)
    properties = xades.place_of(place.signature, place.root, statement.references)
    covered = references.check(statement.references, place)
    claims = xades.read(covered.octets[properties]) if properties else xades.NO_CLAIMS
    signer = _named(signers, claims)
    return VerifiedXml(
        Signer(signer.der, parts.certificates, statement.digest.name, claims.signing_time),
        covered,
        SignedStatement(octets, statement.algorithm, parts.value),
    )


def _parts_of(signature: etree._Element) -> _Parts:
    children = Children(signature)
    signed_info = children.take(f"{{{DS}}}SignedInfo")
    value = octets_of(children.take(f"{{{DS}}}SignatureValue"))
    key_info = children.take_if(f"{{{DS}}}KeyInfo")
    if any(each.tag != f"{{{DS}}}Object" for each in children.rest()) or not len(signed_info):
        raise ElementRefused
    return _Parts(signed_info, value, () if key_info is None else _certificates(key_info))


def _certificates(key_info: etree._Element) -> tuple[bytes, ...]:
    """The certificates that came along; keys by themselves are passed over, keys from elsewhere refuse（§4.5）."""
    found: list[bytes] = []
    for each in Children(key_info).rest():
        if each.tag == f"{{{DS}}}X509Data":
            parts = Children(each).rest()
            found += [octets_of(part) for part in parts if part.tag == f"{{{DS}}}X509Certificate"]
        elif each.tag not in (f"{{{DS}}}KeyName", f"{{{DS}}}KeyValue"):
            raise ElementRefused
    if len(found) > _MOST_CERTIFICATES:
        raise SignatureRefused("SIG-303", reason="certificate", count=len(found))
    return tuple(found)


def _read_statement(octets: bytes) -> _Statement:
    """Read the SignedInfo from what is signed, not from the document: comments cannot cut a digest in two."""
    children = Children(xml.parse_canonical(octets))
    canonical.method_of(children.take(f"{{{DS}}}CanonicalizationMethod"))
    method = children.take(f"{{{DS}}}SignatureMethod")
    refuse_content(method)
    algorithm = method.get("Algorithm", "")
    scheme = _SCHEMES.get(algorithm)
    if scheme is None or scheme.digest is None:
        raise AlgorithmRefused("signature")
    return _Statement(algorithm, scheme, scheme.digest, references.read(children.rest()))


def _signers(
    outlines: Sequence[Outline], statement: _Statement, value: bytes, octets: bytes
) -> list[Outline]:
    """The certificates whose key made the signature; one key may stand in two certificates."""
    refused: AlgorithmRefused | None = None
    for outline in outlines:
        try:
            key = algorithms.load_key(outline.public_key)
            signature = _as_der(value, key) if statement.scheme.kind == "ecdsa" else value
            if algorithms.is_signed_by(key, statement.scheme, statement.digest, signature, octets):
                return [each for each in outlines if each.public_key == outline.public_key]
        except AlgorithmRefused as error:
            refused = error
    if len(outlines) == 1 and refused is not None:
        raise refused
    if not outlines:
        raise SignatureRefused("SIG-303", reason="certificate", count=0)
    raise SignatureRefused("SIG-301", reason="signature")


def _as_der(value: bytes, key: PublicKey) -> bytes:
    """The two numbers of an ECDSA signature, each as long as the curve（RFC 9231 §2.3.6）, as the library wants them."""
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise AlgorithmRefused("key")
    size = (key.curve.key_size + 7) // 8
    if len(value) != 2 * size:
        raise SignatureRefused("SIG-301", reason="signature")
    return encode_dss_signature(int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big"))


def _named(signers: Sequence[Outline], claims: xades.Claims) -> Outline:
    """The certificate that the signer named; where none was named there must be but one with this key."""
    if claims.certificate is None:
        if len(signers) != 1:
            raise SignatureRefused("SIG-303", reason="certificate", count=len(signers))
        return signers[0]
    digest, value = claims.certificate
    for each in signers:
        if digest.of(each.der) == value:
            return each
    raise SignatureRefused("SIG-301", reason="signing_certificate")
