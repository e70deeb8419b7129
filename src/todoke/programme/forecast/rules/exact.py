"""The exact solver（extra `exact`: OR-Tools CP-SAT）: it may polish a schedule, or prove that none is in time.

Capacity is counted day by day here（grain 1）: that is what people can do, and whatever keeps it keeps the buckets of the
heuristic too. One worker, a fixed seed and a limit in the solver's deterministic time: the same question has the same answer
on every machine with the same version of the solver. No answer is believed before our own check has found it feasible.
"""

from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from todoke.programme.forecast.errors import SolverMissing, SolverWrong
from todoke.programme.forecast.values import ExactAnswer, ExactWord, Network, Schedule

from .compiling import ENDS, FF, FS, SS, Bond, Compiled, compile_network, daily
from .scheduling import schedule, schedule_of
from .searching import Passes, found_of, is_feasible, passes

EFFORT = 60.0  # of the solver's deterministic time: about a minute or two
TRIES = 20
PACKAGE = "ortools"


def is_installed() -> bool:
    """Whether the extra is there."""
    return bool(_version())


@cache
def _version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""


def solve_exactly(network: Network, *, effort: float = EFFORT, seed: int = 0) -> ExactAnswer:
    """The best schedule for likely durations: least late, then shortest. Raises SolverMissing, and as `schedule` does.

    Where one piece of work asks for more than there ever is, no schedule can be carried out, and it is counted as if it
    asked for all there is.
    """
    if not is_installed():
        raise SolverMissing
    solver: Any = import_module(
        "ortools.sat.python.cp_model"
    )  # no part of the lock, so its types are not known
    by_day = replace(network, grain=1)
    start = schedule(by_day, seed=seed, tries=TRIES)
    compiled = compile_network(by_day)
    model = _Model(solver, compiled, passes(compiled), start)
    status, starts, bound, spent = model.solve(effort, seed)
    best = start if starts is None else _checked(compiled, model.both, starts, start)
    late_bound, finish_bound = divmod(bound, model.weight) if model.has_due else (None, bound)
    return ExactAnswer(
        ExactWord.IMPOSSIBLE if compiled.oversized else _word(best, late_bound, is_optimal=status == "OPTIMAL"), best, late_bound,
        by_day.calendar.day(max(finish_bound - 1, 0)), round(spent, 3), best.input_hash, seed, f"{PACKAGE} {_version()}",
    )  # fmt: skip


def _word(best: Schedule, late_bound: int | None, *, is_optimal: bool) -> ExactWord:
    if late_bound is not None and late_bound > 0:
        return ExactWord.IMPOSSIBLE
    if is_optimal:
        return ExactWord.OPTIMAL
    return ExactWord.POLISHED if best.engine.startswith(PACKAGE) else ExactWord.OPEN


def _checked(compiled: Compiled, both: Passes, starts: list[int], before: Schedule) -> Schedule:
    """The solver's placement as a schedule of ours, if it is better. Raises SolverWrong if it breaks a rule of the plan."""
    if not is_feasible(compiled, starts):
        raise SolverWrong
    finish = [one + lasts for one, lasts in zip(starts, compiled.likely, strict=True)]
    turn = {one: place for place, one in enumerate(compiled.order)}
    order = sorted(range(len(starts)), key=lambda one: (starts[one], turn[one]))
    found = found_of(compiled, starts, finish, order)
    if (max(found.late or 0, 0), found.end) >= (max(before.late_days or 0, 0), before.finish_day):
        return before
    made = schedule_of(compiled, both, found, seed=before.seed, tries=before.tries)
    return replace(made, engine=f"{PACKAGE} {_version()}")


