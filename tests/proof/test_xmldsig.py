"""XML signatures: who signed and exactly what; every algorithm of the list, and none beside it."""

import hashlib
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree

from samples.xmldsig import (
    DS,
    ENVELOPED,
    EXCLUSIVE,
    INCLUSIVE,
    INCLUSIVE_11,
    XADES,
    Signatory,
    Style,
    Target,
    sign,
)
from tests.proof import pki, xmlsigs
from tests.proof.xmlsigs import FORM, signatory
from todoke.proof import xmldsig
from todoke.proof.algorithms import Digest
from todoke.proof.errors import ProofError, SignatureRefused, XmlRefused
from todoke.proof.references import MOST_PARTS, MOST_REFERENCES, Members
from todoke.proof.xml import XmlLimits
from todoke.proof.xmldsig import Form, Situation, VerifiedXml

DIGESTS = ("sha256", "sha384", "sha512")
DECLARED = ' xmlns:a="urn:a" xmlns:b="urn:b"'
AT = datetime(2026, 4, 1, 1, tzinfo=UTC)
XADES_STYLE = Style(signed_at=AT)
FILES = {
    "sinsei.xml": FORM.encode(),
    "申請 書.pdf": b"%PDF-1.7",
    "a%20b.txt": b"percent",
    "a.xml": b"<a>\n<!-- --></a>",
}


def members(files: dict[str, bytes]) -> Members:
    def digest(name: str, function: Digest) -> bytes:
        return function.of(files[name])

    return Members(frozenset(files), files.get, digest)


SITUATION = Situation(members(FILES), frozenset({"utf-8", "utf-16", "windows-31j"}))


def verified(document: bytes, form: Form = Form.ENVELOPED, situation: Situation = SITUATION) -> VerifiedXml:
    found = xmldsig.verify(document, form, situation)
    assert found is not None
    return found


def refusal(
    document: bytes, form: Form = Form.ENVELOPED, situation: Situation = SITUATION
) -> tuple[str, str]:
    with pytest.raises(ProofError) as caught:
        xmldsig.verify(document, form, situation)
    return caught.value.code, caught.value.facts.get("reason", "")


def in_form(signature: str, form: str = FORM) -> bytes:
    head, end = form.rsplit("</", 1)
    return f"{head}{signature}</{end}".encode()


def test_the_signer_is_named_with_what_he_claims() -> None:
    person = signatory()
    found = verified(
        xmlsigs.enveloped(
            by=person, style=replace(XADES_STYLE, signed_at=AT.astimezone(timezone(timedelta(hours=9))))
        )
    )
    assert found.signer.certificate_der == found.signer.certificates[0]
    assert x509.load_der_x509_certificate(found.signer.certificate_der) == person.certificate
    assert found.signer.digest_algorithm == "sha256"
    assert found.signer.signing_time == AT


def test_what_is_covered_is_handed_back_in_the_form_that_was_digested() -> None:
    found = verified(xmlsigs.enveloped())
    assert found.covered.octets == {"": FORM.encode()}
    assert found.covered.members == frozenset()


def test_the_signed_statement_can_be_verified_again_without_any_xml() -> None:
    person = signatory()
    statement = verified(xmlsigs.enveloped(by=person)).statement
    key = person.certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(statement.value, statement.octets, padding.PKCS1v15(), hashes.SHA256())
    assert b64encode(hashlib.sha256(FORM.encode()).digest()) in statement.octets


@pytest.mark.parametrize(
    ("key_name", "style"),
    [
        *((key, Style(digest=digest)) for key in ("rsa-leaf", "p256-leaf", "p384-leaf") for digest in DIGESTS),
        *(("rsa-leaf", Style(digest=digest, is_pss=True)) for digest in DIGESTS),
    ],
)  # fmt: skip
def test_every_algorithm_of_the_list_is_accepted(key_name: str, style: Style) -> None:
    document = xmlsigs.enveloped(by=signatory(key_name), style=replace(style, signed_at=AT))
    assert verified(document).signer.digest_algorithm == style.digest
    assert refusal(document.replace(b">10<", b">11<")) == ("SIG-301", "digest")


@pytest.mark.parametrize("method", [INCLUSIVE, INCLUSIVE_11, EXCLUSIVE])
def test_every_way_of_writing_canonically_is_accepted(method: str) -> None:
    person = signatory()
    target = Target("", FORM.encode(), (ENVELOPED, method))
    found = verified(in_form(sign([target], person, Style(canonicalisation=method))))
    assert found.covered.octets[""] == FORM.encode()


