"""The canonical form of an entry and how one hash leads to the next; tools/audit_verify.py repeats it on its own."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

GENESIS = "0" * 64
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


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
    return _ENCODER.encode(row).encode()


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
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