@dataclass(slots=True)
class _Model:
    """A compiled network as a model of the solver, with the schedule that is already known as its upper bound and hint."""

    solver: Any
    compiled: Compiled
    both: Passes
    known: Schedule

    @property
    def horizon(self) -> int:
        """No start is worth looking at behind the finish that is known, except for windows that open later."""
        return max(
            [
                self.known.finish_day,
                *(s + d for s, d in zip(self.known.starts, self.compiled.likely, strict=True)),
            ]
        )

    @property
    def weight(self) -> int:
        """What a day of lateness weighs against a day of the finish."""
        return self.horizon + 1

    @property
    def has_due(self) -> bool:
        """Whether anything has a deadline."""
        return any(one is not None for one in self.compiled.due)

    def solve(self, effort: float, seed: int) -> tuple[str, list[int] | None, int, float]:
        """The status by name, starts if any were found, the proved bound of the objective, the deterministic time."""
        model = self.solver.CpModel()
        starts = [self._start(model, one) for one in range(len(self.compiled.likely))]
        self._order(model, starts)
        self._capacity(model, starts)
        self._goal(model, starts)
        for variable, hint in zip(starts, self.known.starts, strict=True):
            model.add_hint(variable, hint)
        solver = self.solver.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.max_deterministic_time = effort
        status = solver.status_name(solver.solve(model))
        spent = solver.response_proto.deterministic_time
        if status not in {"OPTIMAL", "FEASIBLE"}:
            return status, None, self._least(), spent
        found = [int(solver.value(one)) for one in starts]
        return status, found, max(round(solver.best_objective_bound), self._least()), spent

    def _least(self) -> int:
        """What order alone proves: the bound that holds before anything is searched."""
        late = max(
            (
                end - due
                for end, due in zip(self.both.finish, self.compiled.due, strict=True)
                if due is not None
            ),
            default=0,
        )
        return max(late, 0) * self.weight + self.both.target if self.has_due else self.both.target

    def _start(self, model: Any, one: int) -> Any:
        last = self.horizon
        opening = self.compiled.openings[one]
        if opening is None:
            return model.new_int_var(
                min(self.compiled.release[one], last), max(last, self.compiled.release[one]), f"s{one}"
            )
        spans = [[first, end - 1] for first, end in opening.runs if first <= last]
        return model.new_int_var_from_domain(self.solver.Domain.from_intervals(spans), f"s{one}")

    def _order(self, model: Any, starts: list[Any]) -> None:
        likely, release = self.compiled.likely, self.compiled.release
        for one, start in enumerate(starts):
            model.add(start >= release[one])
            for before in self.compiled.preds[one]:
                model.add(start >= starts[before] + likely[before])
            for bond in self.compiled.bonds[one]:
                model.add(start >= self._bound(bond, one, starts))

    def _bound(self, bond: Bond, one: int, starts: list[Any]) -> Any:
        kind, other, lag = bond
        likely = self.compiled.likely
        if kind == ENDS:
            return lag - likely[one]
        first = starts[other] + (likely[other] if kind in {FS, FF} else 0) + lag
        return first if kind in {FS, SS} else first - likely[one]

    def _capacity(self, model: Any, starts: list[Any]) -> None:
        """One cumulative per resource; where there is less than the most, something fixed takes the difference."""
        compiled = self.compiled
        for place, capacity in enumerate(compiled.resources):
            most = compiled.shelf.most[place]
            spans, demands = [], []
            for one, activity in enumerate(compiled.network.activities):
                much = sum(each.hundredths for each in activity.demands if each.resource == capacity.resource)
                if compiled.likely[one] and much and most:
                    spans.append(
                        model.new_fixed_size_interval_var(
                            starts[one], compiled.likely[one], f"i{place}-{one}"
                        )
                    )
                    demands.append(min(much, most))
            there = daily(compiled.network, capacity)
            for first, end, missing in [] if isinstance(there, int) else _missing(there, most, self.horizon):
                spans.append(model.new_fixed_size_interval_var(first, end - first, f"m{place}-{first}"))
                demands.append(missing)
            if demands:
                model.add_cumulative(spans, demands, most)

    def _goal(self, model: Any, starts: list[Any]) -> None:
        """Least late, then shortest."""
        likely = self.compiled.likely
        end = model.new_int_var(0, self.horizon, "end")
        late = model.new_int_var(0, max(self.known.late_days or 0, 0), "late")
        for one, start in enumerate(starts):
            model.add(end >= start + likely[one])
            due = self.compiled.due[one]
            if due is not None:
                model.add(late >= start + likely[one] - due)
        model.minimize(late * self.weight + end if self.has_due else end)


def _missing(there: list[int], most: int, horizon: int) -> list[tuple[int, int, int]]:
    """Spans of days in which a resource has less than its most: begin, end, how much less."""
    found: list[tuple[int, int, int]] = []
    begin = 0
    for day in range(1, min(horizon, len(there)) + 1):
        if day < min(horizon, len(there)) and there[day] == there[begin]:
            continue
        if there[begin] < most:
            found.append((begin, day, most - there[begin]))
        begin = day
    return found
