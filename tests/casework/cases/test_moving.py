"""Moving, deciding and releasing: it works, not yours is refused, twice does no harm, the audit entry is there."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.casework.cases.conftest import CARE, Clerks, Open, cases, timeline
from tests.casework.identify.applications import Written
from tests.casework.identify.conftest import ACTOR, HIYORI, MINASE, NOW
from tests.support import deciding
from tests.support.clock import Clock
from todoke.casework.cases import queries, services
from todoke.casework.cases.errors import CaseChanged, CaseNotFound, MoveRefused, NoteMissing, NotHeld
from todoke.casework.cases.models import Case, CaseEvent
from todoke.casework.cases.values import (
    CaseStatus,
    HandoverNote,
    HandoverProgress,
    NoticeNote,
    NoticeProgress,
)
from todoke.casework.identify import queries as identify
from todoke.casework.identify.errors import NothingProposed, PartyNotFound, ReasonMissing
from todoke.casework.identify.values import DECISION as DECISION_KIND
from todoke.casework.identify.values import IdentityState, NumberDecision
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.approvals import services as approvals
from todoke.foundation.approvals.errors import ProposalExpired, SamePerson, ShownChanged
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit import services as audit_services
from todoke.foundation.fence import scope

DECISION = NumberDecision("123", "住民票の写しで確認")


def move(
    viewer: Viewer, uuid: UUID, to: CaseStatus = CaseStatus.CHECKING, version: int = 1, note: str = ""
) -> None:
    with scope(viewer.organisation):
        services.move_case(viewer, uuid, to=to, version=version, note=note, at=NOW, terminal="端末1")


def release(viewer: Viewer, uuid: UUID, version: int = 1, note: str = "本人に確認") -> None:
    with scope(viewer.organisation):
        services.release_hold(viewer, uuid, version=version, note=note, at=NOW)


def decide(viewer: Viewer, case: Case, version: int = 1, decision: NumberDecision = DECISION) -> bool:
    """Propose who the applicant is; whether it counts already."""
    with scope(viewer.organisation):
        found = identify.parties(case.application_id)
        return services.decide_identity(
            viewer,
            case.uuid,
            party_id=found[0].id if found else 1,
            decision=decision,
            version=version,
            at=NOW,
        )


def confirm(second: Viewer, case: Case, version: int = 2) -> None:
    """Confirm what was proposed for the applicant, as somebody else sees it."""
    with scope(second.organisation):
        (party, *_) = identify.parties(case.application_id)
        deciding.confirm(second, case.uuid, party.id, version=version, at=NOW)


def note(*notes: HandoverNote) -> int:
    with scope(MINASE):
        return services.note_handover(notes, actor=ACTOR, at=NOW)


@pytest.fixture
def case(open_cases: Open) -> Case:
    """One open case of the children's section."""
    return open_cases(Written())[0]


@pytest.fixture
def held(open_cases: Open) -> Case:
    """A case that is held because the same person applied before."""
    return open_cases(Written(), Written())[1]


def actions(case: Case) -> list[str]:
    with scope(MINASE, read_only=True):
        return [entry.action for entry in audit.of_object("case", str(case.uuid))]


def test_a_move_is_kept_with_who_and_when(case: Case, clerks: Clerks) -> None:
    move(clerks.children, case.uuid)
    (moved,) = cases()
    assert (moved.status, moved.version, moved.notice_state) == (CaseStatus.CHECKING, 2, NoticeProgress.DUE)
    assert timeline(case)[-1] == ("moved", "opened", "checking")
    assert actions(case) == ["case.opened", "case.moved"]


def test_a_return_is_told_to_the_applicant_with_its_note(case: Case, clerks: Clerks) -> None:
    move(clerks.children, case.uuid, CaseStatus.RETURNED, note="添付が不足しています")
    with scope(MINASE):
        told = queries.events_to_tell(10)
    assert [(event.status, event.note) for event in told] == [
        (CaseStatus.OPENED, ""),
        (CaseStatus.RETURNED, "添付が不足しています"),
    ]


def test_w01_a_case_of_another_section_is_not_found(case: Case, clerks: Clerks) -> None:
    with pytest.raises(CaseNotFound):
        move(clerks.care, case.uuid)


def test_w01_a_case_of_another_body_is_not_found(case: Case, clerks: Clerks) -> None:
    with pytest.raises(CaseNotFound):
        move(clerks.stranger, case.uuid)


def test_w01_a_person_without_sections_finds_nothing(case: Case, clerks: Clerks) -> None:
    with pytest.raises(CaseNotFound):
        move(replace(clerks.children, sections=frozenset()), case.uuid)


