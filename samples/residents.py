"""Residents by household: any household can be made alone, so millions stream in constant memory."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from . import names, places
from .cards import Card, card_of
from .names import Name

TODAY = places.CLOCK.date()
HOUSEHOLD_SIZES = ((1, 38), (2, 28), (3, 17), (4, 11), (5, 5), (6, 1))
PLACES_PER_HOUSEHOLD = 8


@dataclass(frozen=True, slots=True)
class Resident:
    """One invented person of the 住民記録; `number` is the 宛名番号 and never resembles a 個人番号."""

    town: str
    household: int
    position: int
    number: str
    name: Name
    birth: date
    female: bool
    relation: str
    address: str
    previous_address: str
    moved_in: date | None
    status: str
    status_since: date | None
    protected: bool
    insured_number: str | None
    card: Card | None

    @property
    def is_current(self) -> bool:
        return self.status == "current"

    @property
    def person(self) -> int:
        return self.household * PLACES_PER_HOUSEHOLD + self.position

    def age(self, on: date = TODAY) -> int:
        """Return completed years; the age is reached on the birthday itself here."""
        return on.year - self.birth.year - ((on.month, on.day) < (self.birth.month, self.birth.day))


def count_in(town: places.Organisation, total: int) -> int:
    """Return how many of all residents live in a town; the first town takes the remainder."""
    if town == places.TOWNS[0]:
        return total - sum(count_in(other, total) for other in places.TOWNS[1:])
    return int(total * town.share)


def stream(town: places.Organisation, count: int, seed: int) -> Iterator[Resident]:
    """Yield exactly `count` residents of a town, household by household."""
    left, number = count, 0
    while left > 0:
        for resident in household(town, number, seed)[:left]:
            yield resident
            left -= 1
        number += 1


def household(town: places.Organisation, number: int, seed: int) -> tuple[Resident, ...]:
    """Make the members of one household, its head first; the same arguments give the same people."""
    rng = Random(f"{seed}/{town.code}/{number}")
    (size,) = rng.choices([s for s, _ in HOUSEHOLD_SIZES], [weight for _, weight in HOUSEHOLD_SIZES])
    family, address = names.family_name(rng), _address(rng, town)
    head = _member(rng, town, number, family, address)
    members = [head]
    members.extend(_relative(rng, head, position) for position in range(1, size))
    return tuple(_with_card(rng, town, member) for member in _fates(rng, members))


def _address(rng: Random, town: places.Organisation) -> str:
    ward = rng.choice(town.wards)
    flat = f"　糸車ハイツ{rng.randint(101, 405)}号" if rng.random() < 0.2 else ""
    return f"{places.PREFECTURE_NAME}{town.name}{ward}{rng.randint(1, 980)}番地{rng.randint(1, 40)}{flat}"


def _member(rng: Random, town: places.Organisation, number: int, family: Name, address: str) -> Resident:
    """Make the head of a household."""
    female = rng.random() < 0.45
    moved = rng.random() < 0.25
    return Resident(
        town=town.code,
        household=number,
        position=0,
        number=atena_number(town, number, 0),
        name=names.full_name(rng, family, female=female),
        birth=_birth(rng, rng.randint(20, 91)),
        female=female,
        relation="世帯主",
        address=address,
        previous_address="つむぎ県よそみ市夕凪" + str(rng.randint(1, 400)) + "番地" if moved else "",
        moved_in=TODAY - timedelta(days=rng.randint(30, 5000)) if moved else None,
        status="current",
        status_since=None,
        protected=rng.random() < 0.003,
        insured_number=None,
        card=None,
    )


def _relative(rng: Random, head: Resident, position: int) -> Resident:
    """Make another member: first mostly the spouse, then children, for old heads a grown child."""
    age = head.age()
    if position == 1 and rng.random() < 0.75:
        relation, female = ("夫", False) if head.female else ("妻", True)
        years = max(20, age + rng.randint(-6, 6))
    else:
        relation, female = "子", rng.random() < 0.5
        years = max(0, age - rng.randint(20, 42))
    town = places.BY_CODE[head.town]
    return replace(
        head,
        position=position,
        number=atena_number(town, head.household, position),
        name=names.full_name(rng, head.name, female=female),
        birth=_birth(rng, years),
        female=female,
        relation=relation,
    )


def _birth(rng: Random, age: int) -> date:
    """Return a birthday of somebody who is `age` today; nobody is born in the last month."""
    return TODAY.replace(year=TODAY.year - age) - timedelta(days=rng.randint(31, 360))


def atena_number(town: places.Organisation, household_number: int, position: int) -> str:
    """Return the ten-digit 宛名番号 of a place in a household."""
    return f"{places.TOWNS.index(town) + 1}{household_number:08d}{position}"


def _fates(rng: Random, members: list[Resident]) -> list[Resident]:
    """Let some households move away and some old members, never a head with a family, have died."""
    if rng.random() < 0.03:
        since = TODAY - timedelta(days=rng.randint(5, 900))
        return [replace(member, status="moved_out", status_since=since) for member in members]
    return [_fate(rng, member, alone=len(members) == 1) for member in members]


def _fate(rng: Random, member: Resident, *, alone: bool) -> Resident:
    if member.age() >= 65 and (alone or member.position) and rng.random() < 0.04:
        return replace(member, status="deceased", status_since=TODAY - timedelta(days=rng.randint(5, 900)))
    return member


def _with_card(rng: Random, town: places.Organisation, member: Resident) -> Resident:
    index = places.TOWNS.index(town)
    insured = f"7{index + 1}{member.person:08d}" if member.age() >= 65 and member.is_current else None
    card = card_of(rng, town_index=index, person=member.person, birth=member.birth, until=member.status_since)
    return replace(member, insured_number=insured, card=card)
