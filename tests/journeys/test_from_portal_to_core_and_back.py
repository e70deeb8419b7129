"""Every sample application ends where the truth of the samples says it must."""

from tests.support.town import Town, assert_nothing_is_lost


def test_every_application_ends_where_it_must_and_a_second_drain_changes_nothing(town: Town) -> None:
    assert town.drain()
    assert_nothing_is_lost(town)
    before = town.delivered(), town.registered()
    assert town.drain()
    assert (town.delivered(), town.registered()) == before
    assert_nothing_is_lost(town)
