"""Rows of group S as real packages in a whole installation: what arrives in which order, and what a clerk does then.

The orders are those of `sequences`; here their letters are packages that the real check reads. The scenes are the
rows that need a hand: a clerk who withdraws, a sender who is cut off, a procedure that is closed.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from itertools import permutations
from zipfile import ZipFile

import pytest

from tests.casework.intake.packages import HIYORI, MINASE, as_person, package, pdf
from tests.hostile.caravan import Traveller, listening
from tests.hostile.house import House, sound
from tests.hostile.invariants import CLERK, Passage
from tests.hostile.revocations import lay_trust, made_list
from tests.hostile.sequences import ACCEPTED, ORDERS, PENDING, QUARANTINED, Letter, Order, Standing, Wait
from tests.proof import zips
from tests.proof.zips import Part
from todoke.casework.cases import services as cases
from todoke.casework.cases.errors import CaseChanged, MoveRefused
from todoke.casework.cases.models import Case
from todoke.casework.cases.values import CaseStatus
from todoke.casework.intake import services as intake
from todoke.casework.intake.models import Attachment
from todoke.casework.relay.models import Channel, Package
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope

FIRST_PERSON = 100  # of a row's own; below stand the neighbours
NUMBERS = 260401000000000
NEIGHBOUR = 98
MANY = 12
GOOD: Standing = (ACCEPTED, "")


@dataclass
class Scene:
    """A row being played: the house, and every package that came with its bytes."""

    house: House
    arrived: dict[int, bytes] = field(default_factory=dict)

    def arrive(self, data: bytes, number: int = 1) -> int:
        """A package of the row arrives now; returns its id."""
        identity = self.house.arrive(data, number, received_at=now())
        self.arrived[identity] = data
        return identity

    def play(self, order: Order) -> None:
        """Let the steps happen; the worker opens what is due after each."""
        for step in order.steps:
            if isinstance(step, Letter):
                self.arrive(packed(step), int(step.number))
            else:
                self.wait(step)
            self.house.open()

    def wait(self, step: Wait) -> None:
        """Time passes, with the seals and the new lists that a running system has."""
        with scope(MINASE):
            audit.seal(at=now())
        self.house.clock.advance(hours=step.hours)
        self.lay_lists()

    def lay_lists(self) -> None:
        """The newest list of the authority, in force now."""
        trust, at = self.house.var / "trust", now()
        for file in trust.glob("*.crl"):
            file.unlink()
        lay_trust(trust, lambda: made_list(valid=(at - timedelta(days=1), at + timedelta(days=6))))

    def move(self, to: CaseStatus, *, version: int | None = None) -> int:
        """A clerk moves the only case; returns the version that was on the screen."""
        with scope(MINASE):
            case = Case.objects.get(application__package_id__in=self.arrived)
            seen = case.version
            cases.move_case(CLERK, case.uuid, to=to, version=version or seen, at=now(), note="窓口で申出")
        return seen

    def to_the_desk(self) -> None:
        """What has arrived is opened and carried as far as it goes."""
        self.house.open()
        self.house.carry_on()


def packed(letter: Letter) -> bytes:
    """A letter as a package: one person per serial or number, other bytes of the container for another content."""
    who = int((letter.serial or letter.signed or letter.content or letter.number).encode().hex(), 16) % 89
    previous = f"{NUMBERS + int(letter.amends)}" if letter.amends else ""
    seed = letter.signed or letter.content or letter.number
    with as_person(FIRST_PERSON + who):
        data = package("P32" if letter.signed else "P02", seed=seed, previous_receipt=previous)
    return repacked(data) if letter.content == "new" else data


def repacked(data: bytes) -> bytes:
    """The same members in another container."""
    with ZipFile(BytesIO(data)) as archive:
        return zips.build(
            [Part(name.encode(), archive.read(name), zips.STORED) for name in archive.namelist()]
        )


@dataclass(frozen=True, slots=True)
class Played:
    """A row that is played: what happens, and where every package stands in the end, by the end of its 受付番号.

    `hold` is what still holds the case in the end; `first_hold` what a clerk has looked into meanwhile.
    """

    number: str
    condition: str
    act: Callable[[Scene], None]
    expected: Mapping[str, Standing]
    hold: str = ""
    first_hold: str = ""

    def __str__(self) -> str:
        return f"{self.number}-{self.condition.replace(' ', '-')}"


def played(order: Order) -> Played:
    """An order of letters as a scene."""
    return Played(order.number, order.condition, lambda scene: scene.play(order), order.expected)


def take_in(traveller: Traveller, row: Played) -> Passage:
    """The row plays alone; a good package comes while its stage is still full."""
    house, room = traveller.house, traveller.house.room_taken()
    house.watch.begin()
    scene = Scene(house)
    scene.lay_lists()
    with listening() as listener:
        row.act(scene)
        neighbour = house.arrive(sound(0), NEIGHBOUR)
        house.open()
    grown = house.room_taken() - room
    return Passage(
        scene.arrived,
        {neighbour: sound(0)},
        house.watch.used(),
        grown,
        listener.heard,
        stay_held=bool(row.hold),
    )


def standings(scene: Mapping[int, bytes]) -> Mapping[str, Standing]:
    """Where every package of a row stands, in the open scope."""
    rows = Package.objects.filter(pk__in=scene).values_list("receipt_number", "state", "code")
    return {f"{int(number) - NUMBERS:02d}": (state, code) for number, state, code in rows}


def _a_hundred_times(scene: Scene) -> None:
    for _ in range(100):
        scene.arrive(package("P02"))
    assert len(scene.arrived) == 1


def _withdrawn_late(scene: Scene) -> None:
    scene.arrive(package("P02"))
    scene.to_the_desk()
    scene.move(CaseStatus.WITHDRAWN)


def _withdrawn_early(scene: Scene) -> None:
    scene.arrive(package("P02"))
    scene.to_the_desk()
    seen = scene.move(CaseStatus.WITHDRAWN)
    with pytest.raises(CaseChanged):
        scene.move(CaseStatus.EXAMINING, version=seen)
    with pytest.raises(MoveRefused):
        scene.move(CaseStatus.EXAMINING)


def _receipt_lost(scene: Scene) -> None:
    first = scene.arrive(package("P02"))
    scene.to_the_desk()
    assert scene.arrive(package("P02")) == first


class Cut(Exception):
    """The connection is gone."""


def _cut_off(scene: Scene) -> None:
    def half() -> Iterator[bytes]:
        yield package("P02")[:900]
        raise Cut

    with suppress(Cut):
        scene.house.arrive(half(), 2)
    scene.arrive(package("P02"), 2)


def _one_attachment_in_many(scene: Scene) -> None:
    for number in range(1, MANY + 1):
        with as_person(FIRST_PERSON + number):
            scene.arrive(package("P02", attachments=(pdf("the same"),)), number)
    scene.to_the_desk()
    with scope(MINASE):
        assert Attachment.objects.count() == MANY, "counted for each"
        assert len(set(Attachment.objects.values_list("sha256", flat=True))) == 1


def _for_another_town(scene: Scene) -> None:
    scene.arrive(package("P02", organisation=HIYORI))


def _open_or_close(*, is_active: bool = True, seconds_ago: int | None = None) -> None:
    closes = None if seconds_ago is None else now() - timedelta(seconds=seconds_ago)
    with scope(MINASE):
        intake.open_or_close_procedure(
            "P32", is_active=is_active, closes_at=closes, actor=CLERK.actor(""), at=now(), reason="試験"
        )


def _too_late(scene: Scene) -> None:
    _open_or_close(seconds_ago=1)
    scene.arrive(package("P32"))


def _switched_off(scene: Scene) -> None:
    _open_or_close(is_active=False)
    scene.arrive(package("P32"))


def _off_and_on(scene: Scene) -> None:
    _switched_off(scene)
    scene.house.open()
    _open_or_close()


def _another_layout(scene: Scene) -> None:
    """Accepted under one layout, handed over when another one is in force."""
    scene.arrive(package("P02"))
    scene.house.open()
    with scope(MINASE):
        Channel.objects.filter(pk=scene.house.channel.id).update(layout="xml-signed-sample")
    scene.house.carry_on()
    with scope(MINASE):
        Channel.objects.filter(pk=scene.house.channel.id).update(layout="pittari-xml-sample")


ONE_GOOD = {"01": GOOD}
SCENES = (
    Played(
        "A14",
        "one attachment in twelve applications",
        _one_attachment_in_many,
        {f"{number:02d}": GOOD for number in range(1, MANY + 1)},
    ),
    Played("S04", "a hundred times in a row", _a_hundred_times, ONE_GOOD),
    Played("S08", "withdrawn after the hand-over", _withdrawn_late, ONE_GOOD, hold="SEQ-503"),
    Played("S10", "approved after it was withdrawn", _withdrawn_early, ONE_GOOD, hold="SEQ-503"),
    Played("S12", "sent again because the receipt was lost", _receipt_lost, ONE_GOOD),
    Played("S13", "cut off and sent again", _cut_off, {"02": GOOD}),
    Played("S14", "addressed to another town", _for_another_town, {"01": (QUARANTINED, "SEQ-504")}),
    Played("S15", "a second after the closing date", _too_late, ONE_GOOD),
    Played("S17", "a procedure that is switched off", _switched_off, {"01": (PENDING, "SEQ-506")}),
    Played("S17", "and on again", _off_and_on, ONE_GOOD),
    Played("S18", "another layout since it was accepted", _another_layout, ONE_GOOD),
)


def _every_order() -> Iterator[Played]:
    """S19: three letters of a row that amend each other, in each order, with the first one once more at the end."""
    first, second, third = (
        Letter("01", serial="a"), Letter("02", amends="01", serial="a"), Letter("03", amends="02", serial="a")
    )  # fmt: skip
    for number, letters in enumerate(permutations((first, second, third)), 1):
        order = Order("S19", f"order {number}", (*letters, first), {"01": GOOD, "02": GOOD, "03": GOOD})
        yield played(order)


ROWS = (*(played(order) for order in ORDERS), *SCENES, *_every_order())
