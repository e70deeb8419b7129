"""Codes check themselves, names are not keys."""

import pytest

from todoke.foundation.organisations import queries, rules, services
from todoke.foundation.organisations.errors import CodeInvalid, OrganisationUnknown
from todoke.foundation.organisations.values import OrganisationKind

from .conftest import NOW


@pytest.mark.parametrize("code", ["992011", "993018", "993026", "990001", "998010", "131016", "141003"])
def test_a_code_with_its_check_digit_is_taken(code: str) -> None:
    assert rules.check_code(code) == code


@pytest.mark.parametrize(
    "code", ["992012", "99201", "9920111", "９９２０１１", "99201\n", "abcdef", "", " 92011"]
)
def test_any_other_code_is_refused(code: str) -> None:
    with pytest.raises(CodeInvalid):
        rules.check_code(code)


def test_registering_a_body_twice_changes_its_name_only(towns: tuple[str, str]) -> None:
    services.register_organisation(towns[0], name="改名市", kind=OrganisationKind.MUNICIPALITY, at=NOW)
    assert queries.organisation(towns[0]).name == "改名市"
    assert [one.code for one in queries.organisations()] == list(towns)


def test_an_unknown_body_is_named(db: None) -> None:
    with pytest.raises(OrganisationUnknown) as unknown:
        queries.organisation("998010")
    assert "998010" in unknown.value.for_screen()
