"""A code says one thing: whoever looks it up, in the manual or by telephone, must not find two meanings."""

import ast
from collections import defaultdict

from todoke.foundation.errors import SENTENCES

from .tree import SRC

# One trouble in two rooms with its own words for what to do, or told shorter where its facts are not at hand.
KINDS = {"EXP-703", "SYS-911", "BKP-103", "BKP-107", "BKP-108", "PKG-122", "SYS-901"}


def _value(statement: ast.stmt, name: str) -> str | None:
    if not isinstance(statement, ast.AnnAssign | ast.Assign):
        return None
    target = statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0]
    wanted = isinstance(target, ast.Name) and target.id == name
    constant = statement.value.value if wanted and isinstance(statement.value, ast.Constant) else None
    return constant if isinstance(constant, str) else None


def _declared() -> dict[str, set[str]]:
    """Sentences by code, of every error class of the product."""
    found = defaultdict(set)
    for file in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ClassDef):
                continue
            code = next((one for part in node.body if (one := _value(part, "code"))), None)
            sentence = next((one for part in node.body if (one := _value(part, "sentence"))), None)
            if code and sentence:
                found[code].add(sentence)
    return found


def test_no_code_stands_for_two_things() -> None:
    found = _declared()
    assert len(found) > 100
    twice = {code: one for code, one in found.items() if len(one) > 1 and code not in KINDS}
    assert twice == {}
    other = {code: one for code, one in found.items() if code in SENTENCES and SENTENCES[code] not in one}
    assert {code: one for code, one in other.items() if code not in KINDS} == {}
