"""The least that the packages can cost: one C call after the other over the same bytes, and nothing in between.

The list is fixed. A step is never made dearer, and none is added, so that a ratio means the same next year.
"""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree
from zlib_ng import zlib_ng

from .meters import Cost, measure
from .packages import Bundle, TakenApart, links, take_apart

BATCH = 100
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
_TABLES = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE package (id INTEGER PRIMARY KEY, receipt TEXT UNIQUE, hash TEXT, segment TEXT, key BLOB);
CREATE TABLE application (id INTEGER PRIMARY KEY, receipt TEXT, procedure TEXT, document TEXT);
CREATE INDEX application_receipt ON application (receipt);
CREATE TABLE attachment (application INTEGER, position INTEGER, hash TEXT, PRIMARY KEY (application, position));
CREATE TABLE audit (id INTEGER PRIMARY KEY, action TEXT, object TEXT, actor TEXT, at TEXT);
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the floor; the two flags say which of the two sums it belongs to."""

    name: str
    run: Callable[[], None]
    is_durable: bool = True
    is_judging: bool = True


class Floor:
    """The steps over one bundle, with everything they need lying ready in memory."""

    def __init__(self, bundle: Bundle, work: Path) -> None:
        """Take the packages apart and load the look-up table; nothing of this is measured."""
        self._bundle = bundle
        self._work = work
        self._packages = take_apart(bundle)
        self._round = 0
        self._read_into = bytearray(max(len(one.raw) for one in self._packages))
        self._serials = sqlite3.connect(":memory:")
        self._serials.execute(
            "CREATE TABLE link (issuer TEXT, serial TEXT, number TEXT, PRIMARY KEY (issuer, serial)) WITHOUT ROWID"
        )
        rows = list(links(bundle))
        self._serials.executemany("INSERT OR IGNORE INTO link VALUES (?, ?, ?)", rows)
        self._questions = [row[:2] for row in rows[: len(self._packages)]]

    @property
    def signed(self) -> int:
        """How many packages carry a signature."""
        return sum(one.signature is not None for one in self._packages)

    @property
    def packages(self) -> Sequence[TakenApart]:
        """The packages in pieces."""
        return self._packages

    def steps(self) -> Sequence[Step]:
        """The fixed list, in the order of the work."""
        return (
            Step("読み込み read", self._read),
            Step("暗号化 AES-256-GCM", self._encrypt, is_judging=False),
            Step("書き込み write", self._write, is_judging=False),
            Step("展開 inflate", self._inflate),
            Step("SHA-256", self._digest),
            Step("XML lxml", self._parse),
            Step("RSA-2048 ×2（署名のある申請）", self._verify),
            Step("発行番号を引く SQLite", self._look_up, is_durable=False, is_judging=False),
            Step("格納 SQLite WAL+FULL", self._insert),
        )

    def measure(self) -> list[Cost]:
        """What each step costs, once, in the order of `steps`."""
        self._round += 1
        return [measure(step.run) for step in self.steps()]

    def _read(self) -> None:
        for one in self._bundle.listed:
            descriptor = os.open(one.path, os.O_RDONLY)
            os.preadv(descriptor, [self._read_into], 0)
            os.close(descriptor)

    def _encrypt(self) -> None:
        cipher, nonce = AESGCM(bytes(32)), bytes(12)  # thrown away: no key serves two contents in the product
        for one in self._packages:
            cipher.encrypt(nonce, one.raw, None)

    def _write(self) -> None:
        """One file and one fsync per batch."""
        for start in range(0, len(self._packages), BATCH):
            place = self._work / f"floor-{self._round}-{start}"
            descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            for one in self._packages[start : start + BATCH]:
                os.write(descriptor, one.raw)
            os.fsync(descriptor)
            os.close(descriptor)
            place.unlink()

    def _inflate(self) -> None:
        for one in self._packages:
            for member, packed in zip(one.members, one.packed, strict=True):
                if member.method:
                    zlib_ng.decompress(packed, -15, member.size)

    def _digest(self) -> None:
        for one in self._packages:
            for content in one.plain:
                hashlib.sha256(content).digest()

    def _parse(self) -> None:
        for one in self._packages:
            for document in one.documents:
                etree.fromstring(document, _PARSER)

    def _verify(self) -> None:
        padding = PKCS1v15()
        for one in self._packages:
            if (signature := one.signature) is not None:
                for _ in range(2):
                    signature.key.verify(signature.value, signature.content, padding, signature.algorithm)

    def _look_up(self) -> None:
        for question in self._questions:
            self._serials.execute(
                "SELECT number FROM link WHERE issuer = ? AND serial = ?", question
            ).fetchone()

    def _insert(self) -> None:
        """A database of its own per round; the rows are about as many and as large as the product's."""
        place = self._work / f"floor-{self._round}.sqlite3"
        connection = sqlite3.connect(place, isolation_level=None)
        connection.executescript(_TABLES)
        for start in range(0, len(self._packages), BATCH):
            batch = list(enumerate(self._packages[start : start + BATCH], start))
            connection.execute("BEGIN IMMEDIATE")
            _insert_batch(connection, batch)
            connection.execute("COMMIT")
        connection.close()
        place.unlink()


def _insert_batch(connection: sqlite3.Connection, batch: Sequence[tuple[int, TakenApart]]) -> None:
    digest, key, moment = "0" * 64, bytes(60), "2026-04-06 00:00:00.000000"
    connection.executemany(
        "INSERT INTO package VALUES (?, ?, ?, ?, ?)",
        [(number, f"{number:015d}", digest, "segment", key) for number, _ in batch],
    )
    connection.executemany(
        "INSERT INTO application VALUES (?, ?, ?, ?)",
        [(number, f"{number:015d}", "P01", one.documents[1].decode()) for number, one in batch],
    )
    connection.executemany(
        "INSERT INTO attachment VALUES (?, ?, ?)",
        [(number, place, digest) for number, one in batch for place in range(len(one.plain) - 4)],
    )
    connection.executemany(
        "INSERT INTO audit (action, object, actor, at) VALUES (?, ?, ?, ?)",
        [
            (action, str(number), "worker", moment)
            for number, _ in batch
            for action in ("received", "accepted")
        ],
    )
