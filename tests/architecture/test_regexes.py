"""T25: no regular expression of ours can be made slow by a text of a few characters.

Every pattern in the source is found by its syntax tree, looked at for repetitions inside repetitions, and probed.
"""

import ast
import importlib
import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from . import tree

constants: Any = importlib.import_module("re._constants")  # the parser of `re` has no public name since 3.11
parser: Any = importlib.import_module("re._parser")
CALLS = {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
SECONDS = 0.05  # of processor time, so that a busy machine is no failure
PROBE = 26
STARTS = "a0あア漢-. ,:/'\"\\<&=年"
ENDS = ("!", "", "\n", "\u3099", "x!")
REPEATS = {constants.MAX_REPEAT, constants.MIN_REPEAT}


def _literal(node: ast.expr) -> str | bytes | None:
    """The pattern that a node says, names and formatted parts of it replaced by one character."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "a" for part in node.values)
        return "".join(str(part) for part in parts)
    return None


@cache
def patterns() -> tuple[tuple[str, str | bytes], ...]:
    """Every pattern of the source, with its file and line."""
    return tuple((f"{tree.name(file)}:{line} {found!r}", found) for file, line, found in _written_out())


def _written_out() -> Iterator[tuple[Path, int, str | bytes]]:
    """What is written out in a call of `re`, or as a pattern of a form field."""
    for file in tree.python_files("src"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not _takes_pattern(node.func):
                continue
            found = _literal(node.args[0])
            if found is not None:
                yield file, node.lineno, found


def _takes_pattern(function: ast.expr) -> bool:
    if not isinstance(function, ast.Attribute):
        return False
    is_re = isinstance(function.value, ast.Name) and function.value.id == "re" and function.attr in CALLS
    return is_re or function.attr in {"RegexField", "RegexValidator"}


def test_T25_the_patterns_of_the_source_are_found() -> None:
    assert len(patterns()) >= 40


def nested(items: Any, *, inside: bool = False) -> bool:  # Any: the parser's own tree
    """Whether an unbounded repetition stands inside another one and could share its text with it."""
    for operation, argument in items:
        if operation in REPEATS:
            _, most, body = argument
            is_open = most is constants.MAXREPEAT
            if is_open and inside:
                return True
            if nested(body, inside=is_open or inside) and not _begins_with_a_mark(body):
                return True
        elif operation is constants.SUBPATTERN:
            if nested(argument[3], inside=inside):
                return True
        elif operation is constants.BRANCH and any(nested(branch, inside=inside) for branch in argument[1]):
            return True
    return False


def _begins_with_a_mark(body: Any) -> bool:
    """`(?:,[0-9]*)*` is one pass: each round begins with a sign that the repetition inside cannot be."""
    first: Any = body[0] if len(body) else (None, None)
    if first[0] is constants.SUBPATTERN:
        return _begins_with_a_mark(first[1][3])
    return first[0] is constants.LITERAL


def test_T25_no_repetition_stands_inside_a_repetition() -> None:
    assert not [place for place, pattern in patterns() if nested(parser.parse(pattern))]


def test_T25_a_probe_of_27_characters_is_answered_at_once() -> None:
    assert not [place for place, pattern in patterns() if _slowest(pattern) >= SECONDS]


def _slowest(pattern: str | bytes) -> float:
    """The processor seconds that the worst probe takes."""
    compiled: Any = re.compile(pattern)
    slowest = 0.0
    for text in (start * PROBE + end for start in STARTS for end in ENDS):
        probe = text if isinstance(pattern, str) else text.encode()
        began = time.process_time()
        compiled.fullmatch(probe)
        compiled.search(probe)
        slowest = max(slowest, time.process_time() - began)
    return slowest


def test_T25_a_pattern_that_is_known_to_be_slow_is_recognised() -> None:
    for slow in (r"^(\w+\s?)*$", r"(a+)+b", r"(?:[a-z]*[0-9]*)*!", r"(x|y+)*z"):
        assert nested(parser.parse(slow)), slow
    for fast in (r"[a-z]+", r"[0-9]{1,3}(?:,[0-9]{3}){1,9}", r'"[^"\\]*(?:\\.[^"\\]*)*"'):
        assert not nested(parser.parse(fast)), fast
