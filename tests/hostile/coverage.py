"""`python -m tests.hostile.coverage`: which listed row of the catalogue of bad inputs is tested how, and how often.

A row is covered by tests that bear its number in their name, or by the tests that `elsewhere` names. Two numbers stand
beside it: tests that send it through the whole journey with I1 to I6 after it（全）, and tests of the part that answers
it（部）; or 未, with what is missing in the product below. 1 when a row has neither test nor reason, when a test that is
named is gone, or when a reason is out of date.
"""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.catalogue import LISTED
from tests.hostile.elsewhere import BY_OTHERS, NOT_YET, PARTLY

ROOT = Path(__file__).parents[2]
WHOLE = (
    "whole_system",
    "screened",
    "revocations",
    "xml_packages",
    "identities",
    "orders",
    "answers",
    "handings",
)
_PLACE = re.compile(r"(?:\[|-|::test_|_and_)([ACEFPSTUWXZ]\d\d)(?=[-_\]])")


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
    for number, places in BY_OTHERS.items():
        found.part[number] += sum(name.partition("[")[0] in places for name in names)
    return found


def troubles(tests: Counted, names: list[str]) -> list[str]:
    """What makes the table false: rows without anything, tests that are gone, reasons that no longer hold."""
    there = {name.partition("[")[0] for name in names}
    return [
        *(
            f"{one}: 試験も理由もない (neither test nor reason)"
            for one in LISTED
            if not tests.of(one) and one not in NOT_YET
        ),
        *(f"{one}: 試験があるのに未 (has tests)" for one in NOT_YET if tests.of(one)),
        *(f"{one}: 試験がないのに一部 (no test)" for one in PARTLY if not tests.of(one)),
        *(f"{place}: ない (gone)" for places in BY_OTHERS.values() for place in places if place not in there),
        *(f"{one}: 行ではない (no row)" for one in {**NOT_YET, **PARTLY, **BY_OTHERS} if one not in LISTED),
    ]


def collected() -> list[str]:
    """The names of all tests, as pytest collects them."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout[-4000:] + done.stderr[-4000:])
    return [line for line in done.stdout.splitlines() if "::" in line]


def table(tests: Counted) -> str:
    """The rows by group, each with its disposition and its numbers of tests（全＋部）, or 未."""
    lines = []
    for group in dict.fromkeys(number[0] for number in LISTED):
        rows = [
            f"{number} {LISTED[number]:<5}" + ("    未  " if number in NOT_YET else _numbers(tests, number))
            for number in LISTED
            if number.startswith(group)
        ]
        lines += ["  ".join(rows[at : at + 6]) for at in range(0, len(rows), 6)]
    return "\n".join(lines)


def _numbers(tests: Counted, number: str) -> str:
    return f"{tests.whole[number]:>3}+{tests.part[number]:<3}"


def _told(title: str, reasons: Mapping[str, str]) -> str:
    return "\n".join((title, *(f"  {number} {reason}" for number, reason in reasons.items())))


def main() -> int:
    """Print the table, what is missing, and what is wrong with it."""
    names = collected()
    tests = counted(names)
    whole = [number for number in LISTED if tests.whole[number]]
    part = [number for number in LISTED if tests.part[number] and not tests.whole[number]]
    print(table(tests))
    print(_told("一部 (tested in part: what is not shown)", PARTLY))
    print(_told("未 (cannot concern Todoke yet: what is missing)", NOT_YET))
    found = troubles(tests, names)
    print("\n".join(found))
    print(
        f"{len(LISTED)} listed rows: {len(whole)} through the whole journey, {len(part)} where they are answered, "
        f"{len(NOT_YET)} not yet; {sum(tests.of(number) for number in LISTED)} tests"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
