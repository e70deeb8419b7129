"""Long work gives way for long only while somebody else writes."""

import sqlite3

import pytest
from django.db import connection

from todoke.foundation import courtesy
from todoke.foundation.courtesy import Courtesy


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    told: list[float] = []
    monkeypatch.setattr("todoke.foundation.courtesy.time.sleep", told.append)
    return told


def test_it_gives_way_for_long_after_another_has_written(
    committed_database: str, pauses: list[float]
) -> None:
    others = Courtesy()
    others.give_way()
    if connection.vendor != "sqlite":
        assert pauses == []  # rows are locked there, not the database
        return
    beside = sqlite3.connect(connection.settings_dict["NAME"])
    beside.execute("PRAGMA user_version = 7")
    beside.commit()
    others.give_way()
    others.give_way()
    beside.close()
    assert pauses == [courtesy.SHORT, courtesy.LONG, courtesy.SHORT]
