"""What a signer signed about the signature itself: which certificate, and when（XAdES-BES）.

Source: ETSI EN 319 132-1 §5.2 (SigningTime, SigningCertificateV2), TS 101 903 §7.2 (SigningCertificate).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from . import references, xml
from .algorithms import Digest
from .elements import Children, ElementRefused, elements_at, octets_of, text_of
from .errors import SignatureRefused
from .references import DS, Reference

XADES = "http://uri.etsi.org/01903/v1.3.2#"
_KIND = "http://uri.etsi.org/01903#SignedProperties"
_PROPERTIES = f"{{{XADES}}}SignedProperties"
_all = elements_at("//x:SignedProperties | //x:QualifyingProperties", {"x": XADES})


@dataclass(frozen=True, slots=True)
class Claims:
    """What the signer says: the digest of the certificate (None: not said) and the moment in UTC (None: not said)."""

    certificate: tuple[Digest, bytes] | None = None
    signing_time: datetime | None = None


NO_CLAIMS = Claims()


def place_of(signature: etree._Element, root: etree._Element, signed: Sequence[Reference]) -> str:
    """The URI under which the signed properties are covered, empty when there are none.

    Properties that no reference covers, or that belong to another signature, refuse the signature（SIG-303）.
    """
    uris = [each.uri for each in signed if each.kind == _KIND]
    found = _all(root)
    if not uris and not found:
        return ""
    if len(found) == 2 and found[0].tag != _PROPERTIES and found[1].tag == _PROPERTIES:
        is_ours = found[0].get("Target") == f"#{signature.get('Id', '')}"
        if is_ours and uris == [f"#{found[1].get('Id', '')}"]:
            return uris[0]
    raise SignatureRefused("SIG-303", reason="signed_properties")


def read(octets: bytes) -> Claims:
    """Read the signed properties from the octets that were digested. Raises ElementRefused, AlgorithmRefused."""
    root = xml.parse_canonical(octets)
    children = Children(root)
    signature_properties = children.take_if(f"{{{XADES}}}SignedSignatureProperties")
    if root.tag != _PROPERTIES:
        raise ElementRefused
    if signature_properties is None:
        return NO_CLAIMS
    fields = Children(signature_properties)
    time = fields.take_if(f"{{{XADES}}}SigningTime")
    named = _either(fields, f"{{{XADES}}}SigningCertificate", f"{{{XADES}}}SigningCertificateV2")
    return Claims(
        certificate=None if named is None else _first_digest(named),
        signing_time=None if time is None else _moment(text_of(time)),
    )


def _either(fields: Children, old: str, new: str) -> etree._Element | None:
    found = fields.take_if(old)
    return fields.take_if(new) if found is None else found


def _first_digest(element: etree._Element) -> tuple[Digest, bytes]:
    """The first certificate named is the signer's（EN 319 132-1 §5.2.2）; the others are of its chain."""
    certificate = Children(element).take(f"{{{XADES}}}Cert")
    stated = Children(Children(certificate).take(f"{{{XADES}}}CertDigest"))
    digest = references.digest_of(stated.take(f"{{{DS}}}DigestMethod"))
    value = octets_of(stated.take(f"{{{DS}}}DigestValue"))
    stated.finish()
    return digest, value


def _moment(text: str) -> datetime | None:
    """The moment in UTC; one without an offset could be anywhere, and claims nothing."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        raise ElementRefused from None
