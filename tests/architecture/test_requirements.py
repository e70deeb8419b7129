"""Every path and every test that docs/requirements.md names exists, and every requirement is numbered once."""

import ast
import re

import pytest

from . import tree

TEXT = (tree.ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if re.match(r"\| R[0-9]", line)]
PLACE = re.compile(r"`((?:src|tools|tests)/[^`:\s]*)(?:::([^`\s]*))?`")
NAMED = sorted(set(PLACE.findall(TEXT)))
NODES = [(path, test) for path, test in NAMED if test]


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED}))
def test_a_named_path_is_part_of_the_repository(path: str) -> None:
    known = {tree.name(file) for file in tree.tracked()}
    assert path in known or any(name.startswith(path.rstrip("/") + "/") for name in known)


@pytest.mark.parametrize(("path", "test"), NODES, ids=[test for _, test in NODES])
def test_a_named_test_is_a_test_of_that_file(path: str, test: str) -> None:
    module = ast.parse((tree.ROOT / path).read_text(encoding="utf-8"))
    found = {node.name for node in module.body if isinstance(node, ast.FunctionDef)}
    assert test.startswith("test_")
    assert test in found


def test_a_requirement_is_numbered_once_and_in_order() -> None:
    numbers = [int(line[3:].split(" ", 1)[0]) for line in ROWS]
    assert numbers
    assert numbers == sorted(set(numbers))


def test_a_requirement_names_code_and_a_test() -> None:
    for line in ROWS:
        places = [path for path, _ in PLACE.findall(line)]
        assert any(path.startswith(("src/", "tools/")) for path in places), line
        assert any(path.startswith("tests/") for path in places), line
