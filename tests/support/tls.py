"""Invented authorities and certificates for connections, made anew in every run, and a sandbox server behind TLS."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from ipaddress import ip_address
from pathlib import Path

import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sandbox.web import LoopbackServer

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate and its key as PEM files."""

    certificate: Path
    key: Path


class Authority:
    """An authority that issues certificates for connections into one folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        ca = x509.BasicConstraints(ca=True, path_length=None)
        built = _builder(name, name, self._key.public_key(), -DAY, DAY).add_extension(ca, critical=True)
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        own = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        signed = built.add_extension(usage, critical=True).add_extension(own, critical=False)
        self._certificate = signed.sign(self._key, hashes.SHA256())
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(self._certificate.public_bytes(Encoding.PEM))

    def issue(
        self, name: str, *, address: str = "127.0.0.1", valid: tuple[timedelta, timedelta] = (-DAY, DAY)
    ) -> Holder:
        """A certificate for an address, in force between the two moments counted from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        built = _builder(name, self._name, key.public_key(), *valid).add_extension(names, critical=False)
        signed = built.add_extension(issuer, critical=False).sign(self._key, hashes.SHA256())
        holder = Holder(self._folder / f"{name}.crt", self._folder / f"{name}.key")
        holder.certificate.write_bytes(signed.public_bytes(Encoding.PEM))
        plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        holder.key.touch(mode=0o600)
        holder.key.write_bytes(plain)
        return holder


def _builder(
    name: str, issuer: str, key: ec.EllipticCurvePublicKey, begin: timedelta, end: timedelta
) -> x509.CertificateBuilder:
    now = time_machine.escape_hatch.datetime.datetime.now(UTC)  # TLS libraries look at the real clock
    return x509.CertificateBuilder(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
        key, x509.random_serial_number(), now + begin, now + end,
    )  # fmt: skip


def guard(server: LoopbackServer, holder: Holder, clients: Sequence[Path] = ()) -> str:
    """Let a running server speak TLS only, and only with clients of these authorities; returns its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(holder.certificate, holder.key)
    for authority in clients:
        context.load_verify_locations(authority)
        context.verify_mode = ssl.CERT_REQUIRED
    server.wrap(context)
    return server.url.replace("http://", "https://")
