"""`python -m tests.fuzz`: fuzz every target for some seconds or executions, and say what was found. See `make fuzz`."""

import argparse
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".cache" / "fuzz"
HAS_ATHERIS = find_spec("atheris") is not None


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of one target gave; `edges` is the coverage, None without atheris; `log` says what broke."""

    target: str
    executions: int
    seconds: float
    edges: int | None
    is_well: bool
    log: str


def main() -> int:
    """Run the targets one after the other; 0 when nothing was found."""
    from tests.fuzz.targets import TARGETS

    args = _arguments(sorted(TARGETS))
    results = []
    for name in args.targets or TARGETS:
        results.append(fuzz(name, runs=args.runs, seconds=args.seconds, seed=args.seed))
        _tell(results[-1])
    total, found = sum(one.executions for one in results), sum(not one.is_well for one in results)
    print(f"\n{total:,} executions, {found} crashes, seed {args.seed}", flush=True)
    return 1 if found else 0


def _arguments(names: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description="外から来るバイト列を読む部品を試す"
    )
    parser.add_argument(
        "targets", nargs="*", choices=[*names, []], help=f"対象（既定は全部）: {' '.join(names)}"
    )
    parser.add_argument("--seconds", type=int, default=60, help="対象ごとの秒数（既定60）")
    parser.add_argument("--runs", type=int, default=-1, help="対象ごとの実行回数の上限")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="乱数の種")
    return parser.parse_args()


def fuzz(name: str, *, runs: int, seconds: int, seed: int, parent: Path = FOLDER) -> Result:
    """Fuzz one target in a process of its own, which may die of it; what is found lies in `parent`/name."""
    folder = parent / name
    folder.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    if HAS_ATHERIS:
        options = [f"-runs={runs}", f"-max_total_time={seconds}", f"-seed={seed % 2**31}"]
        command = [sys.executable, "-m", "tests.fuzz.guided", name, str(folder), *options]
    else:
        command = [sys.executable, "-m", "tests.fuzz.blind", name, str(runs), str(seconds), str(seed)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src")))}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, errors="replace"
    )
    log = done.stdout + done.stderr
    (folder / "log").write_text(log)
    edges = re.findall(r"cov: (\d+)", log)
    counts = re.findall(r"number_of_executed_units: (\d+)", log) or re.findall(r"^#(\d+)", log, re.MULTILINE)
    return Result(
        name, int(counts[-1]) if counts else 0, time.monotonic() - begin, int(edges[-1]) if edges else None,
        done.returncode == 0, log,
    )  # fmt: skip


def _tell(one: Result) -> None:
    edges = "–" if one.edges is None else f"{one.edges:,}"
    mark = "✓" if one.is_well else "✗"
    print(
        f"{mark} {one.target:<12} {one.executions:>10,} executions {one.seconds:6.0f} s  {edges:>7} edges",
        flush=True,
    )
    if not one.is_well:
        print(one.log[-6_000:], flush=True)


if __name__ == "__main__":
    sys.exit(main())
