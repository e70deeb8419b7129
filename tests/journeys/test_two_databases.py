"""Two databases behind one installation: the journey ends as on one, and each holds its own bodies' rows only."""

from django.db import connections

from tests.support.groups import IN_THE_EAST  # noqa: PLC0414
from tests.support.groups import two_databases as two_databases
from tests.support.town import Town, assert_nothing_is_lost
from todoke.casework.relay.models import Package
from todoke.foundation.fence import scope


def test_towns_on_two_databases_end_where_they_must(two_databases: str, town: Town) -> None:
    assert town.drain()
    assert_nothing_is_lost(town)
    with scope(IN_THE_EAST, read_only=True):
        assert Package.objects.exists()
        assert connections["default"] is connections[two_databases]
