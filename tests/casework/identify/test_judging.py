"""Found numbers beside the resident records, in the batch that identifies, and candidates for whoever is undecided."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.casework.identify.applications import TARO, Written, claim, job, receive, statements
from tests.casework.identify.conftest import AUTH_1, AUTH_2, MINASE, NOW, Load
from tests.casework.residents.conftest import Load as LoadResidents
from tests.casework.residents.conftest import line
from tests.casework.residents.conftest import load_residents as load_residents
from tests.support.deciding import staff_like
from todoke.casework.identify import jobs, queries, services
from todoke.casework.identify.models import PartyRow
from todoke.casework.identify.rules import judging, kept
from todoke.casework.identify.rules.judging import Papers, Register
from todoke.casework.identify.values import (
    ComparedField,
    DecisionPlace,
    FieldMatch,
    IdentityCandidate,
    IdentityResult,
    IdentityState,
    Likelihood,
    NumberDecision,
    Party,
    PartyDraft,
    PartyRole,
    StatedBy,
)
from todoke.casework.intake import queries as intake
from todoke.casework.intake.values import ApplicationForm, Contact, NextStep, StatedParty
from todoke.casework.residents.values import Resident, Sex
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import scope
from todoke.japanese.variant_forms import COMMON
from todoke.proof.certificates import BasicFour

LINK = f"{AUTH_1},1001,77,atena,2022-04-07,,"
INSURED = "kaigo-hihokensha,7100000001,7100000001,kaigo-hihokensha,2020-04-01,,"
RECORD = Resident(
    "77", "織機　太郎", "オリハタ　タロウ", birth="1980-02-03", sex=Sex.MALE, address=TARO.address
)


def parties() -> list[Party]:
    with scope(MINASE, read_only=True):
        ids = sorted(set(PartyRow.objects.values_list("application_id", flat=True)))
        return [party for application in ids for party in queries.parties(application)]


def candidates(party: Party) -> list[IdentityCandidate]:
    with scope(MINASE, read_only=True):
        return queries.candidates_for(party, intake.application(party.application_id))


@pytest.mark.usefixtures("clock")
def test_a_match_is_kept_with_its_comparison(load: Load, load_residents: LoadResidents) -> None:
    load(LINK)
    load_residents(line())
    receive(Written())
    jobs.identify_applications(job())
    (party,) = parties()
    (comparison,) = party.comparisons
    assert (party.result.state, comparison.by, comparison.grade) == (
        IdentityState.MATCHED, StatedBy.FORM, FieldMatch.VARIES,
    )  # fmt: skip
    assert [(one.field, one.match) for one in comparison.differences] == [
        (ComparedField.ADDRESS, FieldMatch.DIFFERS)
    ]


@pytest.mark.usefixtures("clock")
def test_without_a_copy_nothing_is_compared_and_nobody_doubted(load: Load) -> None:
    load(LINK)
    receive(Written(applicant=replace(TARO, name="別　人")))
    jobs.identify_applications(job())
    (party,) = parties()
    assert (party.result.state, party.comparisons) == (IdentityState.MATCHED, ())


@pytest.mark.usefixtures("clock")
def test_an_insured_number_of_somebody_else_is_doubted(load: Load, load_residents: LoadResidents) -> None:
    load(LINK, INSURED)
    load_residents(line(), line("78", "別　人", birth="1940-01-01", insured="7100000001"))
    wrong = StatedParty(PartyRole.INSURED, 1, "織機　ウメ", birth="1941-05-05", number="7100000001")
    right = replace(wrong, name="別　人", birth="1940-01-01")
    receive(Written(parties=(wrong,)), Written(parties=(right,)))
    jobs.identify_applications(job())
    found = [one.result for one in parties() if one.role is PartyRole.INSURED]
    assert [(one.state, one.number) for one in found] == [
        (IdentityState.DIFFERS, ""), (IdentityState.MATCHED, "7100000001"),
    ]  # fmt: skip


@pytest.mark.usefixtures("clock")
def test_a_corporation_is_found_by_its_own_number_beside_the_person_who_applies(load: Load) -> None:
    load(LINK, "hojin-bango,1234567890123,1234567890123,hojin-bango,2020-04-01,,")
    body = StatedParty(PartyRole.CORPORATION, 1, "株式会社届", number="１２３４５６７８９０１２３")
    receive(Written(parties=(body,)), Written(parties=(replace(body, number="1234567890124"),)))
    jobs.identify_applications(job())
    assert [(one.role.value, one.result.state.value, one.result.number) for one in parties()] == [
        ("applicant", "matched", "77"),
        ("corporation", "matched", "1234567890123"),
        ("applicant", "matched", "77"),
        ("corporation", "unknown", ""),
    ]


@pytest.mark.usefixtures("clock")
def test_a_record_that_other_work_may_not_use_keeps_its_mark(
    load: Load, load_residents: LoadResidents
) -> None:
    from todoke.casework.residents.models import ResidentRecord

    load(LINK)
    load_residents(line(status="住登外"))
    with scope(MINASE):
        ResidentRecord.objects.update(is_restricted=True)
    receive(Written())
    jobs.identify_applications(job())
    (party,) = parties()
    assert party.is_restricted
    assert party.comparisons[0].remarks == ("住登外", "他業務参照不可")


def papers(certified: BasicFour | None = None, **applicant: str) -> Papers:
    form = ApplicationForm(MINASE, NOW, replace(TARO, **applicant), Contact(), "手続", ())
    return Papers(form, certified, NOW)


def register(record: Resident = RECORD) -> Register:
    return Register(True, {record.number: record}, {}, COMMON)


FOUR = BasicFour("織機　太郎", "1", "319800203", TARO.address)
MATCHED = IdentityResult(IdentityState.MATCHED, "77", "atena", 1)
APPLICANT = PartyDraft(PartyRole.APPLICANT, 1, TARO.name, TARO.kana, TARO.birth)


def test_the_signers_certificate_is_compared_beside_the_form() -> None:
    (found,) = judging.judge([(APPLICANT, MATCHED)], papers(FOUR), register())
    assert [(one.by, one.grade) for one in found.comparisons] == [
        (StatedBy.FORM, FieldMatch.AGREES), (StatedBy.CERTIFICATE, FieldMatch.AGREES),
    ]  # fmt: skip


@pytest.mark.parametrize("birth", ["000000000", "319800203"])
def test_a_certificate_with_substituted_characters_and_an_unknown_birth_is_no_mismatch(birth: str) -> None:
    four = replace(FOUR, name="●機　太郎", name_marks=frozenset({0}), birth=birth)
    (found,) = judging.judge(
        [(APPLICANT, MATCHED)], papers(four), register(replace(RECORD, name="𦀗機　太郎"))
    )
    assert found.comparisons[1].grade is FieldMatch.VARIES
    assert found.result.state is IdentityState.DIFFERS, "the form itself says another name"


def test_a_certificate_of_somebody_else_makes_a_match_doubtful() -> None:
    four = replace(FOUR, name="織機　花")
    (found,) = judging.judge([(APPLICANT, MATCHED)], papers(four), register())
    assert (found.result.state, found.result.number, found.result.code) == (
        IdentityState.DIFFERS,
        "",
        "IDN-321",
    )


def test_the_certificate_of_an_agent_is_the_agents() -> None:
    agent = PartyDraft(PartyRole.AGENT, 1, "織機　花")
    people = [(APPLICANT, IdentityResult(IdentityState.UNKNOWN)), (agent, MATCHED)]
    record = replace(RECORD, name="織機　花", sex=Sex.FEMALE)
    found = judging.judge(people, papers(replace(FOUR, name="織機　花")), register(record))
    assert found[0].comparisons == ()
    assert [one.by for one in found[1].comparisons] == [StatedBy.FORM, StatedBy.CERTIFICATE]


def test_a_number_that_is_doubted_for_one_party_is_doubted_for_all_who_bear_it() -> None:
    """The form's 世帯主 is the applicant by name; the certificate says that the serial is somebody else's."""
    head = PartyDraft(PartyRole.HEAD, 1, TARO.name, TARO.kana)
    found = judging.judge(
        [(APPLICANT, MATCHED), (head, MATCHED)], papers(replace(FOUR, name="別　人")), register()
    )
    assert [one.result.state for one in found] == [IdentityState.DIFFERS] * 2


@pytest.mark.parametrize(
    ("labels", "code"), [((), "IDN-334"), (("写真.jpg",), "IDN-334"), (("委任状.pdf",), "")]
)
def test_an_agent_without_a_mandate_among_the_attachments_is_told(labels: tuple[str, ...], code: str) -> None:
    agent = PartyDraft(PartyRole.AGENT, 1, TARO.name)
    people = [(APPLICANT, IdentityResult(IdentityState.UNKNOWN)), (agent, MATCHED)]
    found = judging.judge(people, replace(papers(), labels=labels), register())
    assert (found[1].result.state, found[1].result.code) == (IdentityState.MATCHED, code)


def test_a_comparison_comes_back_from_its_text_with_both_spellings_only_where_they_differ() -> None:
    (found,) = judging.judge([(APPLICANT, MATCHED)], papers(FOUR, name="織機　太朗"), register())
    again = kept.comparisons_of(kept.text_of(found.comparisons))
    assert again[0].grade is found.comparisons[0].grade
    assert again[0].differences == found.comparisons[0].differences
    assert TARO.birth not in kept.text_of(found.comparisons)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("count", [1, 12])
def test_comparing_a_batch_of_any_size_takes_the_same_number_of_queries(
    load: Load, load_residents: LoadResidents, count: int
) -> None:
    load(LINK, INSURED)
    load_residents(line(), line("78", insured="7100000001"))
    insured = StatedParty(PartyRole.INSURED, 1, "織機　太郎", birth="1980-02-03", number="7100000001")
    agent = StatedParty(PartyRole.AGENT, 1, "織機　太郎")
    receive(*[Written(procedure="P01", parties=(insured, agent))] * count)
    claimed = claim(NextStep.IDENTIFY)
    with scope(MINASE), CaptureQueriesContext(connection) as captured:
        services.identify_applications(claimed, actor=Actor(ActorKind.WORKER, "x"), at=NOW)
    assert len(statements(captured)) <= 20


@pytest.mark.usefixtures("clock")
def test_a_later_load_that_answers_with_another_name_is_doubted_too(
    load: Load, load_residents: LoadResidents
) -> None:
    load(f"{AUTH_1},9,99,atena,2022-04-07,,")
    load_residents(line(name="別　人"))
    receive(Written())
    jobs.identify_applications(job())
    load(LINK)
    with scope(MINASE):
        looked = services.look_again(limit=10, actor=Actor(ActorKind.WORKER, "x"), at=NOW)
    assert [change.after.result.state for change in looked.changes] == [IdentityState.DIFFERS]
    (party,) = parties()
    assert (party.result.code, party.result.number) == ("IDN-321", "")
    assert party.comparisons[0].grade is FieldMatch.DIFFERS


@pytest.mark.usefixtures("clock")
def test_candidates_come_from_serials_names_and_households_with_their_reasons(
    load: Load, load_residents: LoadResidents
) -> None:
    load(LINK)
    load_residents(
        line(), line("78", "織機　糸", "オリハタ　イト", "2020-05-05", sex="2"),
        line("79", "織機　糸", "オリハタ　イト", "2020-05-05", household="9", sex="2"),
        line("80", "織機　糸", "オリハタ　イト", "2019-01-01", household="9"),
    )  # fmt: skip
    child = StatedParty(PartyRole.SUBJECT, 1, "織機　糸", "オリハタ　イト", "2020-05-05")
    receive(Written(parties=(child,)))
    jobs.identify_applications(job())
    found = candidates(parties()[1])
    assert [(one.number, one.likelihood) for one in found] == [
        ("78", Likelihood.FAIR),
        ("79", Likelihood.FAIR),
    ]
    assert len(found[0].reasons) == 2, "by name and birth, and of the applicant's household"
    assert parties()[1].result.number == "", "nobody is found by a name"


@pytest.mark.usefixtures("clock")
def test_a_derived_renewal_is_a_candidate_and_says_so(load: Load, load_residents: LoadResidents) -> None:
    load(LINK, at=NOW - timedelta(hours=2))
    load(f"{AUTH_2},2002,77,atena,2026-04-01,,", at=NOW - timedelta(hours=1))
    load_residents(line())
    receive(Written())
    jobs.identify_applications(job())
    (party,) = parties()
    (candidate,) = candidates(party)
    assert party.result.code == "IDN-324"
    assert (candidate.number, candidate.likelihood) == ("77", Likelihood.STRONG)
    assert "証明書の更新が推定されている" in candidate.reasons
    assert [pair.is_inferred for pair in candidate.renewals] == [True]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("count", [1, 20])
def test_candidates_take_the_same_number_of_queries_however_many_there_are(
    load: Load, load_residents: LoadResidents, count: int
) -> None:
    load(LINK)
    load_residents(*[line(str(100 + n), household=str(n)) for n in range(count)])
    receive(Written(serial="9"))
    jobs.identify_applications(job())
    (party,) = parties()
    with scope(MINASE, read_only=True):
        application = intake.application(party.application_id)
        with CaptureQueriesContext(connection) as captured:
            found = queries.candidates_for(party, application)
    assert len(found) == count
    assert len(statements(captured)) <= 16


@pytest.mark.usefixtures("clock")
def test_a_decision_keeps_the_record_it_rested_on_with_both_spellings(
    load: Load, load_residents: LoadResidents
) -> None:
    load(f"{AUTH_1},9,99,atena,2022-04-07,,")
    load_residents(line(name="織機　太朗"))
    receive(Written())
    jobs.identify_applications(job())
    (party,) = parties()
    clerk = Viewer(MINASE, 7_000, "窓口 花", frozenset({Right.DECIDE_IDENTITY}), None)
    second = staff_like(clerk)
    with scope(MINASE):
        proposed = services.propose_decision(
            clerk, party, decision=NumberDecision("77", "確認"), place=DecisionPlace(UUID(int=1)), at=NOW
        )
        shown = queries.shown_hash(proposed, "77", "atena")
        services.confirm_decision(second, proposed, shown_hash=shown, reason="確認", at=NOW)
    (decided,) = parties()
    name = next(one for one in decided.comparisons[0].fields if one.field is ComparedField.NAME)
    assert (name.match, name.stated, name.held) == (FieldMatch.DIFFERS, "織機　太郎", "織機　太朗")
    assert decided.result.number == "77"
