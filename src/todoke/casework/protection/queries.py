"""Whom to hide: a constant number of queries for any number of people."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from django.db.models import Q, QuerySet

from todoke.foundation.row_files import load_profile

from . import rules
from .errors import ProfileUnknown
from .models import ProtectedPersonRow
from .values import ProtectedPerson, ProtectionFileProfile, ProtectionKind, ProtectionSource, Stated

PROFILES = Path(__file__).parent / "profiles"


def protection_profile(name_or_path: str) -> ProtectionFileProfile:
    """The layout of lists of this name, or at this path (a town's own); raises ProfileUnknown."""
    return load_profile(ProtectionFileProfile, name_or_path, folder=PROFILES, refuse=ProfileUnknown)


def _in_force(on: date) -> "QuerySet[ProtectedPersonRow]":
    return ProtectedPersonRow.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on))


def is_anybody_protected(on: date) -> bool:
    """Whether the list of the body in scope hides anybody that day; one cheap query, asked before others."""
    return _in_force(on).exists()


def protected_numbers(numbers: Collection[str], on: date) -> frozenset[str]:
    """Those of these 宛名番号 whose persons are hidden that day; one query."""
    wanted = set(numbers) - {""}
    if not wanted:
        return frozenset()
    return frozenset(_in_force(on).filter(number__in=wanted).values_list("number", flat=True))


def all_numbers(on: date) -> frozenset[str]:
    """The 宛名番号 of everybody who is hidden that day: a town has tens to some thousands of them."""
    return frozenset(_in_force(on).values_list("number", flat=True))


def births_of(numbers: Collection[str]) -> frozenset[str]:
    """The births that the list has with the names of these people; empty text where a name stands without one."""
    rows = ProtectedPersonRow.objects.filter(number__in=set(numbers)).exclude(name_key="", kana_key="")
    return frozenset(rows.values_list("birth", flat=True))


def resembling(people: Iterable[Stated], on: date) -> frozenset[Stated]:
    """Those of these unidentified people who may be protected, by name or reading and birth; one query."""
    wanted = set(people)
    if not wanted:
        return frozenset()
    names, readings = {one.name_key for one in wanted} - {""}, {one.kana_key for one in wanted} - {""}
    rows = _in_force(on).filter(Q(name_key__in=names) | Q(kana_key__in=readings))
    listed = [Stated(*row) for row in rows.values_list("name_key", "kana_key", "birth")]
    return frozenset(one for one in wanted if any(rules.resembles(one, other) for other in listed))


def resembles(one: Stated, other: Stated) -> bool:
    """Whether two may be the same person: name or reading agree, and the births do not contradict each other."""
    return rules.resembles(one, other)


def stated(name: str, kana: str = "", birth: str = "") -> Stated:
    """A person as keys to compare."""
    return rules.stated(name, kana, birth)


def protections(*, after: int | None = None, limit: int = 50) -> Sequence[ProtectedPerson]:
    """The list with what has ended, newest first; `after` is the id of the last line of the page before."""
    rows = ProtectedPersonRow.objects.order_by("-pk")
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return [person_of(row) for row in rows[:limit]]


def protection(person_id: int) -> ProtectedPerson | None:
    """One line of the list of the body in scope."""
    row = ProtectedPersonRow.objects.filter(pk=person_id).first()
    return person_of(row) if row else None


def to_review(at: datetime, *, limit: int) -> list[ProtectedPerson]:
    """Lines whose cases have to be looked at once more, the longest waiting first."""
    rows = ProtectedPersonRow.objects.filter(review_at__lte=at).order_by("review_at", "pk")
    return [person_of(row) for row in rows[:limit]]


def next_review() -> datetime | None:
    """When the next line has to be looked at once more; None when none."""
    rows = ProtectedPersonRow.objects.filter(review_at__isnull=False).order_by("review_at")
    return rows.values_list("review_at", flat=True).first()


def person_of(row: ProtectedPersonRow) -> ProtectedPerson:
    """The value that others hold of a row."""
    return ProtectedPerson(
        id=row.pk, number=row.number, kind=ProtectionKind(row.kind), starts_on=row.starts_on, ends_on=row.ends_on,
        source=ProtectionSource(row.source), registered_at=row.registered_at, registered_by=row.registered_by,
        ended_at=row.ended_at, ended_by=row.ended_by,
    )  # fmt: skip
