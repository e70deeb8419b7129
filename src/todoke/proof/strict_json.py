"""Reads JSON from outside: one meaning for everybody, or none（X24）.

Source: RFC 8259 §4 (names should be unique), §6 (no NaN, no Infinity), §8.2 (lone surrogates), §9 (limits of a parser);
RFC 7493 (I-JSON) §2. Python's own reader takes duplicate names, NaN, 1e999 and lone surrogates.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from .errors import JsonRefused

BYTES, DEPTH, DIGITS = 16_777_216, 64, 30
_STRING = re.compile(
    r'"[^"\\]*(?:\\.[^"\\]*)*\\?(?:"|\Z)', re.DOTALL
)  # an open one ends with the text: one pass
_BRACKET = re.compile(r"[\[\]{}]")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse(data: bytes, *, limit: int = BYTES, depth: int = DEPTH) -> Any:  # Any: JSON of the other side
    """The document in these bytes（UTF-8; a byte order mark is passed over）; raises JsonRefused with a reason and no content.

    Refused are: more bytes than `limit`, deeper nesting than `depth`, a name twice in one object, NaN and Infinity,
    a number that is too large for a float or has more than 30 digits, half of a surrogate pair, and what is no JSON.
    """
    if len(data) > limit:
        raise JsonRefused("size")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise JsonRefused("encoding") from None
    _check_depth(text, depth)
    try:
        document = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_integer
        )
    except (ValueError, RecursionError) as broken:
        if isinstance(broken, JsonRefused):
            raise
        raise JsonRefused("form") from None
    if _SURROGATE.search(text):
        _check_surrogates(document)
    return document


def _check_depth(text: str, limit: int) -> None:
    """Before parsing, because the parser itself goes down one call per level."""
    if text.count("[") + text.count("{") <= limit:
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > limit:
            raise JsonRefused("depth")


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:  # Any: JSON of the other side
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonRefused("duplicate")
    return found


def _constant(_name: str) -> NoReturn:
    raise JsonRefused("number")


def _float(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")} or sum(map(str.isdigit, text)) > DIGITS:
        raise JsonRefused("number")
    return value


def _integer(text: str) -> int:
    if len(text) > DIGITS + 1:
        raise JsonRefused("number")
    return int(text)


def _check_surrogates(document: object) -> None:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise JsonRefused("surrogate") from None
