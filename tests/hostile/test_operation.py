"""U03: what is not in the lock, or is not what the lock says, is not installed."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def wheel(folder: Path) -> Path:
    """A package that installs a file."""
    made = folder / "todoke_trial-1.0-py3-none-any.whl"
    about = "todoke_trial-1.0.dist-info"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("todoke_trial.py", "x = 1\n")
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: todoke-trial\nVersion: 1.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return made


@pytest.mark.parametrize(
    ("lock", "is_installed"),
    [
        pytest.param("todoke-trial==1.0 --hash=sha256:{right}", True, id="U03-as-locked"),
        pytest.param("todoke-trial==1.0 --hash=sha256:{wrong}", False, id="U03-another-hash"),
        pytest.param("todoke-trial==1.0", False, id="U03-without-a-hash"),
        pytest.param("todoke-trail==1.0 --hash=sha256:{right}", False, id="U03-a-name-that-is-nearly-ours"),
    ],
)
def test_what_is_not_what_the_lock_says_is_not_installed(
    lock: str, is_installed: bool, tmp_path: Path
) -> None:
    right = hashlib.sha256(wheel(tmp_path).read_bytes()).hexdigest()
    requirements, target = tmp_path / "lock.txt", tmp_path / "target"
    requirements.write_text(lock.format(right=right, wrong="0" * 64) + "\n")
    done = subprocess.run(
        [
            sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index",
            "--find-links", str(tmp_path), "--require-hashes", "--no-deps", "--target", str(target),
            "-r", str(requirements),
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) == is_installed, done.stderr
    assert (target / "todoke_trial.py").exists() == is_installed


def test_U03_our_own_installation_asks_for_hashes() -> None:
    assert "--require-hashes" in (ROOT / "requirements" / "prepare.sh").read_text(encoding="utf-8")
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert text.count("==") <= text.count("--hash=sha256:"), lock.name
