"""kill -9, freezing and ending at 200 random moments, over two to four workers: the journey ends the same（F01, F10, F27）.

`make faults N=10000` deals out as many as one likes.
"""

import time
from pathlib import Path

import pytest

from . import invariants
from .crew import confined_orphans
from .installation import Ground, installation
from .kills import Plan, Run


@pytest.mark.parametrize(("seed", "workers"), [(1, 2), (2, 4)])
def test_blows_at_any_moment_end_in_the_same_summary(
    ground: Ground, tmp_path: Path, seed: int, workers: int
) -> None:
    with installation(ground, tmp_path / "town") as town:
        struck = Run(town, Plan(100, seed, workers)).strike()
        invariants.assert_whole(town)
    assert struck.ended_badly == 0, "SIGTERM lets the batch at hand end, then the worker, with 0"
    assert struck.confined
    assert _gone_soon(struck.confined), "confined workers outlived the workers that were killed over them"


def _gone_soon(confined: set[int]) -> bool:
    for _ in range(200):
        if not confined_orphans(confined):
            return True
        time.sleep(0.05)
    return False