def test_without_a_named_way_the_first_one_applies() -> None:
    assert (
        verified(in_form(sign([Target("", FORM.encode(), (ENVELOPED,))], signatory()))).covered.octets[""]
        == FORM.encode()
    )


@pytest.mark.parametrize(("key_name", "reason"), [("weak-leaf", "key"), ("p521-leaf", "key")])
def test_keys_that_are_not_on_the_list_are_refused(key_name: str, reason: str) -> None:
    person = signatory(key_name)
    document = xmlsigs.enveloped(by=signatory())
    own = b64encode(person.certificate.public_bytes(Encoding.DER))
    start, stop = document.index(b"<X509Certificate>") + 17, document.index(b"</X509Certificate>")
    assert refusal(document[:start] + own + document[stop:]) == ("SIG-303", reason)


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        ("xmldsig-more#rsa-sha256", "xmldsig-more#rsa-sha224", ("SIG-303", "signature")),
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", f"{DS}rsa-sha1", ("SIG-303", "signature")),
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", f"{DS}hmac-sha1", ("SIG-303", "signature")),
        ("http://www.w3.org/2001/04/xmlenc#sha256", f"{DS}sha1", ("SIG-303", "digest")),
        ("xmldsig-more#rsa-sha256", "xmldsig-more#ecdsa-sha256", ("SIG-303", "key")),
        (EXCLUSIVE, "urn:other", ("SIG-303", "canonicalisation")),
    ],
)
def test_algorithms_that_are_not_on_the_list_are_refused(
    old: str, new: str, outcome: tuple[str, str]
) -> None:
    assert refusal(xmlsigs.enveloped().replace(old.encode(), new.encode(), 1)) == outcome


def test_an_ecdsa_value_has_the_length_of_its_curve() -> None:
    document = xmlsigs.enveloped(by=signatory("p256-leaf"))
    start, stop = document.index(b"<SignatureValue>") + 16, document.index(b"</SignatureValue>")
    for length in (0, 8, 63, 65, 128):
        value = b64encode(bytes(length))
        assert refusal(document[:start] + value + document[stop:])[0] == "SIG-301"


def test_members_are_found_by_name_however_it_is_written() -> None:
    targets = [
        Target("sinsei.xml", FILES["sinsei.xml"]),
        Target("%E7%94%B3%E8%AB%8B%20%E6%9B%B8.pdf", FILES["申請 書.pdf"]),
    ]
    found = verified(xmlsigs.detached(targets), Form.DETACHED)
    assert found.covered.members == {"sinsei.xml", "申請 書.pdf"}
    assert not found.covered.octets
    plain = [Target("申請 書.pdf", FILES["申請 書.pdf"]), Target("a%20b.txt", FILES["a%20b.txt"])]
    assert verified(xmlsigs.detached(plain), Form.DETACHED).covered.members == {"申請 書.pdf", "a%20b.txt"}


def test_a_uri_that_could_name_two_members_is_refused() -> None:
    both = Situation(members({**FILES, "a b.txt": b"percent"}))
    target = Target("a%20b.txt", b"percent")
    assert refusal(xmlsigs.detached([target]), Form.DETACHED, both) == ("SIG-301", "reference")


def test_a_member_may_be_signed_in_its_canonical_form_and_is_handed_back_in_it() -> None:
    """Then other bytes with the same meaning fit, and nobody may read anything but the canonical ones."""
    target = Target("a.xml", b"<a>\n</a>", (EXCLUSIVE,))
    signature = xmlsigs.detached([target])
    assert verified(signature, Form.DETACHED).covered.octets == {"a.xml": b"<a>\n</a>"}
    recoded = Situation(
        members({"a.xml": '<?xml version="1.0" encoding="UTF-16"?><a>\r\n</a>'.encode("utf-16")})
    )
    assert verified(signature, Form.DETACHED, recoded).covered.octets == {"a.xml": b"<a>\n</a>"}
    with_comments = Target("a.xml", FILES["a.xml"], (f"{EXCLUSIVE}WithComments",))
    assert verified(xmlsigs.detached([with_comments]), Form.DETACHED).covered.octets == {
        "a.xml": FILES["a.xml"]
    }


def test_a_member_that_is_not_held_cannot_be_canonicalised() -> None:
    known = Situation(replace(members(FILES), octets=lambda _: None))
    assert refusal(xmlsigs.detached([Target("a.xml", b"<a>\n</a>", (EXCLUSIVE,))]), Form.DETACHED, known) == (
        "SIG-303",
        "transform",
    )


