"""Writing the list. The `cases` stage hides and shows cases in the same transaction: call it through its services."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import IO

from django.db import transaction
from django.db.models import Q

from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.fence import current_organisation
from todoke.foundation.row_files import BadRow, chunks

from . import queries, rules
from .errors import DatesUnfit, ProtectionUnknown, ReasonNeeded
from .models import ProtectedPersonRow
from .values import ProtectedPerson, ProtectionEntry, ProtectionReport, ProtectionSource

PROFILE = "protected-persons"
CHUNK_ROWS, MOST_BAD = 2_000, 100


@transaction.atomic
def register(
    entry: ProtectionEntry, *, actor: Actor, at: datetime, source: ProtectionSource = ProtectionSource.TYPED
) -> ProtectedPerson:
    """Put a person on the list; the same line once more only changes its last day. Raises NumberUnfit, DatesUnfit."""
    rules.check(entry)
    keys = rules.stated(entry.name, entry.kana, entry.birth)
    row, is_new = ProtectedPersonRow.objects.get_or_create(
        organisation_id=current_organisation(), number=entry.number, kind=entry.kind.value, starts_on=entry.starts_on,
        defaults={
            "ends_on": entry.ends_on, "name_key": keys.name_key, "kana_key": keys.kana_key, "birth": keys.birth,
            "source": source.value, "registered_at": at, "registered_by": actor.id,
            "review_at": at + rules.LOOK_AGAIN_AFTER,
        },
    )  # fmt: skip
    if not is_new and row.ends_on != entry.ends_on:
        row.ends_on, row.review_at = entry.ends_on, at + rules.LOOK_AGAIN_AFTER
        row.save(update_fields=["ends_on", "review_at"])
    _record("protection.registered" if is_new else "protection.repeated", row, actor, at)
    return queries.person_of(row)


@transaction.atomic
def end(person_id: int, *, ends_on: date, reason: str, actor: Actor, at: datetime) -> ProtectedPerson:
    """Give a protection its last day（hidden until its end）. Raises ProtectionUnknown, DatesUnfit, ReasonNeeded."""
    if not reason.strip():
        raise ReasonNeeded
    row = ProtectedPersonRow.objects.select_for_update().filter(pk=person_id).first()
    if row is None or not queries.person_of(row).is_in_force(japanese_date(at)):
        raise ProtectionUnknown
    if ends_on < row.starts_on:
        raise DatesUnfit
    row.ends_on, row.ended_at, row.ended_by = ends_on, at, actor.id
    row.review_at = at + rules.LOOK_AGAIN_AFTER
    row.save(update_fields=["ends_on", "ended_at", "ended_by", "review_at"])
    _record("protection.ended", row, actor, at, reason)
    return queries.person_of(row)


@transaction.atomic
def load(
    file: IO[bytes], *, actor: Actor, at: datetime, profile: str = PROFILE
) -> tuple[ProtectionReport, Sequence[ProtectedPerson]]:
    """Take a list over, line by line as `register` does; with one bad line nothing is taken over.

    Who is missing in a later list stays protected: only a last day ends it. Raises HeaderWrong, ProfileUnknown.
    """
    entries, bad, bad_rows = _read(file, profile)
    report = ProtectionReport(len(entries), bad_rows, tuple(bad[:MOST_BAD]))
    people: list[ProtectedPerson] = []
    if report.is_taken:
        people = [register(entry, actor=actor, at=at, source=ProtectionSource.LOADED) for entry in entries]
    audit.record(
        "protection.loaded" if report.is_taken else "protection.list_refused", object_kind="organisation",
        object_id=current_organisation(), actor=actor, at=at, facts={"rows": report.rows, "bad_rows": bad_rows},
    )  # fmt: skip
    return report, people


def _read(file: IO[bytes], profile: str) -> tuple[list[ProtectionEntry], list[BadRow], int]:
    entries: list[ProtectionEntry] = []
    bad: list[BadRow] = []
    bad_rows = 0
    for chunk in chunks(file, rules.row_file(queries.protection_profile(profile)), CHUNK_ROWS):
        entries += chunk.rows
        bad += chunk.bad
        bad_rows += chunk.bad_rows
    return entries, bad, bad_rows


def look_at_everybody_again(*, at: datetime) -> int:
    """Have the cases of everybody on the list looked at anew by the worker; returns of how many people."""
    in_force = Q(ends_on=None) | Q(ends_on__gte=japanese_date(at))
    return ProtectedPersonRow.objects.filter(in_force).update(review_at=at)


def mark_reviewed(people: Sequence[ProtectedPerson], *, at: datetime) -> None:
    """The cases of these people have been looked at: the next look is on the morning after the last day."""
    for person in people:
        ProtectedPersonRow.objects.filter(pk=person.id).update(
            review_at=rules.next_review(person.ends_on, after=at)
        )


def _record(action: str, row: ProtectedPersonRow, actor: Actor, at: datetime, reason: str = "") -> None:
    facts = {
        "kind": row.kind,
        "from": row.starts_on.isoformat(),
        "to": row.ends_on.isoformat() if row.ends_on else "",
    }
    audit.record(
        action, object_kind="protection", object_id=str(row.pk), actor=actor, at=at, facts=facts, purpose=reason.strip()
    )  # fmt: skip
