"""A machine that reaches nothing outside is set up from a folder of wheels, by hash as always."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Stands for Python and pip: makes the environment, writes down how it was asked to install.
STAND_IN = """#!/bin/sh
case "$*" in
*"-m venv "*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
*"-m pip "*) echo "$*" >> asked ;;
*purelib*) mkdir -p .venv/lib && echo .venv/lib ;;
-V) echo "Python 3.11.0" ;;
esac
"""


def asked(place: Path) -> list[str]:
    """How pip was asked to install, one line a call, by the real prepare.sh in a copy of the repository's head."""
    shutil.copytree(ROOT / "requirements", place / "requirements")
    python = place / "python"
    python.write_text(STAND_IN)
    python.chmod(0o755)
    done = subprocess.run(
        [place / "requirements" / "prepare.sh", "run"],
        env={"PATH": "/usr/bin:/bin", "PYTHON": str(python)},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [line for line in (place / "asked").read_text().splitlines() if " install " in line]


@pytest.mark.parametrize("closed", [True, False], ids=["with-wheels", "with-a-network"])
def test_parts_come_from_the_folder_alone_where_there_is_one(closed: bool, tmp_path: Path) -> None:
    if closed:
        (tmp_path / "wheels").mkdir()
    parts = [line for line in asked(tmp_path) if " -r requirements/" in line]
    assert len(parts) == 2
    assert all("--require-hashes" in line for line in parts)
    assert all(("--no-index --find-links wheels" in line) is closed for line in parts)


def test_nothing_of_the_folder_is_kept_in_the_repository() -> None:
    assert "/wheels/" in (ROOT / ".gitignore").read_text().splitlines()
