"""The source tree as these tests see it."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "todoke"
LINES = ("casework", "programme", "foundation")
OURS = ("src", "samples", "sandbox", "bench", "tools")


@cache
def stages() -> tuple[Path, ...]:
    """Every stage: the sub-packages of the lines and of the foundation."""
    folders = (folder for line in LINES for folder in (SRC / line).iterdir())
    return tuple(sorted(f for f in folders if (f / "__init__.py").exists() and f.name != "migrations"))


@cache
def python_files(*tops: str) -> tuple[Path, ...]:
    """Our Python files below these folders of the repository, without migrations."""
    files = (file for top in tops for file in (ROOT / top).rglob("*.py"))
    return tuple(sorted(file for file in files if "migrations" not in file.parts))


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository; outside git, every file that is not made by a run."""
    asked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if asked.returncode == 0:
        names = asked.stdout.decode().split("\0")
        return tuple(sorted(ROOT / name for name in names if name and (ROOT / name).is_file()))
    made = {".venv", ".cache", "var", "build", "dist", "__pycache__"}
    return tuple(
        sorted(f for f in ROOT.rglob("*") if f.is_file() and not made & set(f.relative_to(ROOT).parts))
    )


def name(path: Path) -> str:
    """A path as a test id."""
    return str(path.relative_to(ROOT))


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, nested ones too."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
