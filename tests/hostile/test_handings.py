"""Groups E and F, as far as one case or the clock bring them: held or delivered once, and the others go, with I1 to I6."""

from collections.abc import Iterator

import pytest

from tests.casework.intake.packages import MINASE
from tests.hostile import handings, orders
from tests.hostile.caravan import Caravan
from tests.hostile.house import House
from tests.hostile.orders import Played
from todoke.foundation.fence import scope


@pytest.fixture(scope="module")
def caravan(house_of_module: House) -> Iterator[Caravan[Played]]:
    """Each row alone: what it does to the core system's folder or to the clock is its own."""
    with Caravan(house_of_module, handings.ROWS, orders.take_in, size=1) as one:
        yield one


@pytest.mark.parametrize("row", handings.ROWS, ids=str)
def test_what_cannot_go_is_held_and_what_can_goes_once(row: Played, caravan: Caravan[Played]) -> None:
    passage = caravan.of(row)
    with scope(MINASE):
        assert orders.standings(passage.hostile) == row.expected
    if row.first_hold:
        assert set(passage.holds.values()) == {row.first_hold}
    caravan.check(row)
