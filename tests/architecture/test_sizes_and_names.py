"""Files and functions stay small, names say what things do."""

import re
from collections.abc import Iterator
from pathlib import Path

from . import tree

FUNCTION_LINES, FILE_LINES, TEMPLATE_LINES = 40, 400, 100
REASON = "long:"
TAG = re.compile(r"{%.*?%}")  # `{% include … with one=… %}` is no attribute
SCRIPT_OR_STYLE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)")
EMPTY_WORDS = {
    "util", "utils", "helper", "helpers", "common", "manager", "managers", "data", "info", "process", "handle", "handler",
    "handlers", "misc", "stuff",
}  # fmt: skip


def test_a_file_is_short_or_says_why_not() -> None:
    texts = {file: file.read_text() for file in tree.python_files(*tree.OURS)}
    assert not [
        f"{tree.name(file)}: {text.count(chr(10))} lines"
        for file, text in texts.items()
        if text.count("\n") > FILE_LINES and f"# {REASON}" not in text
    ]


def test_a_function_is_short_or_says_why_not() -> None:
    assert not [
        f"{tree.name(file)}: {name}: {lines} lines"
        for file in tree.python_files(*tree.OURS)
        for name, lines in _long_functions(file)
    ]


def _long_functions(file: Path) -> Iterator[tuple[str, int]]:
    lines = file.read_text().splitlines()
    for function in tree.functions(file):
        inside = lines[function.lineno - 1 : function.end_lineno or function.lineno]
        if len(inside) > FUNCTION_LINES and not any(f"# {REASON}" in line for line in inside):
            yield function.name, len(inside)


def test_a_module_is_named_after_what_it_does() -> None:
    assert not [tree.name(file) for file in tree.python_files(*tree.OURS) if _words(file) & EMPTY_WORDS]


def _words(file: Path) -> set[str]:
    parts = file.relative_to(tree.ROOT).with_suffix("").parts
    return {word for part in parts for word in part.split("_")}


def test_a_template_is_short_and_holds_no_script_or_style() -> None:
    texts = {tree.name(file): TAG.sub("", file.read_text()) for file in sorted(tree.SRC.rglob("*.html"))}
    assert texts
    assert not [name for name, text in texts.items() if text.count("\n") > TEMPLATE_LINES]
    assert not [name for name, text in texts.items() if SCRIPT_OR_STYLE.search(text)]
