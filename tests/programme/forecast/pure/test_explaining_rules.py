"""Why this date: every kind of driver, chains that hold together, and why something is not critical."""

from itertools import pairwise

import pytest

from bench.town_plan import town_plan
from todoke.programme.forecast.errors import ActivityUnknown
from todoke.programme.forecast.rules.explaining import drivers, explain
from todoke.programme.forecast.rules.scheduling import schedule
from todoke.programme.forecast.values import ActivityState, DriverKind, Network, StartWindow

from .networks import act, day, net

JUNE = StartWindow("june", "6月定例会", "assembly", (6, 2), (6, 20))


def driver_of(network: Network, key: str) -> tuple[DriverKind, str, str, int]:
    found = explain(network, schedule(network), key).chain[-1].driver
    return found.kind, found.key, found.name, found.waited


def test_each_driver_is_named() -> None:
    assert driver_of(net([act("a", 1)]), "a")[0] is DriverKind.START
    assert driver_of(net([act("a", 1, state=ActivityState.RUNNING)]), "a")[0] is DriverKind.RUNNING
    assert driver_of(net([act("a", 1, state=ActivityState.DONE)]), "a")[0] is DriverKind.DONE
    assert driver_of(net([act("a", 1, fixed_start=day(3))]), "a")[0] is DriverKind.FIXED
    assert driver_of(net([act("a", 1, fixed_finish=day(3))]), "a")[0] is DriverKind.FIXED
    two = net([act("a", 4), act("b", 9), act("c", 1)], [("a", "c"), ("b", "c")])
    assert driver_of(two, "c") == (DriverKind.PREDECESSOR, "b", "", 0)
    window = net([act("a", 4), act("b", 1, windows=("june",))], [("a", "b")], windows=(JUNE,))
    # 2 June 2025 is weekday 105 from 6 January; a ends after day 3, so b waits 105 − 4.
    assert driver_of(window, "b") == (DriverKind.WINDOW, "a", "6月定例会", 101)


def test_waiting_for_people_names_the_resource_and_whose_work_it_is() -> None:
    network = net(
        [act("a", 5, takes={"情報担当": 1}), act("b", 3, takes={"情報担当": 1})], there={"情報担当": 1}
    )
    found = explain(network, schedule(network), "b")
    assert (found.chain[-1].driver.kind, found.chain[-1].driver.name, found.chain[-1].driver.waited) == (
        DriverKind.CAPACITY, "情報担当", 5
    )  # fmt: skip
    assert [one.key for one in found.chain] == ["a", "b"]
    assert found.sentence == "情報担当の空きを5執務日待ちます。「a」が使っています。"


def test_the_chain_of_every_activity_of_a_town_begins_at_the_start_and_holds_together() -> None:
    network = town_plan(4, vendor=8, staff=10, with_windows=True)
    placed = schedule(network)
    seen: set[DriverKind] = set()
    for activity in network.activities:
        found = explain(network, placed, activity.key)
        seen.update(one.driver.kind for one in found.chain)
        assert found.chain[0].driver.kind is DriverKind.START
        assert found.chain[-1].key == activity.key
        for before, after in pairwise(found.chain):
            assert after.driver.key == before.key
            assert before.start < after.start
        assert found.sentence
        assert (found.float_days > 0) == bool(found.why_not_critical)
    assert seen >= {DriverKind.START, DriverKind.PREDECESSOR, DriverKind.WINDOW, DriverKind.CAPACITY}


def test_the_way_on_leads_to_the_deadline_that_binds() -> None:
    network = net(
        [act("a", 3), act("b", 4, deadline=day(30)), act("c", 2, deadline=day(12))], [("a", "b"), ("a", "c")]
    )
    found = explain(network, schedule(network), "a")
    assert (found.onward, found.deadline, found.deadline_key) == (("a", "c"), day(12), "c")
    assert found.float_days == 13 - 5
    assert found.why_not_critical == "期限から逆算した余裕です。"


def test_why_something_is_not_critical_names_what_the_next_one_waits_for() -> None:
    network = net([act("a", 3), act("b", 9), act("c", 1)], [("a", "c"), ("b", "c")])
    found = explain(network, schedule(network), "a")
    assert (
        found.why_not_critical
        == "後に続く「c」がほかの理由で遅く始まるため、遅れても間に合います。「b」を待ちます。"
    )
    assert not explain(network, schedule(network), "b").why_not_critical
    window = net([act("a", 4), act("b", 1, windows=("june",))], [("a", "b")], windows=(JUNE,))
    assert explain(window, schedule(window), "a").why_not_critical.endswith("「6月定例会」を待ちます。")


def test_a_date_kept_from_the_answer_before_says_so() -> None:
    network = net([act("a", 2), act("b", 2)])
    kept = schedule(network)
    object.__setattr__(kept, "starts", (0, 4))
    assert drivers(network, kept)[1].kind is DriverKind.KEPT


def test_a_stranger_is_refused() -> None:
    network = net([act("a", 1)])
    with pytest.raises(ActivityUnknown):
        explain(network, schedule(network), "x")


def test_what_waits_for_people_is_told_whose_end_lets_it_begin() -> None:
    """Of two who take the people, the one that ends first frees them; the one that goes on is not the reason."""
    network = net(
        [
            act("short", 5, takes={"課": 1}, concept="01", concept_label="住民基本台帳"), act("long", 20, takes={"課": 1}),
            act("waits", 30, takes={"課": 1}, deadline=day(60)),
        ],
        there={"課": 2},
    )  # fmt: skip
    placed = schedule(network)
    late = max(network.activities, key=lambda one: placed.of(one.key).start)
    found = explain(network, placed, late.key)
    freed = found.chain[-1].driver
    assert freed.kind is DriverKind.CAPACITY
    assert placed.of(freed.key).finish < placed.of(late.key).start
