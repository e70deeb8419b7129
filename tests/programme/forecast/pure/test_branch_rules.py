"""What if: each change does what its name says, and the difference is the branch and not the luck."""

from datetime import date

import pytest

from bench.town_plan import LEAD, OFFICE, VENDOR, town_plan
from todoke.programme.forecast.errors import BranchEmpty
from todoke.programme.forecast.rules.branches import apply, compare
from todoke.programme.forecast.rules.scheduling import schedule
from todoke.programme.forecast.values import (
    AcceptLater,
    ActivityState,
    AddPerson,
    BoughtSlots,
    Branch,
    BranchChange,
    DropScope,
    SharedProcurement,
    ShiftStart,
)

TIGHT = town_plan(4, vendor=5, staff=7, deadline=date(2028, 11, 30))


def test_more_slots_of_the_vendor_finish_earlier_and_raise_the_chance() -> None:
    found = compare(TIGHT, Branch("枠を増やす", (BoughtSlots(VENDOR, 1000),)))
    assert found.finish_days < 0
    assert found.chance_permille > 0
    assert found.after.p80 < found.before.p80
    assert {one.resource: (one.before, one.after) for one in found.loads}[VENDOR][1] > 500
    assert max(abs(one.working_days) for one in found.dates) == abs(found.dates[0].working_days)


def test_a_person_for_a_time_counts_only_then() -> None:
    changed = apply(TIGHT, Branch("応援", (AddPerson(LEAD, 100, date(2022, 4, 1), date(2022, 9, 30)),)))
    assert len(changed.capacities[1].periods) == 2
    found = compare(TIGHT, Branch("応援", (AddPerson(OFFICE, 300),)))
    assert found.finish_days <= 0


def test_a_dropped_business_takes_no_time_and_keeps_the_others() -> None:
    found = compare(TIGHT, Branch("外す", (DropScope(("b04",)),)))
    gone = [one for one in found.dates if one.after is None]
    assert len(gone) == 13
    assert {one.key.split("@")[1] for one in gone} == {"b04"}
    assert found.finish_days < 0


def test_a_later_deadline_changes_chances_and_nothing_else() -> None:
    every = tuple(f"b{one:02}" for one in range(1, 5))
    found = compare(TIGHT, Branch("特定移行", (AcceptLater(every, date(2031, 3, 31)),)))
    assert found.chance_permille > 0
    assert found.before.finish >= found.after.finish


def test_shared_procurement_takes_fewer_of_our_people_and_waits_for_the_others() -> None:
    change = SharedProcurement(("w9", "w10"), 50, date(2023, 6, 1))
    changed = apply(TIGHT, Branch("共同", (change,)))
    assert [one.hundredths for one in changed.activity("w10@b01").demands] == [50, 25]  # type: ignore[union-attr]  # it is there
    assert schedule(changed).of("w9@b01").start >= date(2023, 6, 1)
    assert changed.activity("w8@") == TIGHT.activity("w8@")


def test_a_later_start_moves_what_has_not_begun() -> None:
    found = compare(TIGHT, Branch("遅らせる", (ShiftStart(date(2022, 3, 1)),)))
    assert found.finish_days > 0
    assert found.chance_permille <= 0


def test_changes_add_up_in_their_order() -> None:
    both = apply(TIGHT, Branch("両方", (DropScope(("b04",)), ShiftStart(date(2022, 3, 1)))))
    left = [one for one in both.activities if one.state is ActivityState.LEFT_OUT]
    assert len(left) == 13
    assert all(one.not_before is None for one in left)


@pytest.mark.parametrize(
    "change",
    [
        AddPerson("知らない役割", 100),
        DropScope(("b99",)),
        AcceptLater(("b99",), date(2030, 3, 31)),
        SharedProcurement(("w99",)),
        BoughtSlots(VENDOR, 0),
    ],
)
def test_a_change_that_changes_nothing_is_refused_with_its_name(change: BranchChange) -> None:
    with pytest.raises(BranchEmpty) as refused:
        compare(TIGHT, Branch("空", (change,)))
    assert change.word.label in refused.value.for_screen()


def test_an_empty_branch_is_refused() -> None:
    with pytest.raises(BranchEmpty):
        apply(TIGHT, Branch("空", ()))