@pytest.mark.parametrize(
    ("uri", "outcome"),
    [
        ("http://example.jp/a", ("SIG-303", "external")), ("file:///etc/passwd", ("SIG-303", "external")),
        ("//host/share", ("SIG-303", "external")), ("/a.xml", ("SIG-303", "external")), ("a.xml?b", ("SIG-303", "external")),
        ("a.xml#b", ("SIG-303", "external")), ("..\\a.xml", ("SIG-303", "external")), ("%FF", ("SIG-303", "structure")),
        ("../a.xml", ("SIG-301", "reference")), ("A.XML", ("SIG-301", "reference")), ("#", ("SIG-301", "reference")),
        ("#a.xml", ("SIG-301", "reference")), ("#shomei", ("SIG-303", "signs_itself")),
    ],
)  # fmt: skip
def test_nothing_outside_the_package_is_ever_looked_for(uri: str, outcome: tuple[str, str]) -> None:
    found = refusal(xmlsigs.detached([Target(uri, b"")]), Form.DETACHED)
    assert found[0] == outcome[0]
    assert found[1] in {outcome[1], "enveloped"}


def test_the_number_of_references_is_limited() -> None:
    files = {f"{number}.txt": b"" for number in range(MOST_REFERENCES + 1)}
    situation = Situation(members(files))
    targets = [Target(name, b"") for name in files]
    assert verified(xmlsigs.detached(targets[:-1]), Form.DETACHED, situation).covered.members == set(
        list(files)[:-1]
    )
    assert refusal(xmlsigs.detached(targets), Form.DETACHED, situation) == ("SIG-303", "references")
    parts = [Target(f"#p{number}", b"") for number in range(MOST_PARTS + 1)]
    assert refusal(xmlsigs.detached(parts), Form.DETACHED) == ("SIG-303", "references")
    assert refusal(xmlsigs.detached([Target("a.xml", FILES["a.xml"])] * 2), Form.DETACHED) == (
        "SIG-303",
        "references",
    )


def test_a_part_beside_the_signature_is_covered_and_what_is_around_it_is_not() -> None:
    body = '<構成情報 ID="構成情報"><金額>10</金額></構成情報>'
    signature = sign(
        [Target("#構成情報", body.encode(), (INCLUSIVE,))], signatory(), Style(canonicalisation=INCLUSIVE)
    )
    found = verified(
        f"<申請書><備考>誰も署名していない</備考>{body}{signature}</申請書>".encode(), Form.DETACHED
    )
    assert found.covered.octets == {"#構成情報": body.encode()}


def test_namespaces_of_the_surroundings_are_signed_where_the_way_says_so() -> None:
    body = '<a:金額 xmlns:a="urn:a" xmlns:b="urn:b" Id="k">10</a:金額>'
    outside = f'<a:封筒 xmlns:a="urn:a" xmlns:b="urn:b">{body.replace(DECLARED, "")}'
    signature = sign([Target("#k", body.encode(), (INCLUSIVE,))], signatory())
    assert verified(f"{outside}{signature}</a:封筒>".encode(), Form.DETACHED).covered.octets == {
        "#k": body.encode()
    }


def test_a_part_that_inherits_xml_attributes_is_refused() -> None:
    """The versions of canonicalisation disagree on them."""
    body = '<金額 Id="k">10</金額>'
    for method, outcome in ((INCLUSIVE, ("SIG-303", "inherited_attribute")), (EXCLUSIVE, ("", ""))):
        signature = sign([Target("#k", body.encode(), (method,))], signatory())
        document = f'<封筒 xml:lang="ja">{body}{signature}</封筒>'.encode()
        if outcome[0]:
            assert refusal(document, Form.DETACHED) == outcome
        else:
            assert verified(document, Form.DETACHED).covered.octets == {"#k": body.encode()}


@pytest.mark.parametrize(
    ("codec", "declared"), [("utf-8", "UTF-8"), ("utf-16", "UTF-16"), ("cp932", "Windows-31J")]
)
def test_a_signature_is_over_characters_in_whatever_encoding(codec: str, declared: str) -> None:
    form = FORM.replace("架空", "髙﨑①")
    document = f'<?xml version="1.0" encoding="{declared}"?>{xmlsigs.enveloped(form).decode()}'.encode(codec)
    assert verified(document).covered.octets == {"": form.encode()}


def test_instructions_around_the_root_belong_to_the_document() -> None:
    whole = f"<?a b?>\n{FORM}\n<?c d?>"
    signature = sign([Target("", whole.encode(), (ENVELOPED, EXCLUSIVE))], signatory())
    document = whole.replace("</申請>", f"{signature}</申請>").encode()
    assert verified(document).covered.octets == {"": whole.encode()}
    assert refusal(document.replace(b"<?a b?>", b"<?a c?>")) == ("SIG-301", "digest")


