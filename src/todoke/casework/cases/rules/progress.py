"""How a clerk's move and the hand-over's progress touch each other."""

from collections.abc import Mapping

from todoke.casework.cases.values import CaseStatus, HandoverProgress

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


def hold_after_note(hold_code: str, noted: str) -> str:
    """What holds a case once the hand-over has reported: a late withdrawal stays until a person has looked into it."""
    return noted or (hold_code if hold_code == WITHDRAWN_LATE else "")


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
