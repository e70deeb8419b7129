"""Packages whose XML signature xmlsec1 or signxml has made: accepted end to end, and their tampered twins refused."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.signer import XMLSigner
from signxml.xades.xades import XAdESSigner

from samples import zips
from samples.packages import APPLICATION, FORM, MANIFEST, Member, manifest_of, members_of
from samples.xml_packages import SIGNATURE
from samples.xmldsig import DS, EXCLUSIVE, INCLUSIVE
from tests.casework.intake.packages import application, circumstances, pdf, profile, signer
from tests.support import programs
from todoke.casework.intake import queries, services
from todoke.casework.intake.values import LayoutProfile, SignatureState, Trust, Verdict
from todoke.casework.relay.values import PackageState

REFERENCE = (
    '<Reference URI="{name}">{transforms}<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha{digest}"/>'
    "<DigestValue/></Reference>"
)
TEMPLATE = (
    '<Signature xmlns="{ds}"><SignedInfo><CanonicalizationMethod Algorithm="{c14n}"/>'
    '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha{digest}"/>{references}</SignedInfo>'
    "<SignatureValue/><KeyInfo><X509Data/></KeyInfo></Signature>"
)


@cache
def members() -> tuple[Member, ...]:
    """The two forms and a PDF."""
    return tuple(members_of(replace(application(), attachments=(pdf(),))))


def key_pem() -> bytes:
    return signer().key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def certificate_pem() -> bytes:
    return signer().certificate.public_bytes(Encoding.PEM)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("xmlsec1")
    for member in members():
        path = place / member.name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(member.content)
    (place / "key.pem").write_bytes(key_pem())
    (place / "signer.pem").write_bytes(certificate_pem())
    return place


def by_xmlsec1(
    folder: Path, *, c14n: str = EXCLUSIVE, digest: int = 256, steps: str = "", more: str = ""
) -> bytes:
    """A signature over the members of the folder; `steps` is a way of canonicalisation for the two forms."""
    references = "".join(
        reference(one.name, digest, steps if one.name in {FORM, APPLICATION} else "") for one in members()
    )
    template = TEMPLATE.format(ds=DS, c14n=c14n, digest=digest, references=references + more)
    (folder / "template.xml").write_text(template, encoding="utf-8")
    words = ["--sign", "--privkey-pem", "key.pem,signer.pem", "--output", "signed.xml", "template.xml"]
    program, environment = programs.require("xmlsec1"), {"PATH": os.environ["PATH"]}
    subprocess.run(
        [program, *words], cwd=folder, check=True, capture_output=True, env=environment, timeout=60
    )
    return (folder / "signed.xml").read_bytes()


def reference(name: str, digest: int = 256, steps: str = "") -> str:
    transforms = f'<Transforms><Transform Algorithm="{steps}"/></Transforms>' if steps else ""
    return REFERENCE.format(name=name, digest=digest, transforms=transforms)


def by_signxml(content: bytes, name: str, *, xades: bool) -> bytes:
    """A signature over the canonical form of one member."""
    maker = (XAdESSigner if xades else XMLSigner)(
        method=SignatureConstructionMethod.detached, c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0
    )
    signed = maker.sign(
        etree.fromstring(content), key=key_pem(), cert=certificate_pem().decode(), reference_uri=name
    )
    return etree.tostring(signed)


def packed(*found: Member) -> bytes:
    return zips.archive([zips.entry(one.name, one.content) for one in found])


@cache
def direct() -> LayoutProfile:
    """The shipped layout: the signature refers to every member itself."""
    return queries.load_profile("xml-signed-sample")


@cache
def by_manifest() -> LayoutProfile:
    """A layout whose signature refers to the manifest, and the manifest to the members."""
    return replace(direct(), manifest=profile().manifest)


def check(data: bytes, trust: Trust, layout: LayoutProfile) -> Verdict:
    return services.check_package(data, profile=layout, trust=trust, circumstances=circumstances())


def is_good(verdict: Verdict) -> bool:
    return verdict.state is PackageState.ACCEPTED and verdict.signature.state is SignatureState.VALID


@pytest.mark.tool("xmlsec1")
@pytest.mark.parametrize(
    "style",
    [{}, {"c14n": INCLUSIVE}, {"digest": 512}, {"steps": EXCLUSIVE}, {"steps": INCLUSIVE}],
)
def test_a_package_signed_by_xmlsec1_is_accepted(trust: Trust, folder: Path, style: dict[str, str]) -> None:
    signature = Member(SIGNATURE, by_xmlsec1(folder, **style))  # type: ignore[arg-type]  # by name
    assert is_good(check(packed(*members(), signature), trust, direct()))


@pytest.mark.parametrize("xades", [False, True], ids=["XMLDSig", "XAdES"])
def test_a_package_signed_by_signxml_is_accepted(trust: Trust, xades: bool) -> None:
    manifest = manifest_of(list(members()))
    signature = Member(SIGNATURE, by_signxml(manifest, MANIFEST, xades=xades))
    verdict = check(packed(*members(), Member(MANIFEST, manifest), signature), trust, by_manifest())
    assert is_good(verdict)
    assert len(verdict.attachments) == 1


def twins_of(found: list[Member]) -> list[tuple[str, list[Member]]]:
    """The ways in which a package is another one, although every member of it was once signed."""

    def changed(name: str, change: Callable[[bytes], bytes]) -> list[Member]:
        return [replace(one, content=change(one.content)) if one.name == name else one for one in found]

    attachment = found[2].name
    other = Member("Attachment/other.txt", b"other")
    return [
        ("form", changed(APPLICATION, lambda content: content.replace(b"TDK-", b"TDX-", 1))),
        ("applicant", changed(FORM, lambda content: content.replace("氏名".encode(), "名前".encode(), 1))),
        ("attachment", changed(attachment, lambda content: content + b"\n")),
        ("added", [*found, other]),
        ("taken away", [one for one in found if one.name != attachment]),
        ("renamed", [replace(one, name=other.name) if one.name == attachment else one for one in found]),
        ("exchanged", [replace(one, name={FORM: APPLICATION, APPLICATION: FORM}.get(one.name, one.name)) for one in found]),
        ("digest", changed(SIGNATURE, lambda content: content.replace(b"DigestValue>", b"DigestValue>AAAA", 1))),
        ("reference", changed(SIGNATURE, lambda content: content.replace(b'URI="', b'URI="x', 1))),
        ("transform", changed(SIGNATURE, lambda content: content.replace(b"<SignedInfo>", b"<SignedInfo><!-- -->", 1)
                              .replace(b"Reference ", b'Reference Id="a" ', 1))),
    ]  # fmt: skip


@pytest.mark.tool("xmlsec1")
def test_C01_C04_tampered_twins_of_xmlsec1s_package_are_refused(trust: Trust, folder: Path) -> None:
    found = [*members(), Member(SIGNATURE, by_xmlsec1(folder))]
    for name, twin in twins_of(found):
        verdict = check(packed(*twin), trust, direct())
        assert verdict.state is PackageState.QUARANTINED, name
        assert verdict.code in {"SIG-301", "SIG-303", "XML-210"}, name


@pytest.mark.parametrize("xades", [False, True], ids=["XMLDSig", "XAdES"])
def test_C01_C04_tampered_twins_of_signxmls_package_are_refused(trust: Trust, xades: bool) -> None:
    manifest = manifest_of(list(members()))
    found = [
        *members(),
        Member(MANIFEST, manifest),
        Member(SIGNATURE, by_signxml(manifest, MANIFEST, xades=xades)),
    ]
    for name, twin in twins_of(found):
        verdict = check(packed(*twin), trust, by_manifest())
        if verdict.state is not PackageState.QUARANTINED:
            assert (name, is_good(verdict)) == ("transform", True), "signxml writes another prefix"
    forged = [one for one in found if not one.name.startswith("Attachment/")]
    shorter = manifest_of([one for one in forged if one.name in {FORM, APPLICATION}])
    forged = [replace(one, content=shorter) if one.name == MANIFEST else one for one in forged]
    assert check(packed(*forged), trust, by_manifest()).code == "SIG-301"


@pytest.mark.tool("xmlsec1")
def test_C01_flipped_bytes_are_noticed_or_change_nothing(trust: Trust, folder: Path) -> None:
    data = packed(*members(), Member(SIGNATURE, by_xmlsec1(folder)))
    sound = services.verdict_document(check(data, trust, direct()))
    for place in Random(3).sample(range(len(data)), 400):
        changed = bytearray(data)
        changed[place] ^= 1 << (place % 8)
        verdict = check(bytes(changed), trust, direct())
        is_refused = verdict.state is PackageState.QUARANTINED and bool(verdict.findings)
        assert is_refused or services.verdict_document(verdict) == sound, place


@pytest.mark.tool("xmlsec1")
def test_an_attachment_is_not_signed_in_another_form_than_it_is_kept(trust: Trust, folder: Path) -> None:
    """Its canonical form would be signed and its bytes shown: refused."""
    extra = Member("Attachment/a.xml", b"<a><!-- not signed --></a>")
    (folder / extra.name).write_bytes(extra.content)
    signed = by_xmlsec1(folder, more=reference(extra.name, steps=EXCLUSIVE))
    verdict = check(packed(*members(), extra, Member(SIGNATURE, signed)), trust, direct())
    assert (verdict.code, verdict.facts["reason"]) == ("SIG-303", "transform")
