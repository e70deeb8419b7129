"""The nouns of backups: what a set consists of, what is wrong with one, and what a restore has to tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from todoke.foundation.labels import Labelled

NOTICES = "notices"


class BackupAct(Labelled):
    """控えの記録の種類: what was done with a set."""

    TAKEN = "taken", "控えを取った"
    VERIFIED = "verified", "控えを確かめた"
    FAULTY = "faulty", "控えに誤りがあった"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One encrypted file of a set: name, size and SHA-256 (hex) as stored, and both of what is inside."""

    name: str
    size: int
    sha256: str
    plain_size: int
    plain_sha256: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes `start` … `end` − 1 of one segment of the vault, as one encrypted file that later sets use too."""

    organisation: str
    segment: str
    start: int
    end: int
    file: StoredFile


@dataclass(frozen=True, slots=True)
class BodyHead:
    """Where one body's audit stood when the set was taken: last sequence, its hash, and when it was sealed."""

    code: str
    sequence: int
    head: str
    sealed_at: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a set holds. Names, sizes, counts and hashes only; no personal data.

    `migrations` are the applied ones as "app.name"; `tables` the number of rows of each table; `keys` is the file
    with the keys, which lies elsewhere, or None when the keys were not copied.
    """

    name: str
    taken_at: datetime
    todoke: str
    vendor: str
    migrations: tuple[str, ...]
    bodies: tuple[BodyHead, ...]
    tables: Mapping[str, int]
    files: tuple[StoredFile, ...]
    pieces: tuple[Piece, ...]
    keys: StoredFile | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What the copy of the database says: where each segment ends that rows refer to, the heads, rows per table."""

    ends: Mapping[tuple[str, str], int]
    bodies: tuple[BodyHead, ...]
    tables: Mapping[str, int]
    migrations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a set: a stable code, and the file or table it is about."""

    code: str
    where: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found. `is_opened`: with the private key, down to rows and bytes; else hashes only."""

    name: str
    files: int
    size: int
    is_signed: bool
    is_opened: bool
    faults: tuple[Fault, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Policy:
    """How many sets are kept: the newest one of so many days, weeks and months that have one."""

    daily: int
    weekly: int
    monthly: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: sets kept and removed, and pieces that no set needs any more."""

    kept: tuple[str, ...]
    removed: tuple[str, ...]
    pieces: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where sets lie, where the files with keys lie (None: keys are not copied), and for whom they are encrypted."""

    sets: Path
    keys: Path | None
    recipients: Path
    keys_recipients: Path


@dataclass(frozen=True, slots=True)
class Identities:
    """Files with the private keys that open sets and keys, and the key file itself（None: the keys are in place）."""

    sets: Path
    keys_file: Path | None = None
    keys: Path | None = None
    public: Path | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """What the seals outside say was done after the set was taken: entries up to `lost` are gone.

    `lost` 0: no seal outside is newer. `lost_until` is when the newest lost entry was sealed.
    """

    code: str
    kept: int
    lost: int
    lost_until: str


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What came back, and from when on everything is lost that is not fetched again."""

    name: str
    taken_at: datetime
    tables: Mapping[str, int]
    segments: int
    size: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class RestorationRef:
    """A restore whose outgoing traffic is still held: of which set, when taken, when restored, entries lost."""

    id: int
    set_name: str
    taken_at: datetime
    restored_at: datetime
    lost_entries: int
    lost_until: datetime | None


@dataclass(frozen=True, slots=True)
class LastBackup:
    """The newest set of which one body's records tell."""

    set_name: str
    taken_at: datetime
    act: BackupAct
    at: datetime
