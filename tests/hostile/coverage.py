"""`python -m tests.hostile.coverage`: which listed row of the catalogue of bad inputs has how many tests.

A row is covered by tests that bear its number in their name. Prints the table; 1 when a row has no test.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.hostile.catalogue import LISTED

ROOT = Path(__file__).parents[2]
_PLACE = re.compile(r"(?:\[|-|::test_|_and_)([ACFSTXZ]\d\d)(?=[-_\]])")


def counted(names: list[str]) -> Counter[str]:
    """How many tests name each row: as `test_Z01_…`, or as a parameter `Z01-…` in the folder of the catalogue."""
    found: Counter[str] = Counter()
    for name in names:
        numbers = set(_PLACE.findall(name))
        if not name.startswith("tests/hostile/"):
            numbers = {number for number in numbers if f"::test_{number}_" in name}
        found.update(numbers)
    return found


def collected() -> list[str]:
    """The names of all tests, as pytest collects them."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout[-4000:] + done.stderr[-4000:])
    return [line for line in done.stdout.splitlines() if "::" in line]


def table(tests: Counter[str]) -> str:
    """The rows by group, each with its disposition and its number of tests."""
    lines = []
    for group in dict.fromkeys(number[0] for number in LISTED):
        rows = [
            f"{number} {LISTED[number]:<5}{tests[number]:>4}" for number in LISTED if number.startswith(group)
        ]
        lines += ["   ".join(rows[at : at + 7]) for at in range(0, len(rows), 7)]
    return "\n".join(lines)


def main() -> int:
    """Print the table, and the rows that are missing."""
    tests = counted(collected())
    missing = [number for number in LISTED if not tests[number]]
    print(table(tests))
    if missing:
        print(f"試験のない行 (rows without a test): {' '.join(missing)}")
    covered = len(LISTED) - len(missing)
    print(f"{covered} of {len(LISTED)} listed rows, {sum(tests[number] for number in LISTED)} tests")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
