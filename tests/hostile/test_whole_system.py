"""Every row that is a package, from its arrival to the core system: the catalogue's answer, and I1 to I6 after it."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.casework.intake.packages import MINASE
from tests.hostile import every
from tests.hostile.caravan import Caravan, Traveller
from tests.hostile.house import House
from tests.hostile.invariants import Passage
from tests.hostile.whole import Whole
from todoke.casework.intake import queries as intake
from todoke.casework.relay.models import Package
from todoke.foundation.fence import scope
from todoke.foundation.vault.errors import TooLarge

ROWS = every.outside_attachments()


def take_in(traveller: Traveller, row: Whole) -> Passage:
    return traveller.take_in(row.build())


@pytest.fixture(scope="module")
def caravan(house_of_module: House) -> Iterator[Caravan[Whole]]:
    with Caravan(house_of_module, ROWS, take_in) as one:
        yield one


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_package_ends_as_the_catalogue_says_and_nothing_is_lost(
    row: Whole, caravan: Caravan[Whole]
) -> None:
    passage = caravan.of(row)
    with scope(MINASE):
        judged = Package.objects.get(pk=passage.package)
        assert (judged.state, judged.code) == (row.state.value, row.code)
        if row.found:
            assert row.found in {one.code for one in intake.findings(passage.package)}
    caravan.check(row)


@pytest.mark.parametrize("extra", [1, 5_000_000_000], ids=["Z39-one-byte-too-many", "Z39-5-GB"])
def test_a_package_over_the_limit_is_refused_while_it_comes_in(
    extra: int, caravan: Caravan[Whole], house_of_module: House, settings: Settings
) -> None:
    settings.TODOKE_PACKAGE_BYTES = 3_000_000
    block, sent = bytes(1_000_000), []

    def pieces() -> Iterator[bytes]:
        for _ in range(3 + -(-extra // len(block))):
            sent.append(1)
            yield block

    def refused(traveller: Traveller, _: int) -> Passage:
        before = house_of_module.room_taken()
        house_of_module.watch.begin()
        with pytest.raises(TooLarge):
            house_of_module.arrive(pieces())
        assert house_of_module.room_taken() - before < len(block), "space is free again"
        return traveller.take_in()

    caravan.close()
    with Caravan(house_of_module, [extra], refused) as alone:
        alone.check(extra)
    assert len(sent) == 4, "the sender is stopped at the limit"
