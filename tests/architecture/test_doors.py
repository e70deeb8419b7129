"""Every stage has the same rooms, and is entered by its doors."""

import subprocess
import sys
from functools import cache
from pathlib import Path

import grimp
import pytest

from . import tree

DOORS = {"services", "queries", "values", "errors"}
ROOMS = DOORS | {"__init__", "models", "rules", "jobs", "adapters", "profiles"}
GATHERER_OF = {"models": "models", "jobs": "journey"}  # who else may enter a private room
stage = pytest.mark.parametrize(
    "stage", tree.stages(), ids=lambda folder: f"{folder.parent.name}.{folder.name}"
)


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("todoke", cache_dir=None)


def home_of(stage: Path) -> str:
    return f"todoke.{stage.parent.name}.{stage.name}"


def rooms_of(stage: Path) -> set[str]:
    return {
        room.stem
        for room in stage.iterdir()
        if room.suffix == ".py" or (room.is_dir() and room.name != "__pycache__")
    }


def visitors_of(room: str) -> set[str]:
    """Every module that imports the room or something inside it."""
    modules = {module for module in graph().modules if module == room or module.startswith(f"{room}.")}
    return {visitor for module in modules for visitor in graph().find_modules_that_directly_import(module)}


def test_there_are_stages() -> None:
    assert len(tree.stages()) >= 8


@stage
def test_a_stage_has_only_the_known_rooms(stage: Path) -> None:
    assert rooms_of(stage) <= ROOMS


@stage
def test_a_stage_says_in_two_languages_what_it_is_for(stage: Path) -> None:
    first = (stage / "__init__.py").read_text()
    assert any(character.isascii() and character.isalpha() for character in first), "no English"
    assert any("\u3040" <= character <= "\u9fff" for character in first), "no Japanese"


@stage
def test_outsiders_use_the_doors(stage: Path) -> None:
    home = home_of(stage)
    for room in sorted(rooms_of(stage) - DOORS - {"__init__"}):
        gatherer = f"todoke.{stage.parent.name}.{GATHERER_OF.get(room, '')}"
        strangers = {v for v in visitors_of(f"{home}.{room}") if not f"{v}.".startswith(f"{home}.")} - {
            gatherer
        }
        assert not strangers, f"{home}.{room} is private; imported by {sorted(strangers)}"


@stage
def test_only_jobs_call_adapters(stage: Path) -> None:
    home = home_of(stage)
    allowed = (f"{home}.jobs", f"{home}.adapters")
    others = {v for v in visitors_of(f"{home}.adapters") if not v.startswith(allowed)}
    assert not others, f"{home}.adapters: no network inside a transaction; imported by {sorted(others)}"


def test_the_import_contracts_hold() -> None:
    program = str(Path(sys.executable).parent / "lint-imports")
    command = [program, "--no-logo", "--cache-dir", ".cache/import-linter"]
    done = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_nothing_of_the_product_but_its_commands_knows_samples_and_sandbox() -> None:
    seen = grimp.build_graph("todoke", "samples", "sandbox", cache_dir=None)
    for outside in ("samples", "sandbox"):
        modules = {m for m in seen.modules if m == outside or m.startswith(f"{outside}.")}
        visitors = {v for m in modules for v in seen.find_modules_that_directly_import(m)}
        strangers = {v for v in visitors if v.startswith("todoke.") and not v.startswith("todoke.cli.")}
        assert not strangers, f"{outside} is imported by {sorted(strangers)}"
