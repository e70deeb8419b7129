"""`python -m tests.hostile.coverage`: which listed row of the catalogue of bad inputs is tested how, and how often.

A row is covered by tests that bear its number in their name. Two numbers stand beside it: tests that send it through
the whole journey with I1 to I6 after it（全）, and tests of the part that answers it（部）. 1 when a row has no test.
"""

import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.catalogue import LISTED

ROOT = Path(__file__).parents[2]
WHOLE = ("whole_system", "screened", "revocations", "xml_packages", "identities", "orders", "answers")
_PLACE = re.compile(r"(?:\[|-|::test_|_and_)([ACFSTXZ]\d\d)(?=[-_\]])")


@dataclass
class Counted:
    """How many tests name each row: through the whole journey, and of a part."""

    whole: Counter[str]
    part: Counter[str]

    def of(self, number: str) -> int:
        """All tests of a row."""
        return self.whole[number] + self.part[number]


def counted(names: list[str]) -> Counted:
    """Count the rows: as `test_Z01_…`, or as a parameter `Z01-…` in the folder of the catalogue."""
    found = Counted(Counter(), Counter())
    journeys = tuple(f"tests/hostile/test_{one}.py::" for one in WHOLE)
    for name in names:
        numbers = set(_PLACE.findall(name))
        if not name.startswith("tests/hostile/"):
            numbers = {number for number in numbers if f"::test_{number}_" in name}
        (found.whole if name.startswith(journeys) else found.part).update(numbers)
    return found


def collected() -> list[str]:
    """The names of all tests, as pytest collects them."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout[-4000:] + done.stderr[-4000:])
    return [line for line in done.stdout.splitlines() if "::" in line]


def table(tests: Counted) -> str:
    """The rows by group, each with its disposition and its numbers of tests（全＋部）."""
    lines = []
    for group in dict.fromkeys(number[0] for number in LISTED):
        rows = [
            f"{number} {LISTED[number]:<5}{tests.whole[number]:>3}+{tests.part[number]:<3}"
            for number in LISTED
            if number.startswith(group)
        ]
        lines += ["  ".join(rows[at : at + 6]) for at in range(0, len(rows), 6)]
    return "\n".join(lines)


def main() -> int:
    """Print the table, and the rows that are missing."""
    tests = counted(collected())
    missing = [number for number in LISTED if not tests.of(number)]
    apart = [number for number in LISTED if tests.part[number] and not tests.whole[number]]
    print(table(tests))
    print(f"全工程を通さず部分で試験する行 (tested where they are answered): {' '.join(apart)}")
    if missing:
        print(f"試験のない行 (rows without a test): {' '.join(missing)}")
    covered = len(LISTED) - len(missing)
    print(f"{covered} of {len(LISTED)} listed rows, {sum(tests.of(number) for number in LISTED)} tests")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
