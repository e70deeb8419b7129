"""The JPKI-TEST hierarchy: two generations of each CA under one DN, their keys and revocation lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from . import places
from .residents import Resident

KEYS = Path(__file__).parent / "keys"
SIGNERS = 24
# Test policy of the signature certificate; no test value of the authentication policy is documented.
SIGNATURE_POLICY = "1.2.392.200149.8.5.1.0.20"
AUTHENTICATION_POLICY = "1.2.392.200149.8.5.1.3.30"
# Daily lists in life; here the last one before the clock, in force for a week so that a demo may stay up.
LIST_FROM = datetime(2026, 4, 5, 22, tzinfo=UTC)
LIST_UNTIL = datetime(2026, 4, 12, 22, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Authority:
    """One CA certificate with its key; `key_id` is the issuer key under which serials are looked up."""

    file: str
    certificate: x509.Certificate
    key: RSAPrivateKey

    @property
    def key_id(self) -> str:
        extension = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        return extension.value.digest.hex()

    @property
    def policy(self) -> str:
        return AUTHENTICATION_POLICY if self.file.startswith("auth") else SIGNATURE_POLICY


@dataclass(frozen=True, slots=True)
class Revoked:
    """One line of a revocation list."""

    serial: int
    at: datetime
    reason: x509.ReasonFlags


@cache
def private_key(name: str) -> RSAPrivateKey:
    """Load a committed test key; the pool's own consistency is tested once, not at every load."""
    key = load_pem_private_key((KEYS / f"{name}.pem").read_bytes(), None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, RSAPrivateKey)
    return key


@cache
def signature_authority(generation: int) -> Authority:
    return _authority(f"sign-ca-{generation}", "digital signature", _generation(generation))


@cache
def authentication_authority(generation: int) -> Authority:
    return _authority(f"auth-ca-{generation}", "user authentication", _generation(generation))


@cache
def branch_authority() -> Authority:
    """Return the signature CA that is installed but has no revocation list."""
    return _authority("branch-ca", "digital signature, branch", _generation(2))


@cache
def foreign_authority() -> Authority:
    """Return the CA that borrows the signature CA's DN and is installed nowhere."""
    return _authority("foreign-ca", "digital signature", _generation(2))


def installed() -> tuple[Authority, ...]:
    """Return every CA whose certificate lies in `trust/`."""
    pairs = (
        signature_authority(1),
        signature_authority(2),
        authentication_authority(1),
        authentication_authority(2),
    )
    return (*pairs, branch_authority())


def issuer_key(*, authentication: bool, generation: int) -> str:
    """Return the key id (hex) of the CA that issues certificates of a kind and generation."""
    return (authentication_authority if authentication else signature_authority)(generation).key_id


def signer_key_of(resident: Resident) -> RSAPrivateKey:
    return private_key(f"signer-{resident.person % SIGNERS:02d}")


def revocation_list(by: Authority, entries: Iterable[Revoked]) -> x509.CertificateRevocationList:
    """Make the CA's list, valid around the samples' clock."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(LIST_FROM)
        .next_update(LIST_UNTIL)
        .add_extension(x509.CRLNumber(20260406), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), critical=False
        )
    )
    for entry in sorted(entries, key=lambda entry: entry.serial):
        builder = builder.add_revoked_certificate(_revoked(entry))
    return builder.sign(by.key, hashes.SHA256())


def _revoked(entry: Revoked) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(entry.serial).revocation_date(entry.at)
    return builder.add_extension(x509.CRLReason(entry.reason), critical=False).build()


def _authority(file: str, unit: str, valid: tuple[date, date]) -> Authority:
    """Make a self-signed CA certificate (CA:TRUE critical, keyCertSign and cRLSign)."""
    key, own = private_key(file), _ca_name(unit)
    public: RSAPublicKey = key.public_key()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(public)
        .serial_number(1 if valid == _generation(1) else 0x067C6A21)
        .not_valid_before(jst(valid[0]))
        .not_valid_after(jst(valid[1]))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(key_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(file, certificate, key)


def _generation(number: int) -> tuple[date, date]:
    """Return the validity of a CA generation; the two overlap, as both have living certificates."""
    return (date(2018, 7, 16), date(2028, 7, 16)) if number == 1 else (date(2023, 7, 16), date(2033, 7, 16))


def _ca_name(unit: str) -> x509.Name:
    return distinguished_name(
        (NameOID.COUNTRY_NAME, "JP"),
        (NameOID.ORGANIZATION_NAME, "JPKI-TEST"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, f"JPKI-TEST for {unit}"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "Invented Agency for Samples"),
    )


def distinguished_name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])


def jst(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=places.JST)


def key_usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
