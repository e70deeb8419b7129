"""The canonical form of an entry and how one hash leads to the next; tools/audit_verify.py repeats it on its own."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

GENESIS = "0" * 64


def canonical(row: Mapping[str, str | int]) -> bytes:
    """Sorted keys, no spaces, UTF-8: the bytes that are hashed and, in a seal, signed."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def link_hash(previous: str, row: Mapping[str, str | int]) -> str:
    """SHA-256 (hex) over the previous hash and the canonical row."""
    return hashlib.sha256(previous.encode() + b"\n" + canonical(row)).hexdigest()


def stamp(moment: datetime) -> str:
    """A moment as it stands in the canonical form: UTC, microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
