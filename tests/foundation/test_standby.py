"""While a new value is made in the background, the old one serves; a failure is told, never hidden."""

import threading

import pytest

from todoke.foundation.standby import Current, Standby


class Maker:
    """Makes a value per key; one that is held back is made only when it is let go."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.held: dict[str, threading.Event] = {}
        self.failing: set[str] = set()

    def __call__(self, key: str) -> str:
        if key in self.held:
            self.held[key].wait(20)
        self.made.append(key)
        if key in self.failing:
            raise ValueError(key)
        return f"value of {key}"


def never(_before: Current[str, str]) -> bool:
    return False


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture
def standby(maker: Maker) -> Standby[str, str]:
    kept: Standby[str, str] = Standby(maker)
    kept.get("old", may_wait=never)
    return kept


def test_the_first_value_is_made_at_once_and_kept(standby: Standby[str, str], maker: Maker) -> None:
    assert standby.get("old", may_wait=never).value == "value of old"
    assert maker.made == ["old"]


def test_the_old_value_serves_until_the_new_one_is_made(standby: Standby[str, str], maker: Maker) -> None:
    maker.held["new"] = threading.Event()
    for _ in range(3):
        current = standby.get("new", may_wait=never)
        assert (current.value, current.is_renewing) == ("value of old", True)
    maker.held["new"].set()
    standby.settle()
    assert standby.get("new", may_wait=never).value == "value of new"
    assert maker.made == ["old", "new"], "made once"


def test_what_is_quick_is_made_while_the_caller_waits(standby: Standby[str, str]) -> None:
    assert standby.get("new", may_wait=lambda before: before.key == "old").value == "value of new"


def test_a_failure_in_the_background_is_raised_and_the_old_value_is_not_used_again(
    standby: Standby[str, str], maker: Maker
) -> None:
    maker.failing.add("new")
    standby.get("new", may_wait=never)
    standby.settle()
    with pytest.raises(ValueError, match="new"):
        standby.get("new", may_wait=never)
    maker.failing.clear()
    assert standby.get("new", may_wait=never).value == "value of new"


def test_a_change_during_a_renewal_is_taken_up_afterwards(standby: Standby[str, str], maker: Maker) -> None:
    maker.held["new"] = threading.Event()
    standby.get("new", may_wait=never)
    assert standby.get("newest", may_wait=never).value == "value of old"
    maker.held["new"].set()
    standby.settle()
    standby.get("newest", may_wait=never)
    standby.settle()
    assert standby.get("newest", may_wait=never).value == "value of newest"
