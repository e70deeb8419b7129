"""Fixtures of all tests: databases as in production, a clock that stands still, a closed network, an own folder."""

import gc
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.db import connections
from django.test.utils import override_settings
from hypothesis import settings as hypothesis_settings
from hypothesis.database import DirectoryBasedExampleDatabase
from pytest_django import DjangoDbBlocker, Settings

from tests.support import migrated, network, programs
from tests.support.beginnings import Beginnings, lay_out, places
from tests.support.clock import START, Clock
from tests.support.environment import DATABASES, RUN

VENDOR = "postgresql" if DATABASES.url("x").startswith("postgresql") else "sqlite"

hypothesis_settings.register_profile(
    "todoke",
    deadline=None,  # a busy machine is no bug
    database=DirectoryBasedExampleDatabase(Path(__file__).parents[1] / ".cache" / "hypothesis"),
)
hypothesis_settings.load_profile("todoke")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is meaningless on this database; put tests that need a program of the system last."""
    for item in items:
        for marker in item.iter_markers(f"{'sqlite' if VENDOR == 'postgresql' else 'postgresql'}_only"):
            item.add_marker(pytest.mark.skip(reason=f"{marker.name}: {marker.args[0]}"))
        database = item.get_closest_marker("django_db")
        if database is not None and database.kwargs.get("transaction"):
            raise pytest.UsageError(
                f"{item.nodeid}: emptying tables would break the append-only audit; use the fixture committed_database"
            )
    items.sort(key=lambda item: item.get_closest_marker("tool") is not None)


def pytest_collection_finish() -> None:
    """Leave what collecting made, 9,000 tests and their modules, out of every search for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test whose program is missing fails, with the line that installs it."""
    for marker in item.iter_markers("tool"):
        programs.require(marker.args[0])


@pytest.fixture(scope="session", autouse=True)
def _closed_network() -> None:
    """No test leaves this machine."""
    network.close()


@pytest.fixture(scope="session", autouse=True)
def _quick_hashing() -> Iterator[None]:
    """Passwords are hashed in a millisecond in this process; subprocesses hash as in production."""
    with override_settings(PASSWORD_HASHERS=["tests.support.hashing.QuickHasher"]):
        yield


@pytest.fixture(scope="session")
def migrated_template(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The worker's template database, migrated by the owner, once for all workers of the run."""
    with django_db_blocker.unblock():
        migrated.share_template(DATABASES, RUN)
    yield
    DATABASES.drop(DATABASES.template)


@pytest.fixture(scope="session")
def django_db_setup(migrated_template: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database of the tests that roll back; the application role is connected to it."""
    with django_db_blocker.unblock():
        DATABASES.copy(DATABASES.live)
        migrated.switch(DATABASES, DATABASES.live)
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
    DATABASES.drop(DATABASES.live)


@pytest.fixture(scope="session")
def beginnings(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Beginnings]:
    """Where what many tests begin with is built once by this worker."""
    found = Beginnings(DATABASES, django_db_blocker, tmp_path_factory.mktemp("beginnings"))
    yield found
    found.drop()


@pytest.fixture
def committed_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of a fresh database in which commits are real, also for subprocesses (they inherit it).

    Not together with `db`: that one holds a transaction open.
    """
    name = f"{DATABASES.live}_{secrets.token_hex(4)}"
    DATABASES.copy(name)
    monkeypatch.setenv("TODOKE_DATABASE_URL", DATABASES.url(name))
    monkeypatch.setenv("TODOKE_DATABASE_OWNER_URL", DATABASES.owner_url(name))
    with django_db_blocker.unblock():
        migrated.switch(DATABASES, name)
        yield DATABASES.url(name)
        migrated.switch(DATABASES, DATABASES.live)
    DATABASES.drop(name)


@pytest.fixture
def var_dir(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A TODOKE_VAR of this test alone (keys, vault, seals, trust, upload), also for subprocesses."""
    var = lay_out(tmp_path / "var")
    for name, value in places(var).items():
        setattr(settings, name, value)
    monkeypatch.setenv("TODOKE_VAR", str(var))
    return var


@pytest.fixture
def child_environment(committed_database: str) -> dict[str, str]:
    """The environment for a subprocess that works on `committed_database` and `var_dir`."""
    return dict(os.environ)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Time stands still at 2026-04-06 09:00 in Japan until the test moves it (this process only)."""
    with time_machine.travel(START, tick=False) as traveller:
        yield Clock(traveller)
