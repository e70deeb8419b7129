"""Residents' certificates by the documented profile of 署名用 and 利用者証明用, under the test hierarchy."""

from datetime import date, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from . import der, names, places
from .cards import Issued
from .pki import SIGNATURE_POLICY, Authority, distinguished_name, jst, key_usage, signer_key_of
from .residents import Resident

BASIC_FOUR_ARC = "1.2.392.200149.8.5.5"
ERA_STARTS = (
    (date(2019, 5, 1), "5"),
    (date(1989, 1, 8), "4"),
    (date(1926, 12, 25), "3"),
    (date(1912, 7, 30), "2"),
)


def leaf(resident: Resident, issued: Issued, by: Authority) -> x509.Certificate:
    """Issue a resident's certificate by the documented profile (JPKI 署名用 / 利用者証明用)."""
    key = signer_key_of(resident).public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_subject(resident, issued, by))
        .issuer_name(by.certificate.subject)
        .public_key(key)
        .serial_number(issued.serial)
        .not_valid_before(jst(issued.first_day))
        .not_valid_after(jst(issued.last_day + timedelta(days=1)) - timedelta(seconds=1))
        .add_extension(key_usage(digital_signature=True, content_commitment=_signs(by)), critical=True)
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


def _signs(by: Authority) -> bool:
    return by.policy == SIGNATURE_POLICY


def _subject(resident: Resident, issued: Issued, by: Authority) -> x509.Name:
    number = (NameOID.COMMON_NAME, f"{issued.first_day:%Y%m%d}TEST{issued.serial:08X}")
    if not _signs(by):
        return distinguished_name((NameOID.COUNTRY_NAME, "JP"), number)
    town = places.BY_CODE[resident.town].name
    locality = ((NameOID.LOCALITY_NAME, places.PREFECTURE_NAME), (NameOID.LOCALITY_NAME, town))
    return distinguished_name((NameOID.COUNTRY_NAME, "JP"), *locality, number)


def _policies(policy: str) -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(policy), None)])


def _distribution_point(by: Authority, resident: Resident) -> x509.CRLDistributionPoints:
    """Return a directoryName distribution point; the hierarchy publishes no address."""
    point = distinguished_name(
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
