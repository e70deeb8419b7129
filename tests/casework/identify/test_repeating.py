"""What counts as one application: the applicant's, a household's, or one about the same people, as the procedure says."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from tests.casework.identify.applications import TARO, Written, job, receive
from tests.casework.identify.conftest import AUTH_1, MINASE, NOW, Load
from tests.casework.residents.conftest import Load as LoadResidents
from tests.casework.residents.conftest import line
from tests.casework.residents.conftest import load_residents as load_residents
from todoke.casework.identify import jobs
from todoke.casework.identify.models import PartyRow
from todoke.casework.intake import queries as intake
from todoke.casework.intake.models import Application
from todoke.casework.intake.values import PartyRole, Severity, StatedParty
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope
from todoke.foundation.procedures import queries as procedures
from todoke.foundation.procedures.values import DuplicateScope

HANA = replace(TARO, name="織機　花", kana="オリハタ　ハナ", birth="1982-01-01")
LINKS = (
    f"{AUTH_1},1001,77,atena,2022-04-07,,", f"{AUTH_1},2002,78,atena,2022-04-07,,",
    f"{AUTH_1},3003,79,atena,2022-04-07,,",
)  # fmt: skip
RECORDS = (
    line(), line("78", HANA.name, HANA.kana, HANA.birth, sex="2"),
    line("79", "別　人", "ベツ　ジン", "1970-01-01", household="9"),
)  # fmt: skip
CHILD = StatedParty(PartyRole.SUBJECT, 1, "織機　糸", "オリハタ　イト", "2020-05-05")
SIBLING = replace(CHILD, name="織機　紬", kana="オリハタ　ツムギ", birth="2022-06-06")
FATHER, MOTHER = (
    Written(procedure="P12", parties=(CHILD,)),
    Written(procedure="P12", serial="2002", applicant=HANA),
)
OUR_HOUSE = Written(procedure="P27")


def kinds() -> list[str]:
    jobs.identify_applications(job())
    with scope(MINASE, read_only=True):
        return list(Application.objects.order_by("pk").values_list("duplicate_kind", flat=True))


@pytest.fixture(autouse=True)
def _town(load: Load, load_residents: LoadResidents, clock: object) -> None:
    load(*LINKS)
    load_residents(*RECORDS)


def test_the_scope_is_data_of_the_procedure() -> None:
    scopes = {code: one.duplicate_scope for code, one in procedures.catalogue().items()}
    assert (scopes["P12"], scopes["P27"], scopes["P20"]) == (
        DuplicateScope.SUBJECT, DuplicateScope.HOUSEHOLD, DuplicateScope.PERSON,
    )  # fmt: skip


def test_two_parents_for_one_child_are_a_repetition() -> None:
    receive(FATHER, replace(MOTHER, parties=(CHILD,)))
    assert kinds() == ["none", "same_subject"]
    with scope(MINASE, read_only=True):
        first, second = Application.objects.order_by("pk")
        assert second.duplicate_of_id == first.pk
        assert [(one.code, one.severity) for one in intake.findings(second.pk)] == [
            ("DUP-515", Severity.HOLD)
        ]
        assert AuditEntry.objects.filter(action="application.repeats", object_id=str(second.pk)).count() == 1


@pytest.mark.parametrize("name", ["織機 糸", "織機　糸", "織機糸"])
def test_a_child_is_the_same_however_its_name_is_spaced(name: str) -> None:
    receive(FATHER, replace(MOTHER, parties=(replace(CHILD, name=name),)))
    assert kinds() == ["none", "same_subject"]


def test_one_parent_for_two_children_is_no_repetition() -> None:
    receive(FATHER, replace(FATHER, parties=(SIBLING,)))
    assert kinds() == ["none", "none"]


def test_one_parent_twice_for_the_same_child_is_seen_at_intake() -> None:
    receive(FATHER, FATHER)
    assert kinds() == ["none", "same_person"]


def test_one_child_of_several_is_enough() -> None:
    both = (CHILD, replace(SIBLING, position=2))
    receive(FATHER, replace(MOTHER, parties=(SIBLING,)), replace(MOTHER, serial="3003", parties=both))
    assert kinds() == ["none", "none", "same_subject"]


def test_twins_with_one_birth_are_two_people() -> None:
    receive(FATHER, replace(MOTHER, parties=(replace(CHILD, name="織機　絹"),)))
    assert kinds() == ["none", "none"]


@pytest.mark.parametrize("subject", [replace(CHILD, birth=""), replace(CHILD, name="")])
def test_people_who_are_not_told_apart_are_not_compared(subject: StatedParty) -> None:
    receive(replace(FATHER, parties=(subject,)), replace(MOTHER, parties=(subject,)))
    assert kinds() == ["none", "none"]


def test_two_people_of_one_household_for_their_house_are_a_repetition() -> None:
    receive(OUR_HOUSE, replace(OUR_HOUSE, serial="2002", applicant=HANA))
    assert kinds() == ["none", "same_household"]


def test_another_household_is_no_repetition_nor_is_an_unknown_one() -> None:
    stranger = replace(TARO, name="別　人", birth="1970-01-01")
    receive(OUR_HOUSE, replace(OUR_HOUSE, serial="3003", applicant=stranger), replace(OUR_HOUSE, serial="9"))
    assert kinds() == ["none", "none", "none"]


def test_a_procedure_by_person_lets_a_household_apply_twice() -> None:
    receive(Written(procedure="P20"), Written(procedure="P20", serial="2002", applicant=HANA))
    assert kinds() == ["none", "none"]


def test_another_procedure_or_a_later_year_is_another_matter() -> None:
    receive(
        FATHER, replace(MOTHER, procedure="P11", parties=(CHILD,)),
        replace(MOTHER, parties=(CHILD,), applied_at=NOW - timedelta(days=200)),
    )  # fmt: skip
    assert kinds() == ["none", "none", "none"]


def test_a_repetition_is_seen_across_batches_and_once() -> None:
    receive(FATHER)
    assert kinds() == ["none"]
    receive(replace(MOTHER, parties=(CHILD,)), start=5)
    assert kinds() == ["none", "same_subject"]
    assert kinds() == ["none", "same_subject"]


def test_a_resubmission_repeats_on_purpose() -> None:
    receive(FATHER)
    receive(replace(FATHER, previous_receipt="260406000000000"), start=1)
    assert kinds() == ["none", "resubmission"]


def test_what_is_amended_is_no_repetition_of_its_resubmission_that_was_identified_first() -> None:
    receive(FATHER)
    receive(replace(FATHER, previous_receipt="260406000000000"), start=1)
    with scope(MINASE):  # the worker that held the first one has died
        Application.objects.filter(duplicate_kind="none").update(due_at=NOW + timedelta(minutes=1))
    assert kinds() == ["none", "resubmission"]
    with scope(MINASE):
        Application.objects.update(due_at=NOW)
    assert kinds() == ["none", "resubmission"]


def test_what_was_repeated_is_no_repetition_of_its_repetition_that_was_identified_first() -> None:
    receive(FATHER)
    receive(FATHER, start=1)
    with scope(MINASE):  # the worker that held the first one has died
        Application.objects.filter(duplicate_kind="none").update(due_at=NOW + timedelta(minutes=1))
    before = kinds()
    assert before[0] == "none" != before[1]
    with scope(MINASE):
        Application.objects.update(due_at=NOW)
    assert kinds() == before


@pytest.mark.parametrize("kind", ["same_person", "same_content", "resubmission"])
@pytest.mark.parametrize("arrived", list(permutations(range(3))), ids=str)
def test_whatever_came_or_was_identified_first_only_what_intake_held_is_held(
    kind: str, arrived: tuple[int, int, int]
) -> None:
    """One application, one derived from it, and one derived from that: in every order of arrival and of judging."""
    receive(FATHER, FATHER, FATHER)
    parents = {1: 0, 2: 1}
    with scope(MINASE):
        numbers = list(Application.objects.order_by("pk").values_list("pk", flat=True))
    pk = dict(enumerate(numbers[place] for place in arrived))
    held = {pk[0]: "none", pk[1]: kind, pk[2]: "same_person"}
    for judged in ((0, 1, 2), *permutations(range(3), 1), *permutations(range(3), 2)):
        with scope(MINASE):
            PartyRow.objects.all().delete()
            for one, number in pk.items():
                parent = pk[parents[one]] if one else None
                amends = held[number] == "resubmission"
                Application.objects.filter(pk=number).update(
                    duplicate_kind=held[number],
                    previous_id=parent if amends else None,
                    duplicate_of_id=None if amends else parent,
                    next_step="identify",
                )
        for some in [{one} for one in judged] if len(judged) < 3 else [set(judged)]:
            with scope(MINASE):  # the workers that hold the others have died
                for one, number in pk.items():
                    due = NOW if one in some else NOW + timedelta(minutes=1)
                    Application.objects.filter(pk=number).update(due_at=due)
            kinds()
        with scope(MINASE):
            Application.objects.update(due_at=NOW)
        assert kinds() == [held[number] for number in numbers], judged


def test_a_resubmission_that_arrived_before_what_it_amends_makes_no_repetition_of_it() -> None:
    receive(FATHER, FATHER)
    with scope(MINASE):  # the portal gave the resubmission first
        first, second = Application.objects.order_by("pk")
        Application.objects.filter(pk=first.pk).update(
            duplicate_kind="resubmission", previous_id=second.pk, duplicate_of_id=second.pk
        )
        Application.objects.filter(pk=second.pk).update(
            duplicate_kind="none", duplicate_of=None, hold_codes=""
        )
    assert kinds() == ["resubmission", "none"]
