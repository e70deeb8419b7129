"""The packages of a run: made by seed, and taken apart once so that the floors touch nothing but their own step."""

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import HashAlgorithm
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates

from samples import world
from todoke.proof import archive
from todoke.proof.archive import Limits, Member

TOWN = world.BENCH_TOWN.code
_LIMITS = Limits(package_bytes=2**30, member_bytes=2**30, total_bytes=2**31)


@dataclass(frozen=True, slots=True)
class Listed:
    """One package as it lies on disk: 受付番号, 受付日時 at the portal, and the procedure it applies for."""

    path: Path
    receipt_number: str
    received_at: datetime
    procedure: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What an RSA verification needs: the authority's key, a signature by it, and what was signed."""

    key: RSAPublicKey
    value: bytes
    content: bytes
    algorithm: HashAlgorithm


@dataclass(frozen=True, slots=True)
class TakenApart:
    """A package in the pieces that the floors work on; `packed` stands beside `plain`, member by member."""

    raw: bytes
    members: tuple[Member, ...]
    packed: tuple[bytes, ...]
    plain: tuple[bytes, ...]
    documents: tuple[bytes, ...]
    signature: Signature | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """All packages of one size, with the bytes they have together and a SHA-256 over all of them."""

    folder: Path
    size: str
    listed: tuple[Listed, ...]
    total_bytes: int
    fingerprint: str


def make(folder: Path, *, n: int, seed: int, size: str) -> Bundle:
    """Write `n` sound packages under `folder`; equal arguments give equal bytes, which the fingerprint shows."""
    world.bench_packages(folder, n, seed, size=size)
    lines = (folder / "portal" / "index.jsonl").read_text(encoding="utf-8").splitlines()
    listed = tuple(_listed(folder, line) for line in lines)
    digest, total = hashlib.sha256(), 0
    for one in listed:
        content = one.path.read_bytes()
        digest.update(content)
        total += len(content)
    return Bundle(folder, size, listed, total, digest.hexdigest())


def _listed(folder: Path, line: str) -> Listed:
    row = json.loads(line)
    received_at = datetime.fromisoformat(row["reception_date"])
    return Listed(folder / row["file"], row["receipt_number"], received_at, row["procedure_code"])


def take_apart(bundle: Bundle) -> list[TakenApart]:
    """Every package in pieces, in memory."""
    authorities = [
        x509.load_pem_x509_certificate(path.read_bytes())
        for path in sorted((bundle.folder / "trust").glob("*.pem"))
    ]
    return [_taken_apart(one.path.read_bytes(), authorities) for one in bundle.listed]


def _taken_apart(raw: bytes, authorities: Sequence[x509.Certificate]) -> TakenApart:
    members = tuple(archive.walk(raw, _LIMITS))
    plain = {one.name: archive.inflate(raw, one) for one in members}
    signed = plain.get("signature.p7s")
    return TakenApart(
        raw,
        members,
        tuple(raw[one.data_offset : one.data_offset + one.compressed_size] for one in members),
        tuple(plain.values()),
        tuple(content for name, content in plain.items() if name.endswith(".xml") and "/" not in name),
        _signature(signed, authorities) if signed else None,
    )


def _signature(signed: bytes, authorities: Sequence[x509.Certificate]) -> Signature:
    """The signature under the applicant's own certificate: verifying it costs what verifying the manifest's costs."""
    for certificate in load_der_pkcs7_certificates(signed):
        for authority in authorities:
            key, algorithm = authority.public_key(), certificate.signature_hash_algorithm
            if not isinstance(key, RSAPublicKey) or algorithm is None:
                continue
            found = Signature(key, certificate.signature, certificate.tbs_certificate_bytes, algorithm)
            if _fits(found):
                return found
    raise ValueError("署名用の証明書を発行した認証局が見本にありません。")


def _fits(one: Signature) -> bool:
    try:
        one.key.verify(one.value, one.content, PKCS1v15(), one.algorithm)
    except InvalidSignature:
        return False
    return True


def links(bundle: Bundle) -> Iterator[tuple[str, str, str]]:
    """Every 発行番号 of the town with its issuer and its number."""
    with open(bundle.folder / "links" / f"{TOWN}.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield row["issuer_key"], row["serial"], row["number"]
