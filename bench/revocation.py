"""`python -m bench.revocation`: a list of a million revocations — reading it, looking up, memory — beside the floor.

The floor of reading is one SHA-256 and one RSA verification over the same bytes and one sort of as many serials; that
of looking up is one bisection in C over sorted serials.
"""

import argparse
import gc
import hashlib
import os
import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from rich.console import Console
from rich.table import Table

from samples import der, pki
from todoke.foundation.garbage import give_back
from todoke.proof.anchors import Anchors
from todoke.proof.revocation import RevocationIndex, Standing

SEED, ROUNDS, LOOK_UPS = 2026, 3, 5_000
AT = datetime(2026, 4, 6, tzinfo=UTC)
_SHA256_RSA = der.sequence(der.oid("1.2.840.113549.1.1.11"), der.null())
_REASON = der.sequence(der.sequence(der.oid("2.5.29.21"), der.octets(b"\x0a\x01\x04")))


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what was measured, and the least that it can be（the other figures need a database, this needs none）."""

    name: str
    value: float
    unit: str
    floor: float


@dataclass(frozen=True, slots=True)
class Made:
    """A signed list in DER with what was signed, and its serials (20 octets each)."""

    content: bytes
    signed: bytes
    signature: bytes
    serials: tuple[bytes, ...]


def make(entries: int) -> Made:
    """A list of the samples' authority, deterministic by its number of entries; dates differ by seconds."""
    random, by = Random(SEED), pki.signature_authority(2)
    serials = tuple((random.getrandbits(158) | 1 << 158).to_bytes(20, "big") for _ in range(entries))
    rows = b"".join(
        der.sequence(der.tagged(0x02, serial), der.utc_time(AT - timedelta(seconds=place + 1)), _REASON)
        for place, serial in enumerate(serials)
    )
    signed = der.sequence(
        der.integer(1), _SHA256_RSA, by.certificate.subject.public_bytes(), der.utc_time(AT - timedelta(days=1)),
        der.utc_time(AT + timedelta(days=6)), der.sequence(rows), der.context(0, der.sequence(_authority_key(by))),
    )  # fmt: skip
    signature = by.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    content = der.sequence(signed, _SHA256_RSA, der.tagged(0x03, b"\0" + signature))
    return Made(content, signed, signature, serials)


def _authority_key(by: pki.Authority) -> bytes:
    identifier = der.sequence(der.tagged(0x80, bytes.fromhex(by.key_id)))
    return der.sequence(der.oid("2.5.29.35"), der.octets(identifier))


def figures(made: Made) -> list[Figure]:
    """Reading, looking up and memory. Raises AssertionError when the list does not answer."""
    by = pki.signature_authority(2)
    anchors = Anchors.from_certificates([by.certificate.public_bytes(Encoding.DER)])
    before = _resident()
    kept: list[RevocationIndex] = []

    def read() -> None:
        kept[:] = [RevocationIndex.build([made.content], anchors)]
        give_back()  # as intake does

    seconds = _best(read)
    gc.collect()
    memory = _resident() - before
    (index,) = kept
    asked = [f"{int.from_bytes(one, 'big'):x}" for one in Random(SEED).choices(made.serials, k=LOOK_UPS)]
    assert all(index.status(by.key_id, one, AT, now=AT).standing is Standing.REVOKED for one in asked[:50])
    looked = _best(lambda: [index.status(by.key_id, one, AT, now=AT) for one in asked]) / LOOK_UPS
    ordered = sorted(made.serials)
    found = _best(lambda: [bisect_left(ordered, one) for one in made.serials[:LOOK_UPS]]) / LOOK_UPS
    return [
        Figure(
            "失効リストの読込み（署名の検証を含む）", seconds, "秒", _best(lambda: _floor_of_reading(made))
        ),
        Figure("一件を引く look-up", looked * 1e6, "µs", found * 1e6),
        Figure("増えたメモリ RSS", memory / 1e6, "MB", 20 * len(made.serials) / 1e6),
    ]


def _floor_of_reading(made: Made) -> None:
    hashlib.sha256(made.content).digest()
    key = pki.signature_authority(2).key.public_key()
    key.verify(made.signature, made.signed, padding.PKCS1v15(), hashes.SHA256())
    sorted(made.serials)


def _best(work: Callable[[], object]) -> float:
    """CPU seconds of the best round."""
    rounds = []
    for _ in range(ROUNDS):
        gc.collect()
        began = time.process_time()
        work()
        rounds.append(time.process_time() - began)
    return min(rounds)


def _resident() -> int:
    """Bytes of this process that lie in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.revocation", description="失効リストの速さと大きさを測る"
    )
    parser.add_argument("-n", type=int, default=1_000_000, help="失効の件数（既定 1,000,000）")
    args = parser.parse_args()
    made = make(args.n)
    table = Table(title=f"失効リスト {args.n:,}件 {len(made.content) / 1e6:.0f} MB", title_justify="left")
    for heading in ("項目", "値", "単位", "下限", "比"):
        table.add_column(heading, justify="left" if heading in {"項目", "単位"} else "right")
    for one in figures(made):
        table.add_row(
            one.name, f"{one.value:.2f}", one.unit, f"{one.floor:.2f}", f"{one.floor / one.value:.2f}"
        )
    Console().print(table)


if __name__ == "__main__":
    main()
