"""The small language of conditions（applies_if, checks）: compares facts with values, and nothing else.

    expression = term {"or" term}          term = factor {"and" factor}
    factor     = "not" factor | "(" expression ")" | comparison
    comparison = operand [("==" | "!=" | "<" | "<=" | ">" | ">=") operand | ["not"] "in" "[" operand {"," operand} "]"]
    operand    = number | 'text' | "text" | true | false | name（org.kind）

No calls, no arithmetic, no access to anything but the facts given. A fact that is not known makes the answer unknown
（Kleene）, not wrong. Lengths and depth are bounded; Python's own evaluation is never used.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from todoke.programme.packs.errors import ExpressionInvalid

Fact = str | int | float | bool
Facts = Mapping[str, Fact]
MOST_CHARACTERS = 500
MOST_TOKENS = 120
DEEPEST = 16
_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?[0-9]{1,12}(?:\.[0-9]{1,6})?)(?![\w.])|(?P<text>'[^'\\]*'|\"[^\"\\]*\")"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)|(?P<sign>==|!=|<=|>=|<|>|\(|\)|\[|\]|,))"
)
_ORDER: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORDS = frozenset({"and", "or", "not", "in", "true", "false"})


@dataclass(frozen=True, slots=True)
class Token:
    """One word of an expression: its kind（number, text, name, sign）, its letters, the place of the first one."""

    kind: str
    letters: str
    at: int


@dataclass(frozen=True, slots=True)
class Value:
    """A value that stands in the expression."""

    value: Fact


@dataclass(frozen=True, slots=True)
class Name:
    """A fact by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two operands compared, or one with a list（in）."""

    sign: str
    left: "Value | Name"
    right: "tuple[Value | Name, ...]"


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions joined by and, or, not."""

    word: str
    parts: "tuple[Tree, ...]"


Operand = Value | Name
Tree = Value | Name | Compared | Joined


def applies(expression: str, facts: Facts) -> bool:
    """Whether a node or concept counts for a body. Empty: always. An unknown fact never leaves something out silently."""
    return judge(expression, facts) is not False


def judge(expression: str, facts: Facts) -> bool | None:
    """What the expression says of the facts; None: a fact that it needs is not known. Raises ExpressionInvalid."""
    return _truth(parse(expression), facts) if expression.strip() else True


def names_in(expression: str) -> frozenset[str]:
    """The facts that an expression asks for. Raises ExpressionInvalid."""
    return frozenset(_names(parse(expression))) if expression.strip() else frozenset()


@lru_cache(maxsize=1024)
def parse(expression: str) -> Tree:
    """The tree of an expression. Raises ExpressionInvalid with the place of the first thing that does not fit."""
    if len(expression) > MOST_CHARACTERS:
        raise ExpressionInvalid(reason="長すぎます", at=MOST_CHARACTERS)
    tokens = _tokens(expression)
    if len(tokens) > MOST_TOKENS:
        raise ExpressionInvalid(reason="語が多すぎます", at=tokens[MOST_TOKENS].at)
    reader = _Reader(tokens, len(expression))
    tree = reader.either(1)
    if reader.here is not None:
        raise reader.misfit("ここで終わるはずです")
    return tree


