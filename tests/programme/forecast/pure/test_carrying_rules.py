"""What remains of work that was cut twice, or joined of what was partly done."""

from datetime import date
from uuid import UUID

import pytest

from todoke.programme.forecast.rules.carrying import Carried, Carrying
from todoke.programme.packs.values import Basis, Estimate, NodeKind, Relation
from todoke.programme.plans.values import Item
from todoke.programme.progress.values import Remaining, ReportState, Standing, Why

TODAY = date(2026, 4, 6)


def item(
    number: int,
    days: float,
    *,
    relation: Relation | None = None,
    sources: tuple[int, ...] = (),
    basis: Basis = Basis.PRODUCT,
) -> Item:
    """Work of so many days, from nobody's or other work."""
    return Item(
        number, UUID(int=number), f"n{number}@", f"n{number}", "", f"作業{number}", NodeKind.TASK, relation=relation,
        sources=tuple(UUID(int=one) for one in sources), estimate=Estimate(days, days, days, basis),
    )  # fmt: skip


def said(
    number: int, state: ReportState, percent: int = 0, left: float | None = None
) -> tuple[UUID, Standing]:
    remaining = None if left is None else Remaining(left, left, left)
    key = UUID(int=number)
    return key, Standing(key, state, percent, remaining, TODAY, Why.REPORTED, is_stale=False)


def likely(found: Carried | None) -> float:
    assert found is not None
    return found.days[1]


def test_pieces_of_a_piece_have_their_share_of_what_remained_of_the_first_whole() -> None:
    whole = item(1, 40)
    halves = [
        item(2, 10, relation=Relation.SPLIT, sources=(1,)),
        item(3, 30, relation=Relation.SPLIT, sources=(1,)),
    ]
    quarters = [item(n, 5, relation=Relation.SPLIT, sources=(3,)) for n in (4, 5)]
    found = Carrying([whole, *halves, *quarters], dict([said(1, ReportState.WORKING, 50)]))
    assert likely(found.of(halves[0])) == pytest.approx(5)
    assert [likely(found.of(one)) for one in quarters] == pytest.approx([7.5, 7.5])


def test_what_was_joined_of_done_and_open_work_has_the_part_that_was_open() -> None:
    parts, joined = [item(1, 10), item(2, 30)], item(3, 20, relation=Relation.MERGED, sources=(1, 2))
    half = Carrying([*parts, joined], dict([said(1, ReportState.DONE, 100)])).of(joined)
    assert likely(half) == pytest.approx(15)
    assert half is not None
    assert half.done_on is None
    done = Carrying(
        [*parts, joined], dict([said(1, ReportState.DONE, 100), said(2, ReportState.OUT_OF_SCOPE)])
    ).of(joined)
    assert done == Carried((0, 0, 0), TODAY)


def test_who_said_nothing_of_the_whole_says_nothing_of_its_pieces() -> None:
    whole, piece = item(1, 40), item(2, 10, relation=Relation.SPLIT, sources=(1,))
    assert Carrying([whole, piece], {}).of(piece) is None
    assert (
        Carrying(
            [whole, piece], dict([said(1, ReportState.WORKING, 50), said(2, ReportState.WORKING, 10)])
        ).of(piece)
        is None
    )


def test_days_that_the_body_gave_the_whole_are_shared_and_its_own_for_a_piece_stand() -> None:
    whole = item(1, 80, basis=Basis.BODY)
    pieces = [
        item(2, 10, relation=Relation.SPLIT, sources=(1,)),
        item(3, 30, relation=Relation.SPLIT, sources=(1,)),
    ]
    assert [likely(Carrying([whole, *pieces], {}).of(one)) for one in pieces] == pytest.approx([20, 60])
    own = item(2, 10, relation=Relation.SPLIT, sources=(1,), basis=Basis.BODY)
    assert Carrying([whole, own], {}).of(own) is None
