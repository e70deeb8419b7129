#!/usr/bin/env python3
"""Verify a Todoke audit trail with nothing but Python's standard library: one file, readable in one sitting.

    python3 audit_verify.py TRAIL [--seals SEALS.jsonl] [--key seal.pub]

TRAIL is a file of `todoke audit export` (one body) or an SQLite database of Todoke (all its bodies). SEALS is the
copy of the seals kept elsewhere（封印の控え）, and the key is the installation's public key; with both, a trail that
somebody rewrote from the middle, or cut at the end, is found too. The first row that was edited, deleted,
reordered or added is named.

Exit: 0 whole · 1 not whole · 2 usage.
The chain: hash = SHA-256(previous hash + newline + canonical JSON of the entry), the first previous hash is 64 zeros.
The key may have been changed: seal.keys.jsonl beside the key says by which one, signed by the one before.
A seal is an Ed25519 signature (RFC 8032) over the canonical JSON of organisation, last_sequence, head, sealed_at.
"""

import argparse
import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Body = dict[str, list[Row]]
Point = tuple[int, int, int, int]
SealKey = tuple[bytes, str | None]
STAMP = "%Y-%m-%dT%H:%M:%S.%fZ"

GENESIS = "0" * 64
ENTRY_FIELDS = (
    "id",
    "organisation",
    "stream",
    "at",
    "actor_kind",
    "actor_id",
    "terminal",
    "action",
    "object_kind",
    "object_id",
    "purpose",
    "facts",
)


def canonical(row: Row) -> bytes:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def link_hash(previous: str, row: Row) -> str:
    return hashlib.sha256(previous.encode() + b"\n" + canonical(row)).hexdigest()


# ---- Ed25519 verification after RFC 8032, section 6 (slow and plain; verification handles no secret)
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y: int, sign: int) -> int | None:
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def point(data: bytes) -> Point | None:
    y = int.from_bytes(data, "little")
    x = recover_x(y & (1 << 255) - 1, y >> 255)
    y &= (1 << 255) - 1
    return None if x is None else (x, y, 1, x * y % P)


def add(a: Point, b: Point) -> Point:
    s, t = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    u, v = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = t - s, v - u, v + u, t + s
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, base: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, base)
        base, scalar = add(base, base), scalar >> 1
    return total


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0) or 0
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != 64:
        return False
    a, r = point(key), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    left, right = times(s, BASE), add(r, times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


# ---- reading a trail
def read_export(path: Path) -> dict[str, Body]:
    bodies: dict[str, Body] = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            kind = row.pop("kind")
            bodies.setdefault(row["organisation"], {"entry": [], "link": [], "seal": []})[kind].append(row)
    return bodies


def read_database(path: Path) -> dict[str, Body]:
    base = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)
    base.row_factory = sqlite3.Row
    bodies: dict[str, Body] = {}

    def rows(kind: str, table: str, order: str, fields: list[tuple[str, str]]) -> None:
        for row in base.execute(f"SELECT * FROM {table} ORDER BY {order}"):
            body = bodies.setdefault(row["organisation_id"], {"entry": [], "link": [], "seal": []})
            body[kind].append({name: row[column] for name, column in fields})

    rows(
        "entry",
        "foundation_auditentry",
        "id",
        [(n, {"organisation": "organisation_id", "at": "stamp"}.get(n, n)) for n in ENTRY_FIELDS],
    )
    rows(
        "link",
        "foundation_auditlink",
        "organisation_id, sequence",
        [
            (n, "organisation_id" if n == "organisation" else n)
            for n in ("organisation", "sequence", "entry_id", "previous", "hash")
        ],
    )
    rows(
        "seal",
        "foundation_auditseal",
        "organisation_id, last_sequence",
        [
            ("organisation", "organisation_id"),
            ("last_sequence", "last_sequence"),
            ("head", "head"),
            ("sealed_at", "stamp"),
            ("signature", "signature"),
        ],
    )
    return bodies


