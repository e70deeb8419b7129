"""How a clerk's move and the hand-over's progress touch each other."""

from collections.abc import Mapping

from todoke.casework.cases.values import CaseStatus, HandoverNote, HandoverProgress, WithdrawalAnswer

from .transitions import CLOSED

_NOT_LEFT_YET = frozenset(
    {
        HandoverProgress.UNDECIDED,
        HandoverProgress.HELD,
        HandoverProgress.WAITING,
        HandoverProgress.REFUSED,
    }
)
_LEFT = frozenset({HandoverProgress.SENT, HandoverProgress.RECEIPTED})
_CANCELS = frozenset({HandoverProgress.CANCELLING, HandoverProgress.CANCELLED, HandoverProgress.UNCANCELLED})
_OF_THE_ORIGINAL = _LEFT | {HandoverProgress.WAITING, HandoverProgress.REFUSED}
WITHDRAWN_LATE = "SEQ-503"
# Where a clerk's move leaves nothing for the hand-over to do: returned, ended, or typed into the core by hand（方式1）.
_NOT_TO_LEAVE = CLOSED | {CaseStatus.RETURNED, CaseStatus.HANDED_OVER}
# Codes that a decision on a person answers; the hand-over stage then judges anew.
ANSWERED_BY_IDENTITY: Mapping[str, str] = {
    "EXP-702": "番号未決定",
    "IDN-320": "候補複数",
    "IDN-321": "記載の相違",
    "IDN-331": "申請者未特定",
    "IDN-333": "決定の確認待ち",
}


def after_move(progress: HandoverProgress, to: CaseStatus) -> HandoverProgress:
    """What a clerk's move means for the hand-over: who is not to leave does not; a corrected case is judged anew."""
    if to in _NOT_TO_LEAVE and progress in _NOT_LEFT_YET:
        return HandoverProgress.NONE
    if to is CaseStatus.CHECKING and progress is HandoverProgress.NONE:
        return HandoverProgress.UNDECIDED
    return progress


def hold_after_move(now: CaseStatus, to: CaseStatus, progress: HandoverProgress) -> str:
    """SEQ-503 when an application is withdrawn that has been decided or has left already（S08）; else nothing."""
    has_left = progress in _LEFT or now in (CaseStatus.HANDED_OVER, CaseStatus.COMPLETED)
    return WITHDRAWN_LATE if to is CaseStatus.WITHDRAWN and has_left else ""


def after_note(
    status: CaseStatus, before: HandoverProgress, hold_code: str, note: HandoverNote
) -> tuple[HandoverProgress, str]:
    """Where a case stands once the hand-over has reported, and what holds it.

    A late withdrawal stays until a person has answered it. What was withdrawn while its file was on the way, and has
    left all the same, becomes one. What is being cancelled is not moved back by a late word on the original.
    """
    if before in _CANCELS and note.progress in _OF_THE_ORIGINAL:
        return before, hold_code
    if status is not CaseStatus.WITHDRAWN or note.progress in _CANCELS | {HandoverProgress.HELD}:
        return note.progress, note.code
    has_left_unseen = before in _NOT_LEFT_YET | {HandoverProgress.NONE} and note.progress in _LEFT
    return note.progress, WITHDRAWN_LATE if has_left_unseen or hold_code == WITHDRAWN_LATE else ""


def awaits_answer(status: CaseStatus, hold_code: str) -> bool:
    """Whether somebody has to say what becomes of a late withdrawal: tell the core, or confirm that it was told."""
    return status is CaseStatus.WITHDRAWN and hold_code != ""


def after_answer(progress: HandoverProgress, answer: WithdrawalAnswer) -> HandoverProgress:
    """Where a late withdrawal stands once it is answered; what never left by the hand-over stays out of it."""
    if answer is WithdrawalAnswer.SEND:
        return HandoverProgress.CANCELLING
    return HandoverProgress.CANCELLED if progress in _LEFT | _CANCELS else progress


def after_proposal(progress: HandoverProgress, hold_code: str) -> tuple[HandoverProgress, str]:
    """What a proposed decision means for the hand-over: nothing leaves until it is confirmed; judged anew, it is held."""
    is_ours = not hold_code or hold_code in ANSWERED_BY_IDENTITY
    return (
        (HandoverProgress.UNDECIDED, "") if progress in _NOT_LEFT_YET and is_ours else (progress, hold_code)
    )


def after_decision(progress: HandoverProgress, hold_code: str) -> tuple[HandoverProgress, str]:
    """What a decided party means for the hand-over: a hold for want of a number is judged anew."""
    if progress is HandoverProgress.HELD and hold_code in ANSWERED_BY_IDENTITY:
        return HandoverProgress.UNDECIDED, ""
    return progress, hold_code
