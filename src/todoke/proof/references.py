"""What an XML signature vouches for: each reference found, transformed and compared with its digest.

Source: W3C XML Signature 1.1 §4.4.3 (Reference), §6.6 (transforms). Accepted are the document itself, an element by
its Id and members of the package by name; of the transforms only enveloped-signature and canonicalisation. What was
digested is handed back, so that nobody needs to look it up a second time（署名包み込み攻撃への備え）.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from . import canonical, xml
from .algorithms import SHA256, SHA384, SHA512, AlgorithmRefused, Digest
from .canonical import Canonicalisation
from .elements import Children, ElementRefused, attributes_at, octets_of, refuse_content
from .errors import SignatureRefused
from .xml import XmlLimits

DS = "http://www.w3.org/2000/09/xmldsig#"
MOST_REFERENCES = 256
MOST_PARTS = 16  # references into the document: each costs a canonicalisation of its part
_ENVELOPED = f"{DS}enveloped-signature"
_DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": SHA256,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": SHA384,
    "http://www.w3.org/2001/04/xmlenc#sha512": SHA512,
}
_REFERENCE, _TRANSFORM = f"{{{DS}}}Reference", f"{{{DS}}}Transform"
_TRANSFORMS, _METHOD, _VALUE = (f"{{{DS}}}{name}" for name in ("Transforms", "DigestMethod", "DigestValue"))
_OUTSIDE = frozenset(":?#\\")
_all_ids = attributes_at("//@Id | //@ID | //@id | //@xml:id")


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference as signed: where to, how it is transformed, and the digest of what comes of it."""

    uri: str
    kind: str
    is_enveloped: bool
    canonicalisation: Canonicalisation | None
    digest: Digest
    value: bytes


@dataclass(frozen=True, slots=True)
class Members:
    """The other members of the package: their names, the bytes of those that are held, any digest of each."""

    names: frozenset[str]
    octets: Callable[[str], bytes | None]
    digest: Callable[[str, Digest], bytes]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a signature stands; `encodings` and `limits` are for members that are to be read as XML."""

    root: etree._Element
    signature: etree._Element
    members: Members
    encodings: frozenset[str]
    limits: XmlLimits


@dataclass(frozen=True, slots=True)
class Covered:
    """What a signature vouches for（署名の及ぶ範囲）.

    `octets` holds, in UTF-8, exactly what was digested: under "" the document without the signature, under "#id" a
    part of it, under a name a member that was canonicalised. `members` are all members that are vouched for; those
    without octets of their own byte for byte.
    """

    octets: Mapping[str, bytes]
    members: frozenset[str]


NO_MEMBERS = Members(frozenset(), lambda _: None, lambda _, digest: digest.of(b""))


def read(elements: Sequence[etree._Element]) -> list[Reference]:
    """Read the references of a SignedInfo. Raises AlgorithmRefused, ElementRefused, SignatureRefused SIG-303."""
    if not 1 <= len(elements) <= MOST_REFERENCES:
        raise SignatureRefused("SIG-303", reason="references", count=len(elements))
    found = [_reference(each) for each in elements]
    parts = sum(each.uri.startswith("#") for each in found)
    if len({each.uri for each in found}) != len(found) or parts > MOST_PARTS:
        raise SignatureRefused("SIG-303", reason="references", count=len(found))
    return found


def digest_of(element: etree._Element) -> Digest:
    """The hash function that a DigestMethod names. Raises AlgorithmRefused."""
    refuse_content(element)
    digest = _DIGESTS.get(element.get("Algorithm", ""))
    if digest is None:
        raise AlgorithmRefused("digest")
    return digest


def _reference(element: etree._Element) -> Reference:
    uri = element.get("URI")
    children = Children(element)
    transforms = children.take_if(_TRANSFORMS)
    digest = digest_of(children.take(_METHOD))
    value = octets_of(children.take(_VALUE))
    children.finish()
    if element.tag != _REFERENCE or uri is None:
        raise ElementRefused
    is_enveloped, canonicalisation = (False, None) if transforms is None else _transforms(transforms)
    return Reference(uri, element.get("Type", ""), is_enveloped, canonicalisation, digest, value)


def _transforms(element: etree._Element) -> tuple[bool, Canonicalisation | None]:
    """The signature taken out, then written canonically; each at most once, in this order."""
    children = Children(element)
    is_enveloped, method = False, None
    steps = children.rest()
    if any(each.tag != _TRANSFORM for each in steps):
        raise ElementRefused
    if steps and steps[0].get("Algorithm") == _ENVELOPED:
        refuse_content(steps[0])
        is_enveloped = True
        steps = steps[1:]
    if steps and canonical.is_canonicalisation(steps[0].get("Algorithm", "")):
        method = canonical.method_of(steps[0])
        steps = steps[1:]
    if steps:
        raise AlgorithmRefused("transform")
    return is_enveloped, method


def check(references: Sequence[Reference], place: Place) -> Covered:
    """Compare every reference with its digest. Raises SignatureRefused SIG-301 and SIG-303, AlgorithmRefused.

    The signature is taken out of the document on the way: the tree must not be used afterwards.
    """
    by_id = _elements_by_id(place.root)
    inside = [each for each in references if not each.uri or each.uri.startswith("#")]
    targets = [(each, _target(each, place, by_id)) for each in inside]
    octets: dict[str, bytes] = {}
    for reference, target in targets:
        if not reference.is_enveloped:
            octets[reference.uri] = _part(reference, target, place.root)
    _take_out(place.signature)
    for reference, target in targets:
        if reference.is_enveloped:
            octets[reference.uri] = _part(reference, target, place.root)
            if target is place.root:  # by its Id or by nothing: it is the whole form
                octets.setdefault("", octets[reference.uri])
    outside = [each for each in references if each not in inside]
    members = frozenset([_check_member(each, place, octets) for each in outside])
    return Covered(octets, members)


def _check_member(reference: Reference, place: Place, octets: dict[str, bytes]) -> str:
    """The member's name, once its digest fits; its canonical octets, where it was read as XML, are put to the others."""
    name = _member_of(reference.uri, place.members.names)
    if reference.canonicalisation is None and not reference.is_enveloped:
        _compare(reference, place.members.digest(name, reference.digest))
    else:
        octets[name] = _canonical_member(reference, name, place)
        _compare(reference, reference.digest.of(octets[name]))
    return name


