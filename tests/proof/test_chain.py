"""Chains: only installed authorities count, generations are told apart, and each use has its certificate."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.proof import pki
from tests.proof.pki import AT, SIGN_POLICY, authority, leaf
from todoke.proof.anchors import Anchors
from todoke.proof.chain import CheckedCertificate, Purpose, check
from todoke.proof.errors import CertificateRefused

CA = authority()
ANCHORS = Anchors.from_certificates([CA.der])


def checked(
    certificate: bytes,
    anchors: Anchors = ANCHORS,
    *,
    at: datetime = AT,
    purpose: Purpose = Purpose.SIGNATURE,
    policies: frozenset[str] = frozenset(),
) -> CheckedCertificate:
    return check(certificate, anchors, at=at, purpose=purpose, policies=policies)


def refusal(
    certificate: bytes,
    anchors: Anchors = ANCHORS,
    *,
    at: datetime = AT,
    purpose: Purpose = Purpose.SIGNATURE,
    policies: frozenset[str] = frozenset(),
) -> tuple[str, str]:
    with pytest.raises(CertificateRefused) as caught:
        check(certificate, anchors, at=at, purpose=purpose, policies=policies)
    return caught.value.code, caught.value.facts.get("reason", "")


def test_a_good_certificate_is_named_by_issuer_and_serial() -> None:
    found = checked(leaf(CA), policies=frozenset({SIGN_POLICY, "1.2.3"}))
    assert (found.serial_hex, found.issuer_key) == ("67c6a21", CA.key_id)
    assert found.chain == (CA.der,)
    assert "CN=20260401TEST" in found.subject
    assert found.not_after == AT + timedelta(days=365)


@pytest.mark.parametrize("key_name", ["rsa-ca", "p384-ca"])
def test_authorities_with_other_keys_serve_too(key_name: str) -> None:
    ca = authority(key_name, key_name)
    assert checked(leaf(ca), Anchors.from_certificates([ca.der])).issuer_key == ca.key_id


def test_C05_validity_is_judged_at_the_moment_of_applying() -> None:
    certificate = leaf(CA, valid=(AT - timedelta(days=9), AT))
    assert checked(certificate, at=AT).not_after == AT
    assert refusal(certificate, at=AT + timedelta(seconds=1)) == ("CRT-310", "expired")


def test_C20_the_beginning_has_five_minutes_of_tolerance() -> None:
    certificate = leaf(CA, valid=(AT, AT + timedelta(days=9)))
    for early in (0, 3, 300):
        assert checked(certificate, at=AT - timedelta(seconds=early)).not_before == AT
    assert refusal(certificate, at=AT - timedelta(seconds=301)) == ("CRT-310", "not_yet_valid")


def test_an_authority_outside_its_validity_vouches_for_nothing() -> None:
    old = authority("p256-old", "CA", years=(2015, 2025))
    anchors = Anchors.from_certificates([old.der])
    certificate = leaf(old, valid=(datetime(2024, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)))
    assert checked(certificate, anchors, at=datetime(2024, 6, 1, tzinfo=UTC)).issuer_key == old.key_id
    assert refusal(certificate, anchors) == ("CRT-310", "expired")


@pytest.mark.parametrize("names_key", [True, False])
def test_C09_generations_of_one_name_are_told_apart_by_key(names_key: bool) -> None:
    generations = [authority("p256-ca"), authority("p256-gen2")]
    anchors = Anchors.from_certificates([each.der for each in generations])
    found = [checked(leaf(each, serial=7, names_key=names_key), anchors) for each in generations]
    assert [each.issuer_key for each in found] == [each.key_id for each in generations]
    assert len({(each.issuer_key, each.serial_hex) for each in found}) == 2


def test_of_two_certificates_for_one_key_the_one_in_force_counts() -> None:
    old, new = authority(years=(2015, 2025)), authority(years=(2024, 2040))
    for order in ([old.der, new.der], [new.der, old.der]):
        assert checked(leaf(CA), Anchors.from_certificates(order)).chain == (new.der,)


def test_C08_an_unknown_authority_is_refused_even_under_a_known_name() -> None:
    impostor = authority("p256-impostor")
    assert refusal(leaf(impostor)) == ("CRT-311", "issuer")
    assert refusal(leaf(impostor, names_key=False)) == ("CRT-311", "signature")
    assert refusal(leaf(authority("p256-other", "Other"))) == ("CRT-311", "issuer")
    assert refusal(leaf(CA), Anchors.from_certificates([])) == ("CRT-311", "issuer")


def test_C08_a_claimed_key_identifier_does_not_replace_the_signature() -> None:
    claimed = x509.AuthorityKeyIdentifier.from_issuer_public_key(CA.key.public_key())
    forged = leaf(authority("p256-impostor"), names_key=False, extra=((claimed, False),))
    assert refusal(forged) == ("CRT-311", "signature")


def test_C08_a_certificate_signed_by_itself_is_refused() -> None:
    own = pki.Authority(CA.certificate, pki.key("p256-leaf"))
    assert refusal(leaf(own, issuer=pki.name_of("20260401TEST")))[0] == "CRT-311"


def test_C08_a_missing_intermediate_is_refused_and_an_installed_one_counts() -> None:
    middle = authority("p256-middle", "Middle", by=CA)
    certificate = leaf(middle)
    assert refusal(certificate) == ("CRT-311", "issuer")
    assert checked(certificate, Anchors.from_certificates([middle.der])).chain == (middle.der,)
    both = Anchors.from_certificates([CA.der, middle.der])
    assert checked(certificate, both).chain == (middle.der, CA.der)


def test_C08_path_length_is_respected() -> None:
    top = authority("p256-top", "Top", path_length=0)
    middle = authority("p256-middle", "Middle", by=top)
    anchors = Anchors.from_certificates([top.der, middle.der])
    assert refusal(leaf(middle), anchors) == ("CRT-311", "path_length")
    assert checked(leaf(top), anchors).chain == (top.der,)


@pytest.mark.parametrize(
    "usages",
    [("digital_signature",), (), ("content_commitment", "key_cert_sign"), ("key_encipherment",)],
)
def test_C08_a_certificate_for_another_use_signs_nothing(usages: tuple[str, ...]) -> None:
    assert refusal(leaf(CA, usages=usages)) == ("CRT-311", "key_usage")


def test_C08_a_signature_certificate_does_not_authenticate() -> None:
    assert refusal(leaf(CA), purpose=Purpose.AUTHENTICATION) == ("CRT-311", "key_usage")
    assert checked(leaf(CA, usages=("digital_signature",)), purpose=Purpose.AUTHENTICATION).serial_hex


def test_a_certificate_under_another_policy_is_refused() -> None:
    wanted = frozenset({SIGN_POLICY})
    assert refusal(leaf(CA, policy="1.2.392.200149.8.5.1.3.30"), policies=wanted) == ("CRT-311", "policy")
    assert refusal(leaf(CA, policy=None), policies=wanted) == ("CRT-311", "policy")
    assert checked(leaf(CA, policy=None)).serial_hex


def test_an_authority_is_no_person() -> None:
    constraint = x509.BasicConstraints(ca=True, path_length=None)
    assert refusal(leaf(CA, extra=((constraint, True),))) == ("CRT-311", "authority_as_person")
    assert refusal(CA.der) == ("CRT-311", "authority_as_person")


def test_a_critical_extension_that_nobody_understands_is_refused() -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    assert refusal(leaf(CA, extra=((unknown, True),))) == ("CRT-311", "extension")
    assert checked(leaf(CA, extra=((unknown, False),))).serial_hex


def test_a_critical_extended_use_must_fit() -> None:
    for use, fits in (
        (ExtendedKeyUsageOID.TIME_STAMPING, False),
        (ExtendedKeyUsageOID.EMAIL_PROTECTION, True),
    ):
        certificate = leaf(CA, extra=((x509.ExtendedKeyUsage([use]), True),))
        if fits:
            assert checked(certificate).serial_hex
        else:
            assert refusal(certificate) == ("CRT-311", "key_usage")


def test_names_of_residents_in_the_certificate_are_no_obstacle() -> None:
    name = x509.OtherName(x509.ObjectIdentifier("1.2.392.200149.8.5.5.1"), b"\x0c\x06" + "届".encode() * 2)
    point = x509.DistributionPoint([x509.DirectoryName(pki.name_of("CRLDP"))], None, None, None)
    extra = ((x509.SubjectAlternativeName([name]), False), (x509.CRLDistributionPoints([point]), False))
    (found,) = checked(leaf(CA, extra=extra)).distribution_points
    assert pki.name_of("CRLDP").public_bytes() in found


@pytest.mark.parametrize("serial", [b"\x00", b"\xfb", b"\x80" + b"\x00" * 19, b"\x01" + b"\x00" * 20])
def test_C11_serials_that_are_zero_negative_or_too_long_are_refused(serial: bytes) -> None:
    assert refusal(with_serial(leaf(CA), serial)) == ("CRT-312", "")
    with pytest.raises(CertificateRefused) as caught:
        Anchors.from_certificates([with_serial(CA.der, serial)])
    assert caught.value.code == "CRT-312"


def test_a_serial_of_twenty_octets_is_accepted() -> None:
    serial = 0x7F << 152
    assert checked(leaf(CA, serial=serial)).serial_hex == f"{serial:x}"


def with_serial(certificate: bytes, serial: bytes) -> bytes:
    """Replace the serial in the bytes; the signature no longer fits, but the serial is judged before it."""
    from tests.proof.tlv import tlv
    from todoke.proof import certificates, der

    outline = certificates.outline(certificate)
    old = tlv(der.INTEGER, outline.serial)
    body = outline.signed_part
    start = der.read(body, 0, len(body)).start
    inner = body[start:].replace(old, tlv(der.INTEGER, serial), 1)
    return tlv(0x30, tlv(0x30, inner), outline.signature_algorithm, tlv(0x03, b"\0" + outline.signature))


def test_a_directory_of_authorities_is_read_in_every_form(tmp_path: Path) -> None:
    second, third = authority("p256-gen2"), authority("rsa-ca", "RSA")
    bundle = b"".join(each.certificate.public_bytes(Encoding.PEM) for each in (CA, second))
    (tmp_path / "bundle.pem").write_bytes(bundle)
    (tmp_path / "third.CER").write_bytes(third.der)
    (tmp_path / "again.crt").write_bytes(CA.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "list.crl").write_bytes(pki.revocation_list(CA))
    (tmp_path / "README.txt").write_text("置き場所の説明")
    anchors = Anchors.from_directory(tmp_path)
    assert {each.key_id for each in anchors.authorities} == {CA.key_id, second.key_id, third.key_id}
    assert len(anchors.authorities) == 3
    assert anchors.lists == (pki.revocation_list(CA)[:0] + (tmp_path / "list.crl").read_bytes(),)


@pytest.mark.parametrize(
    "content", [b"", b"junk", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_that_is_no_certificate_stops_the_start(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.pem").write_bytes(content)
    with pytest.raises(CertificateRefused) as caught:
        Anchors.from_directory(tmp_path)
    assert caught.value.facts["file"] == "broken.pem"


def test_only_authorities_may_be_installed() -> None:
    for wrong in (
        leaf(CA),
        authority("p256-x", usages=("digital_signature",)).der,
        authority("p256-x", constraints=False).der,
        authority("weak-ca").der,
        authority(
            "p256-x", extra=((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b""), True),)
        ).der,
    ):
        with pytest.raises(CertificateRefused) as caught:
            Anchors.from_certificates([wrong])
        assert caught.value.code == "CRT-311"


def test_a_refusal_says_nothing_about_the_person() -> None:
    with pytest.raises(CertificateRefused) as caught:
        checked(leaf(CA, valid=(AT - timedelta(days=9), AT - timedelta(days=1))))
    assert "TEST" not in str(caught.value)
    assert "67c6a21" not in str(caught.value)
    assert caught.value.facts["when"] == "2026-04-05T00:00:00+00:00"


ONE_LEAF = leaf(CA)


@given(data=st.data())
@settings(deadline=None, max_examples=500)
def test_broken_certificates_are_refused_and_nothing_else_is_raised(data: st.DataObject) -> None:
    whole = bytearray(ONE_LEAF)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole)))
        whole[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    try:
        code = checked(bytes(whole)).serial_hex and "unchanged"
    except CertificateRefused as error:
        code = error.code
    assert code in {"unchanged", "CRT-310", "CRT-311", "CRT-312"}
    assert code != "unchanged" or bytes(whole) == ONE_LEAF


def test_C01_no_flipped_bit_of_a_certificate_passes() -> None:
    for place in range(len(ONE_LEAF)):
        flipped = bytearray(ONE_LEAF)
        flipped[place] ^= 1 << (place % 8)
        assert refusal(bytes(flipped))[0] in {"CRT-311", "CRT-312"}, place
