"""What is counted of a case, which of it a day's file says, and how it is cut into files; pure."""

import hmac
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Any
from uuid import UUID

from todoke.casework.cases.values import CaseFacts, CaseStatus, EventKind, Happened, NoticeProgress
from todoke.casework.identify.values import IdentityState
from todoke.foundation import canonical
from todoke.foundation.audit.values import ActorKind

from .values import FORMAT, CaseFigure, Entry

LOOK_FROM = time(0, 30)  # what began before midnight is over by then
_ANSWERS = frozenset({CaseStatus.COMPLETED, CaseStatus.REJECTED})
_TYPED = frozenset({NoticeProgress.TO_TYPE, NoticeProgress.TYPED})


def event_id(body_key: bytes, case: UUID) -> str:
    """The opaque id of a case in files: 128 bits of an HMAC-SHA-256 with the body's key, hexadecimal."""
    return hmac.digest(body_key, b"todoke.figures " + case.bytes, "sha256")[:16].hex()


def is_time_to_look(at: datetime, looked_on: date | None, *, zone: tzinfo) -> bool:
    """Whether the timelines are to be read: once a Japanese day, half an hour after it has begun."""
    here = at.astimezone(zone)
    return looked_on is None or (looked_on < here.date() and here.time() >= LOOK_FROM)


def figure(
    facts: CaseFacts,
    event: str,
    *,
    by_hand: frozenset[str],
    day_of: Callable[[datetime], date],
    days_of: Callable[[int], Sequence[date]],
) -> CaseFigure:
    """What is counted of one case as it stands; `by_hand` are channels whose files a person imports.

    `days_of` says the 執務日 of a year, ascending.
    """
    received, answered = day_of(facts.received_at), _answered(facts.happened)
    answered_on = day_of(answered) if answered else None
    return CaseFigure(
        event, facts.procedure, received, answered_on,
        business_days(received, answered_on, days_of) if answered_on else None,
        Entry.BY_HAND if facts.channel in by_hand else Entry.ONLINE,
        identities_by_person=_count(facts.happened, _is_identified),
        handovers_by_person=_count(facts.happened, _is_released),
        typed_entries=_count(facts.happened, _is_typed) + _count(facts.happened, _is_transcribed),
    )  # fmt: skip


def _answered(happened: Iterable[Happened]) -> datetime | None:
    moments = [one.at for one in happened if one.kind is EventKind.MOVED and one.to_word in _ANSWERS]
    return max(moments, default=None)


def _count(happened: Iterable[Happened], is_meant: Callable[[Happened], bool]) -> int:
    return sum(1 for one in happened if is_meant(one))


def _is_identified(one: Happened) -> bool:
    return one.kind is EventKind.IDENTITY and one.to_word == IdentityState.DECIDED.value


def _is_released(one: Happened) -> bool:
    return one.kind is EventKind.RELEASED and one.by is ActorKind.STAFF


def _is_typed(one: Happened) -> bool:
    return one.notice in _TYPED


def _is_transcribed(one: Happened) -> bool:
    """A person says that they have typed the case into the core system（方式1）."""
    is_moved = one.kind is EventKind.MOVED and one.to_word == CaseStatus.HANDED_OVER.value
    return is_moved and one.by is ActorKind.STAFF


def business_days(received: date, answered: date, days_of: Callable[[int], Sequence[date]]) -> int:
    """The 執務日 after the day of receipt, up to the answer; 0 where it was answered at once, or before the next of them."""
    count = 0
    for year in range(received.year, answered.year + 1):
        days = days_of(year)
        count += bisect_right(days, answered) - bisect_right(days, received)
    return max(count, 0)


def touched(before: CaseFigure | None, now: CaseFigure) -> set[date]:
    """The days whose files say something else, now that a case is counted so; none where nothing changed."""
    if before == now:
        return set()
    days = {now.received_on, now.answered_on, before.answered_on if before else None}
    return {day for day in days if day is not None}


def events_of(figures: Iterable[CaseFigure], day: date) -> list[Mapping[str, Any]]:
    """What the file of a day says: cases that came or were answered on it, as it stood when the day was over; by id.

    What is not known until the answer is null, never 0.
    """
    found = [one for one in figures if day in (one.received_on, one.answered_on)]
    return [_event(one, day) for one in sorted(found, key=lambda one: one.event_id)]


def _event(one: CaseFigure, day: date) -> Mapping[str, Any]:
    is_answered = one.answered_on is not None and one.answered_on <= day
    return {
        "id": one.event_id, "procedure": one.procedure, "received_on": one.received_on.isoformat(),
        "entry": one.entry.value,
        "answered_on": one.answered_on.isoformat() if is_answered and one.answered_on else None,
        "business_days": one.business_days if is_answered else None,
        "identities_by_person": one.identities_by_person if is_answered else None,
        "handovers_by_person": one.handovers_by_person if is_answered else None,
        "typed_entries": one.typed_entries if is_answered else None,
    }  # fmt: skip


def digest(events: Sequence[Mapping[str, Any]]) -> str:
    """By what it is seen whether a day says something else: SHA-256 (hex) of its events."""
    return canonical.hash_of(events)


def bodies(
    day: date, revision: int, events: Sequence[Mapping[str, Any]], *, most: int
) -> list[Mapping[str, Any]]:
    """The letters of a day, at most so many events in each; one without events for a day on which nothing happened."""
    pieces = [events[start : start + most] for start in range(0, len(events), most)] or [[]]
    return [
        {
            "format": FORMAT, "day": day.isoformat(), "revision": revision, "part": number, "parts": len(pieces),
            "events": list(piece),
        }
        for number, piece in enumerate(pieces, 1)
    ]  # fmt: skip
