"""A second database beside the first, for one group of bodies."""

import secrets
from collections.abc import Iterator

import pytest
from django import db
from django.conf import settings
from django.db import connections

from tests.support.environment import DATABASES
from todoke.foundation import databases
from todoke.settings import _database

EAST = "east"
IN_THE_EAST = "993018"


@pytest.fixture
def two_databases(committed_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """`east` is a migrated database of its own that holds the rows of ひより町; its alias."""
    name = f"{DATABASES.live}_{secrets.token_hex(4)}"
    DATABASES.copy(name)
    east = {**connections["default"].settings_dict, **_database(DATABASES.url(name))}
    monkeypatch.setitem(connections.settings, EAST, east)
    monkeypatch.setitem(settings.TODOKE_OWNER_URLS, EAST, DATABASES.owner_url(name))
    monkeypatch.setattr(settings, "TODOKE_GROUPS", {IN_THE_EAST: EAST})
    monkeypatch.setattr(db.router, "routers", [databases.Router()])
    yield EAST
    connections[EAST].close()
    del connections[EAST]
    DATABASES.drop(name)


@pytest.fixture
def follower(committed_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A second connection to the same database, set up as a follower of it; its alias."""
    alias = f"default{databases.FOLLOWER}"
    place = dict(connections["default"].settings_dict)
    monkeypatch.setitem(connections.settings, alias, place)
    monkeypatch.setitem(settings.DATABASES, alias, place)
    yield alias
    connections[alias].close()
    del connections[alias]
