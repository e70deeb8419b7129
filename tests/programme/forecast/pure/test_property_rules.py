"""What holds for every network, tried on hundreds of random ones.

List scheduling has Graham's anomalies（R. L. Graham, 1969: more machines may finish later）. So "more capacity never finishes
later" holds because the answer before is a candidate, for the schedule, for every single run of a comparison, and from month
to month of the early-start curve; an answer that is given nothing of what was found before promises nothing.
"""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from todoke.programme.forecast.rules.branches import compare
from todoke.programme.forecast.rules.compiling import compile_network
from todoke.programme.forecast.rules.early_start import early_start_curve
from todoke.programme.forecast.rules.scheduling import schedule
from todoke.programme.forecast.rules.searching import is_feasible
from todoke.programme.forecast.values import AcceptLater, AddPerson, Branch, Network, PeriodUnits, StartWindow

from .networks import Link, act, both_passes, day, net

WINDOWS = (
    StartWindow("w1", "春", "season", (4, 1), (5, 31)),
    StartWindow("w2", "秋", "season", (10, 1), (11, 30)),
    StartWindow("w3", "凍結", "busy", (3, 15), (4, 15), is_freeze=True),
)
MANY = settings(max_examples=30, deadline=None, derandomize=True)


@st.composite
def networks(draw: st.DrawFn, *, kinds: tuple[str, ...] = ("FS", "SS", "FF", "SF")) -> Network:
    count = draw(st.integers(2, 9))
    work = [
        act(
            f"a{one}", draw(st.integers(0, 12)), takes={"課": draw(st.integers(0, 2)), "事業者": draw(st.integers(0, 1))},
            windows=draw(st.sampled_from([(), (), (), ("w1", "w2"), ("w3",)])),
        )
        for one in range(count)
    ]  # fmt: skip
    links: list[Link] = []
    for after in range(1, count):
        for before in draw(st.sets(st.integers(0, after - 1), max_size=2)):
            lag = draw(st.integers(0, 4)) if draw(st.booleans()) else 0
            links.append((f"a{before}", f"a{after}", draw(st.sampled_from(kinds)), lag))
    deadline = draw(st.sampled_from([None, day(40), day(400)]))
    return net(
        work, links, there={"課": 2, "事業者": 1}, windows=WINDOWS, deadline=deadline,
        grain=draw(st.sampled_from([1, 5])),
    )  # fmt: skip


@given(networks(), st.integers(0, 3))
@MANY
def test_every_schedule_keeps_order_dates_windows_and_capacity(network: Network, seed: int) -> None:
    found = schedule(network, seed=seed, tries=4)
    assert is_feasible(compile_network(network), found.starts)


@given(networks())
@MANY
def test_nothing_lies_before_its_early_start(network: Network) -> None:
    _, both = both_passes(network)
    found = schedule(network)
    assert all(early <= start for early, start in zip(both.start, found.starts, strict=True))


@given(networks())
@MANY
def test_without_deadline_and_windows_early_is_never_after_late(network: Network) -> None:
    free = replace(
        network, deadline=None, activities=tuple(replace(one, windows=()) for one in network.activities)
    )
    _, both = both_passes(free)
    assert all(early <= late for early, late in zip(both.start, both.late_start, strict=True))
    assert min(late - early for early, late in zip(both.start, both.late_start, strict=True)) == 0


@given(networks(), st.integers(0, 8))
@MANY
def test_a_relaxed_link_never_hurts_the_critical_path(network: Network, which: int) -> None:
    links = list(network.dependencies)
    if links:
        del links[which % len(links)]
    relaxed = replace(network, dependencies=tuple(links))
    _, before = both_passes(network)
    _, after = both_passes(relaxed)
    assert all(now <= was for now, was in zip(after.finish, before.finish, strict=True))


@given(networks(), st.integers(0, 8), st.integers(1, 10))
@MANY
def test_a_longer_duration_never_ends_the_critical_path_earlier(
    network: Network, which: int, more: int
) -> None:
    at = which % len(network.activities)
    one = network.activities[at]
    longer = act(one.key, one.likely + more, windows=one.windows)
    stretched = replace(network, activities=(*network.activities[:at], longer, *network.activities[at + 1 :]))
    _, before = both_passes(network)
    _, after = both_passes(stretched)
    assert after.target >= before.target


