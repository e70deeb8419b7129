"""Group S through the whole journey: each order of arrival and each scene, with I1 to I6 after it."""

from collections.abc import Iterator

import pytest

from tests.casework.intake.packages import MINASE
from tests.hostile import orders
from tests.hostile.caravan import Caravan
from tests.hostile.house import House
from tests.hostile.orders import Played
from todoke.casework.cases.models import Case
from todoke.foundation.fence import scope


@pytest.fixture(scope="module")
def caravan(house_of_module: House) -> Iterator[Caravan[Played]]:
    """Each row alone: time passes in it."""
    with Caravan(house_of_module, orders.ROWS, orders.take_in, size=1) as one:
        yield one


@pytest.mark.parametrize("row", orders.ROWS, ids=str)
def test_letters_stand_where_the_catalogue_says_and_the_core_gets_each_once(
    row: Played, caravan: Caravan[Played]
) -> None:
    passage = caravan.of(row)
    with scope(MINASE):
        assert orders.standings(passage.hostile) == row.expected
        if row.hold:
            held = Case.objects.filter(application__package_id__in=passage.hostile)
            assert set(held.values_list("hold_code", flat=True)) == {row.hold}
    caravan.check(row)