def test_text_behind_the_signature_stays_where_it_is() -> None:
    form = "<申請>前<!-- x -->中後</申請>"
    signature = sign([Target("", "<申請>前中後</申請>".encode(), (ENVELOPED, EXCLUSIVE))], signatory())
    for place in ("前", "-->", "中", "後", "<申請>"):
        document = form.replace(place, f"{place}{signature}").encode()
        assert verified(document).covered.octets == {"": "<申請>前中後</申請>".encode()}, place


def test_the_signature_is_where_the_layout_says() -> None:
    inside, around = xmlsigs.enveloped(), xmlsigs.enveloping()
    assert refusal(inside, Form.ENVELOPING) == ("SIG-303", "form")
    assert refusal(around, Form.ENVELOPED) == ("SIG-303", "form")
    assert refusal(FORM.encode(), Form.ENVELOPING) == ("SIG-303", "signatures")
    assert refusal(FORM.encode(), Form.DETACHED) == ("SIG-303", "signatures")
    assert xmldsig.verify(FORM.encode(), Form.ENVELOPED) is None


def test_the_signer_is_found_among_several_certificates() -> None:
    person, other = signatory(), signatory("p256-other")
    for by in (
        Signatory(person.certificate, person.key, (other.certificate,)),
        Signatory(
            person.certificate,
            person.key,
            (other.certificate, pki.authority("p384-ca").certificate, person.certificate),
        ),
    ):
        found = verified(xmlsigs.enveloped(by=by))
        assert x509.load_der_x509_certificate(found.signer.certificate_der) == person.certificate
        assert len(found.signer.certificates) == len(by.inside) + 1
    many = Signatory(person.certificate, person.key, (other.certificate,) * 10)
    assert refusal(xmlsigs.enveloped(by=many)) == ("SIG-303", "certificate")


def test_of_two_certificates_for_one_key_the_signer_must_have_named_one() -> None:
    person = signatory()
    renewed = x509.load_der_x509_certificate(pki.leaf(pki.authority(), "rsa-leaf", serial=7))
    both = Signatory(person.certificate, person.key, (renewed,))
    assert refusal(xmlsigs.enveloped(by=both)) == ("SIG-303", "certificate")
    found = verified(xmlsigs.enveloped(by=both, style=XADES_STYLE))
    assert x509.load_der_x509_certificate(found.signer.certificate_der) == person.certificate


def test_a_supplied_certificate_serves_where_none_came_along() -> None:
    person = signatory()
    document = xmlsigs.enveloped(by=person)
    start, stop = document.index(b"<KeyInfo>"), document.index(b"</KeyInfo>") + 10
    bare = document[:start] + document[stop:]
    assert refusal(bare) == ("SIG-303", "certificate")
    found = xmldsig.verify(bare, Form.ENVELOPED, supplied=[person.certificate.public_bytes(Encoding.DER)])
    assert found is not None
    assert found.signer.certificates == ()


def test_keys_from_elsewhere_are_not_fetched() -> None:
    document = xmlsigs.enveloped().replace(
        b"<X509Data>", b'<RetrievalMethod URI="http://example.jp"></RetrievalMethod><X509Data>'
    )
    assert refusal(document) == ("SIG-303", "structure")


def test_the_certificate_that_the_signer_named_must_be_the_one() -> None:
    """A certificate for the same key was put in the place of the named one."""
    person = signatory()
    renewed = x509.load_der_x509_certificate(pki.leaf(pki.authority(), "rsa-leaf", serial=7))
    document = xmlsigs.enveloped(by=person, style=XADES_STYLE)
    own, other = (b64encode(each.public_bytes(Encoding.DER)) for each in (person.certificate, renewed))
    assert refusal(document.replace(own, other)) == ("SIG-301", "signing_certificate")


