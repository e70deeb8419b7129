"""The table of transitions, the gate, and how moves and the hand-over touch each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.casework.cases.errors import MoveRefused, NoteMissing
from todoke.casework.cases.rules import progress, transitions
from todoke.casework.cases.rules.gates import gate
from todoke.casework.cases.rules.transitions import CLOSED, TRANSITIONS, check_move, moves
from todoke.casework.cases.values import CaseStatus, Go, HandoverProgress, Hold
from todoke.casework.intake.values import Duplicate, DuplicateKind, SignatureOutcome, SignatureState
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right

statuses = st.sampled_from(CaseStatus)
CLERK = frozenset({Right.MOVE_CASES})
UNSIGNED = SignatureOutcome(SignatureState.NOT_REQUIRED)


def test_every_status_has_its_line_in_the_table() -> None:
    assert set(TRANSITIONS) == set(CaseStatus)


def test_every_status_can_be_reached_from_the_opening() -> None:
    reached, edge = {CaseStatus.OPENED}, [CaseStatus.OPENED]
    while edge:
        new = set(TRANSITIONS[edge.pop()]) - reached
        reached |= new
        edge += new
    assert reached == set(CaseStatus)


def test_from_every_open_status_a_clerk_can_reach_an_end() -> None:
    for status in set(CaseStatus) - CLOSED:
        assert {move.to for move in moves(status, CLERK)} & CLOSED, status


@given(statuses, statuses, st.text(max_size=3), st.booleans())
def test_a_move_is_allowed_exactly_when_it_is_offered(
    now: CaseStatus, to: CaseStatus, note: str, has_right: bool
) -> None:
    rights = CLERK if has_right else frozenset()
    offered = {move.to: move for move in moves(now, rights)}
    try:
        line = check_move(now, to, rights=rights, note=note)
    except MoveRefused:
        assert to not in {move.to for move in moves(now, CLERK)}
    except RightMissing:
        assert not has_right
    except NoteMissing:
        assert offered[to].needs_note
        assert not note.strip()
    else:
        assert line.tells_applicant == offered[to].tells_applicant


NOTED_AFTERWARDS = (CaseStatus.COMPLETED, CaseStatus.WITHDRAWN)  # S08: only noted, nothing is undone


@given(st.lists(statuses, max_size=12))
def test_a_closed_case_cannot_be_reopened_by_any_path(path: list[CaseStatus]) -> None:
    now = CaseStatus.OPENED
    for to in path:
        closed = now in CLOSED
        try:
            check_move(now, to, rights=CLERK, note="理由")
        except MoveRefused:
            continue
        assert not closed or (now, to) == NOTED_AFTERWARDS
        now = to


@pytest.mark.parametrize("status", sorted(CLOSED))
def test_a_closed_case_cannot_be_reopened(status: CaseStatus) -> None:
    assert {(status, move.to) for move in moves(status, CLERK)} <= {NOTED_AFTERWARDS}


def test_a_clerk_cannot_make_an_automatic_move() -> None:
    with pytest.raises(MoveRefused) as refused:
        check_move(CaseStatus.OPENED, CaseStatus.AWAITING_HANDOVER, rights=CLERK, note="")
    assert "受付済" in refused.value.for_screen()


@pytest.mark.parametrize("to", [CaseStatus.RETURNED, CaseStatus.REJECTED, CaseStatus.WITHDRAWN])
def test_what_the_applicant_is_told_carries_a_reason(to: CaseStatus) -> None:
    with pytest.raises(NoteMissing):
        check_move(CaseStatus.CHECKING, to, rights=CLERK, note=" ")
    assert check_move(CaseStatus.CHECKING, to, rights=CLERK, note="理由").tells_applicant


@given(statuses, st.sampled_from(HandoverProgress))
def test_the_hand_over_only_makes_moves_of_the_table(now: CaseStatus, state: HandoverProgress) -> None:
    to = transitions.after_handover(now, state)
    assert to is None or to in TRANSITIONS[now]


@given(st.sampled_from(HandoverProgress), statuses)
def test_an_ended_case_never_waits_to_be_handed_over(state: HandoverProgress, to: CaseStatus) -> None:
    after = progress.after_move(state, to)
    if to in CLOSED:
        assert after not in {HandoverProgress.UNDECIDED, HandoverProgress.HELD, HandoverProgress.WAITING}
    if state in {HandoverProgress.SENT, HandoverProgress.RECEIPTED}:
        assert after is state


@pytest.mark.parametrize("state", [HandoverProgress.WAITING, HandoverProgress.HELD])
def test_what_a_clerk_typed_into_the_core_is_not_sent_as_well(state: HandoverProgress) -> None:
    assert progress.after_move(state, CaseStatus.HANDED_OVER) is HandoverProgress.NONE


def test_a_corrected_case_is_judged_anew() -> None:
    after = progress.after_move(HandoverProgress.NONE, CaseStatus.CHECKING)
    assert after is HandoverProgress.UNDECIDED


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (DuplicateKind.SAME_CONTENT, "DUP-511"),
        (DuplicateKind.SAME_RECEIPT, "DUP-512"),
        (DuplicateKind.SAME_PERSON, "DUP-513"),
    ],
)
def test_a_repetition_holds_before_anything_else(kind: DuplicateKind, code: str) -> None:
    bad = SignatureOutcome(SignatureState.INDETERMINATE, "REV-331")
    assert gate(Duplicate(kind, 1), bad, ["ATT-607"]) == Hold(code)


def test_a_signature_that_could_not_be_checked_holds() -> None:
    assert gate(Duplicate(DuplicateKind.NONE), SignatureOutcome(SignatureState.INDETERMINATE), []) == Hold(
        "REV-331"
    )


def test_a_holding_finding_holds() -> None:
    assert gate(Duplicate(DuplicateKind.NONE), UNSIGNED, ["ATT-607", "CHR-402"]) == Hold("ATT-607")


def test_a_resubmission_with_a_good_signature_goes() -> None:
    signed = SignatureOutcome(SignatureState.VALID)
    assert gate(Duplicate(DuplicateKind.RESUBMISSION, 1), signed, []) == Go()
