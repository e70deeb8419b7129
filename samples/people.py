"""Invented residents as an application, a card and a register each write them, and the truth about who is meant.

For measuring identification: most write themselves as the register does; the others differ in one known way. `number`
is that of the person whom the application describes; whoever else comes out is a wrong identity.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from . import links, pki, places
from .cards import Card, Issued, fifth_birthday
from .links import Link
from .residents import Resident, household

TODAY = places.CLOCK.date()
LOAD_BEFORE = places.CLOCK - timedelta(days=30)  # when a full load no longer listed what had vanished
# Invented family names that are written in two ways; the second is how the register writes them.
TWO_WAYS = (
    ("高凪", "髙凪"),
    ("霞崎", "霞﨑"),
    ("雫沢", "雫澤"),
    ("浜霧", "濵霧"),
    ("露辺", "露邉"),
    ("篝斎", "篝齋"),
)
OUTSIDE_JIS = ("𠮷凪", "𡈽雫", "露𩸽", "𪚲霞")
BasicFour = tuple[str, str, str, str, str, str]  # 氏名, 代替文字の位置, 性別, 生年月日, 住所, 代替文字の位置


@dataclass(frozen=True, slots=True)
class Record:
    """How the register writes somebody."""

    number: str
    name: str
    kana: str
    birth: str
    female: bool
    address: str
    household: str
    previous_address: str = ""
    other_name: str = ""
    status: str = "resident"
    status_since: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One application: what it writes, whose card came with it, and the truth.

    `has_agent`: the card is of somebody who applies for the person. `inferred`: links whose end was derived at
    LOAD_BEFORE, because a full load no longer listed them.
    """

    kind: str
    number: str
    name: str
    kana: str
    birth: str
    female: bool
    address: str
    issuer_key: str
    serial: int
    certified: BasicFour | None
    applied_at: datetime
    records: tuple[Record, ...]
    links: tuple[Link, ...]
    inferred: tuple[Link, ...] = ()
    has_agent: bool = False


def record_of(person: Resident, **changes: object) -> Record:
    """The register's record of a resident."""
    found = Record(
        person.number, person.name.written, person.name.kana, person.birth.isoformat(), person.female,
        person.address, f"{person.household:08d}", person.previous_address,
    )  # fmt: skip
    return replace(found, **changes)  # type: ignore[arg-type]  # names of fields


def plain(person: Resident, _: Resident, rng: Random) -> Case:
    """Somebody who writes as the register does."""
    card = _card(person)
    return Case(
        "plain", person.number, person.name.written, person.name.kana, person.birth.isoformat(), person.female,
        person.address, links.certificate_link(card.authentication, "", "").issuer_key, card.authentication.serial,
        _four(person.name.written, person) if rng.random() < 0.5 else None,
        places.CLOCK - timedelta(hours=rng.randint(1, 72)), (record_of(person),),
        tuple(link for link in links.links_of(person) if link.number_kind == links.ATENA),
    )  # fmt: skip


def _card(person: Resident) -> Card:
    assert person.card is not None
    return person.card


def _four(name: str, person: Resident) -> BasicFour:
    marks = "".join("0" if ord(one) < 0x10000 else "1" for one in name)
    shown = "".join("●" if mark == "1" else one for one, mark in zip(name, marks, strict=True))
    era = "5" if person.birth >= date(2019, 5, 1) else "4" if person.birth >= date(1989, 1, 8) else "3"
    sex, address = "2" if person.female else "1", person.address
    return (shown, marks, sex, f"{era}{person.birth:%Y%m%d}", address, "0" * len(address))


def _renamed(case: Case, family: str, *, held: str) -> Case:
    """The family name as the application writes it, and as the register does."""
    given = case.name.split("　")[1]
    return replace(
        case, name=f"{family}　{given}", records=(replace(case.records[0], name=f"{held}　{given}"),)
    )


def two_ways(person: Resident, other: Resident, rng: Random) -> Case:
    """A 異体字 in the register, the common form in the application."""
    stated, held = rng.choice(TWO_WAYS)
    case = _renamed(replace(plain(person, other, rng), certified=None), stated, held=held)
    return replace(case, certified=_four(case.records[0].name, person) if rng.random() < 0.5 else None)


