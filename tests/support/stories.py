"""The sample world, built once per run, and an installation for each story."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from samples import world
from samples.places import CLOCK
from tests.support.town import Town


@pytest.fixture(scope="session")
def sample_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of 150 applications; stories work on copies of it."""
    out = tmp_path_factory.mktemp("world") / "samples"
    world.build(out, packages=150, residents=6000)
    return out


@pytest.fixture
def town(
    sample_world: Path, committed_database: str, var_dir: Path, settings: Settings, tmp_path: Path
) -> Iterator[Town]:
    """An installation at the samples' clock whose neighbours run; leases are short, retries quick."""
    settings.TODOKE_CLOCK_OFFSET_SECONDS = (CLOCK - datetime.now(UTC)).total_seconds()
    settings.TODOKE_LEASE_SECONDS = 2
    settings.TODOKE_RETRY_BASE_SECONDS = 0.05
    settings.TODOKE_RETRY_LIMIT = 1000  # the fault is ours here, never the row's
    data = tmp_path / "samples"
    shutil.copytree(sample_world, data)
    one = Town(data, tmp_path / "neighbours", json.loads((data / "truth.json").read_text(encoding="utf-8")))
    try:
        one.open()
        yield one
    finally:
        one.close()
