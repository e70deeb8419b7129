"""`todoke migrate` on an empty database: quick, and the same tables as Django makes by itself."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection, connections
from django.db.migrations.state import ProjectState

from todoke.foundation.first_tables import made_quickly

BY_ITSELF = """
import django; django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
executor.migrate(executor.loader.graph.leaf_nodes())
"""


def _tables(folder: Path, *words: str) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    """What stands in the catalogue, and which migrations count as run, in a new SQLite file after a program."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'todoke.sqlite3'}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TODOKE_")}
    environment |= {
        "TODOKE_VAR": str(folder),
        "TODOKE_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "todoke.settings",
    }
    subprocess.run([sys.executable, *words], env=environment, check=True, stdout=subprocess.DEVNULL)
    with closing(sqlite3.connect(folder / "todoke.sqlite3")) as file:
        made = set(file.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))
        return made, set(file.execute("SELECT app, name FROM django_migrations"))


def test_the_tables_are_those_that_django_makes_by_itself(tmp_path: Path) -> None:
    quickly = _tables(tmp_path / "quickly", "-m", "todoke", "migrate")
    assert quickly == _tables(tmp_path / "by-itself", "-c", BY_ITSELF)
    assert len(quickly[0]) > 300


def test_only_an_empty_database_is_made_so(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = ProjectState.reload_model
    with made_quickly(connection):  # migrations have run here
        assert ProjectState.reload_model is usual
    empty = connections.create_connection("default")
    monkeypatch.setattr("todoke.foundation.first_tables.MigrationRecorder", _Nothing)
    with pytest.raises(ZeroDivisionError), made_quickly(empty):
        assert ProjectState.reload_model is not usual
        raise ZeroDivisionError
    assert ProjectState.reload_model is usual


class _Nothing:
    """A database in which no migration has run."""

    def __init__(self, _: object) -> None:
        """Whichever it is."""

    def applied_migrations(self) -> dict[str, str]:
        """None."""
        return {}
