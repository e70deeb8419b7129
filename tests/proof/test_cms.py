"""Detached signatures: what openssl makes is accepted, what is wrong in any part is refused with its code."""

import subprocess
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.proof import pki, tlv
from tests.proof.tlv import Message
from todoke.proof import cms
from todoke.proof.errors import SignatureRefused

CONTENT = b"<manifest/>\r\n" * 20


@pytest.fixture(scope="module")
def ca() -> pki.Authority:
    return pki.authority()


@pytest.fixture(scope="module")
def message(ca: pki.Authority) -> Message:
    return Message(CONTENT, pki.leaf(ca))


@cache
def one_signature() -> bytes:
    return Message(CONTENT, pki.leaf(pki.authority())).build()


def refusal(signature: bytes, content: bytes = CONTENT) -> str:
    with pytest.raises(SignatureRefused) as caught:
        cms.verify_detached(signature, content)
    return caught.value.code


def test_the_signer_is_named_with_what_he_claims(message: Message) -> None:
    time = tlv.attribute(tlv.SIGNING_TIME, tlv.tlv(0x17, b"260405235959Z"))
    signer = cms.verify_detached(message.but(attributes=(*message.plain_attributes(), time)).build(), CONTENT)
    assert signer.certificate_der == message.certificate
    assert signer.certificates == (message.certificate,)
    assert signer.digest_algorithm == "sha256"
    assert str(signer.signing_time) == "2026-04-05 23:59:59+00:00"


def test_a_bare_signature_over_the_content_is_accepted(message: Message) -> None:
    assert cms.verify_detached(message.but(attributes=()).build(), CONTENT).signing_time is None


def test_C01_changed_content_is_refused(message: Message) -> None:
    for attributes in (None, ()):
        signature = message.but(attributes=attributes).build()
        assert refusal(signature, CONTENT[:-1] + b"x") == "SIG-301"
        assert refusal(signature, CONTENT + b" ") == "SIG-301"
        assert refusal(signature, b"") == "SIG-301"


def test_C04_a_signature_over_another_file_is_refused(message: Message) -> None:
    assert refusal(message.but(content=b"another").build()) == "SIG-301"


def test_a_signature_by_another_key_is_refused(message: Message) -> None:
    assert refusal(message.but(key_name="p256-other").build()) == "SIG-301"


def test_the_signer_is_found_among_sorted_certificates(ca: pki.Authority, message: Message) -> None:
    others = [pki.leaf(ca, "p256-other", serial=serial) for serial in (1, 2, 0xFFFFFFFF)]
    for carried in (
        (message.certificate, *others),
        (*others, message.certificate),
        (ca.der, message.certificate),
    ):
        signer = cms.verify_detached(message.but(carried=carried).build(), CONTENT)
        assert signer.certificate_der == message.certificate
        assert signer.certificates == carried


def test_the_signer_is_found_by_key_identifier(message: Message) -> None:
    key_id = x509.SubjectKeyIdentifier.from_public_key(pki.key("p256-leaf").public_key()).digest
    by_key = message.but(sid=tlv.tlv(0x80, key_id), version=3)
    assert cms.verify_detached(by_key.build(), CONTENT).certificate_der == message.certificate
    assert refusal(by_key.but(version=1).build()) == "SIG-303"
    assert refusal(by_key.but(sid=tlv.tlv(0x80, b"x" * 20)).build()) == "SIG-303"


def test_a_supplied_certificate_serves_where_none_came_along(ca: pki.Authority, message: Message) -> None:
    signature = message.but(carried=()).build()
    assert refusal(signature) == "SIG-303"
    signer = cms.verify_detached(signature, CONTENT, supplied=[ca.der, message.certificate])
    assert signer.certificate_der == message.certificate
    assert signer.certificates == ()


def test_two_certificates_that_both_answer_to_the_name_are_refused(
    ca: pki.Authority, message: Message
) -> None:
    twin = pki.leaf(ca, "p256-other")
    assert refusal(message.but(carried=(message.certificate, twin)).build()) == "SIG-303"
    cms.verify_detached(message.but(carried=(message.certificate,) * 2).build(), CONTENT)


