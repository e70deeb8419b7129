"""Rows of group E that a case brings on its way to the core system, and of F that the clock brings: played as scenes."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.casework.intake.packages import MINASE, package
from tests.hostile.house import House
from tests.hostile.orders import GOOD, ONE_GOOD, Played, Scene
from tests.hostile.texts import with_applicant, with_item
from todoke.casework.handover.models import Handover
from todoke.casework.intake.models import Application
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope

HARD_WORDS = '山,"田"　太郎;\'\\ ＝1'
FOREIGN = b"of somebody else\n"


def rows_of(house: House) -> Iterator[dict[str, str]]:
    """Every row that lies in the core system's folder, as any reader of CSV reads it."""
    for file in sorted((house.core.root / "in").glob("*.csv")):
        if file.with_suffix(".done").exists():
            text = file.read_bytes().decode("cp932")
            yield from csv.DictReader(io.StringIO(text, newline=""))


def _unmappable(scene: Scene) -> None:
    scene.arrive(with_applicant("nameKanji", "𠮷田　太郎"))


def _too_long(scene: Scene) -> None:
    scene.arrive(with_applicant("nameKanji", "田" * 150))


def _nobodys(scene: Scene) -> None:
    scene.arrive(package("P02", serial_text="0DEADBEE"))


def _separators(scene: Scene) -> None:
    scene.arrive(with_applicant("nameKanji", HARD_WORDS))
    scene.to_the_desk()
    assert HARD_WORDS in {row["applicant_name"] for row in rows_of(scene.house)}


def _line_ends(scene: Scene) -> None:
    scene.arrive(with_item("対象者氏名", "山\t田\n太郎", "TDK-SUBJECT-NAME"))
    scene.to_the_desk()
    (row,) = rows_of(scene.house)
    assert row["subject_name"].split() == ["山", "田", "太郎"]


def _name_is_taken(scene: Scene) -> None:
    taken = scene.house.core.root / "in" / f"fukushi-{MINASE}-000001.csv"
    taken.write_bytes(FOREIGN)
    scene.arrive(package("P02"))
    scene.to_the_desk()
    scene.house.carry_on()
    assert taken.read_bytes() == FOREIGN, "never overwritten"
    taken.unlink()
    scene.house.clock.advance(hours=1)


def _folder_is_gone(scene: Scene) -> None:
    place = scene.house.core.root / "in"
    hidden = place.with_name("elsewhere")
    place.rename(hidden)
    scene.arrive(package("P02"))
    scene.house.open()
    for _ in range(2):
        scene.house.carry_on()
    with scope(MINASE):
        assert set(Handover.objects.values_list("state", flat=True)) == {"batched"}
    hidden.rename(place)
    scene.house.clock.advance(hours=1)


def _folder_is_a_link(scene: Scene) -> None:
    place = scene.house.core.root / "in"
    elsewhere = scene.house.var.parent / "elsewhere"
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    scene.arrive(package("P02"))
    scene.house.open()
    scene.house.carry_on()
    assert not list(elsewhere.iterdir()), "nothing leaves to where a link leads"
    place.unlink()
    elsewhere.rename(place)
    scene.house.clock.advance(hours=1)


def _nothing_to_send(scene: Scene) -> None:
    scene.house.carry_on()
    assert not list((scene.house.core.root / "in").iterdir()), "no batch without a row"


HANDINGS = (
    Played("E01", "a character that the core cannot write", _unmappable, ONE_GOOD, first_hold="CHR-401"),
    Played("E02", "a name longer than its field", _too_long, ONE_GOOD, first_hold="EXP-701"),
    Played("E03", "an applicant without a number", _nobodys, ONE_GOOD, first_hold="EXP-702"),
    Played("E05", "separators and quotes in a name", _separators, ONE_GOOD),
    Played("E05", "a tab and a line end in a value", _line_ends, ONE_GOOD),
    Played("E07", "another file of that name", _name_is_taken, ONE_GOOD),
    Played("E07", "a folder that is gone for a while", _folder_is_gone, ONE_GOOD),
    Played("E13", "a folder that is a link", _folder_is_a_link, ONE_GOOD),
    Played("E14", "no row at all", _nothing_to_send, {}),
)


def _clock(condition: str, moved: timedelta) -> Played:
    def act(scene: Scene) -> None:
        scene.arrive(package("P02"), 1)
        scene.house.open()
        with scope(MINASE):
            audit.seal(at=now())
        scene.house.clock.move_to(now() + moved)
        scene.lay_lists()
        scene.arrive(package("P02", 1), 2)
        scene.house.open()
        with scope(MINASE):
            numbers = Application.objects.order_by("pk").values_list("receipt_number", flat=True)
            assert [number[-2:] for number in numbers] == ["01", "02"], "in the order of arrival"

    return Played("F13", condition, act, {"01": GOOD, "02": GOOD})


START = datetime(2026, 4, 6, tzinfo=UTC)
CLOCKS = (
    _clock("two hours back", timedelta(hours=-2)),
    _clock("a day ahead", timedelta(days=1)),
    _clock("the end of 32 bits", datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC) - START),
    _clock("a leap day", datetime(2028, 2, 29, 12, tzinfo=UTC) - START),
)
ROWS = (*HANDINGS, *CLOCKS)
