"""The figures of a long revocation list: a list that answers, each beside its floor."""

import pytest

from bench import revocation


@pytest.fixture(scope="module")
def made() -> revocation.Made:
    return revocation.make(2_000)


def test_each_figure_stands_beside_its_floor(made: revocation.Made) -> None:
    read, looked, memory = revocation.figures(made)
    assert read.value > 0
    assert looked.value > 0
    assert read.floor > 0
    assert looked.floor > 0
    assert memory.floor == pytest.approx(0.04)


def test_the_list_is_the_same_every_time(made: revocation.Made) -> None:
    assert revocation.make(2_000).content == made.content
    assert len(set(made.serials)) == 2_000
