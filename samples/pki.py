"""The JPKI-TEST hierarchy: two generations of each CA under one DN, leaf certificates and revocation lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from . import der, names, places
from .cards import Issued
from .residents import Resident

KEYS = Path(__file__).parent / "keys"
SIGNERS = 24
# Test policy of the signature certificate; no test value of the authentication policy is documented.
SIGNATURE_POLICY = "1.2.392.200149.8.5.1.0.20"
AUTHENTICATION_POLICY = "1.2.392.200149.8.5.1.3.30"
BASIC_FOUR_ARC = "1.2.392.200149.8.5.5"
LIST_FROM = datetime(2026, 3, 29, 15, tzinfo=UTC)
LIST_UNTIL = datetime(2026, 4, 12, 15, tzinfo=UTC)
ERA_STARTS = (
    (date(2019, 5, 1), "5"),
    (date(1989, 1, 8), "4"),
    (date(1926, 12, 25), "3"),
    (date(1912, 7, 30), "2"),
)


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


def leaf(resident: Resident, issued: Issued, by: Authority) -> x509.Certificate:
    """Issue a resident's certificate by the documented profile (JPKI 署名用 / 利用者証明用)."""
    key = signer_key_of(resident).public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_subject(resident, issued, by))
        .issuer_name(by.certificate.subject)
        .public_key(key)
        .serial_number(issued.serial)
        .not_valid_before(_jst(issued.first_day))
        .not_valid_after(_jst(issued.last_day + timedelta(days=1)) - timedelta(seconds=1))
        .add_extension(_key_usage(digital_signature=True, content_commitment=_signs(by)), critical=True)
        .add_extension(_policies(by.policy), critical=True)
        .add_extension(_distribution_point(by, resident), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )
    if _signs(by):
        builder = builder.add_extension(_basic_four(resident), critical=False)
    return builder.sign(by.key, hashes.SHA256())


def revocation_list(by: Authority, entries: Iterable[Revoked]) -> x509.CertificateRevocationList:
    """Make the CA's list, valid around the samples' clock."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(LIST_FROM)
        .next_update(LIST_UNTIL)
        .add_extension(x509.CRLNumber(2026089), critical=False)
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
    key, name = private_key(file), _ca_name(unit)
    public: RSAPublicKey = key.public_key()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(1 if valid == _generation(1) else 0x067C6A21)
        .not_valid_before(_jst(valid[0]))
        .not_valid_after(_jst(valid[1]))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(file, certificate, key)


def _generation(number: int) -> tuple[date, date]:
    """Return the validity of a CA generation; the two overlap, as both have living certificates."""
    return (date(2018, 7, 16), date(2028, 7, 16)) if number == 1 else (date(2023, 7, 16), date(2033, 7, 16))


def _signs(by: Authority) -> bool:
    return by.policy == SIGNATURE_POLICY


def _ca_name(unit: str) -> x509.Name:
    return _name(
        (NameOID.COUNTRY_NAME, "JP"),
        (NameOID.ORGANIZATION_NAME, "JPKI-TEST"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, f"JPKI-TEST for {unit}"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "Invented Agency for Samples"),
    )


def _subject(resident: Resident, issued: Issued, by: Authority) -> x509.Name:
    number = (NameOID.COMMON_NAME, f"{issued.first_day:%Y%m%d}TEST{issued.serial:08X}")
    if not _signs(by):
        return _name((NameOID.COUNTRY_NAME, "JP"), number)
    town = places.BY_CODE[resident.town].name
    locality = ((NameOID.LOCALITY_NAME, places.PREFECTURE_NAME), (NameOID.LOCALITY_NAME, town))
    return _name((NameOID.COUNTRY_NAME, "JP"), *locality, number)


def _name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])


def _policies(policy: str) -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(policy), None)])


def _distribution_point(by: Authority, resident: Resident) -> x509.CRLDistributionPoints:
    """Return a directoryName distribution point; the hierarchy publishes no address."""
    point = _name(
        (NameOID.COUNTRY_NAME, "JP"),
        (NameOID.ORGANIZATION_NAME, "JPKI-TEST"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "CRL Distribution Points"),
        (NameOID.COMMON_NAME, f"{places.BY_CODE[resident.town].name} CRLDP"),
    )
    return x509.CRLDistributionPoints([x509.DistributionPoint([x509.DirectoryName(point)], None, None, None)])


def _basic_four(resident: Resident) -> x509.SubjectAlternativeName:
    """Return 基本4情報 as otherName values, with the positions of 代替文字 beside name and address."""
    name, name_marks = _substituted(resident.name.written)
    address, address_marks = _substituted(resident.address)
    sex = "2" if resident.female else "1"
    values = (name, name_marks, sex, _era_birth(resident.birth), address, address_marks)
    return x509.SubjectAlternativeName(
        [
            x509.OtherName(x509.ObjectIdentifier(f"{BASIC_FOUR_ARC}.{arc}"), der.utf8(value))
            for arc, value in enumerate(values, start=1)
        ]
    )


def _substituted(text: str) -> tuple[str, str]:
    """Replace what JIS X 0208 and 0212 lack by ●; the second text has 1 at each such place (own notation)."""
    marks = "".join("0" if _in_jis(character) else "1" for character in text)
    shown = "".join("●" if mark == "1" else character for character, mark in zip(text, marks, strict=True))
    return shown, marks


def _in_jis(character: str) -> bool:
    try:
        character.encode("euc_jp")
    except UnicodeEncodeError:
        return names.fits_windows_31j(character)
    return True


def _era_birth(birth: date) -> str:
    """Return EYYYYMMDD: the era's digit and the Western date, e.g. 419900102."""
    era = next((digit for start, digit in ERA_STARTS if birth >= start), "1")
    return f"{era}{birth:%Y%m%d}"


def _jst(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=places.JST)


def _key_usage(
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
