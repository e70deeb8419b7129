"""The canonical form of an entry and how one hash leads to the next; tools/audit_verify.py repeats it on its own."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from todoke.foundation.canonical import bytes_of

from .values import SealKey

GENESIS = "0" * 64
_STAMP = "%Y-%m-%dT%H:%M:%S.%fZ"


class Chained(NamedTuple):
    """The fields of an entry that the chain covers, all of them, in the order of their names."""

    action: str
    actor_id: str
    actor_kind: str
    at: str
    facts: str
    id: int
    object_id: str
    object_kind: str
    organisation: str
    purpose: str
    stream: str
    terminal: str


def canonical(row: Mapping[str, str | int]) -> bytes:
    """Sorted keys, no spaces, UTF-8: the bytes that are hashed and, in a seal, signed."""
    return bytes_of(row)


def link_hash(previous: str, row: Mapping[str, str | int]) -> str:
    """SHA-256 (hex) over the previous hash and the canonical row."""
    return hashlib.sha256(previous.encode() + b"\n" + canonical(row)).hexdigest()


def next_hash(previous: str, entry: Chained | tuple[Any, ...]) -> str:  # a row as the database gives it
    """What `link_hash` says of the same fields, written out because millions pass here: four times as fast."""
    text = (
        f'{previous}\n{{"action":{quoted(entry[0])},"actor_id":{quoted(entry[1])},"actor_kind":{quoted(entry[2])},'
        f'"at":{quoted(entry[3])},"facts":{quoted(entry[4])},"id":{entry[5]},"object_id":{quoted(entry[6])},'
        f'"object_kind":{quoted(entry[7])},"organisation":{quoted(entry[8])},"purpose":{quoted(entry[9])},'
        f'"stream":{quoted(entry[10])},"terminal":{quoted(entry[11])}}}'
    )
    return hashlib.sha256(text.encode()).hexdigest()


def stamp(moment: datetime) -> str:
    """A moment as it stands in the canonical form: UTC, microseconds."""
    return moment.astimezone(UTC).strftime(_STAMP)


CHANGED = b"todoke seal key\n"  # a seal begins with a brace: neither passes for the other
GRACE = timedelta(minutes=5)  # for a sealer that took the old key just before the change


def key_statement(after: str, public: str, since: str) -> bytes:
    """What the old key signs when a new one follows it."""
    return CHANGED + canonical({"after": after, "key": public, "from": since})


def keys_after(first: str, statements: Iterable[Mapping[str, str]]) -> list[SealKey]:
    """The public keys that follow from the first one, each vouched for by the one before; the last one is in use.

    A statement that the key before has not signed ends the row: whoever can write the file adds no key.
    """
    keys = [SealKey(first, None)]
    for one in statements:
        try:
            public, since = one["key"], one["from"]
            message = key_statement(keys[-1].public, public, since)
            known = Ed25519PublicKey.from_public_bytes(bytes.fromhex(keys[-1].public))
            known.verify(bytes.fromhex(one["signature"]), message)
            until = datetime.strptime(since, _STAMP).replace(tzinfo=UTC) + GRACE
        except (InvalidSignature, ValueError, KeyError):
            return keys
        keys[-1] = SealKey(keys[-1].public, stamp(until))
        keys.append(SealKey(public, None))
    return keys


def signing_key_of(
    keys: Sequence[SealKey], message: bytes, signature: str, *, at: str | None
) -> SealKey | None:
    """Which key has signed; with `at`（a stamp）only one that was in use then. None: none of them."""
    for one in reversed(keys):
        if at is not None and one.until is not None and at > one.until:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(one.public)).verify(
                bytes.fromhex(signature), message
            )
        except (InvalidSignature, ValueError):
            continue
        return one
    return None
