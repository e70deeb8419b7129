"""The nouns of the vault."""

from dataclasses import dataclass
from datetime import datetime


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
    key_version: int = 1


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A stored blob: its id, SHA-256 (hex) and size in bytes, both of the plain bytes."""

    id: int
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class SegmentUse:
    """One segment file: bytes on disk, bytes of originals that can still be read, and how many of these there are.

    The rest is dead: originals whose key was destroyed, and bytes that no row has ever known.
    """

    name: str
    size: int
    live: int
    originals: int

    @property
    def dead_percent(self) -> int:
        """The share of bytes that nobody can read, rounded down."""
        return 100 * (self.size - self.live) // self.size if self.size else 100


@dataclass(frozen=True, slots=True)
class Compaction:
    """What one run of `todoke vault compact` did for one body: segments rewritten and removed, bytes given back."""

    rewritten: int
    removed: int
    bytes_moved: int
    bytes_freed: int
    left_alone: int


@dataclass(frozen=True, slots=True)
class Rewrapping:
    """How far a change of a body's key is: originals and sealed fields wrapped by it, and those that still wait."""

    version: int
    done: int
    waiting: int
    is_rotating: bool


@dataclass(frozen=True, slots=True)
class RereadStanding:
    """The nightly re-reading of one body: when it last read, when it last had read everything, what is damaged now."""

    read_at: datetime | None
    passed_at: datetime | None
    damaged: int


@dataclass(frozen=True, slots=True)
class Damaged:
    """One original that cannot be read back: its number, and where its `length` stored（encrypted）bytes should lie."""

    id: int
    segment: str
    offset: int
    length: int
