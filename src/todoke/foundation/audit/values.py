"""The nouns of the audit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ActorKind(StrEnum):
    """操作者の種類."""

    label: str

    def __new__(cls, value: str, label: str) -> "ActorKind":
        """A member with its Japanese label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    STAFF = "staff", "職員"
    WORKER = "worker", "自動処理"
    COMMAND = "command", "管理コマンド"
    PORTAL = "portal", "外部システム"


class Stream(StrEnum):
    """記録の流れ: acts change something, reads only look."""

    label: str

    def __new__(cls, value: str, label: str) -> "Stream":
        """A member with its Japanese label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

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
