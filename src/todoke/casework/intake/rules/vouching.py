"""What a package's signature vouches for, by the format that the layout names: only that is read（X22, C01, C04）.

A CMS signature lies beside the bytes that it covers, directly or through the manifest. An XML signature names what it
covers itself, and what was digested is read, not what stands around it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from todoke.casework.intake.values import FormLayout, LayoutProfile, SignatureFormat, SignatureLayout
from todoke.proof import archive, cms, xmldsig
from todoke.proof.algorithms import SHA256, Digest
from todoke.proof.archive import Buffer
from todoke.proof.cms import Signer
from todoke.proof.errors import SignatureRefused
from todoke.proof.references import Members
from todoke.proof.xml import UTF_8
from todoke.proof.xmldsig import Form, SignedStatement, Situation

from . import manifests
from .contents import PIECE, Contents
from .refusals import Refusal

_FORMS = {
    SignatureFormat.XML_ENVELOPED: Form.ENVELOPED,
    SignatureFormat.XML_DETACHED: Form.DETACHED,
    SignatureFormat.XML_ENVELOPING: Form.ENVELOPING,
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What an XML signature's key signed, for the record: hash of the canonical SignedInfo, algorithm, value in hex.

    The SignedInfo itself names the attached files, and stays in the package.
    """

    sha256: str
    algorithm: str
    value: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who signed and for what（署名者と署名の及ぶ範囲）.

    `octets` are to be read in place of a member (by name) or of a part of the signature's document ("#id"): they are
    what was digested, in UTF-8. `members` are all members that are vouched for. `statement` is an XML signature's.
    """

    signer: Signer
    members: frozenset[str]
    octets: Mapping[str, bytes]
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class Believed:
    """A package whose manifest and signature were checked; `vouched` is None where nobody signed."""

    contents: Contents
    vouched: Vouched | None
    profile: LayoutProfile

    def form(self, layout: FormLayout) -> bytes:
        """The bytes to read a form from; where there is a signature, only if it covers them.

        Raises SignatureRefused SIG-301, and Refusal PKG-123 when the member is not there.
        """
        content = self.contents.kept.get(layout.member)
        if content is None or (layout.object and self.vouched is None):
            raise Refusal("PKG-123", where=layout.member, member=layout.member)
        if self.vouched is None:
            return content
        if layout.object:
            content = self.vouched.octets.get(f"#{layout.object}")
        elif layout.member not in self.vouched.members:
            content = None
        if content is None:
            raise SignatureRefused("SIG-301", member=layout.member, reason="not_covered")
        return content


def believe(contents: Contents, profile: LayoutProfile, package: Buffer) -> Believed:
    """Check manifest and signature over the bytes as they lie in the package.

    Raises SignatureRefused (SIG-301 also for a signed package that holds a file nobody signed), XmlRefused, and
    Refusal: PKG-120 and 121 of the manifest, PKG-123 when what a CMS signature should cover is not there.
    """
    layout = profile.signature
    signature = contents.kept.get(layout.member) if layout else None
    if layout is None or signature is None:
        manifests.check_manifest(contents, profile)
        return Believed(contents, None, profile)
    if layout.format is SignatureFormat.CMS_DETACHED:
        believed = _by_cms(contents, profile, layout)
    else:
        believed = _by_xml(contents, profile, layout, package)
    _refuse_uncovered(believed, layout)
    return believed


def _by_cms(contents: Contents, profile: LayoutProfile, layout: SignatureLayout) -> Believed:
    listed = manifests.check_manifest(contents, profile)
    content = contents.kept.get(layout.covers)
    if content is None:
        raise Refusal("PKG-123", where=layout.covers, member=layout.covers)
    signer = cms.verify_detached(contents.kept[layout.member], content)
    members = _with_listed(frozenset({layout.covers}), profile, listed)
    return Believed(contents, Vouched(signer, members, {}), profile)


def _by_xml(contents: Contents, profile: LayoutProfile, layout: SignatureLayout, package: Buffer) -> Believed:
    """The manifest is read after the signature, because the signature may stand in it or cover its canonical form."""
    situation = Situation(_members(contents, package), profile.encodings, profile.xml_limits)
    verified = xmldsig.verify(contents.kept[layout.member], _FORMS[layout.format], situation)
    if verified is None:
        manifests.check_manifest(contents, profile)
        return Believed(contents, None, profile)
    octets, members = dict(verified.covered.octets), verified.covered.members
    if "" in octets:
        octets[layout.member] = octets.pop("")
        members |= {layout.member}
    kept = {**contents.kept, **{name: octets[name] for name in octets if name in contents.kept}}
    read = replace(contents, kept=kept)
    wide = replace(profile, encodings=profile.encodings | {UTF_8})  # canonical octets are in UTF-8
    members = _with_listed(members, profile, manifests.check_manifest(read, wide))
    return Believed(read, Vouched(verified.signer, members, octets, _recorded(verified.statement)), wide)


def _recorded(signed: SignedStatement) -> Statement:
    return Statement(hashlib.sha256(signed.octets).hexdigest(), signed.algorithm, signed.value.hex())


def _with_listed(members: frozenset[str], profile: LayoutProfile, listed: frozenset[str]) -> frozenset[str]:
    """Through a manifest that is covered, everything that it lists is."""
    is_covered = profile.manifest is not None and profile.manifest.member in members
    return members | listed if is_covered else members


def _refuse_uncovered(believed: Believed, layout: SignatureLayout) -> None:
    """A file that nobody signed must not slip into a signed package."""
    vouched, manifest = believed.vouched, believed.profile.manifest
    if vouched is None:
        return
    outside = {layout.member, manifest.member if manifest else layout.member}
    if believed.contents.digests.keys() - outside - vouched.members:
        raise SignatureRefused("SIG-301", reason="not_covered")


def _members(contents: Contents, package: Buffer) -> Members:
    return Members(
        frozenset(contents.digests),
        contents.kept.get,
        lambda name, digest: _digest(contents, package, name, digest),
    )


def _digest(contents: Contents, package: Buffer, name: str, digest: Digest) -> bytes:
    """A member's digest: known already, or by reading an attachment once more for another hash function."""
    if digest is SHA256:
        return bytes.fromhex(contents.digests[name].sha256)
    if name in contents.kept:
        return digest.of(contents.kept[name])
    view, hasher = memoryview(package), hashlib.new(digest.name)
    member = next(each[0] for each in contents.looks if each[0].name == name)
    for piece in archive.inflate_chunks(view, member, PIECE):
        hasher.update(piece)
    return hasher.digest()
