"""The nouns of the audit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from todoke.foundation.labels import Labelled

RESTORED = "installation.restored"  # the act of a restore; its facts say what of the chain was lost


class ActorKind(Labelled):
    """操作者の種類."""

    STAFF = "staff", "職員"
    WORKER = "worker", "自動処理"
    COMMAND = "command", "管理コマンド"
    PORTAL = "portal", "外部システム"


class Stream(Labelled):
    """記録の流れ: acts change something, reads only look."""

    ACTS = "acts", "操作"
    READS = "reads", "閲覧"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the kind, an id inside this installation (never a name), and the terminal where known."""

    kind: ActorKind
    id: str
    terminal: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing done or seen. `facts` holds ids, codes and counts, never personal data（PPC GL 別添1 2C-c）."""

    action: str
    object_kind: str
    object_id: str
    actor: Actor
    at: datetime
    facts: Mapping[str, str | int] = field(default_factory=dict)
    purpose: str = ""
    stream: Stream = Stream.ACTS


@dataclass(frozen=True, slots=True)
class Fault:
    """The first row at which a chain is broken, and how: edited, deleted, reordered, added or resealed."""

    sequence: int
    row: int | None
    how: str


@dataclass(frozen=True, slots=True)
class Lapse:
    """What a restore has lost: sealed entries after `kept` up to `lost`, and when the restore was recorded (stamp).

    Seals of lost entries are kept outside. They fit no chain any more, and a recorded restore is the only excuse.
    """

    kept: int
    lost: int
    restored: str

    def explains(self, sequence: int, sealed: str) -> bool:
        """Whether a seal over the entries up to `sequence`, made at `sealed`, is one of those that were lost."""
        return self.kept < sequence <= self.lost and sealed <= self.restored


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a verification found: rows in the chain, rows not yet chained, seals checked, the first fault.

    `lost`: sealed entries that recorded restores have lost; a number to be known, no fault.
    """

    chained: int
    unchained: int
    seals: int
    fault: Fault | None
    lost: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault is None


@dataclass(frozen=True, slots=True)
class SealKey:
    """One public key of the seals（hex）, and until which stamp seals may bear it; None: the one in use."""

    public: str
    until: str | None
