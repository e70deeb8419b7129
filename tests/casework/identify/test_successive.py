"""A full load after others: a few differences stand beside what is stored, and say the same as writing everything anew."""

from datetime import timedelta
from random import Random

import pytest

from tests.casework.identify.conftest import AUTH_1, AUTH_2, MINASE, NOW, Load
from todoke.casework.identify import queries
from todoke.casework.identify.models import IdentityLink, LinkGeneration, NumberSerial
from todoke.casework.identify.rules import successive
from todoke.casework.identify.rules.successive import FormerRow, Row
from todoke.casework.identify.services import succeeding
from todoke.casework.identify.values import LinkKey, LoadKind
from todoke.foundation.fence import scope

LATER = NOW + timedelta(hours=1)


def line(
    serial: int, number: int, *, since: str = "2024-01-01", until: str = "", issuer: str = AUTH_1
) -> str:
    return f"{issuer},{serial:x},{number},atena,{since},{until},発行"


def town(random: Random) -> list[str]:
    """A file of which every line differs from the last one now and then: renewals, ends, corrections, new people."""
    lines = []
    for place in range(1, 41):
        case = random.randrange(12)
        if case == 0:
            continue
        since = "2024-02-02" if case == 1 else "2024-01-01"
        until = "2026-01-31" if case == 2 else ""
        lines.append(line(place, place, since=since, until=until))
        if case == 3:
            lines.append(line(1000 + place, place, since="2026-03-01", issuer=AUTH_2))
        if case == 4:
            lines.append(line(place, place + 500, since=since))
    random.shuffle(lines)
    return lines


def book() -> list[tuple[object, ...]]:
    """Everything that look-ups say, by certificate and by number."""
    keys = [LinkKey(issuer, f"{one:x}") for one in range(1, 1042) for issuer in (AUTH_1, AUTH_2)]
    with scope(MINASE, read_only=True):
        found = queries.link_book(keys)
    said = [*found.by_key.values(), *found.by_number.values()]
    return sorted(
        (one.key.issuer_key, one.key.serial, one.number, one.valid_from, one.valid_to or LATER, one.is_inferred, one.reason)
        for links in said
        for one in links
    )  # fmt: skip


def states() -> list[str]:
    with scope(MINASE, read_only=True):
        return list(LinkGeneration.objects.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of any size may stand beside what is stored; pages are short."""
    monkeypatch.setattr(succeeding, "ALWAYS_WHOLE", 0)
    monkeypatch.setattr(succeeding, "PAGE_ROWS", 7)
    monkeypatch.setattr(succeeding.Succession, "is_small", property(lambda one: one._listed.count > 0))


def test_successive_files_say_the_same_whichever_way_they_are_stored(
    load: Load, beside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(7)
    files = [town(random) for _ in range(3)]
    said = []
    for is_small in (True, False):
        monkeypatch.setattr(succeeding.Succession, "is_small", is_small)
        load(line(1, 1))  # whatever stood there before, this ends it the same way
        for place, lines in enumerate(files):
            report = load(*lines, at=NOW + timedelta(minutes=place))
            said.append((place, report.carried > 0, book()))
        with scope(MINASE):
            LinkGeneration.objects.update(state="retired")
    assert said[:3] == said[3:]


def test_only_differences_are_stored_and_the_former_load_stays_current(load: Load, beside: None) -> None:
    load(*[line(one, one) for one in range(1, 31)])
    report = load(
        *[line(one, one) for one in range(1, 30)], line(77, 30, since="2026-03-01"), line(78, 99), at=LATER
    )
    assert states() == ["current", "current"]
    assert (report.rows, report.carried) == (31, 1)
    with scope(MINASE, read_only=True):
        mine = IdentityLink.objects.filter(generation_id=report.generation_id).order_by("serial")
        assert list(mine.values_list("serial", "number", "valid_to", "reason")) == [
            ("1e", "30", LATER, "renewed-inferred"),
            ("4d", "30", None, "発行"),
            ("4e", "99", None, "発行"),
        ]
        assert NumberSerial.objects.filter(generation_id=report.generation_id).count() == 3
        assert len(queries.history(["30"])["atena", "30"]) == 2


def test_a_corrected_beginning_leaves_no_wrong_one_beside(load: Load, beside: None) -> None:
    load(*[line(one, one) for one in range(1, 31)])
    load(*[line(one, one) for one in range(1, 30)], line(30, 30, since="2024-05-05"))
    with scope(MINASE, read_only=True):
        (only,) = queries.link_book([LinkKey(AUTH_1, "1e")]).links(LinkKey(AUTH_1, "1e"))
    assert only.valid_from.isoformat().startswith("2024-05-04")
    assert states() == ["current", "current"]


def test_a_usual_file_that_brings_much_retires_the_former_loads(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(succeeding, "ALWAYS_WHOLE", 0)
    load(*[line(one, one) for one in range(1, 31)])
    load(*[line(one, one) for one in range(1, 31)], at=LATER)
    load(*[line(one, one) for one in range(11, 41)], at=LATER)
    assert states() == ["retired", "retired", "current"]


def test_many_small_generations_become_one_again(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(succeeding, "ALWAYS_WHOLE", 0)
    monkeypatch.setattr(succeeding, "GENERATIONS", 3)
    lines = [line(one, one) for one in range(1, 31)]
    for place in range(4):
        load(*lines, *[line(100 + one, 100 + one) for one in range(place)])
    assert states() == ["retired", "retired", "retired", "current"]


def test_a_differential_load_between_full_ones_keeps_its_word(load: Load, beside: None) -> None:
    lines = [line(one, one) for one in range(1, 31)]
    load(*lines)
    load(line(5, 5, until="2026-02-28"), kind=LoadKind.DIFFERENTIAL)
    load(*lines[:4], *lines[5:], at=LATER)
    with scope(MINASE, read_only=True):
        (only,) = queries.link_book([LinkKey(AUTH_1, "5")]).links(LinkKey(AUTH_1, "5"))
    assert only.valid_to is not None
    assert not only.is_inferred


ROW: Row = ("5", "5", AUTH_1, "atena", "2024-01-01", None, "", False)


def former(generation: int, row: Row) -> FormerRow:
    return (generation, generation, *row)


def test_what_a_later_load_said_anew_is_compared_with_its_last_word() -> None:
    ended: Row = (*ROW[:5], "2026-01-01", "失効", False)
    page = [former(1, ROW), former(2, ended)]
    assert successive.compare([ended], page) == successive.Compared()
    assert successive.compare([ROW], page).written == [ROW]
    assert successive.compare([], page).kept == [ended]


def test_the_first_of_two_lines_about_one_link_counts() -> None:
    other: Row = (*ROW[:5], "2026-01-01", "失効", False)
    assert successive.compare([ROW, other], [former(1, ROW)]).written == []
    assert successive.compare([other, ROW], [former(1, ROW)]).written == [other]


def test_a_beginning_that_is_known_is_adopted() -> None:
    listed: Row = (*ROW[:4], "1900-01-01", None, "", True)
    assert successive.adopt([listed], [ROW]) == [ROW]
    assert successive.adopt([listed], [(*ROW[:5], "2026-01-01", "", False)]) == [listed]