def _compare(reference: Reference, digest: bytes) -> None:
    if digest != reference.value:
        raise SignatureRefused("SIG-301", reason="digest")


def _elements_by_id(root: etree._Element) -> Mapping[str, etree._Element]:
    """Whoever looks an Id up must find one element（X22）: `Id`, `ID`, `id` and `xml:id` count alike."""
    ids = _all_ids(root)
    found = {value: element for value, element in ids if value}
    if len(found) != sum(bool(value) for value, _ in ids):
        raise SignatureRefused("SIG-301", reason="equal_ids")
    return found


def _target(reference: Reference, place: Place, by_id: Mapping[str, etree._Element]) -> etree._Element:
    """The document's root or the element with the Id; what is around the signature must leave it out, and only that."""
    target = by_id.get(reference.uri[1:]) if reference.uri else place.root
    if target is None:
        raise SignatureRefused("SIG-301", reason="reference")
    is_around = any(each is target for each in place.signature.iterancestors())
    if target is place.signature or is_around != reference.is_enveloped:
        raise SignatureRefused("SIG-303", reason="signs_itself" if is_around else "enveloped")
    return target


def _part(reference: Reference, target: etree._Element, root: etree._Element) -> bytes:
    """The canonical octets of the document or one element of it, once their digest fits."""
    method = (reference.canonicalisation or canonical.PLAIN).without_comments(root)
    octets = method.octets_of(target) if reference.uri else method.octets_of_document(target)
    _compare(reference, reference.digest.of(octets))
    return octets


def _take_out(signature: etree._Element) -> None:
    """Take the signature out of its document and leave the text behind it where it is."""
    parent, tail = signature.getparent(), signature.tail
    if parent is None:
        return
    before = signature.getprevious()
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    signature.tail = None
    parent.remove(signature)


def _member_of(uri: str, names: frozenset[str]) -> str:
    """The only member that a URI names, as it stands or with its percent signs resolved（日本語のファイル名）."""
    if not _OUTSIDE.isdisjoint(uri) or uri.startswith("/"):
        raise SignatureRefused("SIG-303", reason="external")
    try:
        found = names & {uri, unquote(uri, errors="strict")}
    except UnicodeDecodeError:
        raise ElementRefused from None
    if len(found) != 1:
        raise SignatureRefused("SIG-301", reason="reference")
    return next(iter(found))


def _canonical_member(reference: Reference, name: str, place: Place) -> bytes:
    """A member read as XML; only members that are held can be, because they are then read in this form."""
    content = place.members.octets(name)
    if reference.is_enveloped or reference.canonicalisation is None or content is None:
        raise AlgorithmRefused("transform")
    root = xml.parse_complete(content, encodings=place.encodings, limits=place.limits)
    return reference.canonicalisation.octets_of_document(root)
