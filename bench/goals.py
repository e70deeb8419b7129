"""The targets of the hot path（E1–E8）: what one run says about each, beside what was asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TypeVar

from .figures import Rounds, figures
from .intake import Product
from .naive import Naive
from .naive_whole import NaiveWhole, by_lower_layer, by_recipe
from .packages import Bundle
from .workers import Run, postgres_site, sqlite_site

ROUNDS, NAIVE_PACKAGES = 3, 40
SHARED_PACKAGES = (
    800  # workers take a hundred at a time: of fewer, one of two gets all or waits for the other's last
)
MEMORY_LIMIT = 400e6
Tick = Callable[[], None]
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Goal:
    """One target: a value, its unit, what is asked for, and how the rounds lay（half of (max − min) ÷ median）."""

    code: str
    name: str
    value: float
    unit: str
    target: float
    is_at_least: bool = True
    spread: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether this run shows what is asked for."""
        return self.value >= self.target if self.is_at_least else self.value <= self.target


def of_floor(size: str, rounds: Rounds) -> list[Goal]:
    """E1 and E2, from the rounds beside the floor."""
    durable, best, _, judging = figures(rounds)[:4]
    return [
        Goal("E1", f"{size}: 下限 ÷ 受信・検証・格納（中央値）", durable.ratio or 0.0, "倍", 0.45, spread=durable.spread),
        Goal("E1", f"{size}: 下限 ÷ 受信・検証・格納（最良の回）", best.ratio or 0.0, "倍", 0.45),
        Goal("E2", f"{size}: 下限 ÷ 検証・格納", judging.ratio or 0.0, "倍", 0.50, spread=judging.spread),
    ]  # fmt: skip


def of_batches(product: Product, rounds: Rounds, tick: Tick) -> list[Goal]:
    """E3 and E5: one by one beside batched, by CPU and by syncs."""
    n = rounds.n
    batched = min(one.relay.cpu + one.intake.cpu for one in rounds.passed)
    alone = [_ticked(product.one_by_one, tick) for _ in range(ROUNDS)]
    syncs = (median(one.relay.fsyncs + one.intake.fsyncs for one in rounds.passed) + rounds.commits) / n
    single = (alone[-1].fsyncs + product.commits(batch=1)) / n
    cpu = [one.cpu for one in alone]
    return [
        Goal(
            "E3", "一件ずつ ÷ まとめて（CPU 時間の逆比）", batched / min(cpu), "倍", 0.45, spread=_spread(cpu)
        ),
        Goal("E5", "同期の回数 まとめて", syncs, "回/件", 0.05, is_at_least=False),
        Goal("E5", "同期の回数 一件ずつ", single, "回/件", 6, is_at_least=False),
    ]


def of_naive(bundle: Bundle, work: Path, rounds: Rounds, tick: Tick) -> list[Goal]:
    """E6: the CPU time of the usual libraries beside the product's; for the same job, and for the lesser one."""
    ours = median(one.relay.cpu + one.intake.cpu for one in rounds.passed) / rounds.n
    packages, found = min(NAIVE_PACKAGES, rounds.n), []
    for naive, job in _scripts(bundle, work):
        cpu = [_ticked(partial(naive.measure, packages), tick).cpu / packages for _ in range(ROUNDS)]
        name = f"よくある書き方のスクリプト、{job}（{naive.checks_with}）÷ 製品（CPU）"
        found.append(Goal("E6", name, median(cpu) / ours, "倍", 4, spread=_spread(cpu)))
    return found


def _scripts(bundle: Bundle, work: Path) -> list[tuple[Naive, str]]:
    return [
        (NaiveWhole(bundle, work, encrypts=by_recipe()), "同じ仕事"),
        (NaiveWhole(bundle, work, encrypts=by_lower_layer()), "同じ仕事、暗号化は AES-GCM を直に"),
        (Naive(bundle, work), "暗号化・失効・添付の確認なし"),
    ]


def of_workers(bundle: Bundle, work: Path, template: Path, tick: Tick) -> list[Goal]:
    """E4 and E8: two workers beside one, PostgreSQL beside SQLite, by the clock; and the memory that a worker needs.

    For E4 each worker and its confined child have one core to themselves: a free worker keeps two of them busy.
    """
    sqlite = sqlite_site(work, template)
    free, one, two, other = [], [], [], []
    with postgres_site(work) as postgres:
        for _ in range(ROUNDS):
            one.append(_ticked(lambda: sqlite.run(bundle, workers=1, is_pinned=True), tick))
            two.append(_ticked(lambda: sqlite.run(bundle, workers=2, is_pinned=True), tick))
            free.append(_ticked(lambda: sqlite.run(bundle, workers=1), tick))
            other.append(_ticked(lambda: postgres.run(bundle, workers=1), tick))
    peak = max(max(run.worker_peak, run.child_peak) for run in (*free, *one, *two, *other))
    best, alone = max(run.rate for run in free), max(run.rate for run in one)
    clock, cpu = (
        max(run.rate for run in two) / alone,
        2 * min(run.cpu for run in one) / min(run.cpu for run in two),
    )
    return [
        Goal("E4", "作業二つ ÷ 一つ（作業ごとに1コア、件/秒）", clock, "倍", 1.5, spread=_rates(two)),
        Goal("E4", "同（CPU 時間から。待ちを含まない上限）", cpu, "倍", 1.5),
        Goal("E8", "PostgreSQL ÷ SQLite（件/秒）", max(run.rate for run in other) / best, "倍", 0.7, spread=_rates(other)),
        Goal("メモリ", "作業の最大メモリ（親と子の大きい方）", peak / 1e6, "MB", MEMORY_LIMIT / 1e6, is_at_least=False),
        Goal("速さ", "作業一つ、SQLite", best, "件/秒", 250, spread=_rates(free)),
    ]  # fmt: skip


def _ticked(work: Callable[[], Done], tick: Tick) -> Done:
    done = work()
    tick()
    return done


def _rates(runs: Sequence[Run]) -> float:
    return _spread([run.rate for run in runs])


def _spread(values: Sequence[float]) -> float:
    return (max(values) - min(values)) / 2 / median(values)
