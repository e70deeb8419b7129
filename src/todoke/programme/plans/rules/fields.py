"""The fields of an item: read from what a person typed, shown in words, taken from and put into an item."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from todoke.programme.packs.values import Basis, Estimate, NodeKind
from todoke.programme.plans.errors import FieldInvalid
from todoke.programme.plans.values import Item, ItemField, ItemState

FieldValue = object  # the type that the attribute of an Item has
TEXT_FIELDS = frozenset(
    {ItemField.LABEL, ItemField.NUMBER, ItemField.DEADLINE_TEXT}
)  # what no schedule computes with
GUIDELINE_FIELDS = (  # what an edition gives, and so what is merged
    ItemField.LABEL, ItemField.NUMBER, ItemField.KIND, ItemField.RESPONSIBLE, ItemField.ACCOUNTABLE, ItemField.CONSULTED,
    ItemField.EFFORT, ItemField.ESTIMATE, ItemField.EARLY_STARTABLE, ItemField.DEADLINE, ItemField.DEADLINE_TEXT,
    ItemField.DELIVERABLES, ItemField.DONE_WHEN,
)  # fmt: skip
FIXED_FIELDS = frozenset({ItemField.NUMBER, ItemField.KIND, ItemField.PARENT})  # of what the guideline gives
MOST_DAYS, MOST_CHARACTERS = 5000, 500
_ATTRIBUTES = {ItemField.SECTION: "section_id", ItemField.PERSON: "person_id"}
_EXAMPLES: Mapping[ItemField, str] = {
    ItemField.ESTIMATE: "「20/40/90」（短い/見込み/長い、執務日）", ItemField.EFFORT: "「業務主管課=15」を一行に一つ",
    ItemField.DEADLINE: "「2027-03-31」", ItemField.FIXED_START: "「2027-04-01」",
    ItemField.FIXED_FINISH: "「2027-03-31」",
}  # fmt: skip


def value_of(item: Item, field: ItemField) -> FieldValue:
    """The value that an item has in a field. An estimate is compared by its days, whosever they are."""
    value = getattr(item, _ATTRIBUTES.get(field, field.value))
    return dict(value) if field is ItemField.EFFORT else value


def with_value(item: Item, field: ItemField, value: FieldValue) -> Item:
    """The item with another value in a field; what a body typed is marked as the body's."""
    changed: dict[str, object] = {_ATTRIBUTES.get(field, field.value): value}
    return replace(item, **changed)  # type: ignore[arg-type]  # the type of the attribute, by `read` or from an item


def is_same(field: ItemField, one: FieldValue, other: FieldValue) -> bool:
    """Whether two values of a field mean the same work: the basis of an estimate does not count."""
    if field is ItemField.ESTIMATE and isinstance(one, Estimate) and isinstance(other, Estimate):
        return (one.low, one.likely, one.high) == (other.low, other.likely, other.high)
    return one == other


def shown(field: ItemField, value: FieldValue) -> str:
    """A value as it is typed; empty for none. What `read` makes of it is the value again."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, Estimate):
        return "/".join(_number(one) for one in (value.low, value.likely, value.high))
    if isinstance(value, Mapping):
        return "\n".join(f"{role}={_number(float(days))}" for role, days in value.items())
    if isinstance(value, tuple):
        return "\n".join(str(one) for one in value)
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else str(value)


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def read(field: ItemField, text: str) -> FieldValue:
    """The value that a person means by a text. Raises FieldInvalid, which gives an example."""
    try:
        return _READERS.get(field, _text)(text.strip())
    except (ValueError, OverflowError) as wrong:
        raise FieldInvalid(field=field.label, example=_EXAMPLES.get(field, "画面の例")) from wrong


def _text(text: str) -> str:
    if len(text) > MOST_CHARACTERS or any(
        unicodedata.category(one) in {"Cc", "Cs"} and one not in "\r\n" for one in text
    ):
        raise ValueError("not a text for a field")
    return text


def _needed(text: str) -> str:
    if not text:
        raise ValueError("empty")
    return _text(" ".join(text.split()))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in _text(text).splitlines() if one.strip())


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _days(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,4})?", text):
        raise ValueError("not a number of days")
    days = float(text)
    if days > MOST_DAYS:
        raise ValueError("too many days")
    return days


def _estimate(text: str) -> Estimate | None:
    if not text:
        return None
    low, likely, high = (_days(part.strip()) for part in _plain(text).split("/"))
    if not low <= likely <= high:
        raise ValueError("not in order")
    return Estimate(low, likely, high, Basis.BODY)


def _effort(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in _lines(text):
        role, days = (part.strip() for part in line.replace("＝", "=").rsplit("=", 1))
        if not role or role in found:
            raise ValueError("no role, or one twice")
        found[role] = _days(_plain(days))
    return found


def _day(text: str) -> date | None:
    return date.fromisoformat(_plain(text).replace("/", "-")) if text else None


def _answer(text: str) -> bool | None:
    return (
        {"": None, "はい": True, "いいえ": False}[text] if text in {"", "はい", "いいえ"} else bool(_refuse())
    )


def _refuse() -> int:
    raise ValueError("neither yes nor no")


def _id(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise ValueError("not an id")
    return int(text)


_READERS: Mapping[ItemField, Callable[[str], FieldValue]] = {
    ItemField.LABEL: _needed,
    ItemField.ESTIMATE: _estimate,
    ItemField.EFFORT: _effort,
    ItemField.CONSULTED: _lines,
    ItemField.DELIVERABLES: _lines,
    ItemField.DONE_WHEN: _lines,
    ItemField.DEADLINE: _day,
    ItemField.FIXED_START: _day,
    ItemField.FIXED_FINISH: _day,
    ItemField.EARLY_STARTABLE: _answer,
    ItemField.IS_NEW: lambda text: bool(_answer(text)),
    ItemField.SECTION: _id,
    ItemField.PERSON: _id,
    ItemField.STATE: ItemState,
    ItemField.KIND: NodeKind,
    ItemField.PARENT: lambda text: UUID(text) if text else None,
}
