"""The benchmark runs, reports what it promises, and ends with an error when a check was dropped."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one tiny run has written."""
    target = tmp_path_factory.mktemp("bench") / "results.json"
    target.write_text('{"worklist": 1}', encoding="utf-8")
    ended = _run(
        "-m", "bench", "-n", "5", "--rounds", "2", "--size", "small", "--quick", "--results", str(target)
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: dict[str, Any] = json.loads(target.read_text())
    return found


def test_the_product_stands_beside_its_floor(results: dict[str, Any]) -> None:
    (bundle,) = results["bundles"]
    durable = bundle["figures"][0]
    assert durable["value"] > 0
    assert durable["floor"] > 0
    assert durable["ratio"] == pytest.approx(durable["floor"] / durable["value"])
    assert len(bundle["floors"]) == 9


def test_every_package_of_the_run_was_counted_and_every_spoiled_one_refused(results: dict[str, Any]) -> None:
    (bundle,) = results["bundles"]
    assert bundle["packages"] == 5
    assert 0 < bundle["signed"] <= 5
    assert results["spoiled_packages_refused"] == 7


def test_a_result_says_where_it_was_measured(results: dict[str, Any]) -> None:
    assert {"cpu", "cores", "kernel", "python", "sqlite", "openssl", "libraries"} <= results["machine"].keys()


def test_what_other_parts_have_measured_stays(results: dict[str, Any]) -> None:
    assert results["worklist"] == 1


def test_one_command_measures_everything_that_the_list_of_figures_names() -> None:
    recipe = subprocess.run(
        ["make", "-n", "bench"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for part in (
        "reads",
        "worklist",
        "worklist --database postgresql",
        "endurance --drain 10000",
        "curve",
        "fairness",
        "many_bodies",
    ):
        assert f"-m bench.{part}" in recipe


def test_equal_seeds_give_equal_packages(results: dict[str, Any], tmp_path: Path) -> None:
    from bench.packages import make

    (bundle,) = results["bundles"]
    assert make(tmp_path / "again", n=5, seed=results["seed"], size="small").fingerprint == bundle["sha256"]


def test_a_check_that_was_dropped_ends_the_run_with_an_error(tmp_path: Path) -> None:
    blind = (
        "import sys; sys.argv = ['bench', '-n', '5', '--rounds', '1', '--size', 'small', '--quick', '--results', sys.argv[1]];"
        f"sys.path.insert(0, {str(ROOT)!r});"
        "import todoke.casework.intake.rules.confined as confined; confined.TARGET = 'tests.bench.blind:read';"
        "from bench.__main__ import main; main()"
    )
    target = tmp_path / "results.json"
    ended = _run("-c", blind, str(target))
    assert ended.returncode != 0
    assert "ChecksDropped" in ended.stderr
    assert not target.exists()
