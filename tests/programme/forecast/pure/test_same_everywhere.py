"""The same network, seed and engine give the same answer: in another process, with other hash seeds, and as written here."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from bench.town_plan import town_plan
from todoke.programme.forecast.rules.canonical import canonical, input_hash
from todoke.programme.forecast.rules.scheduling import schedule
from todoke.programme.forecast.rules.simulating import simulate

ROOT = Path(__file__).parents[4]
PROGRAM = "from tests.programme.forecast.pure.test_same_everywhere import fingerprint; print(fingerprint())"
# Taken once and written down: a changed value is a changed engine, and then ENGINE counts up.
KNOWN = "94703926e62bab2f2317e4e42035c8f89164ba59428f9bb2af53e253943816f2"


def fingerprint() -> str:
    """A hash over everything that a forecast of the sample town says."""
    network = town_plan(5, vendor=12, staff=14, with_windows=True)
    placed = schedule(network, seed=11, tries=6)
    likely = simulate(network, runs=60, seed=11, along=placed)
    said = (placed.starts, str(placed.finish), placed.verdict.value, placed.input_hash, str(likely.p50), str(likely.p80),
            [(one.key, str(one.p50), str(one.p80)) for one in likely.activities])  # fmt: skip
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def test_other_processes_with_other_hash_seeds_say_the_same() -> None:
    answers = set()
    for seed in ("0", "1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        answers.add(done.stdout.strip())
    assert answers == {fingerprint()}


def test_the_answer_is_the_one_that_was_written_down() -> None:
    assert fingerprint() == KNOWN


def test_another_seed_is_other_luck_and_another_input_another_hash() -> None:
    network, other = town_plan(2), town_plan(2, vendor=59)
    assert simulate(network, runs=40, seed=1).p80 != simulate(network, runs=40, seed=2).p80
    assert input_hash(network) == input_hash(town_plan(2)) != input_hash(other)