@given(networks(), st.integers(1, 2))
@MANY
def test_more_capacity_never_finishes_later_than_the_answer_before(network: Network, more: int) -> None:
    before = schedule(network)
    richer = replace(
        network,
        capacities=tuple(
            replace(one, periods=(*one.periods, PeriodUnits(None, None, 100 * more)))
            for one in network.capacities
        ),
    )
    after = schedule(richer, previous=before)
    assert (max(after.late_days or 0, 0), after.finish_day) <= (
        max(before.late_days or 0, 0),
        before.finish_day,
    )


@given(networks(), st.integers(0, 8))
@MANY
def test_a_relaxed_link_never_hurts_the_answer_before(network: Network, which: int) -> None:
    before = schedule(network)
    links = list(network.dependencies)
    if links:
        del links[which % len(links)]
    after = schedule(replace(network, dependencies=tuple(links)), previous=before)
    assert (max(after.late_days or 0, 0), after.finish_day) <= (
        max(before.late_days or 0, 0),
        before.finish_day,
    )


@given(networks(), st.integers(0, 5))
@MANY
def test_more_tries_never_give_a_worse_schedule(network: Network, seed: int) -> None:
    few, many = schedule(network, seed=seed, tries=2), schedule(network, seed=seed, tries=8)
    assert (max(many.late_days or 0, 0), many.finish_day) <= (max(few.late_days or 0, 0), few.finish_day)


@given(networks())
@MANY
def test_what_is_proved_impossible_is_not_found_in_many_orders(network: Network) -> None:
    found = schedule(network)
    if found.proofs:
        best = schedule(network, tries=30, seed=7)
        assert best.late_days is not None
        assert best.late_days > 0


@given(networks())
@MANY
def test_the_last_start_just_keeps_the_deadline_and_a_day_later_does_not(network: Network) -> None:
    """By order alone: one activity delayed to its last start leaves every lateness ≤ 0; a day more does not."""
    if network.deadline is None:
        return
    compiled, both = both_passes(network)
    late = {one: due for one, due in enumerate(compiled.due) if due is not None}
    if any(both.finish[one] > due for one, due in late.items()):
        return
    for one, activity in enumerate(network.activities):
        for more, keeps in ((0, True), (1, False)):
            moved = replace(activity, not_before=network.calendar.day(both.late_start[one] + more))
            other = replace(
                network, activities=(*network.activities[:one], moved, *network.activities[one + 1 :])
            )
            _, again = both_passes(other)
            assert all(again.finish[at] <= due for at, due in late.items()) is keeps


def uncertain(network: Network) -> Network:
    """The same work between half and three times as long, all of one 事務."""
    return replace(
        network, activities=tuple(
            replace(one, low=one.likely // 2, high=one.likely * 3, concept="01") for one in network.activities
        ),
    )  # fmt: skip


@given(networks(), st.integers(1, 2), st.sampled_from(["課", "事業者"]))
@MANY
def test_more_people_never_make_a_comparison_worse_in_dates_or_in_chance(
    network: Network, more: int, whose: str
) -> None:
    found = compare(uncertain(network), Branch("", (AddPerson(whose, 100 * more),)), runs=20)
    assert found.chance_permille >= 0
    assert found.after.late_days is None or max(found.after.late_days, 0) <= max(
        found.before.late_days or 0, 0
    )
    if network.deadline is None:
        assert found.finish_days <= 0
        assert found.p80_days <= 0
        assert found.after.p50 <= found.before.p50


@given(networks(), st.integers(10, 300))
@MANY
def test_a_later_deadline_never_makes_the_chance_worse(network: Network, later: int) -> None:
    plan = uncertain(replace(network, deadline=day(40)))
    found = compare(plan, Branch("", (AcceptLater(("01",), day(40 + later)),)), runs=20)
    assert found.chance_permille >= 0


@given(networks())
@settings(MANY, max_examples=10)
def test_a_later_start_never_needs_fewer_people_and_no_delay_is_a_gain(network: Network) -> None:
    plan = uncertain(replace(network, deadline=day(90)))
    found = early_start_curve(plan, months=(0, 1, 2, 3), runs=10, tries=1)
    peaks = [one.peak for one in found.points]
    known = [one for one in peaks if one is not None]
    assert known == sorted(known)
    assert peaks[len(known) :] == [None] * (len(peaks) - len(known))
    chances = [one.chance.permille for one in found.points if one.chance]
    assert chances == sorted(chances, reverse=True)
    assert all(
        one.finish_days >= 0 and one.peak_hundredths >= 0 and one.chance_permille <= 0 for one in found.advice
    )
