"""Candidates of a party as the page shows them: protected persons are not among them for whoever may not see them."""

from dataclasses import replace
from datetime import date

import pytest

from tests.casework.cases.conftest import Clerks, Open
from tests.casework.cases.conftest import clerks as clerks
from tests.casework.cases.conftest import open_cases as open_cases
from tests.casework.identify.applications import TARO, Written
from tests.casework.identify.conftest import ACTOR, AUTH_1, MINASE, NOW, LoadFile
from tests.casework.residents.conftest import HEADER, line
from tests.support.deciding import staff_like
from todoke.casework.cases import queries as cases
from todoke.casework.cases import services
from todoke.casework.cases.models import Case
from todoke.casework.identify.values import IdentityState, NumberDecision
from todoke.casework.intake.values import PartyRole, StatedParty
from todoke.casework.protection.values import ProtectionEntry, ProtectionKind
from todoke.casework.residents import services as residents
from todoke.casework.residents.values import LoadKind
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.fence import scope
from todoke.web.desk import identity_view
from todoke.web.desk.identity_view import IdentityView

HERS = ProtectionEntry("78", ProtectionKind.VIOLENCE, date(2026, 1, 1))


@pytest.fixture
def case(clerks: Clerks, load_file: LoadFile, open_cases: Open) -> Case:
    """A serial that leads to two people, one of whom is protected."""
    load_file(f"{AUTH_1},1001,77,atena,2022-04-07,,", f"{AUTH_1},1001,78,atena,2022-04-07,,")
    path = load_file.folder / "records.csv"
    records = (
        line("77", "別　人", "ベツ　ジン", "1970-01-01"),
        line("78", "秘野　待子", "ヒメノ　マチコ", "1985-05-06"),
    )
    path.write_text(HEADER + "\n".join(records) + "\n", encoding="utf-8")
    residents.load_residents(MINASE, path, kind=LoadKind.FULL, actor=ACTOR, at=NOW)
    with scope(MINASE):
        services.protect(HERS, actor=ACTOR, at=NOW)
    (found,) = open_cases(Written(applicant=TARO))
    return found


@pytest.fixture
def load_file(tmp_path: "object") -> LoadFile:
    """Link files for みなせ市."""
    return LoadFile(tmp_path)  # type: ignore[arg-type]  # pytest's own path


def seen_by(viewer: Viewer, case: Case) -> IdentityView:
    with scope(MINASE):
        detail = cases.case_detail(viewer, case.uuid)
        return identity_view.of(viewer, detail, detail.parties[0], at=NOW)


def trusted(viewer: Viewer) -> Viewer:
    return replace(viewer, rights=viewer.rights | {Right.VIEW_PROTECTED})


def test_c15_a_protected_candidate_is_counted_and_not_shown(case: Case, clerks: Clerks) -> None:
    found = seen_by(clerks.children, case)
    assert ([one.number for one in found.candidates], found.hidden) == (["77"], 1)
    assert "秘野" not in repr(found)
    everything = seen_by(trusted(clerks.children), case)
    assert ([one.number for one in everything.candidates], everything.hidden) == (["77", "78"], 0)


def test_what_is_shown_is_what_is_confirmed_though_stated_numbers_are_hidden(
    clerks: Clerks, open_cases: Open
) -> None:
    """The page hides what applicants typed; the hash is of what the application really states."""
    insured = StatedParty(PartyRole.INSURED, 1, TARO.name, TARO.kana, TARO.birth, number="123456789012")
    (case,) = open_cases(Written(parties=(insured,)))
    with scope(MINASE):
        party = cases.case_detail(clerks.children, case.uuid).parties[1]
        decision = NumberDecision("7100000001", "確認", "kaigo-hihokensha")
        services.decide_identity(
            clerks.children, case.uuid, party_id=party.id, decision=decision, version=1, at=NOW
        )
        second = staff_like(clerks.children)
        detail = cases.case_detail(second, case.uuid)
        waiting = identity_view.of(second, detail, detail.parties[1], at=NOW).waiting
        assert waiting is not None
        services.confirm_identity(
            second,
            case.uuid,
            party_id=party.id,
            shown_hash=waiting.shown_hash,
            reason="確認",
            version=2,
            at=NOW,
        )
        assert cases.case_detail(second, case.uuid).parties[1].result.state is IdentityState.DECIDED


def test_c15_a_proposal_of_a_protected_number_is_not_shown_either(case: Case, clerks: Clerks) -> None:
    maker = trusted(staff_like(clerks.children))
    with scope(MINASE):
        (party,) = cases.case_detail(maker, case.uuid).parties
        services.decide_identity(
            maker, case.uuid, party_id=party.id, decision=NumberDecision("78", "確認"), version=1, at=NOW
        )
    waiting = seen_by(clerks.children, case).waiting
    assert waiting is not None
    assert (waiting.is_hidden, waiting.candidate) == (True, None)
    open_to = seen_by(trusted(clerks.children), case).waiting
    assert open_to is not None
    assert open_to.candidate is not None
    assert (open_to.is_hidden, open_to.candidate.number, open_to.is_mine) == (False, "78", False)
