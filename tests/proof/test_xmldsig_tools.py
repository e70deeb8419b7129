"""Second opinions on XML signatures: what xmlsec1 and signxml sign is accepted, and what is accepted they accept too."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.algorithms import SignatureConstructionMethod as Method
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier
from signxml.xades.xades import XAdESSigner

from samples.xmldsig import DS, ENVELOPED, EXCLUSIVE, INCLUSIVE, INCLUSIVE_11, Style, Target, sign
from tests.hostile import xml_signatures
from tests.hostile.rows import OPENED
from tests.proof import pki, xmlsigs
from tests.proof.pki import AT
from tests.proof.test_xmldsig import members
from tests.proof.xmlsigs import FORM
from tests.support import programs
from todoke.proof import xmldsig
from todoke.proof.errors import ProofError
from todoke.proof.xmldsig import Form, Situation, VerifiedXml

# signxml writes documents in ASCII on its way, which no Japanese name of an element survives; values do.
ASCII_FORM = '<Data Id="d1"><name>架空　花子</name><amount unit="円">10</amount></Data>'
FILES = {"sinsei.xml": FORM.encode(), "memo.txt": b"memo\r\n"}
SITUATION = Situation(members(FILES))
SHA256, SHA512 = "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmlenc#sha512"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
RSA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


@cache
def certificate(key_name: str) -> bytes:
    return pki.leaf(pki.authority(), key_name)


@cache
def pem(key_name: str) -> str:
    return x509.load_der_x509_certificate(certificate(key_name)).public_bytes(Encoding.PEM).decode()


def verified(document: bytes, form: Form) -> VerifiedXml:
    found = xmldsig.verify(document, form, SITUATION)
    assert found is not None
    return found


def is_accepted(document: bytes, form: Form) -> bool:
    try:
        return xmldsig.verify(document, form, SITUATION) is not None
    except ProofError:
        return False


# signxml

SIGNXML = [
    ("rsa-leaf", {}),
    ("rsa-leaf", {"c14n_algorithm": INCLUSIVE}),
    ("rsa-leaf", {"c14n_algorithm": EXCLUSIVE}),
    ("rsa-leaf", {"c14n_algorithm": f"{EXCLUSIVE}WithComments"}),
    ("rsa-leaf", {"signature_algorithm": "rsa-sha512", "digest_algorithm": "sha512"}),
    ("rsa-leaf", {"signature_algorithm": "sha256-rsa-MGF1"}),
    ("rsa-leaf", {"signature_algorithm": "sha512-rsa-MGF1", "digest_algorithm": "sha384"}),
    ("p256-leaf", {"signature_algorithm": "ecdsa-sha256"}),
    ("p384-leaf", {"signature_algorithm": "ecdsa-sha384", "digest_algorithm": "sha384"}),
]


def by_signxml(
    key_name: str,
    options: Any,  # keywords of signxml, which have a type each
    *,
    xades: bool = False,
    method: Method = Method.enveloped,
    content: str = ASCII_FORM,
    part: list[str] | None = None,
) -> bytes:
    """A form with an enveloped signature, or another construction."""
    maker = (XAdESSigner if xades else XMLSigner)(method=method, **options)
    key, certificate = pki.private_pem(key_name), pem(key_name)
    return etree.tostring(
        maker.sign(etree.fromstring(content), key=key, cert=certificate, reference_uri=part)
    )


@pytest.mark.parametrize(
    ("key_name", "options", "xades"),
    [(*each, xades) for each in SIGNXML for xades in (False, True) if not (xades and EXCLUSIVE in str(each))],
)
def test_what_signxml_signs_is_accepted(key_name: str, options: dict[str, str], xades: bool) -> None:
    found = verified(by_signxml(key_name, options, xades=xades), Form.ENVELOPED)
    assert found.signer.certificate_der == certificate(key_name)
    assert (found.signer.signing_time is not None) == xades
    assert etree.fromstring(found.covered.octets[""]).findtext("amount") == "10"


def test_what_signxml_signs_around_a_form_is_accepted() -> None:
    document = by_signxml("rsa-leaf", {}, method=Method.enveloping)
    found = verified(document, Form.ENVELOPING)
    assert list(found.covered.octets) == ["#object"]
    assert "架空　花子".encode() in found.covered.octets["#object"]


@pytest.mark.parametrize("xades", [False, True], ids=["XMLDSig", "XAdES"])
def test_what_signxml_signs_of_a_part_is_accepted(xades: bool) -> None:
    body = f"<Envelope><note/>{ASCII_FORM}</Envelope>"
    signature = by_signxml("rsa-leaf", {}, xades=xades, method=Method.detached, content=body, part=["#d1"])
    whole = body.encode().replace(b"</Envelope>", signature + b"</Envelope>")
    assert verified(whole, Form.DETACHED).covered.octets["#d1"] == ASCII_FORM.encode()


# xmlsec1

TEMPLATE = (
    '<Signature xmlns="{ds}"><SignedInfo><CanonicalizationMethod Algorithm="{c14n}"/><SignatureMethod Algorithm="{method}"/>'
    "{references}</SignedInfo><SignatureValue/><KeyInfo><X509Data/></KeyInfo>{objects}</Signature>"
)
REFERENCE = (
    '<Reference URI="{uri}"><Transforms>{transforms}</Transforms>'
    '<DigestMethod Algorithm="{digest}"/><DigestValue/></Reference>'
)


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder in which xmlsec1 signs and verifies, with the members of a package beside it."""

    folder: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        """Run xmlsec1 in the folder."""
        return subprocess.run(
            [programs.require("xmlsec1"), *words], cwd=self.folder, capture_output=True, env={"PATH": os.environ["PATH"]},
            check=False, timeout=60,
        )  # fmt: skip

    def sign(self, template: str, key_name: str = "rsa-leaf", *options: str) -> bytes:
        """Sign the template; it must succeed."""
        (self.folder / "key.pem").write_bytes(pki.private_pem(key_name))
        (self.folder / "signer.pem").write_text(pem(key_name))
        (self.folder / "template.xml").write_text(template, encoding="utf-8")
        made = self.run(
            "--sign",
            "--privkey-pem",
            "key.pem,signer.pem",
            *IDS,
            *options,
            "--output",
            "signed.xml",
            "template.xml",
        )
        assert made.returncode == 0, made.stderr
        return (self.folder / "signed.xml").read_bytes()

    def accepts(self, document: bytes) -> bool:
        """Whether xmlsec1 verifies the document by the certificate in it, whoever issued that."""
        (self.folder / "document.xml").write_bytes(document)
        return (
            self.run("--verify", "--insecure", "--enabled-key-data", "x509", *IDS, "document.xml").returncode
            == 0
        )


