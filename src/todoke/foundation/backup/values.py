"""The nouns of backups: what a set consists of, what is wrong with one, and what a restore has to tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from todoke.foundation.labels import Labelled

NOTICES = "notices"
DIRECTORY = "default"


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
class DatabaseCopy:
    """One database of the installation（団体の組; `default` is the directory）as it was at one moment.

    `migrations` are the applied ones as "app.name"; `tables` the number of rows of each table; `bodies` those whose
    rows are in it.
    """

    group: str
    taken_at: datetime
    vendor: str
    migrations: tuple[str, ...]
    bodies: tuple[BodyHead, ...]
    tables: Mapping[str, int]
    file: StoredFile


@dataclass(frozen=True, slots=True)
class Bundle:
    """Originals of one body from S3-compatible storage, one after the other in one encrypted file that sets share.

    `objects`: name and stored bytes of each, in their order.
    """

    organisation: str
    file: StoredFile
    objects: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a set holds. Names, sizes, counts and hashes only; no personal data.

    `vendor` … `tables` and the first of `files` are the directory's, taken at `directory_at`; `groups` are the other
    databases, each with its own moment. `listing` names the objects for which the set relies on the versions that
    the bucket keeps. `keys` is the file with the keys, which lies elsewhere, or None when they were not copied.
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
    groups: tuple[DatabaseCopy, ...] = ()
    bundles: tuple[Bundle, ...] = ()
    listing: StoredFile | None = None
    directory_at: datetime | None = None

    @property
    def databases(self) -> tuple[DatabaseCopy, ...]:
        """Every database of the set, the directory last: what it knows of is there by then."""
        directory = DatabaseCopy(
            DIRECTORY, self.directory_at or self.taken_at, self.vendor, self.migrations, self.bodies, self.tables,
            self.files[0],
        )  # fmt: skip
        return (*self.groups, directory)

    @property
    def stored(self) -> tuple[StoredFile, ...]:
        """Every file of the set but the keys."""
        return (
            *self.files,
            *(copy.file for copy in self.groups),
            *((self.listing,) if self.listing else ()),
            *(piece.file for piece in self.pieces),
            *(bundle.file for bundle in self.bundles),
        )

    @property
    def size(self) -> int:
        """Bytes as stored, with the pieces that it shares with other sets."""
        return sum(file.size for file in self.stored)

    @property
    def rows(self) -> int:
        """How many rows all its databases have."""
        return sum(sum(copy.tables.values()) for copy in self.databases)


@dataclass(frozen=True, slots=True)
class Contents:
    """What the copy of a database says of itself.

    Where each segment ends that rows refer to, heads of the audit, rows per table, and the stored bytes of each object.
    """

    ends: Mapping[tuple[str, str], int]
    bodies: tuple[BodyHead, ...]
    tables: Mapping[str, int]
    migrations: tuple[str, ...]
    objects: Mapping[tuple[str, str], int]


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
class Mending:
    """Damaged originals of one body: by number the set from which each was put back, those left, what sets lack."""

    mended: Mapping[int, str]
    left: tuple[int, ...]
    faults: tuple[Fault, ...]


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
    """What came back, and from when on everything is lost that is not fetched again.

    `databases`: of each group the moment that it holds. `objects`: how many went back into the bucket.
    """

    name: str
    taken_at: datetime
    tables: Mapping[str, int]
    databases: Mapping[str, datetime]
    objects: int
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
