"""The figures beside intake: a tiny run measures every part, and leaves what else stands in the file of results."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    target = tmp_path_factory.mktemp("bench") / "results.json"
    target.write_text('{"bundles": [1]}', encoding="utf-8")
    command = (
        "-m",
        "bench.reads",
        "--scale",
        "0.02",
        "--rounds",
        "1",
        "--beside",
        "0",
        "--results",
        str(target),
    )
    ended = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return found


def test_every_part_is_measured_beside_its_floor(results: dict[str, Any]) -> None:
    for part in ("handovers", "links", "ledgers", "trails", "exports", "revocation"):
        first = results["reads"][part][0]
        assert first["value"] > 0
        assert first["ratio"] == pytest.approx(first["floor"] / first["value"])
        assert first["unit"]


def test_what_intake_has_written_stays(results: dict[str, Any]) -> None:
    assert results["bundles"] == [1]
    assert results["reads"]["scale"] == 0.02
    assert results["reads"]["machine"]["cores"]
