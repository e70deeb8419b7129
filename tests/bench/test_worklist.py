"""The figures of list and search: a small run asks everything and writes beside what else was measured."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_small_run_asks_everything_and_leaves_other_results_alone(tmp_path: Path) -> None:
    target = tmp_path / "results.json"
    target.write_text('{"seed": 2026}')
    command = ["-m", "bench.worklist", "-n", "1500", "--rounds", "1", "--results", str(target)]
    ended = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = json.loads(target.read_text())
    asked = {one["name"]: one["rows"] for one in found["worklist"]["sqlite"]["asked"]}
    assert found["seed"] == 2026
    assert asked["最新の一頁"] == asked["検索: 二文字・多い語"] == 50
    assert asked["検索: 二文字・ない語"] == 0
    first = found["worklist"]["sqlite"]["figures"][0]
    assert first.keys() == {"name", "value", "unit", "floor", "ratio", "spread"}
    assert found["worklist"]["sqlite"]["insert_microseconds"]["with_index"] > 0
