"""The nouns of the vault."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes that are in a segment and fsynced, but that no row knows yet. `sha256` is of the plain bytes (hex)."""

    organisation: str
    segment: str
    offset: int
    size: int
    sha256: str
    content_tag: str
    wrapped_key: bytes


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A stored blob: its id, SHA-256 (hex) and size in bytes, both of the plain bytes."""

    id: int
    sha256: str
    size: int
