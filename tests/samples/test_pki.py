"""Every certificate, list and signature verifies under the key that it names, and only there."""

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs7

from samples import pki, places
from tests.samples.conftest import Built, Row

# Inside the validity of every planted certificate that is meant to be valid.
AT = str(int(places.CLOCK.timestamp()) - 3 * 86_400)


def installed(built: Built) -> dict[str, x509.Certificate]:
    return {
        path.stem: x509.load_pem_x509_certificate(path.read_bytes())
        for path in sorted((built.out / "trust").glob("*.pem"))
    }


def load_list(path: Path) -> x509.CertificateRevocationList:
    content = path.read_bytes()
    is_pem = content.startswith(b"-----")
    return x509.load_pem_x509_crl(content) if is_pem else x509.load_der_x509_crl(content)


def signer_of(built: Built, row: Row) -> x509.Certificate:
    with zipfile.ZipFile(built.out / row["file"]) as archive:
        inside = pkcs7.load_der_pkcs7_certificates(archive.read("signature.p7s"))
    return next(certificate for certificate in inside if certificate.subject != certificate.issuer)


def verifies(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    key, digest = by.public_key(), certificate.signature_hash_algorithm
    assert isinstance(key, RSAPublicKey)
    assert digest is not None
    try:
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, padding.PKCS1v15(), digest)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("path", sorted(pki.KEYS.glob("*.pem")), ids=lambda path: path.stem)
def test_every_key_of_the_pool_is_a_sound_rsa_2048_key(path: Path) -> None:
    key = load_pem_private_key(path.read_bytes(), None)
    assert key.key_size == 2048  # type: ignore[union-attr]  # the pool holds RSA keys only


def test_two_generations_share_one_name_and_not_one_key(built: Built) -> None:
    found = installed(built)
    for kind in ("sign", "auth"):
        first, second = found[f"{kind}-ca-1"], found[f"{kind}-ca-2"]
        assert first.subject == second.subject
        assert first.public_key() != second.public_key()
    assert len(found) == 5


def test_every_accepted_signer_verifies_under_exactly_the_ca_that_it_names(built: Built) -> None:
    found = installed(built).values()
    signed = [row for row in built.rows if row["package"] == "accepted" and row["signature"] == "valid"]
    assert len(signed) > 80
    for row in signed:
        certificate = signer_of(built, row)
        named = certificate.extensions.get_extension_for_class(
            x509.AuthorityKeyIdentifier
        ).value.key_identifier
        (issuer,) = (ca for ca in found if verifies(certificate, ca))
        own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        assert own == named


def test_a_foreign_signer_carries_the_known_name_and_verifies_under_no_installed_ca(built: Built) -> None:
    found = installed(built)
    for kind in ("foreign_ca", "foreign_ca_inside"):
        (row,) = built.of_kind(kind)
        certificate = signer_of(built, row)
        assert certificate.issuer == found["sign-ca-1"].subject
        assert not any(verifies(certificate, ca) for ca in found.values())


def test_the_profile_of_a_signature_certificate_is_the_documented_one(built: Built) -> None:
    row = next(row for row in built.of_kind("good") if row["signature"] == "valid" and row["case"])
    extensions = signer_of(built, row).extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert (usage.value.digital_signature, usage.value.content_commitment) == (True, True)
    policies = extensions.get_extension_for_class(x509.CertificatePolicies)
    assert policies.critical
    assert [policy.policy_identifier.dotted_string for policy in policies.value] == [pki.SIGNATURE_POLICY]
    alternative = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    arcs = [name.type_id.dotted_string for name in alternative if isinstance(name, x509.OtherName)]
    assert arcs == [f"1.2.392.200149.8.5.5.{arc}" for arc in range(1, 7)]
    (point,) = extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert point.full_name is not None
    assert isinstance(point.full_name[0], x509.DirectoryName)


def test_lists_are_signed_by_their_generation_and_current_at_the_clock(built: Built) -> None:
    found = installed(built)
    for generation in (1, 2):
        revoked = load_list(built.out / f"trust/sign-ca-{generation}.crl")
        key = found[f"sign-ca-{generation}"].public_key()
        assert isinstance(key, RSAPublicKey)
        assert revoked.is_signature_valid(key)
        assert revoked.last_update_utc < places.CLOCK < revoked.next_update_utc  # type: ignore[operator]  # set by us


def test_only_planted_revocations_meet_a_signer_of_the_world(built: Built) -> None:
    lists = [load_list(path) for path in (built.out / "trust").glob("*.crl")]
    revoked = {
        row["receipt_number"]
        for row in built.rows
        if row["signature"] in ("valid", "invalid", "indeterminate") and row["kind"] != "signature_missing"
        for one in lists
        if one.get_revoked_certificate_by_serial_number(signer_of(built, row).serial_number)
    }
    planted = (*built.of_kind("revoked"), *built.of_kind("revoked_after"))
    assert revoked == {row["receipt_number"] for row in planted}


def test_the_branch_ca_is_installed_without_a_list(built: Built) -> None:
    assert (built.out / "trust/branch-ca.pem").is_file()
    assert not (built.out / "trust/branch-ca.crl").exists()


@pytest.mark.tool("openssl")
def test_openssl_accepts_what_is_meant_to_be_valid_and_refuses_the_rest(built: Built, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.fail("openssl is missing: apt-get install openssl")
    anchors = tmp_path / "anchors.pem"
    anchors.write_bytes(b"".join(path.read_bytes() for path in sorted((built.out / "trust").glob("*.pem"))))
    signed = [row for row in built.rows if row["signature"] == "valid" and row["case"]][:25]
    for row in (*built.of_kind("bare_signature"), *signed):
        assert _openssl_accepts(built, row, anchors, tmp_path), row["kind"]
    for kind in ("signed_other_content", "signature_value", "foreign_ca", "foreign_ca_inside"):
        assert not _openssl_accepts(built, built.of_kind(kind)[0], anchors, tmp_path), kind


def _openssl_accepts(built: Built, row: Row, anchors: Path, folder: Path) -> bool:
    with zipfile.ZipFile(built.out / row["file"]) as archive:
        (folder / "manifest").write_bytes(archive.read("manifest.xml"))
        (folder / "signature").write_bytes(archive.read("signature.p7s"))
    options = [
        "-purpose",
        "any",
        "-ignore_critical",
        "-attime",
        AT,
        "-CAfile",
        str(anchors),
        "-out",
        "/dev/null",
    ]
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(folder / "signature")]
    done = subprocess.run(
        [*command, "-content", str(folder / "manifest"), *options], capture_output=True, check=False
    )
    return done.returncode == 0
