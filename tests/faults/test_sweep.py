"""What the sweep stands on: the shim fails the call that it is told to, shares leave nothing out, a cut-off run goes on.

The sweep itself is `make faults`; that it finds a known bug is tried by `--planted`（docs/operations/faults.md）.
"""

import json
import os
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

from . import shim, sweep
from .sweep import MODES, Point
from .tried import Tried

COUNTS = {"var": 7, "database": 30}
IN_A_CHILD = """
import ctypes, errno, os, sys
below, nth, error, loses = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
file = os.open(below + "/before", os.O_WRONLY | os.O_APPEND)
ctypes.CDLL(None).todoke_arm(below.encode(), ctypes.c_long(nth), error, 0, loses)
def told(call, *arguments):
    try:
        call(*arguments)
        return "well"
    except OSError as refusal:
        return errno.errorcode[refusal.errno]
said = [told(*step) for step in (
    (os.write, file, b"first"), (os.fsync, file), (os.write, file, b"second"), (os.fsync, file), (os.fsync, file),
    (os.rename, below + "/one", below + "/other"), (os.mkdir, "/tmp"),
)]
print(*said, ctypes.CDLL(None).todoke_count())
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shim, where there is a compiler."""
    found = shim.build(tmp_path_factory.mktemp("shim"))
    if found is None:
        pytest.skip(shim.MISSING)
    return found


def _over(built: Path, below: Path, nth: int, error: int, *, loses: bool = False) -> list[str]:
    (below / "before").write_bytes(b"old ")
    (below / "one").touch()
    words = [sys.executable, "-I", "-S", "-c", IN_A_CHILD, str(below), str(nth), str(error), str(int(loses))]
    done = subprocess.run(
        words, env={**os.environ, "LD_PRELOAD": str(built)}, check=False, capture_output=True, text=True
    )
    return done.stdout.split() if done.returncode == 0 else [str(done.returncode)]


def test_only_the_nth_call_below_the_folder_fails_and_others_are_not_counted(
    built: Path, tmp_path: Path
) -> None:
    assert _over(built, tmp_path, 0, shim.COUNT_ONLY) == ["well"] * 6 + ["EEXIST", "6"]
    (tmp_path / "other").unlink()
    assert _over(built, tmp_path, 6, 28) == ["well"] * 5 + ["ENOSPC", "EEXIST", "6"]
    assert _over(built, tmp_path, 3, shim.KILL) == ["-9"]
    assert (tmp_path / "before").read_bytes() == b"old first"


def test_a_failed_fsync_loses_what_was_appended_since_the_last_good_one(built: Path, tmp_path: Path) -> None:
    said = _over(built, tmp_path, 4, 5, loses=True)
    assert said[:5] == ["well", "well", "well", "EIO", "well"], "a second fsync says that all is well"
    assert (tmp_path / "before").read_bytes() == b"old first" + bytes(len("second"))


def test_every_place_lies_in_one_share_even_when_the_runs_counted_differently() -> None:
    every = sweep.points(COUNTS, most=9000)
    assert len(every) == 37 * len(MODES)
    shares = [sweep.share(every, f"{place}/3", seed=7) for place in (1, 2, 3)]
    assert sorted(chain(*shares)) == sorted(every)
    longer = sweep.points({**COUNTS, "database": 33}, most=9000)
    assert set(shares[0]) <= set(sweep.share(longer, "1/3", seed=7))
    assert shares[0] != sorted(shares[0]), "shuffled"


def test_a_sweep_that_was_cut_off_goes_on_with_the_same_places(tmp_path: Path) -> None:
    file, first, second = tmp_path / "tried.jsonl", Point("var", 1, "kill -9"), Point("var", 2, "EIO once")
    begun = Tried.read(file)
    begun.begin(COUNTS)
    begun.note(first, [], 1.234)
    begun.note(second, ["I2 other bytes"], 0.5)
    with file.open("a") as pen:
        pen.write('{"folder": "var", "nth": 3, "mo')  # cut off here
    again = Tried.read(file)
    assert (again.counts, again.clean) == (COUNTS, {first}), "what was broken is tried again"
    again.note(second, [], 0.5)
    assert Tried.read(file).clean == {first, second}
    assert all(json.loads(line) for line in file.read_text().splitlines())
