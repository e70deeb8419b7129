"""The table of transitions（domain §1.6 の状態案）: one line per move, and everything the code must know about it.

Whether the applicant is told is decided here; in which words is data of the notify stage.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from todoke.casework.cases.errors import MoveRefused, NoteMissing
from todoke.casework.cases.values import CaseStatus, HandoverProgress, Move
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right


@dataclass(frozen=True, slots=True)
class Transition:
    """One move: the right a clerk needs (None: only the automatic stages), note, and whether it is told."""

    right: Right | None = Right.MOVE_CASES
    needs_note: bool = False
    tells_applicant: bool = False


_PLAIN = Transition()
_NOTED = Transition(needs_note=True)
_TOLD = Transition(tells_applicant=True)
_TOLD_WITH_NOTE = Transition(needs_note=True, tells_applicant=True)
_AUTOMATIC = Transition(right=None)
_ENDED_BY_NOTE: Mapping[CaseStatus, Transition] = {
    CaseStatus.RETURNED: _TOLD_WITH_NOTE,
    CaseStatus.REJECTED: _TOLD_WITH_NOTE,
    CaseStatus.WITHDRAWN: _TOLD_WITH_NOTE,
}

TRANSITIONS: Mapping[CaseStatus, Mapping[CaseStatus, Transition]] = {
    CaseStatus.OPENED: {
        CaseStatus.CHECKING: _PLAIN,
        CaseStatus.AWAITING_HANDOVER: _AUTOMATIC,
        CaseStatus.EXAMINING: _PLAIN,
        CaseStatus.RECEPTION_ERROR: _TOLD_WITH_NOTE,
        **_ENDED_BY_NOTE,
    },
    CaseStatus.CHECKING: {
        CaseStatus.AWAITING_HANDOVER: _AUTOMATIC,
        CaseStatus.EXAMINING: _PLAIN,
        CaseStatus.COMPLETED: _TOLD_WITH_NOTE,  # 形式審査で完結する手続（共通機能標準仕様書 図2-1 注）
        CaseStatus.RECEPTION_ERROR: _TOLD_WITH_NOTE,
        **_ENDED_BY_NOTE,
    },
    CaseStatus.AWAITING_HANDOVER: {
        CaseStatus.HANDED_OVER: _NOTED,  # by a clerk: 方式1 画面からの転記; the hand-over stage needs no note
        CaseStatus.CHECKING: _NOTED,
        **_ENDED_BY_NOTE,
    },
    CaseStatus.HANDED_OVER: {
        CaseStatus.CHECKING: _AUTOMATIC,
        CaseStatus.EXAMINING: _PLAIN,
        CaseStatus.COMPLETED: _TOLD,
        **_ENDED_BY_NOTE,
    },
    CaseStatus.EXAMINING: {CaseStatus.COMPLETED: _TOLD, **_ENDED_BY_NOTE},
    CaseStatus.RETURNED: {
        CaseStatus.RESUBMITTED: _AUTOMATIC,
        CaseStatus.CHECKING: _NOTED,
        CaseStatus.REJECTED: _TOLD_WITH_NOTE,
        CaseStatus.WITHDRAWN: _TOLD_WITH_NOTE,
    },
    CaseStatus.RESUBMITTED: {},
    # 決定後の取下げ: noted, and somebody looks (S08)
    CaseStatus.COMPLETED: {CaseStatus.WITHDRAWN: _TOLD_WITH_NOTE},
    CaseStatus.REJECTED: {},
    CaseStatus.WITHDRAWN: {},
    CaseStatus.RECEPTION_ERROR: {},
}
CLOSED = frozenset(status for status, moves in TRANSITIONS.items() if not moves) | {CaseStatus.COMPLETED}
# Where the hand-over's progress takes a case, if the table has that move from where the case stands.
FOLLOWS: Mapping[HandoverProgress, CaseStatus] = {
    HandoverProgress.WAITING: CaseStatus.AWAITING_HANDOVER,
    HandoverProgress.RECEIPTED: CaseStatus.HANDED_OVER,
    HandoverProgress.REFUSED: CaseStatus.CHECKING,
}


def check_move(now: CaseStatus, to: CaseStatus, *, rights: frozenset[Right], note: str) -> Transition:
    """The line of the table for a clerk's move; raises MoveRefused, RightMissing, NoteMissing."""
    transition = TRANSITIONS[now].get(to)
    if transition is None or transition.right is None:
        raise MoveRefused(now=now.label, to=to.label)
    if transition.right not in rights:
        raise RightMissing(right=transition.right.label)
    if transition.needs_note and not note.strip():
        raise NoteMissing(to=to.label)
    return transition


def moves(now: CaseStatus, rights: frozenset[Right]) -> tuple[Move, ...]:
    """The moves that a clerk with these rights may make from here, in the order of the table."""
    return tuple(
        Move(to, line.needs_note, line.tells_applicant)
        for to, line in TRANSITIONS[now].items()
        if line.right is not None and line.right in rights
    )


def after_handover(now: CaseStatus, progress: HandoverProgress) -> CaseStatus | None:
    """Where the hand-over's progress takes a case that stands here; None: it stays where a clerk put it."""
    to = FOLLOWS.get(progress)
    return to if to is not None and to in TRANSITIONS[now] else None