# ---- checking one body
def first_fault(body: Body, seals: list[Row], keys: list[SealKey]) -> tuple[str | None, int, int]:
    """The first broken place as a sentence, or None; and how many rows and seals are good."""
    entries = {row["id"]: row for row in body["entry"]}
    previous, heads, expected = GENESIS, {}, 0
    for link in body["link"]:
        expected += 1
        if link["sequence"] != expected:
            return f"sequence {expected}: the link is deleted", expected - 1, 0
        entry = entries.pop(link["entry_id"], None)
        if entry is None:
            return f"sequence {expected}: row {link['entry_id']} is deleted", expected - 1, 0
        if link["previous"] != previous:
            return f"sequence {expected}: row {link['entry_id']} is reordered", expected - 1, 0
        if link["hash"] != link_hash(previous, entry):
            return f"sequence {expected}: row {link['entry_id']} is edited", expected - 1, 0
        previous = heads[expected] = link["hash"]
    lapses = restores(body["entry"])
    for count, seal in enumerate(seals):
        signature = bytes.fromhex(seal["signature"])
        signed = {name: seal[name] for name in ("organisation", "last_sequence", "head", "sealed_at")}
        sequence = seal["last_sequence"]
        if keys and not is_signed_then(keys, canonical(signed), signature, seal["sealed_at"]):
            return f"sequence {sequence}: the seal's signature does not hold", expected, count
        if any(kept < sequence <= lost and seal["sealed_at"] <= at for kept, lost, at in lapses):
            continue  # lost by a restore that the chain itself records
        if sequence not in heads:
            return (
                f"sequence {expected + 1}: rows up to {sequence} are deleted (they were sealed)",
                expected,
                count,
            )
        if heads[sequence] != seal["head"]:
            return f"sequence {sequence}: rows were rewritten after they were sealed", expected, count
    linked_up_to = max((link["entry_id"] for link in body["link"]), default=0)
    added = [number for number in entries if number < linked_up_to - 100_000]
    if added:
        return f"row {min(added)} was added behind the chain", expected, len(seals)
    return None, expected, len(seals)


def restores(entries: list[Row]) -> list[tuple[int, int, str]]:
    """What recorded restores have lost: after which sequence, up to which, and when each was recorded."""
    rows = [
        (json.loads(row["facts"]), row["at"]) for row in entries if row["action"] == "installation.restored"
    ]
    return [(int(facts["kept"]), int(facts["lost"]), at) for facts, at in rows]


def is_signed_then(keys: list[SealKey], message: bytes, signature: bytes, at: str) -> bool:
    """Whether a key that was in use at that stamp has signed."""
    return any(
        (until is None or at <= until) and is_signed(key, message, signature) for key, until in reversed(keys)
    )


def seal_keys(path: Path) -> list[SealKey]:
    """The first public key and those that followed it, with the stamp until which seals may bear each."""
    keys: list[SealKey] = [(bytes.fromhex(path.read_text().strip()), None)]
    changes = path.with_name("seal.keys.jsonl")
    for one in whole_lines(changes.read_text()) if changes.exists() else []:
        said = {"after": keys[-1][0].hex(), "key": one["key"], "from": one["from"]}
        if not is_signed(
            keys[-1][0], b"todoke seal key\n" + canonical(said), bytes.fromhex(one["signature"])
        ):
            break  # the key before does not vouch for it
        until = datetime.strptime(one["from"], STAMP).replace(tzinfo=UTC) + timedelta(minutes=5)
        keys[-1] = (keys[-1][0], until.strftime(STAMP))
        keys.append((bytes.fromhex(one["key"]), None))
    return keys


def whole_lines(text: str) -> Iterator[Row]:
    """The copied seals; a line that a crash tore while it was written is left out."""
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("trail", type=Path)
    parser.add_argument("--seals", type=Path, help="copy of the seals (JSON lines) kept elsewhere")
    parser.add_argument("--key", type=Path, help="the installation's public key (hex)")
    args = parser.parse_args()
    if not args.trail.exists():
        parser.error(f"{args.trail}: no such file")
    with open(args.trail, "rb") as file:
        is_database = file.read(16) == b"SQLite format 3\x00"
    bodies = read_database(args.trail) if is_database else read_export(args.trail)
    keys = seal_keys(args.key) if args.key else []
    copies = list(whole_lines(args.seals.read_text())) if args.seals else []
    bad = False
    for code, body in sorted(bodies.items()):
        seals = body["seal"] + [seal for seal in copies if seal["organisation"] == code]
        fault, rows, sealed = first_fault(body, seals, keys)
        print(f"{code}: NOT WHOLE, {fault}" if fault else f"{code}: whole, {rows} rows, {sealed} seals")
        for kept, lost, at in restores(body["entry"]):
            if lost > kept:
                print(
                    f"{code}: a restore recorded at {at} lost {lost - kept} sealed rows after sequence {kept}"
                )
        bad = bad or fault is not None
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
