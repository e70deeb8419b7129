"""Invented keys, authorities, certificates, lists and signatures for the tests, made anew in every run."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

AT = datetime(2026, 4, 6, tzinfo=UTC)
SIGN_POLICY = "1.2.392.200149.8.5.1.0.20"
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def key(name: str) -> PrivateKey:
    """One key per name and run; the name's beginning says which kind."""
    if name.startswith("p256"):
        return ec.generate_private_key(ec.SECP256R1())
    if name.startswith("p384"):
        return ec.generate_private_key(ec.SECP384R1())
    if name.startswith("p521"):
        return ec.generate_private_key(ec.SECP521R1())
    return rsa.generate_private_key(65537, 1024 if name.startswith("weak") else 2048)  # noqa: S505


def name_of(text: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "TEST"),
            x509.NameAttribute(NameOID.COMMON_NAME, text),
        ]
    )


def usage(*granted: str) -> x509.KeyUsage:
    every = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    return x509.KeyUsage(**{one: one in granted for one in every})


@dataclass(frozen=True, slots=True)
class Authority:
    """A CA of the tests."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def key_id(self) -> str:
        return x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()).digest.hex()


def authority(
    key_name: str = "p256-ca",
    subject: str = "CA",
    *,
    by: Authority | None = None,
    path_length: int | None = None,
    years: tuple[int, int] = (2020, 2035),
    usages: tuple[str, ...] = ("key_cert_sign", "crl_sign"),
    extra: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    constraints: bool = True,
) -> Authority:
    own = key(key_name)
    issuer_key = by.key if by else own
    builder = (
        x509.CertificateBuilder()
        .subject_name(name_of(subject))
        .issuer_name(by.certificate.subject if by else name_of(subject))
        .public_key(own.public_key())
        .serial_number(1)
        .not_valid_before(datetime(years[0], 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(years[1], 1, 1, tzinfo=UTC))
        .add_extension(usage(*usages), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
    )
    if constraints:
        builder = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=path_length), critical=True
        )
    if by:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        builder = builder.add_extension(identifier, critical=False)
    for extension, critical in extra:
        builder = builder.add_extension(extension, critical=critical)
    return Authority(builder.sign(issuer_key, hashes.SHA256()), own)


def leaf(
    by: Authority,
    key_name: str = "p256-leaf",
    *,
    serial: int = 0x067C6A21,
    valid: tuple[datetime, datetime] = (AT - timedelta(days=365), AT + timedelta(days=365)),
    usages: tuple[str, ...] = ("digital_signature", "content_commitment"),
    policy: str | None = SIGN_POLICY,
    names_key: bool = True,
    extra: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    issuer: x509.Name | None = None,
) -> bytes:
    """A resident's certificate in DER."""
    own = key(key_name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name_of("20260401TEST"))
        .issuer_name(issuer or by.certificate.subject)
        .public_key(own.public_key())
        .serial_number(serial)
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
    )
    if usages:
        builder = builder.add_extension(usage(*usages), critical=True)
    if policy:
        information = x509.PolicyInformation(x509.ObjectIdentifier(policy), None)
        builder = builder.add_extension(x509.CertificatePolicies([information]), critical=True)
    if names_key:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
        builder = builder.add_extension(identifier, critical=False)
    for extension, critical in extra:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(by.key, hashes.SHA256()).public_bytes(Encoding.DER)


def private_pem(name: str) -> bytes:
    return key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def revocation_list(
    by: Authority,
    entries: tuple[tuple[int, datetime, x509.ReasonFlags | None], ...] = (),
    *,
    valid: tuple[datetime, datetime | None] = (AT - timedelta(days=1), AT + timedelta(days=6)),
    extra: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    signed_by: Authority | None = None,
) -> bytes:
    """A revocation list in DER."""
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(valid[0])
        .next_update(valid[1] or valid[0])
        .add_extension(identifier, critical=False)
    )
    for extension, critical in extra:
        builder = builder.add_extension(extension, critical=critical)
    for serial, since, reason in entries:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
        if reason:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign((signed_by or by).key, hashes.SHA256()).public_bytes(Encoding.DER)
