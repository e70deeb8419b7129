"""An edition as a document（the shape of its YAML, JSON and workbook）and back, with its hash.

The document has the fields of the values, in their order, without what is empty or as usual. Dates are ISO texts, days
of the year `MM-DD`; an edition's `ref` lies flat in it as pack, edition and release.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from todoke.foundation.canonical import hash_of
from todoke.programme.packs.values import Edition, EditionRef

Document = dict[str, Any]  # JSON: what it holds is checked by the schema or made from values
ROOT = ("pack", "edition", "release")
SPELT_OUT = frozenset({"basis", "strength"})  # who says so is never left to be guessed


def document_of(edition: Edition) -> Document:
    """The document of an edition; the same edition always gives the same document."""
    document: Document = {name: getattr(edition.ref, name) for name in ROOT}
    document |= _plain(edition, leave_out=("ref", "sha256"))
    return document


def edition_of(document: Mapping[str, Any]) -> Edition:
    """The edition of a document that fits the schema, with its hash. Raises ValueError for what no value can hold."""
    rest = {key: value for key, value in document.items() if key not in ROOT}
    ref = EditionRef(document["pack"], document["edition"], document["release"])
    edition = cast("Edition", _built(Edition, {**rest, "ref": ref}))
    return replace(edition, sha256=hash_of(document_of(edition)))


def part_of(value: object) -> Document:
    """The document of one part of an edition: a node, a link, a window."""
    return _plain(value)


def _plain(value: Any, leave_out: tuple[str, ...] = ()) -> Document:  # Any: one of the dataclasses of values
    found: Document = {}
    for one in fields(value):
        inside = getattr(value, one.name)
        if one.name not in leave_out and (one.name in SPELT_OUT or not _is_usual(one, inside)):
            found[one.name] = _spelt(inside)
    return found


def _is_usual(one: "Field[Any]", inside: object) -> bool:  # Any: the type of the field's value
    if one.default is not MISSING:
        return bool(inside == one.default)
    return one.default_factory is not MISSING and not inside


def _spelt(inside: object) -> object:
    if isinstance(inside, StrEnum):
        return inside.value
    if isinstance(inside, date):
        return inside.isoformat()
    if isinstance(inside, tuple):
        if len(inside) == 2 and all(type(one) is int for one in inside):
            return f"{inside[0]:02}-{inside[1]:02}"
        return [_spelt(one) for one in inside]
    if isinstance(inside, Mapping):
        return {key: _spelt(one) for key, one in inside.items()}
    if is_dataclass(inside):
        return _plain(inside)
    if isinstance(inside, float) and inside.is_integer():
        return int(inside)
    return inside


@cache
def _hints(kind: type) -> Mapping[str, Any]:  # Any: annotations
    return get_type_hints(kind)


def _built(kind: type, document: Mapping[str, Any]) -> object:
    hints = _hints(kind)
    unknown = [key for key in document if key not in hints]
    if unknown:
        raise ValueError(f"{unknown[0]} は使えない項目です")
    return kind(**{key: _read(hints[key], value) for key, value in document.items()})


def _read(hint: Any, value: Any) -> object:  # Any: an annotation, and JSON
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _read(inner[0], value)
    if hint == tuple[int, int]:
        return _month_and_day(value)
    if origin is tuple:
        return tuple(_read(inner[0], one) for one in value)
    if origin is Mapping or hint is Mapping:
        return {str(key): _read(inner[1], one) for key, one in value.items()}
    return _read_plain(hint, value)


def _read_plain(hint: Any, value: Any) -> object:  # Any: an annotation, and JSON
    if hint is date:
        return date.fromisoformat(value)
    if is_dataclass(hint):
        return value if isinstance(value, EditionRef) else _built(cast("type", hint), value)
    if isinstance(hint, type) and issubclass(hint, StrEnum | float):
        return hint(value)
    return value


def _month_and_day(text: str) -> tuple[int, int]:
    month, day = (int(part) for part in text.split("-"))
    date(2024, month, day)  # a leap year: 02-29 is a day of the year
    return month, day
