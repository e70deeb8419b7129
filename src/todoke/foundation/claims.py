"""The nouns of claiming rows, which values and rules may hold: who claims, what was claimed, what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims (one name per worker process), at what time, and for how many seconds."""

    owner: str
    now: datetime
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class JobContext:
    """What one run of a job gets: the body it works for, the claimant, and how many rows it may take at most."""

    organisation: str
    by: Claimant
    limit: int


@dataclass(frozen=True, slots=True)
class Job:
    """One thing the worker does for one body: its name, its Japanese name, and what runs one batch of it.

    `run` returns how many rows it moved; 0 means that nothing was due. `waits` looks, in a read-only scope of the body,
    whether a run might find something now: while nothing happens, a look costs no turn to write. Without one it runs always.
    """

    name: str
    label: str
    run: Callable[[JobContext], int]
    waits: Callable[[datetime], bool] | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One claimed row: its primary key, the fence that proves the claim, and which attempt this is (from 1)."""

    id: int
    fence: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in one queue: rows that are due, since when the oldest is, rows parked for a person, leases run out.

    Counted up to a limit; `is_capped` says that there are more.
    """

    depth: int = 0
    due_since: datetime | None = None
    parked: int = 0
    expired: int = 0
    is_capped: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """What became of a failed row: parked for a person, or due again."""

    parked: bool
    due_at: datetime