def test_properties_that_nobody_signed_are_refused() -> None:
    signed = xmlsigs.enveloped(style=XADES_STYLE).decode()
    unsigned = xmlsigs.enveloped().decode()
    properties = signed[signed.index("<Object>") : signed.rindex("</Signature>")]
    assert refusal(unsigned.replace("</Signature>", f"{properties}</Signature>").encode()) == (
        "SIG-303",
        "signed_properties",
    )
    moved = signed.replace('Target="#shomei"', 'Target="#hoka"')
    assert refusal(moved.encode()) == ("SIG-303", "signed_properties")
    twice = signed.replace(properties, properties + properties.replace("shomei-props", "hoka"))
    assert refusal(twice.encode()) == ("SIG-303", "signed_properties")
    changed = signed.replace("2026-04-01T01", "2026-04-02T01")
    assert refusal(changed.encode()) == ("SIG-301", "digest")


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-04-01T10:00:00+09:00", AT),
        ("2026-04-01T01:00:00Z", AT),
        ("2026-04-01T10:00:00", None),
        ("昨日", "structure"),
        ("", "structure"),
    ],
)
def test_the_time_of_signing_is_a_claim_that_must_be_a_moment(time: str, expected: object) -> None:
    properties = (
        f'<xades:SignedProperties xmlns:xades="{XADES}" Id="p"><xades:SignedSignatureProperties><xades:SigningTime>{time}'
        "</xades:SigningTime></xades:SignedSignatureProperties></xades:SignedProperties>"
    )
    kind = "http://uri.etsi.org/01903#SignedProperties"
    targets = [
        Target("", FORM.encode(), (ENVELOPED, EXCLUSIVE)),
        Target("#p", properties.encode(), (EXCLUSIVE,), kind),
    ]
    qualifying = f'<xades:QualifyingProperties xmlns:xades="{XADES}" Target="#shomei">{properties}'
    held = f"<Object>{qualifying}</xades:QualifyingProperties></Object>"
    document = in_form(sign(targets, signatory(), Style(objects=held)))
    if isinstance(expected, str):
        assert refusal(document) == ("SIG-303", expected)
    else:
        assert verified(document).signer.signing_time == expected


@pytest.mark.parametrize(
    "change",
    [
        ("<SignedInfo", "<Unknown></Unknown><SignedInfo"),
        ("<SignatureValue>", "<SignatureValue></SignatureValue><SignatureValue>"),
        ("<KeyInfo>", "<KeyInfo></KeyInfo><KeyInfo>"), ("</KeyInfo>", "</KeyInfo><Unknown></Unknown>"),
        ("<X509Certificate>", "<X509Certificate>A"), ("<X509Certificate>", "<X509Certificate><b></b>"),
        ("<X509Certificate>", "<X509Certificate>あ"), ("<X509Certificate>", "<X509Certificate>MAA="),
    ],
)  # fmt: skip
def test_the_structure_is_strict(change: tuple[str, str]) -> None:
    assert refusal(xmlsigs.enveloped().decode().replace(*change, 1).encode())[0] == "SIG-303"


def test_prefixes_that_count_are_only_those_that_can_be_found() -> None:
    transform = f'<Transform Algorithm="{EXCLUSIVE}">'
    listed = f'<InclusiveNamespaces xmlns="{EXCLUSIVE}" PrefixList="#default"></InclusiveNamespaces>'
    document = xmlsigs.enveloped().decode().replace(transform, transform + listed)
    assert refusal(document.encode()) == ("SIG-303", "canonicalisation")


def test_the_document_is_bounded_like_every_other() -> None:
    small = Situation(limits=XmlLimits(bytes=100))
    with pytest.raises(XmlRefused):
        xmldsig.verify(xmlsigs.enveloped(), Form.ENVELOPED, small)


def test_a_refusal_says_nothing_about_the_person() -> None:
    with pytest.raises(SignatureRefused) as caught:
        xmldsig.verify(xmlsigs.enveloped().replace(b">10<", b">11<"), Form.ENVELOPED)
    assert "花子" not in f"{caught.value} {caught.value.facts}"


@given(data=st.data())
@hypothesis_settings(max_examples=300)
def test_broken_documents_are_refused_and_nothing_else_is_raised(data: st.DataObject) -> None:
    whole = bytearray(xmlsigs.enveloped(by=ONE, style=XADES_STYLE))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole)))
        whole[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    try:
        found = xmldsig.verify(bytes(whole), Form.ENVELOPED)
    except ProofError as error:
        assert error.code[:4] in {"SIG-", "XML-"}  # noqa: PT017  # what is accepted is looked at below
    else:
        assert found is None or found.covered.octets[""] == FORM.encode()


def test_the_canonical_octets_parse_to_what_was_signed() -> None:
    """The mapper's reading of the octets and the verifier's reading of the document agree, element by element."""
    document = xmlsigs.enveloped()
    tree = etree.fromstring(document)
    for signature in tree.findall(f"{{{DS}}}Signature"):
        tree.remove(signature)
    read = etree.fromstring(verified(document).covered.octets[""])
    assert [(each.tag, each.text, dict(each.attrib)) for each in read.iter()] == [
        (each.tag, each.text, dict(each.attrib)) for each in tree.iter()
    ]


ONE = signatory()
