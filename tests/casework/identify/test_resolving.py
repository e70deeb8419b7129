"""Which number a certificate speaks for at the time of application."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from todoke.casework.identify.rules.resolving import resolve
from todoke.casework.identify.values import IdentityState, Link, LinkKey

NOON = datetime(2026, 4, 6, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST, SECOND = LinkKey("aa" * 20, "1001"), LinkKey("bb" * 20, "1001")


def link(
    key: LinkKey = FIRST, number: str = "77", start: int = -100, end: int | None = None, kind: str = "atena"
) -> Link:
    return Link(key, number, kind, NOON + start * DAY, None if end is None else NOON + end * DAY)


def test_a_certificate_in_force_at_the_application_is_matched() -> None:
    found = resolve([link(end=30)], NOON)
    assert (found.state, found.number, found.number_kind) == (IdentityState.MATCHED, "77", "atena")


def test_a_certificate_that_ended_after_the_application_is_matched() -> None:
    assert resolve([link(end=1)], NOON).state is IdentityState.MATCHED


def test_the_end_itself_no_longer_counts() -> None:
    assert resolve([link(end=0)], NOON).state is IdentityState.UNKNOWN


def test_an_ended_certificate_with_a_newer_one_of_the_same_person_is_renewed() -> None:
    old, new = link(end=-10), link(SECOND, start=-10)
    found = resolve([old], NOON, [old, new])
    assert (found.state, found.number) == (IdentityState.RENEWED, "77")


def test_an_ended_certificate_without_a_newer_one_waits_for_a_person() -> None:
    old = link(end=-10)
    assert resolve([old], NOON, [old]).state is IdentityState.UNKNOWN


def test_a_newer_certificate_that_had_ended_too_does_not_renew() -> None:
    old, new = link(end=-10), link(SECOND, start=-10, end=-5)
    assert resolve([old], NOON, [old, new]).state is IdentityState.UNKNOWN


def test_a_newer_certificate_of_somebody_else_does_not_renew() -> None:
    old, other = link(end=-10), link(SECOND, number="78", start=-10)
    assert resolve([old], NOON, [old, other]).state is IdentityState.UNKNOWN


def test_a_certificate_that_began_after_the_application_is_unknown() -> None:
    assert resolve([link(start=1)], NOON).state is IdentityState.UNKNOWN


def test_no_link_is_unknown() -> None:
    assert resolve([], NOON).state is IdentityState.UNKNOWN


def test_c13_two_numbers_at_that_time_are_never_chosen_between() -> None:
    found = resolve([link(), link(number="78")], NOON)
    assert (found.state, found.number, found.candidates) == (IdentityState.CONFLICT, "", 2)


def test_a_number_that_had_ended_does_not_make_a_conflict() -> None:
    assert resolve([link(end=-5), link(number="78", start=-5)], NOON).number == "78"


def test_two_ended_numbers_are_a_conflict_even_if_one_was_renewed() -> None:
    old, new = [link(end=-10), link(number="78", end=-10)], link(SECOND, start=-10)
    assert resolve(old, NOON, [*old, new]).state is IdentityState.CONFLICT


def test_numbers_of_two_kinds_do_not_contradict_each_other() -> None:
    found = resolve([link(number="9", kind="kokuho"), link()], NOON)
    assert (found.state, found.number, found.number_kind) == (IdentityState.MATCHED, "77", "atena")


links = st.lists(
    st.builds(
        link,
        key=st.just(FIRST),
        number=st.sampled_from(["77", "78", "79"]),
        start=st.integers(-50, 50),
        end=st.none() | st.integers(-50, 50),
    ),
    max_size=6,
)


@given(links, st.permutations(range(6)))
def test_the_order_of_links_never_matters(found: list[Link], order: list[int]) -> None:
    shuffled = [found[index] for index in order if index < len(found)]
    assert resolve(found, NOON, found) == resolve(shuffled, NOON, list(reversed(found)))


@given(links)
def test_a_number_is_given_only_when_it_is_the_only_one(found: list[Link]) -> None:
    result = resolve(found, NOON, found)
    live = {one.number for one in found if one.holds_at(NOON)}
    if result.number:
        assert live in ({result.number}, set())
    assert (result.state is IdentityState.MATCHED) == (len(live) == 1)
    assert bool(result.number) == (result.state in (IdentityState.MATCHED, IdentityState.RENEWED))
