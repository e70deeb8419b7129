"""The exact solver, where it is installed: what it proves is true, what it finds is feasible, and it says the same twice."""

from dataclasses import replace

import pytest

from todoke.programme.forecast.errors import SolverMissing
from todoke.programme.forecast.rules import exact
from todoke.programme.forecast.rules.compiling import compile_network
from todoke.programme.forecast.rules.scheduling import schedule
from todoke.programme.forecast.rules.searching import is_feasible
from todoke.programme.forecast.values import ExactWord, PeriodUnits

from .instances import INSTANCES, job_shop
from .networks import act, day, net
from .test_property_rules import WINDOWS

needs_solver = pytest.mark.skipif(
    not exact.is_installed(),
    reason="厳密解法（extra exact: OR-Tools）は既定では入れない。docs/decisions/0026",
)
SMALL = 5.0  # of the solver's deterministic time


def test_without_the_solver_the_answer_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "_version", lambda: "")
    with pytest.raises(SolverMissing) as refusal:
        exact.solve_exactly(net([act("a", 1)]))
    assert "pip install 'todoke[exact]'" in refusal.value.for_screen()


@needs_solver
@pytest.mark.parametrize("name", ["ft06", "la01"])
def test_a_published_optimum_is_found_and_proved(name: str) -> None:
    network, optimum = job_shop(name), INSTANCES[name].optimum
    found = exact.solve_exactly(network, effort=SMALL)
    assert (found.word, found.schedule.finish_day) == (ExactWord.OPTIMAL, optimum)
    assert is_feasible(compile_network(network), found.schedule.starts)
    assert exact.solve_exactly(network, effort=SMALL) == found


@needs_solver
def test_a_deadline_that_only_a_search_can_refuse_is_proved_impossible() -> None:
    """Not found by the heuristic is no proof; one day less than the optimum is refused by the solver alone."""
    network = replace(job_shop("ft06"), deadline=day(INSTANCES["ft06"].optimum - 2))
    assert schedule(network, tries=20).proofs == ()
    found = exact.solve_exactly(network, effort=SMALL)
    assert (found.word, found.late_bound) == (ExactWord.IMPOSSIBLE, 1)
    kept = exact.solve_exactly(replace(network, deadline=day(INSTANCES["ft06"].optimum - 1)), effort=SMALL)
    assert (kept.word, kept.schedule.late_days) == (ExactWord.OPTIMAL, 0)


@needs_solver
def test_windows_lags_and_people_who_come_and_go_are_kept() -> None:
    network = net(
        [
            act("a", 5, takes={"課": 1}), act("b", 5, takes={"課": 2}), act("c", 4, takes={"課": 1}, windows=("w1", "w2")),
            act("d", 3, takes={"課": 1}),
        ],
        [("a", "c", "FS", 2), ("b", "d", "FF", 1)], there={"課": 2}, windows=WINDOWS,
    )  # fmt: skip
    fewer = PeriodUnits(day(0), day(9), 100)
    more = PeriodUnits(day(10), None, 200)
    changing = replace(network, capacities=(replace(network.capacities[0], periods=(fewer, more)),))
    for one in (network, changing):
        found = exact.solve_exactly(one, effort=SMALL)
        assert found.word is ExactWord.OPTIMAL
        assert is_feasible(compile_network(one), found.schedule.starts)
        assert found.schedule.finish_day <= schedule(one, tries=20).finish_day


@needs_solver
def test_a_limit_of_nothing_leaves_the_question_open() -> None:
    found = exact.solve_exactly(job_shop("la05"), effort=0.0)
    assert found.word in {ExactWord.OPEN, ExactWord.OPTIMAL}
    assert found.schedule.finish_day >= INSTANCES["la05"].optimum


@needs_solver
def test_work_that_asks_for_more_than_there_is_cannot_be_carried_out_in_any_order() -> None:
    network = net([act("a", 5, takes={"課": 3}), act("b", 5)], there={"課": 2})
    assert exact.solve_exactly(network, effort=SMALL).word is ExactWord.IMPOSSIBLE