def test_attributes_are_checked_one_by_one(message: Message) -> None:
    kind, digest = message.plain_attributes()
    wrong_kind = tlv.attribute(tlv.CONTENT_TYPE, tlv.SIGNED)
    wrong_digest = tlv.attribute(tlv.MESSAGE_DIGEST, tlv.tlv(0x04, bytes(32)))
    cases = {
        (kind,): "SIG-303",
        (digest,): "SIG-303",
        (wrong_kind, digest): "SIG-303",
        (kind, wrong_digest): "SIG-301",
        (kind, digest, digest): "SIG-303",
        (kind, digest, tlv.attribute(tlv.SIGNING_TIME, tlv.tlv(0x17, b"260230000000Z"))): "SIG-303",
        (kind, digest, tlv.attribute(tlv.SIGNING_TIME, tlv.tlv(0x17, b"2602300000Z"))): "SIG-303",
        (kind, digest, b"\x05\x00"): "SIG-303",
    }
    for attributes, code in cases.items():
        assert refusal(message.but(attributes=attributes).build()) == code, attributes


def test_signing_certificate_v2_must_name_the_signer(message: Message) -> None:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(message.certificate)
    right = tlv.tlv(0x30, tlv.tlv(0x30, tlv.tlv(0x30, tlv.tlv(0x04, digest.finalize()))))
    wrong = tlv.tlv(0x30, tlv.tlv(0x30, tlv.tlv(0x30, tlv.tlv(0x04, bytes(32)))))
    named = [
        (*message.plain_attributes(), tlv.attribute(tlv.SIGNING_CERTIFICATE, each)) for each in (right, wrong)
    ]
    cms.verify_detached(message.but(attributes=named[0]).build(), CONTENT)
    assert refusal(message.but(attributes=named[1]).build()) == "SIG-301"


def test_the_structure_is_strict(message: Message) -> None:
    embedded = tlv.tlv(0xA0, tlv.tlv(0x04, CONTENT))
    cases = [
        message.but(signers=0),
        message.but(signers=2),
        message.but(tail=b"\0"),
        message.but(content_kind=tlv.SIGNED),
        message.but(embedded=embedded),
        message.but(digests=()),
        message.but(digests=(tlv.SHA384_ID,)),
        message.but(version=3),
        message.but(digest_id=tlv.SHA1_ID),
        message.but(digest_id=tlv.SHA384_ID),
        message.but(signature_id=tlv.SHA1_ID),
        message.but(signature_id=tlv.RSA_ID),
        message.but(carried=(b"\x30\x00",)),
        message.but(certificate=pki.leaf(pki.authority(), "p521-leaf"), key_name="p521-leaf"),
        message.but(certificate=pki.leaf(pki.authority(), "weak-leaf"), key_name="weak-leaf"),
    ]
    for number, case in enumerate(cases):
        assert refusal(case.build()) == "SIG-303", number


def test_lengths_that_are_not_definite_and_shortest_are_refused(message: Message) -> None:
    whole = message.build()
    assert whole[1] == 0x82
    indefinite = whole[:1] + b"\x80" + whole[4:] + b"\0\0"
    longer = whole[:1] + b"\x83\0" + whole[2:]
    for wrong in (indefinite, longer, b"", b"\x30", b"\x30\x80", b"\x30\x85\0\0\0\0\0", b"\x1f\x81\x01\x00"):
        assert refusal(wrong) == "SIG-303"


def test_rsa_signatures_of_other_libraries_are_accepted(ca: pki.Authority) -> None:
    certificate = pki.leaf(ca, "rsa-leaf")
    key = pki.key("rsa-leaf")
    assert isinstance(key, rsa.RSAPrivateKey)
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    for digest, pad in ((hashes.SHA256(), None), (hashes.SHA512(), None), (hashes.SHA256(), pss)):
        builder = pkcs7.PKCS7SignatureBuilder().set_data(CONTENT)
        signer = x509.load_der_x509_certificate(certificate)
        signature = builder.add_signer(signer, key, digest, rsa_padding=pad).sign(Encoding.DER, options)
        assert cms.verify_detached(signature, CONTENT).certificate_der == certificate
        assert refusal(signature, b"x") == "SIG-301"