def outside_jis(person: Resident, other: Resident, rng: Random) -> Case:
    """A character outside JIS in the register; the certificate replaces it（代替文字）."""
    family = rng.choice(OUTSIDE_JIS)
    case = _renamed(plain(person, other, rng), family, held=family)
    return replace(case, certified=_four(case.records[0].name, person))


def renewed(person: Resident, other: Resident, rng: Random) -> Case:
    """The old serial, after a renewal that the file states."""
    case, card = plain(person, other, rng), _card(person)
    if card.previous is None:
        return _with_previous(case, person, stated=True)
    return replace(case, serial=card.previous.serial, issuer_key=_issuer(card.previous))


def derived(person: Resident, other: Resident, rng: Random) -> Case:
    """The old serial, after it vanished from the file when a new one appeared."""
    return _with_previous(plain(person, other, rng), person, stated=False)


def _issuer(issued: Issued) -> str:
    return pki.issuer_key(authentication=True, generation=issued.generation)


def _with_previous(case: Case, person: Resident, *, stated: bool) -> Case:
    """A former certificate that a new one followed a month ago."""
    day = LOAD_BEFORE.date()
    old = Issued(2, case.serial ^ 0x0055AA55, date(2021, 5, 1), day - timedelta(days=1))
    new = Issued(2, case.serial, day, fifth_birthday(person.birth, day))
    following = links.certificate_link(new, case.number, "issued")
    ended = links.certificate_link(old, case.number, "renewed", until=old.last_day if stated else None)
    certain = (following, ended) if stated else (following,)
    return replace(
        case, kind="derived", issuer_key=ended.issuer_key, serial=old.serial, links=certain,
        inferred=() if stated else (ended,),
    )  # fmt: skip


def smartphone(person: Resident, other: Resident, rng: Random) -> Case:
    """A second certificate beside the card's."""
    case = plain(person, other, rng)
    phone = Issued(2, case.serial ^ 0x00112233, date(2025, 6, 1), date(2030, 1, 1))
    return replace(
        case, issuer_key=_issuer(phone), serial=phone.serial,
        links=(*case.links, links.certificate_link(phone, case.number, "smartphone")),
    )  # fmt: skip


def moved(person: Resident, other: Resident, rng: Random) -> Case:
    """An address that the register does not have yet, or has no more."""
    case = plain(person, other, rng)
    if rng.random() < 0.5:
        return replace(case, address="つむぎ県よそみ市夕凪12番地")
    gone = replace(case.records[0], status="moved_out", status_since=TODAY - timedelta(days=20))
    return replace(case, records=(gone,))


def address_forms(person: Resident, other: Resident, rng: Random) -> Case:
    """The address with hyphens, in full width or without the prefecture."""
    case = plain(person, other, rng)
    written = case.address.replace("番地", "-").removeprefix(places.PREFECTURE_NAME)
    return replace(
        case,
        address=written.translate(str.maketrans("0123456789-", "０１２３４５６７８９－")),
        certified=None,
    )


def married(person: Resident, other: Resident, rng: Random) -> Case:
    """A new family name that the register does not know."""
    return _renamed(replace(plain(person, other, rng), certified=None), "宵霞", held=person.name.family)


def former_name(person: Resident, other: Resident, rng: Random) -> Case:
    """A former family name（旧氏）that the register keeps."""
    case = married(person, other, rng)
    return replace(case, records=(replace(case.records[0], other_name=case.name),))


def agent(person: Resident, other: Resident, rng: Random) -> Case:
    """Somebody applies for another, with their own card（代理人）."""
    mine = replace(plain(person, other, rng), certified=None)
    return replace(
        mine, number=other.number, name=other.name.written, kana=other.name.kana, birth=other.birth.isoformat(),
        female=other.female, address=other.address, records=(*mine.records, record_of(other)), has_agent=True,
    )  # fmt: skip


def swapped(person: Resident, other: Resident, rng: Random) -> Case:
    """One person's data with another's card: two of a couple, a parent and a child, the wrong card in the reader."""
    return replace(agent(person, other, rng), has_agent=False)


def twin(person: Resident, other: Resident, rng: Random) -> Case:
    """A twin: same birth, same address, another given name; each with the own card."""
    case = plain(person, other, rng)
    sibling = replace(
        case.records[0], number=f"9{case.number[1:]}", name=f"{person.name.family}　絹葉", kana="キヌハ"
    )
    return replace(case, records=(*case.records, sibling))


