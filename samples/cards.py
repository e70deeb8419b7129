"""Certificates of a resident's card as serial numbers with their dates: current, renewed, smartphone, signature."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from . import places

TODAY = places.CLOCK.date()
# A certificate ends on the 5th birthday after issue (公的個人認証): issued from here on, it is still valid today.
FIRST_ISSUE = date(2022, 4, 7)
LAST_ISSUE = date(2026, 3, 1)
GENERATION_2_FROM = date(2023, 7, 16)
GENERATION_1_FROM = date(2018, 7, 16)
SIGNATURE_AGE = 15
CARD_SHARE, RENEWED_SHARE, SMARTPHONE_SHARE = 0.8, 0.3, 0.15
AUTHENTICATION, PREVIOUS, SMARTPHONE, SIGNATURE = range(4)


@dataclass(frozen=True, slots=True)
class Issued:
    """One issued certificate: CA generation (1 or 2), serial, first and last day."""

    generation: int
    serial: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Card:
    """What one resident holds; `signature` is missing under 15 years (公的個人認証法による発行制限)."""

    authentication: Issued
    previous: Issued | None
    smartphone: Issued | None
    signature: Issued | None


def card_of(rng: Random, *, town_index: int, person: int, birth: date, until: date | None) -> Card | None:
    """Draw the card of a person, or None where there is none (no card, or too young to have one yet)."""
    draws = rng.random(), rng.random(), rng.random(), rng.random()
    first = max(FIRST_ISSUE, birth + timedelta(days=20))
    last = min(LAST_ISSUE, until or LAST_ISSUE)
    if draws[0] >= CARD_SHARE or first >= last:
        return None
    day = first + timedelta(days=int(draws[1] * (last - first).days))
    authentication = _issue(town_index, person, AUTHENTICATION, day, birth)
    grown = _age(birth, day) >= SIGNATURE_AGE
    return Card(
        authentication=authentication,
        previous=_previous(town_index, person, authentication, birth) if draws[2] < RENEWED_SHARE else None,
        smartphone=_issue(town_index, person, SMARTPHONE, day + timedelta(days=9), birth)
        if grown and until is None and draws[3] < SMARTPHONE_SHARE
        else None,
        signature=_issue(town_index, person, SIGNATURE, day, birth) if grown else None,
    )


def serial_number(town_index: int, person: int, slot: int) -> int:
    """Return a positive serial of at most four bytes; distinct for distinct arguments (an odd multiplier mod 2³¹)."""
    packed = (town_index << 25 | person) << 2 | slot
    return ((packed * 0x5BD1E995 & 0x7FFFFFFF) ^ 0x2D5A1B37) or 1 << 31


def generation_on(day: date) -> int:
    return 2 if day >= GENERATION_2_FROM else 1


def _issue(town_index: int, person: int, slot: int, day: date, birth: date) -> Issued:
    return Issued(
        generation_on(day), serial_number(town_index, person, slot), day, fifth_birthday(birth, day)
    )


def _previous(town_index: int, person: int, current: Issued, birth: date) -> Issued | None:
    """Return the certificate that `current` replaced: it ends the day before (更新)."""
    first = max(
        GENERATION_1_FROM, current.first_day - timedelta(days=5 * 365 - 60), birth + timedelta(days=20)
    )
    if first >= current.first_day:
        return None
    serial = serial_number(town_index, person, PREVIOUS)
    return Issued(generation_on(first), serial, first, current.first_day - timedelta(days=1))


def fifth_birthday(birth: date, issued: date) -> date:
    """Return the last day of a certificate: the 5th birthday after issue."""
    year = issued.year + (4 if (birth.month, birth.day) > (issued.month, issued.day) else 5)
    leap_day = (birth.month, birth.day) == (2, 29)
    return date(year, 2, 28) if leap_day else birth.replace(year=year)


def _age(birth: date, on: date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
