"""kill -9 of the worker, its confined worker, the portal or the core system, 200 times: the journey ends the same.

The kills are spread over four runs, each on a fresh installation; the random moments come from a printed seed.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.support.town import Town, assert_nothing_is_lost

KILLS = 50
MEAN_SECONDS = [0.04, 0.04, 0.04, 0.04, 0.8]  # at times long enough for a worker to open packages


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_kill_9_at_any_moment_ends_in_the_same_summary(town: Town, settings: Settings, seed: int) -> None:
    settings.TODOKE_BATCH_LIMIT = 7
    rng = random.Random(seed)
    town.worker.start()
    for _ in range(KILLS):
        time.sleep(min(rng.expovariate(1 / rng.choice(MEAN_SECONDS)), 3.0))
        if rng.random() < 0.2:
            kill_confined(town, rng)
            continue
        victim = rng.choices([town.worker, town.portal, town.core], weights=[6, 2, 2])[0]
        victim.kill()
        time.sleep(rng.choice([0, 0, 0.02]))
        victim.start()
    town.worker.kill()
    assert town.drain()
    assert_nothing_is_lost(town)
    assert end_soon(confined_orphans)


def kill_confined(town: Town, rng: random.Random) -> None:
    """The spawner of the running worker, or the child that reads packages for it, if they have been started."""
    family = [child for parent in children(town.worker.pid) for child in (parent, *children(parent))]
    if family:
        try:
            os.kill(rng.choice(family), signal.SIGKILL)
        except ProcessLookupError:
            pass  # it had just ended


def children(parent: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except OSError:
        return []  # it has just ended


def end_soon(found: Callable[[], list[int]]) -> bool:
    """Whether those that are found are gone within some seconds."""
    for _ in range(200):
        if not found():
            return True
        time.sleep(0.05)
    return False


def confined_orphans() -> list[int]:
    """Confined workers that outlived the workers that were killed over them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, parent = (
                (folder / "cmdline").read_bytes(),
                (folder / "stat").read_text().rsplit(")", 1)[1].split()[1],
            )
        except OSError:
            continue
        if b"todoke.foundation.spawner" in command and parent == "1":
            found.append(int(folder.name))
    return found
