"""Tests of the tests: three known bugs are put in, and each is caught; without the bug the same trial is clean."""

import os
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.conf import settings

from tests.support.town import Process, Town
from todoke.casework import journey
from todoke.cli import work

from . import frozen, invariants, order, planted

LAID_DOWN = next(one for one in frozen.MOMENTS if one.name == "batch laid down, not noted")


def _recorded(town: Town) -> list[str]:
    """What was not durable when rows relied on it, over the whole journey."""
    journey.make_ready()
    folders = [Path(settings.VAR) / name for name in ("vault", "keys", "seals")]
    with order.recorded(*folders, town.data / "folder") as calls:
        assert town.drain()
    assert calls.commits > 20
    return list(calls.at_commit.values())


def test_nothing_is_committed_before_its_bytes_and_names_are_durable(tiny_town: Town) -> None:
    assert _recorded(tiny_town) == []
    invariants.assert_whole(tiny_town)


def test_a_missing_directory_fsync_is_caught_by_the_order_of_calls(tiny_town: Town) -> None:
    with planted.no_directory_fsync():
        wrong = _recorded(tiny_town)
    assert any(".seg is not durable" in one for one in wrong)


@pytest.mark.parametrize("has_bug", [False, True])
def test_an_acknowledgement_before_the_commit_is_caught_by_one_kill(tiny_town: Town, has_bug: bool) -> None:
    with planted.acknowledged_before_commit() if has_bug else nullcontext():
        for _ in range(2):
            doomed = Process(_one_round_to_death)
            doomed.start()
            os.waitpid(doomed.pid, 0)
            doomed.pid = 0
    wrong = [one for one in invariants.broken(tiny_town) if one.startswith("I1 received")]
    assert bool(wrong) == has_bug


def _one_round_to_death() -> None:
    planted.die_at_the_first_record()
    work.Worker().round()


@pytest.mark.parametrize("has_bug", [False, True])
def test_an_unfenced_lease_is_caught_by_one_frozen_worker(tiny_town: Town, has_bug: bool) -> None:  # F10
    with planted.unfenced_lease() if has_bug else nullcontext():
        assert frozen.trial(tiny_town, LAID_DOWN)
    assert bool(invariants.broken(tiny_town)) == has_bug
