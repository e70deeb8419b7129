"""Applications come in identified, once, by body; a clerk decides where the links cannot."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.casework.identify.applications import TARO, WORKER, Written, claim, job, receive, statements
from tests.casework.identify.conftest import AUTH_1, AUTH_2, HIYORI, MINASE, NOW, TSUMUGI, Load
from tests.support.deciding import staff_like
from todoke.casework.identify import jobs, queries, services
from todoke.casework.identify.errors import NumberInvalid, PartyChanged, PartyNotFound, ReasonMissing
from todoke.casework.identify.models import PartyRow
from todoke.casework.identify.rules import parties as rules
from todoke.casework.identify.values import (
    DecisionPlace,
    IdentityResult,
    IdentityState,
    LinkBook,
    NumberDecision,
    Party,
    PartyDraft,
    PartyRole,
)
from todoke.casework.intake import queries as intake_queries
from todoke.casework.intake.values import NextStep, StatedParty
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant

LINKS = (
    f"{AUTH_1},1001,77,atena,2022-04-07,,",
    f"{AUTH_1},2001,80,atena,2020-04-07,2025-04-06,",
    f"{AUTH_2},2002,80,atena,2025-04-07,,",
    f"{AUTH_1},3001,90,atena,2022-04-07,,",
    f"{AUTH_1},3001,91,atena,2022-04-07,,",
    "kaigo-hihokensha,0000000090,0000000090,kaigo-hihokensha,2020-04-01,,",
)
CLERK = Viewer(MINASE, 7, "窓口 花", frozenset({Right.DECIDE_IDENTITY}), None)
DECISION = NumberDecision("123", "住民票の写しで確認")


def parties(organisation: str = MINASE) -> list[Party]:
    with scope(organisation, read_only=True):
        ids = list(PartyRow.objects.order_by("pk").values_list("application_id", flat=True))
        return [party for found in queries.parties_of(ids).values() for party in found]


PLACE = DecisionPlace(UUID(int=7))


def decide(party: Party, viewer: Viewer = CLERK, decision: NumberDecision = DECISION) -> Party:
    """Propose, as one person."""
    with scope(viewer.organisation):
        return services.propose_decision(viewer, party, decision=decision, place=PLACE, at=NOW)


def decide_by_two(party: Party, decision: NumberDecision = DECISION) -> Party:
    """Propose as one person, confirm as another who really exists."""
    second = staff_like(CLERK)
    proposed = decide(party, decision=decision)
    with scope(MINASE):
        shown = queries.shown_hash(proposed, decision.number, decision.number_kind)
        return services.confirm_decision(second, proposed, shown_hash=shown, reason="確認", at=NOW)


@pytest.mark.usefixtures("clock")
def test_each_serial_comes_to_its_state(load: Load) -> None:
    load(*LINKS)
    receive(*[Written(serial=serial) for serial in ("1001", "2001", "3001", "9999", "")])
    assert jobs.identify_applications(job()) == 5
    assert [(party.result.state.value, party.result.number) for party in parties()] == [
        ("matched", "77"),
        ("renewed", "80"),
        ("conflict", ""),
        ("unknown", ""),
        ("unknown", ""),
    ]


@pytest.mark.usefixtures("clock")
def test_c09_the_serial_under_another_issuer_is_somebody_else(load: Load) -> None:
    load(*LINKS)
    receive(Written(issuer_key=AUTH_2))
    jobs.identify_applications(job())
    assert [party.result.state for party in parties()] == [IdentityState.UNKNOWN]


@pytest.mark.usefixtures("clock")
def test_the_time_of_application_decides_not_the_time_of_the_look_up(load: Load) -> None:
    load(*LINKS)
    receive(Written(serial="2001", applied_at=NOW - timedelta(days=500)))
    jobs.identify_applications(job())
    assert parties()[0].result.state is IdentityState.MATCHED


@pytest.mark.usefixtures("clock")
def test_an_insured_person_is_found_beside_the_applicant(load: Load) -> None:
    load(*LINKS)
    receive(Written(parties=(StatedParty(PartyRole.INSURED, number="0000000090"),)))
    jobs.identify_applications(job())
    assert [(party.role, party.result.number_kind, party.result.number) for party in parties()] == [
        (PartyRole.APPLICANT, "atena", "77"),
        (PartyRole.INSURED, "kaigo-hihokensha", "0000000090"),
    ]


@pytest.mark.usefixtures("clock", "bodies")
def test_a_prefecture_is_not_asked() -> None:
    receive(Written(organisation=TSUMUGI))
    jobs.identify_applications(job(TSUMUGI))
    assert [party.result.state for party in parties(TSUMUGI)] == [IdentityState.NOT_ASKED]


@pytest.mark.usefixtures("clock")
def test_links_of_another_body_identify_nobody(load: Load) -> None:
    load(*LINKS)
    receive(Written(organisation=HIYORI))
    jobs.identify_applications(job(HIYORI))
    assert [party.result.state for party in parties(HIYORI)] == [IdentityState.UNKNOWN]
    assert parties(MINASE) == []


@pytest.mark.usefixtures("clock")
def test_applications_go_on_to_be_opened_and_are_identified_once(load: Load) -> None:
    load(*LINKS)
    receive(Written())
    assert jobs.identify_applications(job()) == 1
    assert jobs.identify_applications(job()) == 0
    with scope(MINASE, read_only=True):
        assert intake_queries.counts_by_step() == {NextStep.OPEN: 1}
        assert PartyRow.objects.count() == 1


@pytest.mark.usefixtures("clock")
def test_f10_a_late_worker_writes_nothing(load: Load) -> None:
    load(*LINKS)
    receive(Written())
    late = claim(NextStep.IDENTIFY)
    now = NOW + timedelta(minutes=5)
    again = claim(NextStep.IDENTIFY, by=Claimant("worker-2", now))
    with scope(MINASE):
        actor = Actor(ActorKind.WORKER, "x")
        assert services.identify_applications(late, actor=actor, at=now) == 0
        assert services.identify_applications(again, actor=actor, at=now) == 1
        assert PartyRow.objects.count() == 1


@pytest.mark.usefixtures("clock")
def test_a_bad_application_does_not_spoil_its_batch(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    load(*LINKS)
    receive(Written(), Written(serial="2001"), Written(serial="3001"))
    find = rules.find

    def fail_on_renewed(people: Sequence[PartyDraft], book: LinkBook, at: datetime) -> list[IdentityResult]:
        results = find(people, book, at)
        assert results[0].state is not IdentityState.RENEWED
        return results

    monkeypatch.setattr(rules, "find", fail_on_renewed)
    assert jobs.identify_applications(job()) == 2
    assert [party.result.state.value for party in parties()] == ["matched", "conflict"]


@pytest.mark.usefixtures("clock")
def test_the_audit_holds_states_and_no_numbers(load: Load) -> None:
    load(*LINKS)
    receive(Written())
    jobs.identify_applications(job())
    with scope(MINASE, read_only=True):
        (entry,) = AuditEntry.objects.filter(action="application.identified")
    assert (entry.actor_kind, entry.actor_id) == ("worker", WORKER.owner)
    assert entry.facts == '{"applicant.matched":1}'


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("count", [1, 12])
def test_a_batch_of_any_size_takes_the_same_number_of_queries(load: Load, count: int) -> None:
    load(*LINKS)
    receive(*[Written(serial="1001")] * count)
    jobs.identify_applications(job(limit=0))
    with CaptureQueriesContext(connection) as captured:
        jobs.identify_applications(job())
    assert len(statements(captured)) <= 22
    assert len([query for query in captured.captured_queries if "identitylink" in query["sql"]]) == 2


@pytest.fixture
def undecided(load: Load, clock: object) -> Party:
    """The applicant of an application whose certificate is linked to two numbers."""
    load(*LINKS)
    receive(Written(serial="3001"))
    jobs.identify_applications(job())
    return parties()[0]


def test_a_decision_of_two_people_is_kept_with_its_reason(undecided: Party) -> None:
    decided = decide_by_two(undecided)
    assert (decided.result.state, decided.result.number) == (IdentityState.DECIDED, "123")
    assert (decided.decided_by, decided.decided_at, decided.decision_reason) == ("7", NOW, DECISION.reason)
    assert decided.confirmed_by not in ("", "7")
    assert decided.is_settled


def test_a_decision_of_one_person_settles_nothing(undecided: Party) -> None:
    proposed = decide(undecided)
    assert (proposed.result.state, proposed.result.number) == (IdentityState.PROPOSED, "")
    assert (proposed.waits_for, proposed.is_settled) == ("IDN-333", False)


def test_a_decision_is_in_the_audit_without_the_number(undecided: Party) -> None:
    decide_by_two(undecided)
    with scope(MINASE, read_only=True):
        entries = audit.of_object("party", str(undecided.id))
    assert [entry.action for entry in entries] == ["party.proposed", "party.decided"]
    assert all("123" not in entry.facts for entry in entries)


def test_deciding_twice_from_the_same_screen_is_refused(undecided: Party) -> None:
    decide(undecided)
    with pytest.raises(PartyChanged):
        decide(undecided, decision=NumberDecision("124", "別の理由"))
    with scope(MINASE, read_only=True):
        draft = queries.decision_draft(undecided.id)
    assert draft is not None
    assert draft.number == "123"


def test_a_decision_can_be_corrected_by_two_who_have_seen_it(undecided: Party) -> None:
    decide_by_two(decide_by_two(undecided), decision=NumberDecision("124", "訂正"))
    assert parties()[0].result.number == "124"


def test_a_proposal_of_another_number_overtakes_the_one_that_waits(undecided: Party) -> None:
    decided = decide_by_two(decide(undecided), decision=NumberDecision("124", "訂正"))
    assert decided.result.number == "124"


def test_while_a_correction_waits_the_former_number_is_not_used_and_comes_back_when_it_is_dropped(
    undecided: Party,
) -> None:
    waiting = decide(decide_by_two(undecided), decision=NumberDecision("124", "訂正"))
    assert waiting.result.number == ""
    with scope(MINASE):
        dropped = services.drop_decision(CLERK, waiting, reason="見間違い", at=NOW)
    assert (dropped.result.state, dropped.result.number) == (IdentityState.DECIDED, "123")
    assert dropped.confirmed_by


def test_a_party_of_another_body_is_not_found(undecided: Party) -> None:
    with pytest.raises(PartyNotFound):
        decide(undecided, viewer=replace(CLERK, organisation=HIYORI))


def test_deciding_needs_the_right(undecided: Party) -> None:
    with pytest.raises(RightMissing):
        decide(undecided, viewer=replace(CLERK, rights=frozenset()))


@pytest.mark.parametrize("reason", ["", "  ", "　"])
def test_a_decision_needs_a_reason(undecided: Party, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        decide(undecided, decision=NumberDecision("123", reason))


@pytest.mark.parametrize("number", ["", "１２３", "1234567890123456", "12 3", "12\n"])
def test_a_decision_needs_a_number_of_the_body(undecided: Party, number: str) -> None:
    with pytest.raises(NumberInvalid):
        decide(undecided, decision=NumberDecision(number, "確認"))


def test_the_applicants_name_is_kept_as_it_was_written(undecided: Party) -> None:
    assert (undecided.name, undecided.birth) == (TARO.name, TARO.birth)


def test_an_insured_person_is_decided_by_the_number_of_the_register(load: Load, clock: object) -> None:
    load(*LINKS)
    receive(Written(parties=(StatedParty(PartyRole.INSURED, number="1"),)))
    jobs.identify_applications(job())
    assert [party.expected_kind for party in parties()] == ["atena", "kaigo-hihokensha"]