WITH_ANY_KEY = [
    (),
    ("-noattr",),
    ("-md", "sha512"),
    ("-md", "sha384", "-cades"),
    ("-cades",),
    ("-keyid",),
    ("-nosmimecap",),
    ("-nocerts",),
]
PSS = ("-keyopt", "rsa_padding_mode:pss")
ACCEPTED = [
    *((key_name, options) for key_name in ("rsa-leaf", "p256-leaf", "p384-leaf") for options in WITH_ANY_KEY),
    ("rsa-leaf", PSS),
    ("rsa-leaf", (*PSS, "-noattr", "-md", "sha384")),
    ("rsa-leaf", (*PSS, "-keyopt", "rsa_pss_saltlen:digest")),
]


@pytest.mark.tool("openssl")
@pytest.mark.parametrize(("key_name", "options"), ACCEPTED)
def test_what_openssl_signs_is_accepted(
    ca: pki.Authority, tmp_path: Path, key_name: str, options: tuple[str, ...]
) -> None:
    certificate = pki.leaf(ca, key_name)
    signature = signed_by_openssl(tmp_path, key_name, certificate, options)
    signer = cms.verify_detached(signature, CONTENT, supplied=[certificate] if "-nocerts" in options else [])
    assert signer.certificate_der == certificate
    assert (signer.signing_time is None) == ("-noattr" in options)
    with pytest.raises(SignatureRefused) as caught:
        cms.verify_detached(signature, CONTENT[1:], supplied=[certificate])
    assert caught.value.code == "SIG-301"


@pytest.mark.tool("openssl")
@pytest.mark.parametrize(
    "options",
    [("-md", "sha1"), ("-stream",), ("-nodetach",), ("-econtent_type", "1.2.3.4"), ("-md", "sha224")],
)
def test_what_openssl_signs_in_other_forms_is_refused(
    ca: pki.Authority, tmp_path: Path, options: tuple[str, ...]
) -> None:
    signature = signed_by_openssl(tmp_path, "rsa-leaf", pki.leaf(ca, "rsa-leaf"), options)
    assert refusal(signature) == "SIG-303"


def signed_by_openssl(folder: Path, key_name: str, certificate: bytes, options: tuple[str, ...]) -> bytes:
    (folder / "key.pem").write_bytes(pki.private_pem(key_name))
    signer = x509.load_der_x509_certificate(certificate)
    (folder / "signer.pem").write_bytes(signer.public_bytes(Encoding.PEM))
    (folder / "content").write_bytes(CONTENT)
    command = ["openssl", "cms", "-sign", "-binary", "-outform", "DER", "-in", "content", "-inkey", "key.pem"]
    subprocess.run(
        [*command, "-signer", "signer.pem", "-out", "signature", *options], cwd=folder, check=True, timeout=60
    )
    return (folder / "signature").read_bytes()


def test_C01_no_flipped_byte_of_the_signed_parts_passes(message: Message) -> None:
    whole = message.build()
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 0x01
        try:
            signer = cms.verify_detached(bytes(flipped), CONTENT)
        except SignatureRefused as error:
            code = error.code
        else:
            code = "SIG-3 unchanged"
            assert signer.digest_algorithm == "sha256"
        assert code.startswith("SIG-3")


@given(data=st.data())
@settings(deadline=None, max_examples=400)
def test_broken_bytes_are_refused_and_nothing_else_is_raised(data: st.DataObject) -> None:
    whole = bytearray(one_signature())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole)))
        whole[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    try:
        cms.verify_detached(bytes(whole), CONTENT)
    except SignatureRefused as error:
        code = error.code
    else:
        code = "SIG-3 in an unsigned part"
    assert code.startswith("SIG-3")


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(junk: bytes) -> None:
    assert refusal(junk) in {"SIG-301", "SIG-303"}