IDS = tuple(
    word
    for name in ("申請", "本文", "Data", f"{DS}:Object", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties")
    for word in ("--id-attr:Id", name)
)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    folder = tmp_path_factory.mktemp("xmlsec1")
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return Workshop(folder)


def template(uri: str = "", steps: tuple[str, ...] = (ENVELOPED, EXCLUSIVE), **changes: str) -> str:
    """A Signature for xmlsec1 to fill."""
    usual = {"ds": DS, "c14n": INCLUSIVE, "method": RSA256, "digest": SHA256, "objects": ""} | changes
    transforms = "".join(f'<Transform Algorithm="{step}"/>' for step in steps)
    reference = REFERENCE.format(uri=uri, transforms=transforms, **usual).replace(
        "<Transforms></Transforms>", ""
    )
    return TEMPLATE.format(references=reference, **usual)


def with_signature(markup: str, form: str = FORM) -> str:
    head, end = form.rsplit("</", 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{markup}</{end}'


NAMESPACES = (
    '<a:申請 xmlns:a="urn:a" xmlns="urn:b" xmlns:unused="urn:c"><甲 xmlns=""><乙 a:x="1" b="2"/></甲>'
    "<丙>&#13;</丙></a:申請>"
)
DIFFERENT = [
    ("rsa-leaf", template()),
    ("rsa-leaf", template(steps=(ENVELOPED,))),
    ("rsa-leaf", template(steps=(ENVELOPED, INCLUSIVE))),
    ("rsa-leaf", template(steps=(ENVELOPED, INCLUSIVE_11), c14n=INCLUSIVE_11)),
    ("rsa-leaf", template(c14n=EXCLUSIVE)),
    ("rsa-leaf", template(c14n=f"{INCLUSIVE}#WithComments")),
    ("rsa-leaf", template(digest=SHA512, method=RSA256.replace("256", "512"))),
    ("p256-leaf", template(method=RSA256.replace("rsa", "ecdsa"))),
    ("p384-leaf", template(method=RSA256.replace("rsa-sha256", "ecdsa-sha384"))),
]


@pytest.mark.tool("xmlsec1")
@pytest.mark.parametrize("form", [FORM, NAMESPACES], ids=["plain", "namespaces"])
@pytest.mark.parametrize(("key_name", "markup"), DIFFERENT)
def test_what_xmlsec1_signs_is_accepted(workshop: Workshop, key_name: str, markup: str, form: str) -> None:
    found = verified(workshop.sign(with_signature(markup, form), key_name), Form.ENVELOPED)
    assert found.signer.certificate_der == certificate(key_name)
    assert canonical(found.covered.octets[""]) == canonical(form.encode())


@pytest.mark.tool("xmlsec1")
def test_what_xmlsec1_signs_in_other_placings_is_accepted(workshop: Workshop) -> None:
    form = FORM.replace(" Id=", ' xmlns="" Id=', 1)
    holding = template("#obj", (), objects=f'<Object Id="obj">{form}</Object>')
    assert (
        b"\xe9\x87\x91\xe9\xa1\x8d"
        in verified(workshop.sign(holding), Form.ENVELOPING).covered.octets["#obj"]
    )
    beside = f"<封筒 xmlns:a='urn:a'>{FORM}{template('#申請-1', (INCLUSIVE,))}</封筒>"
    found = verified(workshop.sign(beside), Form.DETACHED)
    assert found.covered.octets["#申請-1"] == FORM.replace("<申請", '<申請 xmlns:a="urn:a"', 1).encode()
    for name, steps in (("memo.txt", ()), ("sinsei.xml", ()), ("sinsei.xml", (INCLUSIVE,))):
        assert verified(workshop.sign(template(name, steps)), Form.DETACHED).covered.members == {name}


@pytest.mark.tool("xmlsec1")
@pytest.mark.parametrize(
    ("markup", "form"),
    [
        (
            template(steps=(ENVELOPED, XPATH)).replace(
                f'"{XPATH}"/>', f'"{XPATH}"><XPath>true()</XPath></Transform>'
            ),
            FORM,
        ),
        (template(c14n=INCLUSIVE, method=f"{DS}rsa-sha1"), FORM),
        (template(digest=f"{DS}sha1"), FORM),
        (template(digest="http://www.w3.org/2001/04/xmldsig-more#sha224"), FORM),
        (template(uri="#xpointer(/)"), FORM),
    ],
)
def test_what_xmlsec1_signs_by_other_means_is_refused(workshop: Workshop, markup: str, form: str) -> None:
    document = workshop.sign(with_signature(markup, form))
    with pytest.raises(ProofError) as caught:
        xmldsig.verify(document, Form.ENVELOPED, SITUATION)
    assert caught.value.code in {"SIG-301", "SIG-303"}


@pytest.mark.tool("xmlsec1")
def test_where_signxml_departs_from_the_standard_it_is_refused(workshop: Workshop) -> None:
    """It digests the XAdES properties exclusively and does not say so; then Canonical XML 1.0 applies（§4.4.3.2）."""
    document = by_signxml("rsa-leaf", {"c14n_algorithm": EXCLUSIVE}, xades=True)
    assert not is_accepted(document, Form.ENVELOPED)
    assert not workshop.accepts(document)


# both at once


def canonical(content: bytes) -> bytes:
    return etree.tostring(etree.fromstring(content), method="c14n", exclusive=True)


def is_for_signxml(document: bytes) -> bool:
    """Whether every element's name is in ASCII."""
    return all(each.tag.isascii() for each in etree.fromstring(document).iter("*"))


def signxml_accepts(document: bytes) -> bool:
    """Whether signxml verifies the document by the certificate in it."""
    settings = SignatureConfiguration(expect_references=True, verification_time=AT)
    signer = etree.fromstring(document).findtext(f".//{{{DS}}}X509Certificate")
    assert signer is not None
    shown = f"-----BEGIN CERTIFICATE-----\n{signer}\n-----END CERTIFICATE-----\n"
    verifier = XMLVerifier()
    verifier.excise_empty_xmlns_declarations = (
        True  # lxml writes them into parts that use a default namespace
    )
    try:
        verifier.verify(
            document, x509_cert=shown, expect_config=settings, uri_resolver=FILES.get, validate_schema=False
        )
    except (SignXMLException, ValueError):
        return False
    return True


def accepted_documents() -> Iterator[tuple[str, bytes, Form]]:
    """Documents of every kind that our verification accepts: our samples, and rows of the catalogue."""
    person = xmlsigs.signatory()
    for form in (FORM, ASCII_FORM):
        for method in (INCLUSIVE, INCLUSIVE_11, EXCLUSIVE):
            for steps in ((ENVELOPED,), (ENVELOPED, method)):
                signature = sign([Target("", form.encode(), steps)], person, Style(canonicalisation=method))
                yield (
                    f"inside-{method[-12:]}-{len(steps)}",
                    with_signature(signature, form).encode(),
                    Form.ENVELOPED,
                )
        yield "XAdES", xmlsigs.enveloped(form, by=person, style=Style(signed_at=AT)), Form.ENVELOPED
        yield "around", xmlsigs.enveloping(form, by=person), Form.ENVELOPING
    yield "members", xmlsigs.detached([Target(name, FILES[name]) for name in FILES], by=person), Form.DETACHED
    for row in xml_signatures.ROWS:
        if row.expected == OPENED:
            yield str(row), row.build(), row.form


@pytest.mark.tool("xmlsec1")
@pytest.mark.parametrize(
    ("document", "form"), [pytest.param(d, f, id=name) for name, d, f in accepted_documents()]
)
def test_what_is_accepted_two_other_programs_accept_too(
    workshop: Workshop, document: bytes, form: Form
) -> None:
    assert is_accepted(document, form)
    assert workshop.accepts(document)
    assert not is_for_signxml(document) or signxml_accepts(document)


@pytest.mark.tool("xmlsec1")
def test_C01_tampered_twins_are_refused_or_mean_the_same_to_all_three(workshop: Workshop) -> None:
    """A sample of positions; what only we refuse is stricter, what only we accept would be an error."""
    documents = [
        (workshop.sign(with_signature(template(steps=(ENVELOPED, INCLUSIVE)))), Form.ENVELOPED),
        (by_signxml("rsa-leaf", {}, xades=True), Form.ENVELOPED),
        (xmlsigs.enveloping(ASCII_FORM), Form.ENVELOPING),
    ]
    refused = 0
    for whole, form in documents:
        sound = verified(whole, form)
        for place in Random(7).sample(range(len(whole)), 200):
            changed = bytearray(whole)
            changed[place] ^= 1 << (place % 7)
            twin = bytes(changed)
            if not is_accepted(twin, form):
                refused += 1
                continue
            found = verified(twin, form)
            assert covered(found) == covered(sound), place
            if found.signer == sound.signer:  # else the certificate was hit: its issuer's signature decides
                assert workshop.accepts(twin), place
                assert not is_for_signxml(twin) or signxml_accepts(twin), place
    assert refused > 300


def covered(found: VerifiedXml) -> dict[str, bytes]:
    return {uri: octets for uri, octets in found.covered.octets.items() if "xades" not in uri.lower()}


def drawn(random: Random, depth: int) -> str:
    """An element with namespaces declared, overridden, undone and unused, and with text of every kind."""
    declared = {prefix: random.choice(SPACES) for prefix in ("", "a", "b") if random.random() < 0.35}
    spaces = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{uri}"'
        for prefix, uri in declared.items()
        if uri or not prefix
    )
    prefix = random.choice(["", "a:", "b:"])
    attribute = ' a:k="v&#10;&quot;" z="&#9;"' if random.random() < 0.4 else ""
    texts = ["t", "&lt;", "&#13;", "<!-- c -->", "<?p q?>", "<![CDATA[<]]>"]
    inside = "".join(
        drawn(random, depth - 1) if depth and random.random() < 0.7 else random.choice(texts)
        for _ in range(random.randint(0, 3))
    )
    return f"<{prefix}甲{spaces}{attribute}>{inside}</{prefix}甲>"


SPACES = ("urn:a", "urn:b", "urn:c", "")


@pytest.mark.tool("xmlsec1")
@pytest.mark.parametrize("seed", range(24))
def test_parts_in_any_namespaces_are_written_canonically_as_xmlsec1_does(
    workshop: Workshop, seed: int
) -> None:
    random = Random(seed)
    methods = (INCLUSIVE, INCLUSIVE_11, EXCLUSIVE)
    steps = random.choice([(), *((one,) for one in methods)])
    signature = template("#h", steps, c14n=random.choice(methods))
    body = f'<本文 Id="h">{drawn(random, 3)}</本文>'
    around = f'<封筒 xmlns="{random.choice(SPACES)}" xmlns:a="urn:a" xmlns:u="urn:unused"><中 xmlns:b="urn:b">{body}</中>'
    found = verified(workshop.sign(f"{around}{signature}</封筒>"), Form.DETACHED)
    assert list(found.covered.octets) == ["#h"]