def twin_swapped(person: Resident, other: Resident, rng: Random) -> Case:
    """A twin's data with the other twin's card."""
    case = twin(person, other, rng)
    sibling = case.records[1]
    return replace(case, number=sibling.number, name=sibling.name, kana=sibling.kana, certified=None)


def namesake(person: Resident, other: Resident, rng: Random) -> Case:
    """Two people of one name and different births; the card is the own one."""
    case = plain(person, other, rng)
    double = replace(record_of(other), name=person.name.written, kana=person.name.kana, birth="1951-07-07")
    return replace(case, records=(*case.records, double))


def namesake_swapped(person: Resident, other: Resident, rng: Random) -> Case:
    """A namesake's data with this person's card."""
    case = namesake(person, other, rng)
    double = case.records[1]
    return replace(case, number=double.number, birth=double.birth, certified=None)


def collision(person: Resident, other: Resident, rng: Random) -> Case:
    """The other CA generation has issued the same serial to somebody else."""
    case = plain(person, other, rng)
    generation = 1 if case.issuer_key == pki.issuer_key(authentication=True, generation=2) else 2
    same = Issued(generation, case.serial, date(2023, 1, 1), date(2028, 1, 1))
    return replace(
        case, records=(*case.records, record_of(other)),
        links=(*case.links, links.certificate_link(same, other.number, "issued")),
    )  # fmt: skip


def collided(person: Resident, other: Resident, rng: Random) -> Case:
    """The serial of one generation, stated with the key of the other, which nobody here holds."""
    case = plain(person, other, rng)
    generation = 1 if case.issuer_key == pki.issuer_key(authentication=True, generation=2) else 2
    return replace(case, issuer_key=pki.issuer_key(authentication=True, generation=generation))


def mistyped(person: Resident, other: Resident, rng: Random) -> Case:
    """A serial that is in no file."""
    case = plain(person, other, rng)
    return replace(case, serial=case.serial ^ 0x40000001)


def died(person: Resident, other: Resident, rng: Random) -> Case:
    """An application in the name of somebody who had died."""
    case = plain(person, other, rng)
    gone = replace(case.records[0], status="deceased", status_since=TODAY - timedelta(days=40))
    return replace(case, records=(gone,))


def unknown_birth(person: Resident, other: Resident, rng: Random) -> Case:
    """A birth that the register knows in part only（不詳）."""
    case = plain(person, other, rng)
    return replace(case, records=(replace(case.records[0], birth=f"{person.birth.year}年月日不詳"),))


Make = Callable[[Resident, Resident, Random], Case]
# Kind → how often in a hundred, and how it is made; what must wait for a person comes last.
SHARES: Mapping[Make, float] = {
    plain: 52, two_ways: 5, outside_jis: 4, renewed: 6, smartphone: 5, moved: 5, address_forms: 3, former_name: 2,
    twin: 2, namesake: 1, collision: 2, unknown_birth: 1,
    derived: 2, married: 2, agent: 3, swapped: 1.5, twin_swapped: 1, namesake_swapped: 0.5, collided: 1, mistyped: 0.5,
    died: 0.5,
}  # fmt: skip
WAITING = frozenset(
    {
        "derived",
        "married",
        "agent",
        "swapped",
        "twin_swapped",
        "namesake_swapped",
        "collided",
        "mistyped",
        "died",
    }
)


def cases(count: int, seed: int = 2026) -> Iterator[Case]:
    """Yield this many applications of residents who hold a card, no two of one household, in a fixed mix."""
    rng, number = Random(f"{seed}/people"), 0
    makers, weights = list(SHARES), list(SHARES.values())
    while count > 0:
        members = [one for one in household(places.TOWNS[0], number, seed) if one.is_current]
        (stranger, *_) = household(places.TOWNS[1], number, seed)
        number += 1
        holder = next(
            (one for one in members if one.card is not None and one.card.signature is not None), None
        )
        if holder is not None:
            (make,) = rng.choices(makers, weights)
            other = next((one for one in members if one is not holder), stranger)
            yield replace(make(holder, other, rng), kind=make.__name__)
            count -= 1
