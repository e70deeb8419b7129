"""Households hang together, children hold no signature certificate, and nothing looks like a real number."""

import csv
import re
import tracemalloc
from collections import defaultdict
from datetime import timedelta

import pytest

from samples import cards, names, places, residents
from samples.residents import Resident
from tests.samples.conftest import Built

TWELVE_DIGITS = re.compile(r"(?<![0-9A-Fa-f])\d{12}(?![0-9A-Fa-f])")


@pytest.fixture(scope="module")
def people() -> list[Resident]:
    return list(residents.stream(places.TOWNS[0], 12_000, 2026))


def links_in(built: Built, town: str) -> list[dict[str, str]]:
    with (built.out / f"links/{town}.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_exactly_as_many_residents_as_asked_for(people: list[Resident]) -> None:
    assert len(people) == 12_000
    assert sum(residents.count_in(town, 3_800_001) for town in places.TOWNS) == 3_800_001


def test_any_household_can_be_made_alone(people: list[Resident]) -> None:
    number = people[7_000].household
    alone = residents.household(places.TOWNS[0], number, 2026)
    assert alone == tuple(person for person in people if person.household == number)


def test_every_household_has_one_adult_head_and_no_child_older_than_its_parent(
    people: list[Resident],
) -> None:
    homes: dict[int, list[Resident]] = defaultdict(list)
    for person in people:
        homes[person.household].append(person)
    for home in homes.values():
        head = home[0]
        assert [person.relation for person in home].count("世帯主") == 1
        assert head.relation == "世帯主"
        assert head.age() >= 18
        assert {person.address for person in home} == {head.address}
        assert all(
            head.birth + timedelta(days=17 * 365) < child.birth for child in home if child.relation == "子"
        )
        assert all(person.age() >= 18 for person in home if person.relation in ("夫", "妻"))


def test_numbers_of_residents_and_serials_never_repeat(people: list[Resident]) -> None:
    assert len({person.number for person in people}) == len(people)
    held = [person.card for person in people if person.card]
    serials = [
        issued.serial
        for card in held
        for issued in (card.authentication, card.previous, card.smartphone, card.signature)
        if issued
    ]
    assert len(set(serials)) == len(serials)
    assert all(0 < serial < 1 << 32 for serial in serials)


def test_children_under_fifteen_hold_no_signature_certificate(people: list[Resident]) -> None:
    young = [person for person in people if person.age() < 15]
    assert young
    assert any(person.card for person in young)
    assert all(person.card is None or person.card.signature is None for person in young)


def test_a_certificate_ends_on_the_fifth_birthday_and_its_predecessor_the_day_before_it(
    people: list[Resident],
) -> None:
    for person in people:
        if person.card is None:
            continue
        own, previous = person.card.authentication, person.card.previous
        birthdays = own.last_day.year - own.first_day.year
        assert birthdays in (4, 5)
        assert own.last_day > places.CLOCK.date()
        assert previous is None or previous.last_day + timedelta(days=1) == own.first_day


def test_the_population_has_what_names_and_moves_bring(people: list[Resident]) -> None:
    assert any(not names.fits_windows_31j(person.name.written) for person in people)
    assert any("髙" in person.name.written or "﨑" in person.name.written for person in people)
    assert any(person.protected for person in people)
    assert {person.status for person in people} == {"current", "moved_out", "deceased"}
    assert any(person.moved_in for person in people)
    assert {person.card.authentication.generation for person in people if person.card} == {1, 2}


def test_variants_that_windows_31j_carries_are_told_from_those_it_does_not() -> None:
    assert all(names.fits_windows_31j(written) for written, _ in names.VARIANT_TAILS)
    assert not any(names.fits_windows_31j(written) for written, _ in names.UNENCODABLE_TAILS)


def test_nothing_looks_like_an_individual_number(built: Built) -> None:
    for path in [*built.out.rglob("*.csv"), built.out / "truth.json", built.out / "world.json"]:
        assert not TWELVE_DIGITS.search(path.read_text(encoding="utf-8")), path.name


def test_links_tie_each_serial_to_its_history(built: Built) -> None:
    rows = links_in(built, "992011")
    kinds = {row["number_kind"] for row in rows}
    assert kinds == {"atena", "kaigo-hihokensha"}
    by_number = defaultdict(list)
    for row in rows:
        by_number[row["number"]].append(row)
    renewed = [row for row in rows if row["reason"] == "renewed"]
    assert renewed
    for old in renewed:
        current = [row for row in by_number[old["number"]] if row["valid_from"] > old["valid_to"]]
        assert current
    assert all(row["valid_to"] == "" for row in rows if row["reason"] == "smartphone")


def test_a_planted_conflict_is_one_serial_of_two_residents(built: Built) -> None:
    towns = {row["organisation"] for row in built.of_kind("serial_conflict")}
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for town in towns:
        for row in links_in(built, town):
            owners[row["issuer_key"], row["serial"]].add(row["number"])
    assert sum(len(numbers) == 2 for numbers in owners.values()) == len(built.of_kind("serial_conflict"))


def test_a_serial_may_occur_under_two_generations_for_two_people(built: Built) -> None:
    issuers: dict[str, set[str]] = defaultdict(set)
    for town in places.TOWNS:
        for row in links_in(built, town.code):
            issuers[row["serial"]].add(row["issuer_key"])
    assert sum(len(keys) == 2 for keys in issuers.values()) == 1


def test_memory_does_not_grow_with_the_number_of_residents() -> None:
    few, many = _peak(2_000), _peak(20_000)
    # Kept residents would cost 18 MB more; Python's free lists of tuples are allowed for.
    assert many < few + 2_000_000


def _peak(count: int) -> int:
    tracemalloc.start()
    try:
        for _ in residents.stream(places.TOWNS[1], count, 1):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_serial_numbers_are_distinct_for_every_place_in_every_town() -> None:
    drawn = {
        cards.serial_number(town, person, slot)
        for town in range(3)
        for person in range(0, 1 << 25, 4_001)
        for slot in range(4)
    }
    assert len(drawn) == 3 * 4 * len(range(0, 1 << 25, 4_001))


def test_files_are_written_for_towns_only(built: Built) -> None:
    assert sorted(path.stem for path in (built.out / "links").iterdir()) == ["992011", "993018", "993026"]
