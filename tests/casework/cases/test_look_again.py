"""After a load of links: who could not be found before is found, and the case goes on by itself."""

from pathlib import Path

import pytest

from tests.casework.cases.conftest import Clerks, Open, cases, timeline
from tests.casework.identify.applications import Written, job
from tests.casework.identify.conftest import ACTOR, AUTH_1, HIYORI, MINASE, NOW, LoadFile
from tests.support.deciding import decide_by_two
from todoke.casework.cases import jobs, services
from todoke.casework.cases.models import Case
from todoke.casework.cases.values import HandoverNote, HandoverProgress
from todoke.casework.identify import queries as identify
from todoke.casework.identify.values import IdentityState, LoadOptions, NumberDecision, PartyRole
from todoke.casework.intake.values import Person, StatedParty
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope

TARO = f"{AUTH_1},1001,77,atena,2022-04-07,,"
SELF = StatedParty(PartyRole.SUBJECT, 1, "織機 太郎", birth="1980-02-03")


@pytest.fixture
def load(clerks: Clerks, tmp_path: Path) -> LoadFile:
    """Link files for みなせ市, whose clerks are there."""
    return LoadFile(tmp_path)


@pytest.fixture
def unknown(open_cases: Open) -> Case:
    """A case that is held because nobody knew its applicant's certificate yet."""
    (case,) = open_cases(Written(parties=(SELF,)))
    with scope(MINASE):
        held = HandoverNote(case.pk, HandoverProgress.HELD, "EXP-702")
        services.note_handover([held], actor=ACTOR, at=NOW)
    return case


def results(case: Case) -> list[tuple[str, str]]:
    with scope(MINASE, read_only=True):
        return [
            (party.result.state.value, party.result.number) for party in identify.parties(case.application_id)
        ]


def test_a_certificate_that_becomes_known_later_is_found_and_ends_the_hold(
    unknown: Case, load: LoadFile
) -> None:
    load(TARO)
    assert jobs.look_again(job()) > 0
    (found,) = cases()
    assert results(unknown) == [("matched", "77"), ("matched", "77")]
    assert (found.identity_state, found.version) == (IdentityState.MATCHED, 2)
    assert (found.handover_state, found.hold_code) == (HandoverProgress.UNDECIDED, "")
    assert timeline(unknown)[-1] == ("identity", "unknown", "matched")


def test_what_was_found_later_is_in_the_audit_without_the_number(unknown: Case, load: LoadFile) -> None:
    load(TARO)
    jobs.look_again(job())
    with scope(MINASE, read_only=True):
        facts = [entry.facts for entry in AuditEntry.objects.filter(action="party.found_later")]
        assert (
            AuditEntry.objects.filter(action="case.identity_found", object_id=str(unknown.uuid)).count() == 1
        )
    assert len(facts) == 2
    assert not any('"77"' in fact for fact in facts)


def test_each_load_is_gone_through_once(unknown: Case, load: LoadFile) -> None:
    load(TARO)
    while jobs.look_again(job(limit=1)):
        pass
    with scope(MINASE, read_only=True):
        assert identify.looking_again_since() is None
    assert cases()[0].version == 2
    assert jobs.look_again(job()) == 0


def test_a_load_that_still_does_not_know_changes_nothing(unknown: Case, load: LoadFile) -> None:
    load(f"{AUTH_1},2002,78,atena,2022-04-07,,")
    jobs.look_again(job())
    (same,) = cases()
    assert (same.version, same.hold_code) == (1, "EXP-702")


def test_a_refused_load_answers_nobody(unknown: Case, load: LoadFile) -> None:
    load("wrong,line", TARO)
    assert jobs.look_again(job()) == 0
    load("wrong,line", TARO, options=LoadOptions(allow_bad_rows=True))
    assert jobs.look_again(job()) == 1


def test_what_a_clerk_has_decided_stays(unknown: Case, clerks: Clerks, load: LoadFile) -> None:
    with scope(MINASE):
        party = identify.parties(unknown.application_id)[0]
        decision = NumberDecision("123", "住民票で確認")
    decide_by_two(clerks.children, unknown.uuid, party_id=party.id, decision=decision, version=1, at=NOW)
    load(TARO)
    jobs.look_again(job())
    assert results(unknown)[0] == ("decided", "123")


def test_a_link_that_began_after_the_application_does_not_answer_it(unknown: Case, load: LoadFile) -> None:
    load(f"{AUTH_1},1001,77,atena,2026-04-07,,")
    jobs.look_again(job())
    assert results(unknown)[0] == ("unknown", "")


def test_a_hold_of_another_reason_stays(open_cases: Open, load: LoadFile) -> None:
    _, again = open_cases(Written(), Written(applicant=Person("織機　次郎")))
    load(TARO)
    jobs.look_again(job())
    assert cases()[1].hold_code == again.hold_code == "DUP-513"
    assert cases()[1].identity_state == IdentityState.MATCHED


def test_the_load_of_one_body_answers_nobody_of_another(unknown: Case, load: LoadFile) -> None:
    load(TARO, organisation=HIYORI)
    assert jobs.look_again(job(HIYORI)) == 0
    assert results(unknown)[0] == ("unknown", "")
