"""A snapshot of a plan: made from its items and where they stand, written as JSON, read back with suspicion; pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from todoke.foundation.canonical import bytes_of
from todoke.programme.packs.values import EditionRef, NodeKind
from todoke.programme.plans.values import Item, ItemState
from todoke.programme.progress.values import ReportState, Standing
from todoke.programme.rollup.errors import SubmissionUnfit
from todoke.programme.rollup.values import (
    ABSENT,
    DONE,
    NOT_STARTED,
    OFFICIAL_STEP,
    OUT_OF_SCOPE,
    UNKNOWN,
    WORKING,
    Counts,
    Snapshot,
)

FORMAT = "rollup-submission/1"
LETTER_OF: Mapping[ReportState, str] = {
    ReportState.DONE: DONE, ReportState.WORKING: WORKING, ReportState.NOT_STARTED: NOT_STARTED,
    ReportState.OUT_OF_SCOPE: OUT_OF_SCOPE,
}  # fmt: skip
MOST_STEPS, MOST_CONCEPTS = 400, 200
_FIELDS = frozenset(
    {
        "format", "subject", "name", "pack", "edition", "release", "as_of", "steps", "states", "weighted_permille",
        "stale_permille", "p50", "p80", "chance_permille",
    }
)  # fmt: skip
_CODE = re.compile(r"[0-9]{6}\Z", re.ASCII)
_NODE = re.compile(r"[A-Za-z0-9._-]{1,80}\Z", re.ASCII)
_CONCEPT = re.compile(r"[A-Za-z0-9._-]{0,40}\Z", re.ASCII)
_LETTERS = re.compile(f"[{DONE}{WORKING}{NOT_STARTED}{OUT_OF_SCOPE}{ABSENT}]*\\Z", re.ASCII)
_URN = re.compile(r"urn:[a-z0-9:._-]{1,150}\Z", re.ASCII)


def leaves(items: Iterable[Item]) -> list[Item]:
    """The steps of the guideline: its official ones where it marks them, else whatever nothing hangs below, without gates.

    Retired items and the body's own are not submitted.
    """
    living = [one for one in items if one.state is not ItemState.RETIRED]
    above = {one.parent for one in living if one.parent is not None}
    found = [
        one for one in living if not one.is_local and one.uuid not in above and one.kind is not NodeKind.GATE
    ]
    return [one for one in found if OFFICIAL_STEP in one.tags] or found


def letters(
    items: Iterable[Item], standings: Mapping[UUID, Standing]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """The steps in their order, and per concept one letter per step."""
    found: dict[str, dict[str, str]] = {}
    steps: dict[str, None] = {}
    for one in sorted(leaves(items), key=lambda item: item.position):
        steps.setdefault(one.node)
        found.setdefault(one.concept, {})[one.node] = LETTER_OF[standings[one.uuid].state]
    return tuple(steps), {
        concept: "".join(of.get(step, ABSENT) for step in steps) for concept, of in sorted(found.items())
    }


def counts(states: Iterable[str]) -> Counts:
    """How many steps stand how over letters of any number of concepts."""
    text = "".join(states)
    return Counts(
        text.count(DONE), text.count(OUT_OF_SCOPE), text.count(WORKING), text.count(NOT_STARTED), text.count(UNKNOWN)
    )  # fmt: skip


def document(one: Snapshot) -> dict[str, Any]:
    """As it stands in a file."""
    return {
        "format": FORMAT, "subject": one.subject, "name": one.name, "pack": one.edition.pack,
        "edition": one.edition.edition, "release": one.edition.release, "as_of": one.as_of.isoformat(),
        "steps": list(one.steps), "states": dict(one.states), "weighted_permille": one.weighted_permille,
        "stale_permille": one.stale_permille, "p50": _iso(one.p50), "p80": _iso(one.p80),
        "chance_permille": one.chance_permille,
    }  # fmt: skip


def canonical(one: Snapshot) -> bytes:
    """The one way to write it, for hashes."""
    return bytes_of(document(one))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def read(found: object) -> Snapshot:
    """The snapshot of a stranger's document: exactly the known fields, so that nothing else can ride along.

    Raises SubmissionUnfit, which names the field and never repeats its contents.
    """
    if not isinstance(found, dict) or found.keys() != _FIELDS or found["format"] != FORMAT:
        raise SubmissionUnfit(where="項目")
    steps = _steps(found["steps"])
    edition = EditionRef(
        _text(found, "pack", _URN), _text(found, "edition", _NODE), _number(found, "release", 100_000) or 0
    )
    days = {name: _day(found, name) for name in ("as_of", "p50", "p80")}
    if days["as_of"] is None:
        raise SubmissionUnfit(where="as_of")
    return Snapshot(
        _text(found, "subject", _CODE), _name(found["name"]), edition, days["as_of"], steps,
        _states(found["states"], len(steps)), _number(found, "weighted_permille"), _number(found, "stale_permille"),
        days["p50"], days["p80"], _number(found, "chance_permille"),
    )  # fmt: skip


def _text(found: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = found[name]
    if not isinstance(value, str) or not pattern.match(value):
        raise SubmissionUnfit(where=name)
    return value


def _name(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 100 or not value.isprintable():
        raise SubmissionUnfit(where="name")
    return value


def _number(found: Mapping[str, Any], name: str, most: int = 1000) -> int | None:
    value = found[name]
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= most:
        raise SubmissionUnfit(where=name)
    return value


def _day(found: Mapping[str, Any], name: str) -> date | None:
    value = found[name]
    try:
        return date.fromisoformat(value) if value is not None else None
    except (ValueError, TypeError) as broken:
        raise SubmissionUnfit(where=name) from broken


def _steps(value: object) -> tuple[str, ...]:
    if (
        not isinstance(value, list)
        or not 1 <= len(value) <= MOST_STEPS
        or len(set(map(str, value))) != len(value)
    ):
        raise SubmissionUnfit(where="steps")
    if not all(isinstance(one, str) and _NODE.match(one) for one in value):
        raise SubmissionUnfit(where="steps")
    return tuple(value)


def _states(value: object, steps: int) -> dict[str, str]:
    if not isinstance(value, dict) or not 1 <= len(value) <= MOST_CONCEPTS:
        raise SubmissionUnfit(where="states")
    for concept, text in value.items():
        if not _CONCEPT.match(concept) or not isinstance(text, str) or len(text) != steps:
            raise SubmissionUnfit(where="states")
        if not _LETTERS.match(text):
            raise SubmissionUnfit(where="states")
    return dict(value)
