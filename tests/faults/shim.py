"""The C shim that lets the n-th durable call fail, compiled when a trial begins; absent where there is no compiler."""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).with_name("nth_failure.c")
KILL = -1
COUNT_ONLY = 0
MISSING = "C のコンパイラー（cc）がないため、n 回目の失敗の試験を飛ばします / no C compiler: the n-th failure is skipped"


def build(folder: Path) -> Path | None:
    """The compiled shim, or None when this machine has no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    target, draft = folder / "nth_failure.so", folder / f"nth_failure.{os.getpid()}"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(draft), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return draft.replace(target)  # another run may stand on the one before


def is_loaded() -> bool:
    """Whether this process runs over the shim."""
    return "nth_failure.so" in os.environ.get("LD_PRELOAD", "") and hasattr(ctypes.CDLL(None), "todoke_arm")


def run_again_over(shim: Path) -> None:
    """Replace this process by itself over the shim; never returns."""
    os.environ["LD_PRELOAD"] = str(shim)
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  # ourselves


def arm(below: Path, nth: int, error: int, *, for_ever: bool, loses: bool = False) -> None:
    """From now on count durable calls below a folder, and let the n-th fail with an errno (once, or all from then on).

    `loses`: a failed fsync also loses what was appended to the file since the last good one.
    """
    ctypes.CDLL(None).todoke_arm(
        os.fsencode(below),
        ctypes.c_long(nth),
        ctypes.c_int(error),
        ctypes.c_int(for_ever),
        ctypes.c_int(loses),
    )


def count() -> int:
    """How many such calls there have been since."""
    read = ctypes.CDLL(None).todoke_count
    read.restype = ctypes.c_long
    return int(read())
