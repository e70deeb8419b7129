"""The nouns of the audit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from todoke.foundation.labels import Labelled


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
class AuditReport:
    """What a verification found: rows in the chain, rows not yet chained, seals checked, the first fault."""

    chained: int
    unchained: int
    seals: int
    fault: Fault | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault is None