def test_a_missing_case_answers_like_one_that_is_not_yours(clerks: Clerks) -> None:
    with pytest.raises(CaseNotFound):
        move(clerks.town, uuid4())


def test_moving_needs_the_right(case: Case, clerks: Clerks) -> None:
    with pytest.raises(RightMissing):
        move(replace(clerks.children, rights=frozenset({Right.VIEW_CASES})), case.uuid)


def test_w15_the_second_of_two_clerks_learns_what_changed(case: Case, clerks: Clerks) -> None:
    move(clerks.children, case.uuid)
    with pytest.raises(CaseChanged) as refused:
        move(clerks.town, case.uuid, CaseStatus.REJECTED, note="却下理由")
    (change,) = refused.value.changes
    assert (change.actor_id, change.at, change.to_word) == ("1", NOW, "checking")
    assert cases()[0].status == CaseStatus.CHECKING


def test_w16_the_same_click_twice_has_one_effect(case: Case, clerks: Clerks) -> None:
    move(clerks.children, case.uuid)
    with pytest.raises(CaseChanged):
        move(clerks.children, case.uuid)
    assert len(timeline(case)) == 2


def test_s10_a_withdrawn_case_cannot_be_completed(case: Case, clerks: Clerks) -> None:
    move(clerks.children, case.uuid, CaseStatus.WITHDRAWN, note="本人から取下げ")
    with pytest.raises(MoveRefused):
        move(clerks.children, case.uuid, CaseStatus.COMPLETED, version=2)


def test_a_withdrawn_case_is_no_longer_held_nor_handed_over(held: Case, clerks: Clerks) -> None:
    move(clerks.children, held.uuid, CaseStatus.WITHDRAWN, note="本人から取下げ")
    withdrawn = cases()[1]
    assert (withdrawn.handover_state, withdrawn.hold_code) == (HandoverProgress.NONE, "")


def test_a_released_case_is_judged_anew(held: Case, clerks: Clerks) -> None:
    note(HandoverNote(held.pk, HandoverProgress.HELD, "DUP-513"))
    release(clerks.children, held.uuid)
    released = cases()[1]
    assert (released.handover_state, released.hold_code) == (HandoverProgress.UNDECIDED, "")
    assert actions(held)[-1] == "case.hold_released"


def test_releasing_twice_does_no_harm(held: Case, clerks: Clerks) -> None:
    release(clerks.children, held.uuid)
    with pytest.raises(CaseChanged):
        release(clerks.children, held.uuid)
    with pytest.raises(NotHeld):
        release(clerks.children, held.uuid, version=2)


def test_releasing_needs_a_reason(held: Case, clerks: Clerks) -> None:
    with pytest.raises(NoteMissing):
        release(clerks.children, held.uuid, note="　")


def test_releasing_needs_the_right(held: Case, clerks: Clerks) -> None:
    with pytest.raises(RightMissing):
        release(replace(clerks.children, rights=frozenset({Right.VIEW_CASES})), held.uuid)


@pytest.mark.parametrize("who", ["care", "stranger"])
def test_releasing_what_is_not_yours_is_refused(held: Case, clerks: Clerks, who: str) -> None:
    with pytest.raises(CaseNotFound):
        release(getattr(clerks, who), held.uuid)


def test_a_proposed_decision_is_held_until_a_second_person_confirms_it(case: Case, clerks: Clerks) -> None:
    note(HandoverNote(case.pk, HandoverProgress.HELD, "EXP-702"))
    assert not decide(clerks.children, case)
    (proposed,) = cases()
    assert proposed.identity_state == IdentityState.PROPOSED
    assert (proposed.handover_state, proposed.hold_code, proposed.version) == ("undecided", "", 2)
    confirm(deciding.staff_like(clerks.children), case)
    (decided,) = cases()
    assert decided.identity_state == IdentityState.DECIDED
    assert (decided.handover_state, decided.hold_code, decided.version) == ("undecided", "", 3)
    assert timeline(case)[-2:] == [("identity", "unknown", "proposed"), ("identity", "proposed", "decided")]
    assert actions(case)[-1] == "case.identity_decided"


def test_who_proposed_does_not_confirm(case: Case, clerks: Clerks) -> None:
    first = deciding.staff_like(clerks.children)
    decide(first, case)
    with pytest.raises(SamePerson):
        confirm(first, case)
    assert cases()[0].identity_state == IdentityState.PROPOSED


def test_a_second_person_needs_the_right_and_the_section(case: Case, clerks: Clerks) -> None:
    decide(clerks.children, case)
    with pytest.raises(RightMissing):
        confirm(replace(deciding.staff_like(clerks.children), rights=frozenset({Right.VIEW_CASES})), case)
    with pytest.raises(CaseNotFound):
        confirm(deciding.staff_like(clerks.care), case)


