"""The image: from hashed locks, by nobody in particular, and with every file that the product needs. It is not built here.

Building needs a registry of base images. What it copies and installs is checked instead: the wheel made as it makes it.
"""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.architecture.tree import ROOT, SRC, tracked

from .words import DEPLOY, is_understood

TEXT = (DEPLOY / "docker" / "Dockerfile").read_text()


def test_everything_that_is_copied_is_there_and_is_let_through() -> None:
    allowed = (DEPLOY / "docker" / "Dockerfile.dockerignore").read_text()
    for line in re.findall(r"^COPY (?!--from)(.*)$", TEXT, re.MULTILINE):
        for source in line.split()[:-1]:
            assert list(ROOT.glob(source)), source
            top = source.split("/")[0]
            assert f"!{top}" in allowed, source
    assert allowed.splitlines()[1] == "*", "what is not named stays outside"


def test_the_parts_come_from_hashed_locks_only() -> None:
    installs = re.findall(r"pip install ([^\\&|;]*)", TEXT)
    assert installs
    assert all("--require-hashes" in one or "--no-index" in one for one in installs)


def test_the_image_runs_as_nobody_and_starts_what_the_product_understands() -> None:
    assert re.findall(r"^USER (.*)$", TEXT, re.MULTILINE) == ["10001:10001"]
    command = re.findall(r'"([^"]+)"', re.findall(r"^CMD (.*)$", TEXT, re.MULTILINE)[0])
    assert is_understood(command)


def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
            "--wheel-dir", str(tmp_path), str(_copied(tmp_path / "source")),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    ours = {str(file.relative_to(SRC.parent)) for file in tracked() if file.is_relative_to(SRC)}
    assert ours <= inside, sorted(ours - inside)[:5]


def _copied(folder: Path) -> Path:
    """What the Dockerfile copies before it installs; building in the repository would leave files there."""
    for file in tracked():
        name = file.relative_to(ROOT)
        if name.parts[0] in ("src", "pyproject.toml", "LICENSE", "README.md") or name.match(
            "requirements/*.in"
        ):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    return folder
