"""支援措置: writing the list and hiding, or showing again, every case of the people on it, in one transaction.

A case is hidden when anybody in it is on the list, and also when somebody who is not identified yet may be（要確認）.
It is looked at when it is opened, when anybody in it is identified, when the list changes, and once more ten minutes
after that, because another worker may just then have been opening a case.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import IO

from django.db import transaction

from todoke.casework.cases.models import Case
from todoke.casework.identify import queries as identify
from todoke.casework.identify.values import ATENA, Party
from todoke.casework.protection import queries as protection
from todoke.casework.protection import services as protection_services
from todoke.casework.protection.values import (
    CaseProtection,
    ProtectedPerson,
    ProtectionEntry,
    ProtectionReport,
    Stated,
)
from todoke.casework.residents import queries as residents
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, Entry
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.fence import BY_ID

AT_ONCE = 500


@transaction.atomic
def protect(entry: ProtectionEntry, *, actor: Actor, at: datetime) -> ProtectedPerson:
    """Put a person on the list and hide every case of theirs. Raises NumberUnfit, DatesUnfit."""
    person = protection_services.register(entry, actor=actor, at=at)
    _look_at([person], actor=actor, at=at)
    return person


@transaction.atomic
def load_protected(
    file: IO[bytes], *, actor: Actor, at: datetime, profile: str = protection_services.PROFILE
) -> ProtectionReport:
    """Take a list over and hide every case of the people on it. Raises HeaderWrong, ProfileUnknown."""
    report, people = protection_services.load(file, actor=actor, at=at, profile=profile)
    _look_at(people, actor=actor, at=at)
    return report


@transaction.atomic
def end_protection(
    person_id: int, *, ends_on: date, reason: str, actor: Actor, at: datetime
) -> ProtectedPerson:
    """Give a protection its last day; the cases are shown again after it. Raises what protection.services.end does."""
    person = protection_services.end(person_id, ends_on=ends_on, reason=reason, actor=actor, at=at)
    _look_at([person], actor=actor, at=at)
    return person


@transaction.atomic
def review_protection(*, limit: int, actor: Actor, at: datetime) -> int:
    """Look once more at the cases of people whose line was written lately or has run out; returns how many people."""
    people = protection.to_review(at, limit=limit)
    _look_at(people, actor=actor, at=at)
    protection_services.mark_reviewed(people, at=at)
    return len(people)


def protection_of(parties: Mapping[int, Sequence[Party]], *, at: datetime) -> Mapping[int, CaseProtection]:
    """Why each of these applications is hidden, by its parties; one query where nobody is protected at all."""
    on = japanese_date(at)
    if not parties or not protection.is_anybody_protected(on):
        return dict.fromkeys(parties, CaseProtection.NONE)
    everybody = [one for people in parties.values() for one in people]
    numbers = protection.protected_numbers({one.result.number for one in everybody if _is_atena(one)}, on)
    unclear = _unclear({_stated(one) for one in everybody if not one.is_settled}, on)
    return {pk: _judged(people, numbers, unclear) for pk, people in parties.items()}


def _is_atena(party: Party) -> bool:
    return party.is_settled and party.result.number_kind == ATENA


def _stated(party: Party) -> Stated:
    return protection.stated(party.name, party.kana, party.birth)


def _judged(people: Iterable[Party], numbers: Collection[str], unclear: Collection[Stated]) -> CaseProtection:
    people = list(people)
    if any(_is_atena(one) and one.result.number in numbers for one in people):
        return CaseProtection.PROTECTED
    if any(not one.is_settled and _stated(one) in unclear for one in people):
        return CaseProtection.TO_CHECK
    return CaseProtection.NONE


def _unclear(people: Collection[Stated], on: date) -> frozenset[Stated]:
    """Those who may be protected: by the keys of the list, and by what the copy of resident records says of those on it.

    Asked from the side of the list, which is short: so nobody is missed, however many share a birthday.
    """
    if not people:
        return frozenset()
    faces: dict[str, list[Stated]] = {}
    for one in residents.residents_by_number(protection.all_numbers(on)).values():
        for name in (one.name, *one.other_names):
            face = protection.stated(name, one.kana, one.birth)
            for key in {face.name_key, face.kana_key} - {""}:
                faces.setdefault(key, []).append(face)
    by_copy = {one for one in people if _has_face(one, faces)}
    return protection.resembling(people, on) | by_copy


def _has_face(person: Stated, faces: Mapping[str, Sequence[Stated]]) -> bool:
    alike = (*faces.get(person.name_key, ()), *faces.get(person.kana_key, ()))
    return any(protection.resembles(person, face) for face in alike)


def _look_at(people: Sequence[ProtectedPerson], *, actor: Actor, at: datetime) -> None:
    """Judge every case anew that these people may be in: by number, by likeness, and those that were unclear."""
    if not people:
        return
    applications = identify.applications_of_numbers({one.number for one in people}, ATENA)
    hidden = Case.objects.filter(protection=CaseProtection.TO_CHECK.value)
    applications |= set(hidden.values_list("application_id", flat=True))
    applications |= _without_number({one.number for one in people}, at)
    look_at_cases(applications, actor=actor, at=at)


def _without_number(numbers: Collection[str], at: datetime) -> set[int]:
    """The applications with somebody who is not identified and may be one of these; read along by birth where known."""
    records = residents.residents_by_number(numbers).values()
    births = protection.births_of(numbers) | {protection.stated("", "", one.birth).birth for one in records}
    if not births:
        return set()  # neither name nor record: nobody can be compared with
    stated: dict[Stated, set[int]] = {}
    for application, name, kana, birth in identify.parties_without_number(None if "" in births else births):
        stated.setdefault(protection.stated(name, kana, birth), set()).add(application)
    unclear = _unclear(stated.keys(), japanese_date(at))
    return {application for one in unclear for application in stated[one]}


def look_at_cases(applications: Iterable[int], *, actor: Actor, at: datetime) -> None:
    """Hide or show again the cases of these applications as their parties stand now; what changes is recorded."""
    wanted = sorted(set(applications))
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        judged = protection_of(identify.parties_of(some), at=at)
        rows = Case.objects.filter(application_id__in=some).order_by(BY_ID)
        changed = []
        for pk, uuid, application, before in rows.values_list("pk", "uuid", "application_id", "protection"):
            now = judged.get(application, CaseProtection.NONE)
            if now.value != before:
                changed.append((pk, uuid, now))
        _write(changed, actor=actor, at=at)


def _write(changed: Sequence[tuple[int, object, CaseProtection]], *, actor: Actor, at: datetime) -> None:
    for state in CaseProtection:
        ids = [pk for pk, _, now in changed if now is state]
        if ids:
            Case.objects.filter(pk__in=ids).update(protection=state.value)
    audit.record_many(
        [
            Entry("case.protection_noted", "case", str(uuid), actor, at, {"protection": now.value})
            for _, uuid, now in changed
        ]
    )
