"""Repetitions that only show once parties are known: another sender for the same household or the same person.

Judged here and not at intake, because a household is known only from the record of a number. The applications are
compared with those identified before, in the database and in this batch; one body's batches one after the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from todoke.casework.identify.models import PartyRow
from todoke.casework.intake import queries as intake_queries
from todoke.casework.intake import services as intake
from todoke.casework.intake.values import Duplicate, DuplicateKind, StoredApplication
from todoke.foundation.audit.values import Actor
from todoke.foundation.fence import one_at_a_time

IDENTIFY_LOCK = 7_405_003  # advisory lock number on PostgreSQL; combined with the organisation's code
_HOUSEHOLD = ":h:"
_NOTHING: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Before:
    """An application that was identified before: its number, when it was made, which one it amends or repeats.

    `stems_from` are all that it amends or repeats, and what those amend or repeat.
    """

    id: int
    applied_at: datetime
    amends: int | None
    repeats: bool
    stems_from: frozenset[int]


Known = dict[str, list[_Before]]


def note_repetitions(
    applications: Sequence[StoredApplication],
    keys: Mapping[int, Sequence[str]],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Note which of these repeat an earlier application under one of their keys; nothing is asked without keys."""
    asked = {key for several in keys.values() for key in several}
    if not asked:
        return
    one_at_a_time(IDENTIFY_LOCK)
    window = timedelta(days=settings.TODOKE_DUPLICATE_DAYS)
    known = _known(asked)
    stems = intake_queries.stems(
        {one.id: parent for one in applications if (parent := one.previous_id or one.duplicate.of)}
    )
    found: dict[int, Duplicate] = {}
    for one in sorted(applications, key=lambda application: application.id):
        duplicate = _earlier(one, keys[one.id], known, window)
        if duplicate is not None and _may_repeat(one):
            found[one.id] = duplicate
        for key in keys[one.id]:
            repeats = one.id in found or _repeats(one.duplicate.kind)
            known.setdefault(key, []).append(
                _Before(one.id, one.applied_at, one.previous_id, repeats, stems.get(one.id, _NOTHING))
            )
    intake.note_duplicates(found, actor=actor, at=at)


def _may_repeat(one: StoredApplication) -> bool:
    """A resubmission repeats on purpose; what intake has found already stays."""
    return one.duplicate.kind is DuplicateKind.NONE and one.previous_id is None


def _repeats(kind: DuplicateKind) -> bool:
    """Whether an application is held as a repetition of another."""
    return kind not in (DuplicateKind.NONE, DuplicateKind.RESUBMISSION)


def _known(keys: set[str]) -> Known:
    rows = PartyRow.objects.filter(scope_key__in=keys, scope_key__gt="").order_by("application_id")
    columns = (
        "scope_key", "application_id", "applied_at", "previous_id", "duplicate_of_id", "duplicate_kind",
    )  # fmt: skip
    found = list(rows.values_list(*columns[:2], *(f"application__{name}" for name in columns[2:])))
    parents = {application: parent for _, application, _, *two, _ in found if (parent := two[0] or two[1])}
    stems = intake_queries.stems(parents)
    known: Known = {}
    for key, application, applied_at, previous, _, kind in found:
        repeats = _repeats(DuplicateKind(kind))
        before = _Before(application, applied_at, previous, repeats, stems.get(application, _NOTHING))
        known.setdefault(key, []).append(before)
    return known


def _earlier(
    one: StoredApplication, keys: Sequence[str], known: Known, window: timedelta
) -> Duplicate | None:
    for key in keys:
        for other in known.get(key, ()):
            if _is_before(other, one) and abs(other.applied_at - one.applied_at) <= window:
                kind = DuplicateKind.SAME_HOUSEHOLD if _HOUSEHOLD in key else DuplicateKind.SAME_SUBJECT
                return Duplicate(kind, other.id)
    return None


def _is_before(other: _Before, one: StoredApplication) -> bool:
    """Identified before; but what was identified first makes no repetition of what it amends or repeats itself.

    Numbers are given in the order of arrival, and intake compares in the order of acceptance, so either may have the
    lower number. Nor does a later one that amends or repeats another make a repetition of what came before it.
    """
    is_derived_later = other.id > one.id and (other.amends is not None or other.repeats)
    return other.id != one.id and one.id not in other.stems_from and not is_derived_later
