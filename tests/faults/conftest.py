"""Where the trials of this folder take place when pytest runs them."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from tests.support.environment import DATABASES
from tests.support.town import Town

from . import invariants, worlds
from .installation import Ground, installation


@pytest.fixture
def _open_databases(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Commits are real here, in databases of the trials' own."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world for blows."""
    return worlds.sixty(tmp_path_factory.mktemp("worlds") / "sixty")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world for what is repeated often."""
    return worlds.tiny(tmp_path_factory.mktemp("worlds") / "tiny")


@pytest.fixture
def ground(_open_databases: None, sixty: Path) -> Ground:
    """A place for sixty applications."""
    return Ground(DATABASES, sixty)


@pytest.fixture
def tiny_ground(_open_databases: None, tiny: Path) -> Ground:
    """A place for a few."""
    return Ground(DATABASES, tiny)


@dataclass(slots=True)
class _Learnt:
    truth: Mapping[str, Any] | None = None


_learnt = _Learnt()


@pytest.fixture
def expected(tiny_ground: Ground, tmp_path: Path) -> Mapping[str, Any]:
    """What comes of the tiny world without any fault; learnt once per run."""
    if _learnt.truth is None:
        with installation(tiny_ground, tmp_path / "learning") as town:
            invariants.learn(town)
            assert invariants.broken(town) == []
            _learnt.truth = town.truth
        shutil.rmtree(tmp_path / "learning")
    return _learnt.truth


@pytest.fixture
def tiny_town(tiny_ground: Ground, expected: Mapping[str, Any], tmp_path: Path) -> Iterator[Town]:
    """An installation with the tiny world that knows what must come of it."""
    with installation(tiny_ground, tmp_path / "town") as town:
        town.truth = expected
        yield town
