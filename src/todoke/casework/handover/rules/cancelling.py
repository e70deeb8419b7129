"""Whether a cancellation of an application can be sent to its core system, and of which row."""

from collections.abc import Iterable

from todoke.casework.handover.values import CoreProfile, HandoverDetail, HandoverKind, HandoverState

from .rows import NO_CANCELLATION

NOTHING_LEFT = "EXP-710"
_LEFT = frozenset({HandoverState.BATCHED, HandoverState.SENT, HandoverState.RECEIPTED})


def has_left(kind: HandoverKind, state: HandoverState) -> bool:
    """Whether the core system has this application, or may have it: acknowledged, sent, or in a file on its way."""
    return kind is HandoverKind.NEW and state in _LEFT


def latest_that_left(rows: Iterable[HandoverDetail]) -> HandoverDetail | None:
    """Of the ledger rows of a case, newest first, the one that a cancellation takes back; None when nothing has left."""
    return next((row for row in rows if has_left(row.kind, row.state)), None)


def why_not(left: HandoverDetail | None, profile: CoreProfile | None) -> str:
    """The code of what keeps a cancellation from being sent; empty when nothing does."""
    if left is None or profile is None:
        return NOTHING_LEFT
    return "" if profile.cancellation else NO_CANCELLATION
