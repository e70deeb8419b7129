"""Who the people of an application are, each found on its own way."""

from datetime import UTC, datetime, timedelta

import pytest

from todoke.casework.identify.rules import parties
from todoke.casework.identify.values import IdentityState, Link, LinkBook, LinkKey, PartyDraft, PartyRole
from todoke.casework.intake.values import ApplicationForm, Contact, Person, StatedParty

NOON = datetime(2026, 4, 6, 3, 0, tzinfo=UTC)
CARD = LinkKey("aa" * 20, "1001")
TARO = Person(name="織機　太郎", kana="オリハタ　タロウ", birth="1980-02-03")


def form(*stated: StatedParty, applicant: Person = TARO) -> ApplicationForm:
    return ApplicationForm("992011", NOON, applicant, Contact(), "手続", (), stated)


def book(*links: Link) -> LinkBook:
    by_key: dict[LinkKey, list[Link]] = {}
    by_number: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        by_key.setdefault(link.key, []).append(link)
        by_number.setdefault((link.number_kind, link.number), []).append(link)
    return LinkBook(by_key, by_number)


def link(key: LinkKey, number: str, kind: str = "atena") -> Link:
    return Link(key, number, kind, NOON - timedelta(days=9))


TARO_IS_77 = link(CARD, "77")
INSURED_90 = link(LinkKey("kaigo-hihokensha", "0000000090"), "90", "kaigo-hihokensha")


def found(*stated: StatedParty, links: tuple[Link, ...] = (TARO_IS_77, INSURED_90)) -> dict[PartyRole, str]:
    people = parties.drafts(form(*stated), CARD)
    results = parties.find(people, book(*links), NOON)
    return {
        person.role: result.number or result.state for person, result in zip(people, results, strict=True)
    }


def test_the_certificate_is_the_applicants() -> None:
    assert found() == {PartyRole.APPLICANT: "77"}


def test_c16_the_certificate_is_the_agents_when_there_is_one() -> None:
    agent = StatedParty(PartyRole.AGENT, name="織機　花", kana="オリハタ　ハナ")
    assert found(agent) == {PartyRole.APPLICANT: IdentityState.UNKNOWN, PartyRole.AGENT: "77"}


def test_a_child_is_not_its_parent() -> None:
    child = StatedParty(PartyRole.SUBJECT, name="織機　糸", birth="2024-01-01")
    assert found(child)[PartyRole.SUBJECT] == IdentityState.UNKNOWN


def test_a_subject_with_name_and_birth_of_the_applicant_is_the_applicant() -> None:
    oneself = StatedParty(PartyRole.SUBJECT, name="織機 太郎", birth="1980-02-03")
    assert found(oneself)[PartyRole.SUBJECT] == "77"


@pytest.mark.parametrize("birth", ["", "1980-02-04"])
def test_a_name_alone_makes_nobody_the_applicant(birth: str) -> None:
    namesake = StatedParty(PartyRole.SUBJECT, name="織機　太郎", birth=birth)
    assert found(namesake)[PartyRole.SUBJECT] == IdentityState.UNKNOWN


def test_two_subjects_who_could_both_be_the_applicant_are_neither() -> None:
    twins = [
        StatedParty(PartyRole.SUBJECT, position, "織機　太郎", birth="1980-02-03") for position in (1, 2)
    ]
    people = parties.drafts(form(*twins), CARD)
    results = parties.find(people, book(TARO_IS_77), NOON)
    assert [result.state for result in results[1:]] == [IdentityState.UNKNOWN] * 2


def test_an_insured_person_is_found_by_the_stated_number() -> None:
    insured = StatedParty(PartyRole.INSURED, number="0000000090")
    assert found(insured)[PartyRole.INSURED] == "90"


@pytest.mark.parametrize("typed", ["００００００００９０", "0000-0000 90", " 0000000090 "])
def test_a_stated_number_is_read_as_people_type_it(typed: str) -> None:
    assert found(StatedParty(PartyRole.INSURED, number=typed))[PartyRole.INSURED] == "90"


@pytest.mark.parametrize("typed", ["90", "0000000091", "", "不明"])
def test_a_stated_number_that_is_not_in_the_register_waits_for_a_person(typed: str) -> None:
    assert found(StatedParty(PartyRole.INSURED, number=typed))[PartyRole.INSURED] == IdentityState.UNKNOWN


def test_an_insured_person_with_an_unknown_number_is_not_taken_for_the_applicant() -> None:
    insured = StatedParty(PartyRole.INSURED, name="織機　太郎", birth="1980-02-03", number="0000000091")
    assert found(insured)[PartyRole.INSURED] == IdentityState.UNKNOWN


def test_a_head_is_the_applicant_by_name_and_kana() -> None:
    head = StatedParty(PartyRole.HEAD, name="織機太郎", kana="ｵﾘﾊﾀ ﾀﾛｳ")
    assert found(head)[PartyRole.HEAD] == "77"


def test_a_head_of_another_reading_is_not_the_applicant() -> None:
    head = StatedParty(PartyRole.HEAD, name="織機太郎", kana="シキ　タロウ")
    assert found(head)[PartyRole.HEAD] == IdentityState.UNKNOWN


def test_an_application_without_a_certificate_has_an_unknown_applicant() -> None:
    people = parties.drafts(form(), None)
    assert parties.find(people, book(), NOON)[0].state is IdentityState.UNKNOWN


def test_an_applicant_that_is_listed_among_the_parties_stands_once() -> None:
    stated = StatedParty(PartyRole.APPLICANT, name=TARO.name, birth=TARO.birth)
    assert [person.role for person in parties.drafts(form(stated), CARD)] == [PartyRole.APPLICANT]


def test_persons_without_names_are_never_the_same() -> None:
    nobody = PartyDraft(PartyRole.SUBJECT, birth="1980-02-03")
    assert not parties.is_same_person(nobody, PartyDraft(PartyRole.APPLICANT, birth="1980-02-03"))
