"""Answers and files that mean two things: the journey of others goes on as if nobody had answered, with I1 to I6."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.faults import Faults
from sandbox.web import Answer, LoopbackServer
from tests.casework.intake.packages import ACTOR, MINASE, NOW
from tests.hostile.answers import ROWS, Answered
from tests.hostile.caravan import Caravan, Traveller
from tests.hostile.house import House, register_channel
from tests.hostile.invariants import Passage
from todoke.casework.identify import services as identify
from todoke.casework.identify.errors import HeaderWrong
from todoke.casework.identify.models import IdentityLink
from todoke.casework.identify.values import LoadKind
from todoke.casework.relay import jobs as relay
from todoke.casework.relay import queries
from todoke.casework.relay import services as relay_services
from todoke.casework.relay.values import ChannelKind, ChannelSettings
from todoke.foundation.fence import scope


class Liar:
    """A portal that answers everything with the same bytes."""

    def __init__(self) -> None:
        self.content = b""
        self.server = LoopbackServer(lambda _: Answer(200, self.content), Faults(), 0)
        self.server.start()


@pytest.fixture(scope="module")
def liar() -> Iterator[Liar]:
    one = Liar()
    yield one
    one.server.stop()


@pytest.fixture(scope="module")
def caravan(house_of_module: House, liar: Liar) -> Iterator[Caravan[Answered]]:
    password = house_of_module.var.parent / "password"
    password.write_text("sandbox\n")
    settings = ChannelSettings(base_url=liar.server.url, provider_id=MINASE, password_file=str(password))

    def take_in(traveller: Traveller, row: Answered) -> Passage:
        house = traveller.house
        if row.number == "X24":
            return traveller.take_in(more=lambda: ask(house, liar, settings, row))
        return traveller.take_in(more=lambda: load(house.var.parent / "links.csv", row))

    with Caravan(house_of_module, ROWS, take_in, size=1) as one:
        yield one


def ask(house: House, liar: Liar, settings: ChannelSettings, row: Answered) -> None:
    """The worker asks the portal for its list."""
    liar.content = row.content
    with scope(MINASE):
        relay_services.register_channel(
            "liar", kind=ChannelKind.API, profile="sandbox-portal", layout="pittari-xml-sample",
            settings=settings, actor=ACTOR, at=NOW,
        )  # fmt: skip
    assert relay.pull(house.context()) == 0
    with scope(MINASE):
        (run,) = queries.last_runs()
        assert not run.is_complete
        assert run.stored == 0
        register_channel("liar")  # somebody looks after it by hand until the portal is well again


def load(path: Path, row: Answered) -> None:
    """A person loads the file in place of the links that are in force."""
    path.write_bytes(row.content)
    with scope(MINASE, read_only=True):
        before = IdentityLink.objects.count()
    try:
        report = identify.load_links(MINASE, path, kind=LoadKind.FULL, actor=ACTOR, at=NOW)
    except HeaderWrong as refusal:
        assert refusal.code == row.code  # noqa: PT017  # which of two refusals it is stands in the row
    else:
        assert not report.is_current
        assert {bad.code for bad in report.bad} == {row.code}
    with scope(MINASE, read_only=True):
        assert IdentityLink.objects.count() == before, "all rows or none"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_means_two_things_changes_nothing(row: Answered, caravan: Caravan[Answered]) -> None:
    passage = caravan.of(row)
    assert not passage.hostile
    caravan.check(row)