def test_what_is_confirmed_is_exactly_what_was_shown(case: Case, clerks: Clerks) -> None:
    decide(clerks.children, case)
    second = deciding.staff_like(clerks.children)
    with scope(MINASE), pytest.raises(ShownChanged):
        (party, *_) = identify.parties(case.application_id)
        services.confirm_identity(
            second, case.uuid, party_id=party.id, shown_hash="0" * 64, reason="確認", version=2, at=NOW
        )
    assert cases()[0].identity_state == IdentityState.PROPOSED


def test_confirming_twice_does_no_harm(case: Case, clerks: Clerks) -> None:
    decide(clerks.children, case)
    second = deciding.staff_like(clerks.children)
    confirm(second, case)
    with scope(MINASE), pytest.raises(NothingProposed):
        (party, *_) = identify.parties(case.application_id)
        services.confirm_identity(
            second, case.uuid, party_id=party.id, shown_hash="0" * 64, reason="確認", version=3, at=NOW
        )


@pytest.mark.parametrize("is_own", [True, False])
def test_a_dropped_proposal_gives_back_what_there_was(case: Case, clerks: Clerks, is_own: bool) -> None:
    first = deciding.staff_like(clerks.children)
    decide(first, case)
    who = first if is_own else deciding.staff_like(clerks.children)
    with scope(MINASE):
        (party, *_) = identify.parties(case.application_id)
        services.drop_identity(who, case.uuid, party_id=party.id, reason="見直し", version=2, at=NOW)
        (party, *_) = identify.parties(case.application_id)
    assert (party.result.state, party.result.number, party.decided_by) == (IdentityState.UNKNOWN, "", "")
    assert cases()[0].identity_state == IdentityState.UNKNOWN
    assert not decide(first, case, version=3), "and it can be proposed anew"


def test_an_expired_proposal_can_be_proposed_anew_and_is_never_confirmed(
    case: Case, clerks: Clerks, clock: Clock
) -> None:
    first, second = deciding.staff_like(clerks.children), deciding.staff_like(clerks.children)
    decide(first, case)
    with scope(MINASE):
        (party, *_) = identify.parties(case.application_id)
        later = NOW + timedelta(hours=73)
        audit_services.seal(at=later)
        with pytest.raises(ProposalExpired):
            deciding.confirm(second, case.uuid, party.id, version=2, at=later)
        services.decide_identity(
            second,
            case.uuid,
            party_id=party.id,
            decision=NumberDecision("124", "もう一度"),
            version=2,
            at=later,
        )
        deciding.confirm(first, case.uuid, party.id, version=3, at=later)
        (party, *_) = identify.parties(case.application_id)
    assert (party.result.number, party.decided_by, party.confirmed_by) == (
        "124", str(second.staff_id), str(first.staff_id),
    )  # fmt: skip


def test_an_office_of_one_confirms_alone_where_that_was_allowed_and_it_is_recorded(
    case: Case, clerks: Clerks
) -> None:
    alone = deciding.staff_like(clerks.children)
    with scope(MINASE):
        approvals.allow_alone(DECISION_KIND, alone.staff_id, actor=ACTOR, at=NOW, reason="一人の支所")
    assert decide(alone, case)
    assert cases()[0].identity_state == IdentityState.DECIDED
    with scope(MINASE, read_only=True):
        (party, *_) = identify.parties(case.application_id)
        entries = audit.of_object("party", f"{case.uuid}/{party.id}")
    assert [(entry.action, json.loads(entry.facts)["alone"]) for entry in entries] == [
        ("approval.proposed", 0), ("approval.confirmed", 1),
    ]  # fmt: skip


def test_a_decision_does_not_end_a_hold_of_another_reason(held: Case, clerks: Clerks) -> None:
    decide(clerks.children, held)
    confirm(deciding.staff_like(clerks.children), held)
    assert cases()[1].hold_code == "DUP-513"


def test_deciding_twice_from_one_screen_is_refused(case: Case, clerks: Clerks) -> None:
    decide(clerks.children, case)
    with pytest.raises(CaseChanged):
        decide(clerks.children, case)


@pytest.mark.parametrize("who", ["care", "stranger"])
def test_deciding_what_is_not_yours_is_refused(case: Case, clerks: Clerks, who: str) -> None:
    with pytest.raises(CaseNotFound):
        decide(getattr(clerks, who), case)


def test_a_party_of_another_case_is_not_found(open_cases: Open, clerks: Clerks) -> None:
    first, second = open_cases(Written(), Written(procedure=CARE, serial="2"))
    with scope(MINASE):
        (other,) = identify.parties(second.application_id)
        with pytest.raises(PartyNotFound):
            services.decide_identity(
                clerks.children, first.uuid, party_id=other.id, decision=DECISION, version=1, at=NOW
            )


