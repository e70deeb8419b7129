"""Reading the daily files of casework strictly: whatever is not as agreed refuses the whole file; pure."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from todoke.foundation.canonical import sha256, text_of
from todoke.programme.progress.errors import EventsUnfit
from todoke.programme.progress.values import AnsweredCase, CaseDayPart, ToldCase

KIND = "casework.events"
FORMAT = "todoke-case-events/1"
MOST_EVENTS, MOST_PARTS = 5_000, 1_000
_HEAD = frozenset({"format", "day", "revision", "part", "parts", "events"})
_COUNTS = ("business_days", "identities_by_person", "handovers_by_person", "typed_entries")
_EVENT = frozenset({"id", "procedure", "received_on", "entry", "answered_on", *_COUNTS})
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_PROCEDURE = re.compile(r"[A-Za-z0-9_-]{1,20}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOST = 100_000  # of any count


def read(body: Mapping[str, Any], *, as_of: date) -> CaseDayPart:
    """The part of a day that a file is, whose letter is dated `as_of`. Raises EventsUnfit with the first place that misfits."""
    if body.keys() != _HEAD or body["format"] != FORMAT:
        raise EventsUnfit(where="様式")
    day = _day(body["day"], "日付")
    if day != as_of:
        raise EventsUnfit(where="日付")
    revision, parts = _count(body["revision"], "版", least=1), _count(body["parts"], "分割", least=1)
    part, events = _count(body["part"], "分割", least=1), body["events"]
    if not part <= parts <= MOST_PARTS:
        raise EventsUnfit(where="分割")
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise EventsUnfit(where="件数")
    found = tuple(_event(one, day, f"{number}件目") for number, one in enumerate(events, 1))
    if len({one.id for one in found}) != len(found):
        raise EventsUnfit(where="同じ記録が二度あります")
    return CaseDayPart(day, revision, part, parts, found)


def as_kept(body: Mapping[str, Any]) -> tuple[str, str]:
    """The file's body as text that is the same whenever it says the same, and the SHA-256 (hex) of it."""
    text = text_of(body)
    return text, sha256(text)


def kept_event(one: Mapping[str, Any]) -> ToldCase:
    """One record of a file that was read strictly when it was taken, and stands in a table that nobody can change."""
    answered = one["answered_on"]
    return ToldCase(
        one["id"], one["procedure"], date.fromisoformat(one["received_on"]), one["entry"] == "by_hand",
        AnsweredCase(date.fromisoformat(answered), *(one[name] for name in _COUNTS)) if answered else None,
    )  # fmt: skip


def _event(one: object, day: date, where: str) -> ToldCase:
    if not isinstance(one, dict) or one.keys() != _EVENT or one["entry"] not in ("online", "by_hand"):
        raise EventsUnfit(where=where)
    found, procedure = (
        _text(one[name], shape, where) for name, shape in (("id", _ID), ("procedure", _PROCEDURE))
    )
    received, answer = _day(one["received_on"], where), _answer(one, day, where)
    is_of_the_day = received == day or (answer is not None and answer.on == day)
    if received > day or not is_of_the_day or (answer is not None and answer.on < received):
        raise EventsUnfit(where=where)
    return ToldCase(found, procedure, received, one["entry"] == "by_hand", answer)


def _answer(one: Mapping[str, object], day: date, where: str) -> AnsweredCase | None:
    """All of an answer or nothing of it: a count without an answer would be a guess."""
    if one["answered_on"] is None:
        if any(one[name] is not None for name in _COUNTS):
            raise EventsUnfit(where=where)
        return None
    on = _day(one["answered_on"], where)
    if on > day:
        raise EventsUnfit(where=where)
    return AnsweredCase(on, *(_count(one[name], where) for name in _COUNTS))


def _text(text: object, shape: re.Pattern[str], where: str) -> str:
    if not isinstance(text, str) or not shape.fullmatch(text):
        raise EventsUnfit(where=where)
    return text


def _day(text: object, where: str) -> date:
    try:
        return date.fromisoformat(_text(text, _DAY, where))
    except ValueError as no_day:
        raise EventsUnfit(where=where) from no_day


def _count(number: object, where: str, *, least: int = 0) -> int:
    if type(number) is not int or not least <= number <= _MOST:
        raise EventsUnfit(where=where)
    return number