def _tokens(expression: str) -> list[Token]:
    found, at, end = list[Token](), 0, len(expression.rstrip())
    while at < end:
        match = _TOKEN.match(expression, at)
        if match is None or match.lastgroup is None:
            raise ExpressionInvalid(reason="使えない文字か書き方です", at=at + 1)
        found.append(Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
        at = match.end()
    return found


class _Reader:
    """Reads a list of tokens from the left; every method takes what it names."""

    def __init__(self, tokens: list[Token], length: int) -> None:
        self._tokens, self._next, self._length = tokens, 0, length

    @property
    def here(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def misfit(self, reason: str) -> ExpressionInvalid:
        return ExpressionInvalid(reason=reason, at=self.here.at if self.here else self._length + 1)

    def take(self, *letters: str) -> str:
        """The next token if it is one of these, else nothing; texts in quotes are no words."""
        here = self.here
        if here is None or here.kind in {"text", "number"} or here.letters not in letters:
            return ""
        self._next += 1
        return here.letters

    def either(self, depth: int) -> Tree:
        return self._joined("or", self.all_of, depth)

    def all_of(self, depth: int) -> Tree:
        return self._joined("and", self.factor, depth)

    def _joined(self, word: str, part: Callable[[int], Tree], depth: int) -> Tree:
        parts = [part(depth)]
        while self.take(word):
            parts.append(part(depth))
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def factor(self, depth: int) -> Tree:
        if depth > DEEPEST:
            raise self.misfit("入れ子が深すぎます")
        if self.take("not"):
            return Joined("not", (self.factor(depth + 1),))
        if self.take("("):
            inner = self.either(depth + 1)
            if not self.take(")"):
                raise self.misfit("閉じかっこ ) がありません")
            return inner
        return self.comparison()

    def comparison(self) -> Tree:
        left = self.operand()
        sign = self.take("==", "!=", *_ORDER)
        if sign:
            return Compared(sign, left, (self.operand(),))
        is_negated = bool(self.take("not"))
        if self.take("in"):
            found = Compared("in", left, self.listed())
            return Joined("not", (found,)) if is_negated else found
        if is_negated:
            raise self.misfit("not の後には in が要ります")
        return left

    def listed(self) -> tuple[Operand, ...]:
        if not self.take("["):
            raise self.misfit("in の後には [ ] の一覧が要ります")
        found = [self.operand()]
        while self.take(","):
            found.append(self.operand())
        if not self.take("]"):
            raise self.misfit("閉じかっこ ] がありません")
        return tuple(found)

    def operand(self) -> Operand:
        here = self.here
        if (
            here is None
            or here.kind == "sign"
            or (here.kind == "name" and here.letters in _WORDS - {"true", "false"})
        ):
            raise self.misfit("値か事実の名前が要ります")
        self._next += 1
        if here.kind == "text":
            return Value(here.letters[1:-1])
        if here.kind == "number":
            return Value(float(here.letters) if "." in here.letters else int(here.letters))
        return Value(here.letters == "true") if here.letters in {"true", "false"} else Name(here.letters)


def _truth(tree: Tree, facts: Facts) -> bool | None:
    if isinstance(tree, Compared):
        return _compared(tree, facts)
    if isinstance(tree, Joined):
        return _joined(tree, facts)
    found = _known(tree, facts)
    return found if isinstance(found, bool) else None


def _joined(tree: Joined, facts: Facts) -> bool | None:
    found = [_truth(part, facts) for part in tree.parts]
    if tree.word == "not":
        return None if found[0] is None else not found[0]
    settles = tree.word == "or"
    if settles in found:
        return settles
    return None if None in found else not settles


def _compared(tree: Compared, facts: Facts) -> bool | None:
    left, right = _known(tree.left, facts), [_known(one, facts) for one in tree.right]
    if left is None:
        return None
    if tree.sign == "in":
        found = [_same(left, one) for one in right if one is not None]
        return True if True in found else (None if None in right else False)
    if right[0] is None:
        return None
    if tree.sign in {"==", "!="}:
        return _same(left, right[0]) == (tree.sign == "==")
    if isinstance(left, str) or isinstance(right[0], str) or bool in (type(left), type(right[0])):
        return None  # an order exists between numbers only
    return _ORDER[tree.sign](left, right[0])


def _same(left: Fact, right: Fact) -> bool:
    """Equal and of one kind: true is not 1."""
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def _known(operand: Operand, facts: Facts) -> Fact | None:
    return operand.value if isinstance(operand, Value) else facts.get(operand.name)


def _names(tree: Tree) -> Iterator[str]:
    if isinstance(tree, Name):
        yield tree.name
    elif isinstance(tree, Compared):
        for operand in (tree.left, *tree.right):
            yield from _names(operand)
    elif isinstance(tree, Joined):
        for part in tree.parts:
            yield from _names(part)
