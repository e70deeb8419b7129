"""The fixtures of the rows: a house per module, a life of its own for each row, and the fixtures of intake."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker

from tests.casework.intake.conftest import arrive as arrive
from tests.casework.intake.conftest import channel as channel
from tests.casework.intake.conftest import trust as trust
from tests.casework.intake.conftest import work as work
from tests.hostile import house as houses
from tests.hostile.house import House
from tests.support.beginnings import lay_out, places


@pytest.fixture(scope="module")
def module_var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A TODOKE_VAR for the rows of one module."""
    var = lay_out(tmp_path_factory.mktemp("house") / "var")
    with override_settings(**places(var)):
        yield var


@pytest.fixture(scope="module")
def house_of_module(
    module_var: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[House]:
    """The installation; not together with `db`, which sets up its own."""
    with django_db_blocker.unblock(), houses.built(module_var, module_var.parent) as house:
        yield house


@pytest.fixture
def house(house_of_module: House) -> Iterator[House]:
    """The installation, for one row."""
    with houses.undone(house_of_module):
        yield house_of_module
