"""Codes are those of RFC 6238 and 4226; each counts once; the setting says who must have them."""

from datetime import UTC, datetime

import pytest

from todoke.foundation.entrance import rules

SECRET = b"12345678901234567890"  # RFC 6238, appendix B


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_the_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert rules.code_at(SECRET, rules.step_of(datetime.fromtimestamp(seconds, UTC))) == code


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_counts_one_step_around_now(steps: int, counts: bool) -> None:
    at = datetime(2026, 4, 6, tzinfo=UTC)
    code = rules.code_at(SECRET, rules.step_of(at) + steps)
    assert (rules.matching_step(SECRET, code, at=at, last_step=0) is not None) is counts


def test_a_step_that_was_used_and_those_before_count_no_more() -> None:
    at = datetime(2026, 4, 6, tzinfo=UTC)
    used = rules.step_of(at)
    for step in (used - 1, used):
        assert rules.matching_step(SECRET, rules.code_at(SECRET, step), at=at, last_step=used) is None


@pytest.mark.parametrize("typed", ["287 082", "２８７０８２", "287-082", " 287082\n"])
def test_a_code_may_be_typed_as_people_type(typed: str) -> None:
    assert rules.is_code(rules.cleaned(typed))
    assert rules.cleaned(typed) == "287082"


def test_the_address_names_body_and_account_and_nothing_can_break_out_of_it() -> None:
    address = rules.address_of(SECRET, issuer="Todoke みなせ市", account="a&secret=x/..")
    assert address.startswith(
        "otpauth://totp/Todoke%20%E3%81%BF%E3%81%AA%E3%81%9B%E5%B8%82%3Aa%26secret%3Dx%2F..?"
    )
    assert address.count("secret=") == 1


@pytest.mark.parametrize(
    ("roles", "policy", "must"),
    [
        ((), (), False),
        (("reception",), (), False),
        ((), ("all",), True),
        (("reception", "decision"), ("decision",), True),
    ],
)
def test_the_setting_says_who_must(roles: tuple[str, ...], policy: tuple[str, ...], must: bool) -> None:
    assert rules.must_have(roles, policy) is must
