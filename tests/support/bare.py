"""A Python that knows its standard library and `cryptography`, and nothing of this repository."""

import subprocess
import sys
from pathlib import Path

import cryptography

NEEDED = ("cryptography", "_cffi_backend*", "cffi", "pycparser")
START = (
    "import runpy, sys; bare, tool, *words = sys.argv[1:]; sys.path.append(bare); sys.argv = [tool, *words]; "
    "import importlib.util as u; assert u.find_spec('todoke') is None and u.find_spec('lxml') is None; "
    "runpy.run_path(tool, run_name='__main__')"
)


def site_of(folder: Path) -> Path:
    """A folder to import from in which only `cryptography` and what it needs lie."""
    site = folder / "site"
    site.mkdir(exist_ok=True)
    installed = Path(cryptography.__file__).parents[1]
    for pattern in NEEDED:
        for found in installed.glob(pattern):
            target = site / found.name
            if not target.exists():
                target.symlink_to(found)
    return site


def run(site: Path, tool: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a script isolated from the environment (-I) and from site-packages (-S)."""
    command = [sys.executable, "-I", "-S", "-c", START, str(site), str(tool), *map(str, words)]
    return subprocess.run(command, cwd=site, capture_output=True, text=True, check=False, timeout=60)
