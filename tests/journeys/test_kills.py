"""kill -9 of the worker, the portal or the core system, at any moment, 200 times: the journey ends the same.

The kills are spread over four runs, each on a fresh installation; the random moments come from a printed seed.
"""

import random
import time

import pytest
from pytest_django import Settings

from tests.support.town import Town, assert_nothing_is_lost

KILLS = 50
MEAN_SECONDS = 0.04


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_kill_9_at_any_moment_ends_in_the_same_summary(town: Town, settings: Settings, seed: int) -> None:
    settings.TODOKE_BATCH_LIMIT = 7
    rng = random.Random(seed)
    town.worker.start()
    for _ in range(KILLS):
        time.sleep(rng.expovariate(1 / MEAN_SECONDS))
        victim = rng.choices([town.worker, town.portal, town.core], weights=[6, 2, 2])[0]
        victim.kill()
        time.sleep(rng.choice([0, 0, 0.02]))
        victim.start()
    town.worker.kill()
    assert town.drain()
    assert_nothing_is_lost(town)