def test_a_refused_decision_changes_nothing(case: Case, clerks: Clerks) -> None:
    with pytest.raises(ReasonMissing):
        decide(clerks.children, case, decision=NumberDecision("123", ""))
    (same,) = cases()
    assert (same.version, same.identity_state) == (1, IdentityState.UNKNOWN)


def test_deciding_needs_the_right(case: Case, clerks: Clerks) -> None:
    with pytest.raises(RightMissing):
        decide(replace(clerks.children, rights=frozenset({Right.VIEW_CASES, Right.MOVE_CASES})), case)


def test_the_hand_over_takes_a_case_along_its_way(case: Case) -> None:
    for progress in (HandoverProgress.WAITING, HandoverProgress.SENT, HandoverProgress.RECEIPTED):
        assert note(HandoverNote(case.pk, progress)) == 1
    (done,) = cases()
    assert (done.status, done.handover_state) == (CaseStatus.HANDED_OVER, HandoverProgress.RECEIPTED)
    assert [row for row in timeline(case) if row[0] == "moved"] == [
        ("moved", "opened", "awaiting_handover"),
        ("moved", "awaiting_handover", "handed_over"),
    ]


def test_a_refused_case_comes_back_to_the_clerk_with_the_code(case: Case) -> None:
    note(HandoverNote(case.pk, HandoverProgress.WAITING))
    note(HandoverNote(case.pk, HandoverProgress.REFUSED, "C-104"))
    (refused,) = cases()
    assert (refused.status, refused.hold_code) == (CaseStatus.CHECKING, "C-104")


def test_noting_twice_does_no_harm(case: Case) -> None:
    waiting = HandoverNote(case.pk, HandoverProgress.WAITING)
    assert (note(waiting), note(waiting)) == (1, 0)
    assert len(timeline(case)) == 3


def test_the_hand_over_does_not_move_a_case_that_a_clerk_has_ended(case: Case, clerks: Clerks) -> None:
    note(HandoverNote(case.pk, HandoverProgress.WAITING))
    move(clerks.children, case.uuid, CaseStatus.WITHDRAWN, version=2, note="取下げ")
    note(HandoverNote(case.pk, HandoverProgress.RECEIPTED))
    (ended,) = cases()
    assert (ended.status, ended.handover_state) == (CaseStatus.WITHDRAWN, HandoverProgress.RECEIPTED)


def test_e10_only_an_unchanged_waiting_case_still_waits(open_cases: Open, clerks: Clerks) -> None:
    first, second, third = open_cases(*[Written(serial=serial) for serial in ("1", "2", "3")])
    note(*[HandoverNote(case.pk, HandoverProgress.WAITING) for case in (first, second, third)])
    decide(clerks.children, second, version=2)
    move(clerks.children, third.uuid, CaseStatus.RETURNED, version=2, note="補正")
    with scope(MINASE):
        assert queries.still_waiting({case.pk: 2 for case in (first, second, third)}) == {first.pk}


def test_noting_of_another_body_changes_nothing(case: Case, clerks: Clerks) -> None:
    with scope(HIYORI):
        waiting = HandoverNote(case.pk, HandoverProgress.WAITING)
        assert services.note_handover([waiting], actor=ACTOR, at=NOW) == 0
    assert cases()[0].handover_state == HandoverProgress.UNDECIDED


@pytest.fixture
def note_first() -> Callable[[NoticeProgress], int]:
    """Note what became of the oldest notice of みなせ市."""

    def _note(progress: NoticeProgress) -> int:
        with scope(MINASE):
            event = CaseEvent.objects.order_by("pk")[0]
            return services.note_notice([NoticeNote(event.pk, progress)], actor=ACTOR, at=NOW)

    return _note


def test_a_told_notice_reaches_the_worklist_once(
    case: Case, note_first: Callable[[NoticeProgress], int]
) -> None:
    assert (note_first(NoticeProgress.ANSWERED), note_first(NoticeProgress.ANSWERED)) == (1, 0)
    assert cases()[0].notice_state == NoticeProgress.ANSWERED
    with scope(MINASE):
        assert queries.events_to_tell(10) == []
    assert actions(case)[-1] == "case.notice_noted"


def test_the_worklist_shows_the_newest_notice(
    case: Case, clerks: Clerks, note_first: Callable[[NoticeProgress], int]
) -> None:
    move(clerks.children, case.uuid, CaseStatus.RETURNED, note="補正")
    note_first(NoticeProgress.ANSWERED)
    assert cases()[0].notice_state == NoticeProgress.DUE
