"""Every path and every test that docs/requirements.md names exists, and every requirement is numbered once."""

import ast
import re
from functools import cache
from pathlib import PurePath

from . import tree

TEXT = (tree.ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if re.match(r"\| R[0-9]", line)]
PLACE = re.compile(r"`((?:src|tools|tests)/[^`:\s]*)(?:::([^`\s]*))?`")
NAMED = sorted(set(PLACE.findall(TEXT)))


def test_a_named_path_is_part_of_the_repository() -> None:
    files = [tree.name(file) for file in tree.tracked()]
    known = {*files, *(str(folder) for name in files for folder in PurePath(name).parents)}
    assert NAMED
    assert not {path for path, _ in NAMED if path.rstrip("/") not in known}


def test_a_named_test_is_a_test_of_that_file() -> None:
    nodes = [(path, test) for path, test in NAMED if test]
    assert nodes
    assert not [f"{path}::{test}" for path, test in nodes if test not in _tests_of(path)]


@cache
def _tests_of(path: str) -> set[str]:
    module = ast.parse((tree.ROOT / path).read_text(encoding="utf-8"))
    names = (node.name for node in module.body if isinstance(node, ast.FunctionDef))
    return {name for name in names if name.startswith("test_")}


def test_a_requirement_is_numbered_once_and_in_order() -> None:
    numbers = [int(line[3:].split(" ", 1)[0]) for line in ROWS]
    assert numbers
    assert numbers == sorted(set(numbers))


def test_a_requirement_names_code_and_a_test() -> None:
    for line in ROWS:
        places = [path for path, _ in PLACE.findall(line)]
        assert any(path.startswith(("src/", "tools/")) for path in places), line
        assert any(path.startswith("tests/") for path in places), line
