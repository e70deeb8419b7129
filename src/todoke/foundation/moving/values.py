"""How far a body's move has come."""

from dataclasses import dataclass
from datetime import datetime

from todoke.foundation.labels import Labelled


class Step(Labelled):
    """引越しの段階, in their order. Until SWITCHED the body lives where it did and the move can be undone."""

    BEGUN = "begun", "始めた"
    HELD = "held", "書込みを止めた"
    COPIED = "copied", "写して確かめた"
    SWITCHED = "switched", "切り替えた"
    DONE = "done", "終えた"


@dataclass(frozen=True, slots=True)
class Move:
    """One body's move: from which database to which, how far it has come, and when it was begun."""

    organisation: str
    source: str
    target: str
    step: Step
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class MoveReport:
    """What a move brought: rows per table, and how many links the audit chain had when it was verified there."""

    move: Move
    tables: dict[str, int]
    chain: int
