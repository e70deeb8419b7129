"""Files and functions stay small, names say what things do."""

import re
from pathlib import Path

import pytest

from . import tree

FUNCTION_LINES, FILE_LINES, TEMPLATE_LINES = 40, 400, 100
REASON = "long:"
EMPTY_WORDS = {
    "util", "utils", "helper", "helpers", "common", "manager", "managers", "data", "info", "process", "handle", "handler",
    "handlers", "misc", "stuff",
}  # fmt: skip
python_file = pytest.mark.parametrize("file", tree.python_files(*tree.OURS), ids=tree.name)


@python_file
def test_a_file_is_short_or_says_why_not(file: Path) -> None:
    text = file.read_text()
    lines = text.count("\n")
    assert lines <= FILE_LINES or f"# {REASON}" in text, f"{lines} lines"


@python_file
def test_a_function_is_short_or_says_why_not(file: Path) -> None:
    lines = file.read_text().splitlines()
    for function in tree.functions(file):
        end = function.end_lineno or function.lineno
        inside = lines[function.lineno - 1 : end]
        assert len(inside) <= FUNCTION_LINES or any(f"# {REASON}" in line for line in inside), (
            f"{function.name}: {len(inside)} lines"
        )


@python_file
def test_a_module_is_named_after_what_it_does(file: Path) -> None:
    words = {word for part in file.relative_to(tree.ROOT).with_suffix("").parts for word in part.split("_")}
    assert not words & EMPTY_WORDS


@pytest.mark.parametrize("template", sorted(tree.SRC.rglob("*.html")), ids=tree.name)
def test_a_template_is_short_and_holds_no_script_or_style(template: Path) -> None:
    text = template.read_text()
    assert text.count("\n") <= TEMPLATE_LINES
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text), (
        "inline script or style"
    )
